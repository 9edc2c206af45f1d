#include "ranging_servers.h"

#include <array>
#include <csignal>
#include <ctime>
#include <fstream>

#include "figures.h"
#include <arpa/inet.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <openssl/evp.h>
#include <pthread.h>
#include <sched.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "daymark/net/udp.h"

namespace daymark::bench {

namespace {

constexpr ByteArray<16> cmac_key{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};

double seconds_of(clockid_t clock) {
  timespec used{};
  require(::clock_gettime(clock, &used) == 0, "a processor's time can't be read");
  return static_cast<double>(used.tv_sec) + static_cast<double>(used.tv_nsec) * 1e-9;
}

net::Endpoint loopback_port(std::uint16_t port) {
  net::Endpoint out;
  out.address = {127, 0, 0, 1};
  out.port = port;
  return out;
}

/// A port that was free a moment ago.
std::uint16_t free_port() {
  auto socket = net::UdpSocket::bind({});
  require(socket.has_value(), "no port on loopback");
  return socket->local().port;
}

void write_configuration(const std::string& folder, std::uint16_t port) {
  ::mkdir(folder.c_str(), 0700);
  std::ofstream(folder + "/keys") << "1 AES128 HEX:000102030405060708090a0b0c0d0e0f\n";
  std::ofstream(folder + "/chrony.conf") << fmt::format(
      "port {0}\ncmdport 0\nbindaddress 127.0.0.1\nbindcmdaddress /\nallow 127.0.0.0/8\n"
      "local stratum 8\nkeyfile {1}/keys\npidfile {1}/chronyd.pid\ndriftfile {1}/drift\nuser {2}\n",
      port, folder, ::getuid() == 0 ? "root" : ::getenv("USER"));  // NOLINT(concurrency-mt-unsafe)
}

pid_t start(const std::string& program, const std::string& folder) {
  const std::string configuration = folder + "/chrony.conf";
  const pid_t child = ::fork();
  if (child != 0) return child;
  const int log = ::open((folder + "/log").c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  ::dup2(log, STDOUT_FILENO);
  ::dup2(log, STDERR_FILENO);
  // -x: no control of the clock; -d: in the foreground, so that it can be ended by its own id.
  ::execl(program.c_str(), program.c_str(), "-x", "-d", "-f", configuration.c_str(), nullptr);
  ::_exit(127);
}

}  // namespace

void pin_to_core(pid_t thread, unsigned core) {
  const unsigned cores = std::thread::hardware_concurrency();
  if (cores < 2) return;
  cpu_set_t set;
  CPU_ZERO(&set);
  CPU_SET(core % cores, &set);
  (void)::sched_setaffinity(thread, sizeof set, &set);
}

double thread_seconds(std::thread& thread) {
  clockid_t clock{};
  require(::pthread_getcpuclockid(thread.native_handle(), &clock) == 0, "a thread has no clock");
  return seconds_of(clock);
}

EchoServer::EchoServer() : socket_(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
  const net::Endpoint wanted = loopback_port(0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(wanted.port);
  socklen_t size = sizeof address;
  auto* generic = reinterpret_cast<sockaddr*>(&address);
  require(::bind(socket_, generic, size) == 0, "no port on loopback");
  require(::getsockname(socket_, generic, &size) == 0, "no port on loopback");
  local_ = loopback_port(ntohs(address.sin_port));
  const timeval patience{0, 100'000};
  ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  thread_ = std::thread([this] { serve(); });
}

EchoServer::~EchoServer() {
  stopping_ = true;
  thread_.join();
  ::close(socket_);
}

void EchoServer::serve() {
  pin_to_core(0, 0);
  std::array<Byte, 2048> buffer{};
  while (!stopping_) {
    sockaddr_in from{};
    socklen_t size = sizeof from;
    auto* generic = reinterpret_cast<sockaddr*>(&from);
    const ssize_t got = ::recvfrom(socket_, buffer.data(), buffer.size(), 0, generic, &size);
    if (got < 0) continue;
    (void)::sendto(socket_, buffer.data(), static_cast<std::size_t>(got), 0, generic, size);
  }
}

ChronyServer::ChronyServer(const std::string& program, const std::string& folder)
    : local_(loopback_port(free_port())) {
  write_configuration(folder, local_.port);
  process_ = start(program, folder);
  pin_to_core(process_, 0);
  auto socket = net::UdpSocket::bind({});
  require(socket.has_value(), "no port on loopback");
  std::array<Byte, 256> buffer{};
  for (int tries = 0; tries < 50; ++tries) {
    (void)socket->send_to(local_, request());
    const auto got = socket->receive(buffer, Millis{100});
    if (got && *got && (*got)->content.size() == request().size()) return;
  }
  require(false, "chronyd does not answer");
}

ChronyServer::~ChronyServer() {
  ::kill(process_, SIGTERM);
  ::waitpid(process_, nullptr, 0);
}

double ChronyServer::processor_seconds() const {
  clockid_t clock{};
  require(::clock_getcpuclockid(process_, &clock) == 0, "chronyd has no clock");
  return seconds_of(clock);
}

ByteArray<68> ChronyServer::request() {
  ByteArray<68> out{0x23, 0, 6, 0xec};  // RFC 5905: version 4, client
  out[51] = 1;                          // the key's number
  std::size_t size = 0;
  EVP_MAC* mac = EVP_MAC_fetch(nullptr, "CMAC", nullptr);
  EVP_MAC_CTX* context = EVP_MAC_CTX_new(mac);
  char cipher[] = "AES-128-CBC";
  const OSSL_PARAM parameters[] = {OSSL_PARAM_construct_utf8_string("cipher", cipher, 0),
                                   OSSL_PARAM_construct_end()};
  const bool made = EVP_MAC_init(context, cmac_key.data(), cmac_key.size(), parameters) == 1 &&
                    EVP_MAC_update(context, out.data(), 48) == 1 &&
                    EVP_MAC_final(context, out.data() + 52, &size, 16) == 1;
  EVP_MAC_CTX_free(context);
  EVP_MAC_free(mac);
  require(made && size == 16, "OpenSSL makes no CMAC");
  return out;
}

}  // namespace daymark::bench
