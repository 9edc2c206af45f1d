#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <limits>

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "daymark/base/time.h"
#include "daymark/net/errors.h"
#include "daymark/net/unix_address_internal.h"
#include "daymark/net/unix_socket.h"

namespace daymark::net {

namespace {

/// Counts down one time limit over several waits.
class Deadline {
 public:
  explicit Deadline(Millis timeout) : end_(clock_.tick() + timeout) {}

  /// Whether `fd` became ready for `events` in time.
  [[nodiscard]] bool wait(int fd, short events) {
    pollfd watched{fd, events, 0};
    while (true) {
      const Millis left = end_ - clock_.tick();
      if (left.value <= 0) return false;
      const int ready = ::poll(
          &watched, 1,
          static_cast<int>(std::min<std::int64_t>(left.value, std::numeric_limits<int>::max())));
      if (ready > 0) return true;
      if (ready < 0 && errno != EINTR) return false;
    }
  }

 private:
  SystemClock clock_;
  TickMillis end_;
};

bool would_block() {
  return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR;
}

/// Whether the peer has gone, or has said what nobody asked, since the last answer. Nothing has
/// been sent yet then, so connecting anew repeats nothing.
bool is_stale(int fd) {
  Byte unexpected = 0;
  return ::recv(fd, &unexpected, 1, MSG_PEEK | MSG_DONTWAIT) >= 0 || !would_block();
}

Outcome<void> send_all(int fd, ByteView bytes, Deadline& deadline, const std::string& subject) {
  while (!bytes.empty()) {
    const ssize_t put = ::send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (put >= 0) {
      bytes = bytes.subspan(static_cast<std::size_t>(put));
    } else if (!would_block()) {
      return refuse(errc::net_closed, subject, os_error_text());
    } else if (!deadline.wait(fd, POLLOUT)) {
      return refuse(errc::net_timeout, subject);
    }
  }
  return {};
}

}  // namespace

Outcome<sockaddr_un> unix_address(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.empty() || path.size() >= sizeof address.sun_path) {
    return refuse(errc::net_path_too_long, path);
  }
  std::ranges::copy(path, std::begin(address.sun_path));
  return address;
}

Descriptor connect_unix(const sockaddr_un& address) {
  Descriptor fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (fd.is_open() && ::connect(fd.get(), plain(address), sizeof address) != 0) {
    const int said = errno;
    fd.reset();
    errno = said;
  }
  return fd;
}

std::uint32_t FrameClient::first_number() {
  static std::atomic<std::uint32_t> clients{0};
  constexpr unsigned numbers_each = 16;  // bits; further requests of a client run into the next's
  const auto process = static_cast<std::uint32_t>(::getpid());
  return (process + ++clients) << numbers_each;
}

Outcome<void> FrameClient::connect() {
  DAYMARK_TRY(const sockaddr_un address, unix_address(path_));
  socket_ = connect_unix(address);
  decoder_ = {};
  if (!socket_.is_open()) return refuse(errc::net_unreachable, path_, os_error_text());
  return {};
}

Outcome<std::vector<Byte>> FrameClient::call(ByteView request, Millis timeout) {
  ++number_;
  DAYMARK_TRY(const std::vector<Byte> frame, about(encode_frame(request, number_), path_));
  if (!socket_.is_open() || is_stale(socket_.get())) DAYMARK_CHECK(connect());
  Outcome<std::vector<Byte>> answer = exchange(frame, timeout);
  if (!answer) socket_.reset();
  return answer;
}

Outcome<std::vector<Byte>> FrameClient::exchange(ByteView frame, Millis timeout) {
  Deadline deadline(timeout);
  DAYMARK_CHECK(send_all(socket_.get(), frame, deadline, path_));
  std::array<Byte, 16384> piece{};
  while (true) {
    DAYMARK_TRY(auto message, about(decoder_.next(), path_));
    // A chip's channel may still bring the answer to one who asked before and left.
    if (message && message->number != number_) continue;
    if (message) return std::move(message->body);
    if (!deadline.wait(socket_.get(), POLLIN)) return refuse(errc::net_timeout, path_);
    const ssize_t got = ::recv(socket_.get(), piece.data(), piece.size(), 0);
    if (got == 0) return refuse(errc::net_closed, path_);
    if (got < 0 && !would_block()) return refuse(errc::net_closed, path_, os_error_text());
    if (got > 0) decoder_.feed(std::span(piece).first(static_cast<std::size_t>(got)));
  }
}

}  // namespace daymark::net
