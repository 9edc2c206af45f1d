// A small real workload: multiplies matrices until it is told to stop, and says how far it came.
//
//   workload PROGRESS_FILE
//
// Every 20 ms it writes the number of multiplications done so far. SIGUSR1 is the checkpoint signal
// of a gate: the count is written and synced at once. SIGTERM ends it cleanly.
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { size = 48, report_every_ns = 20000000, nap_ns = 30000000 };

static volatile sig_atomic_t ending = 0;
static volatile sig_atomic_t checkpoint = 0;

static void on_signal(int number) {
  if (number == SIGUSR1) {
    checkpoint = 1;
  } else {
    ending = 1;
  }
}

static void multiply(const double a[size][size], const double b[size][size],
                     double out[size][size]) {
  for (int i = 0; i < size; ++i) {
    for (int j = 0; j < size; ++j) {
      double sum = 0;
      for (int k = 0; k < size; ++k) sum += a[i][k] * b[k][j];
      out[i][j] = sum / size;
    }
  }
}

static void report(int file, unsigned long done, int sync) {
  char line[32];
  const int length = snprintf(line, sizeof line, "%020lu\n", done);
  if (pwrite(file, line, (size_t)length, 0) != length) ending = 1;
  if (sync) fsync(file);
}

static long long now_ns(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1000000000LL + now.tv_nsec;
}

int main(int argc, char** argv) {
  static double a[size][size];
  static double b[size][size];
  static double c[size][size];
  if (argc != 2) return 2;
  const int file = open(argv[1], O_RDWR | O_CREAT | O_CLOEXEC, 0644);
  if (file < 0) return 3;
  struct sigaction action;
  memset(&action, 0, sizeof action);
  action.sa_handler = on_signal;
  sigaction(SIGUSR1, &action, NULL);
  sigaction(SIGTERM, &action, NULL);
  sigaction(SIGINT, &action, NULL);
  for (int i = 0; i < size * size; ++i) {
    a[i / size][i % size] = i % 7;
    b[i / size][i % size] = i % 5;
  }
  unsigned long done = 0;
  long long next = now_ns();
  // It naps between bursts: eight of them share a small machine with all the other parts.
  const struct timespec nap = {0, nap_ns};
  while (!ending) {
    multiply(a, b, c);
    memcpy(a, c, sizeof a);
    ++done;
    if (checkpoint || now_ns() >= next) {
      report(file, done, checkpoint);
      checkpoint = 0;
      next = now_ns() + report_every_ns;
    }
    nanosleep(&nap, NULL);
  }
  report(file, done, 1);
  close(file);
  return 0;
}
