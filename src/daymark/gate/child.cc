#include "daymark/gate/child.h"

#include <cerrno>
#include <system_error>

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "daymark/gate/errors.h"
#include "daymark/net/signals.h"

namespace daymark::gate {

namespace {

/// Runs in the child between fork and exec: async-signal-safe calls only.
[[noreturn]] void become(int file, char* const* arguments) {
  ::setpgid(0, 0);
  net::unblock_stop_signals();
  ::fexecve(file, arguments, environ);
  ::_exit(127);
}

}  // namespace

Outcome<Child> Child::start(const OpenedProgram& program,
                            const std::vector<std::string>& arguments) {
  std::vector<std::string> copies = arguments;
  std::vector<char*> pointers;
  pointers.reserve(copies.size() + 1);
  for (std::string& argument : copies)
    pointers.push_back(argument.data());
  pointers.push_back(nullptr);
  const pid_t pid = ::fork();
  if (pid < 0) {
    return refuse(errc::gate_not_started, program.path, std::generic_category().message(errno));
  }
  if (pid == 0) become(program.file.get(), pointers.data());
  // Both sides set the group, so that it exists whoever runs first.
  ::setpgid(pid, pid);
  return Child(pid);
}

Child::~Child() {
  if (pid_ < 0) return;
  signal(SIGKILL);
  ::waitpid(pid_, nullptr, 0);
}

std::optional<int> Child::ended() {
  int status = 0;
  if (pid_ < 0 || ::waitpid(pid_, &status, WNOHANG) != pid_) return std::nullopt;
  // What the program left behind in its group ran on its permit and ends with it.
  signal(SIGKILL);
  pid_ = -1;
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

void Child::ask_checkpoint() const {
  signal(SIGUSR1);
}

void Child::pause() const {
  signal(SIGSTOP);
}

void Child::resume() const {
  signal(SIGCONT);
}

void Child::ask_end() const {
  signal(SIGTERM);
  signal(SIGCONT);
}

void Child::end_now() const {
  signal(SIGKILL);
}

void Child::signal(int number) const {
  if (pid_ > 0) ::kill(-pid_, number);
}

}  // namespace daymark::gate
