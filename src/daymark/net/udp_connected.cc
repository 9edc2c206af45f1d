#include "daymark/net/udp_connected.h"

#include <algorithm>
#include <cerrno>

#include <poll.h>
#include <sys/socket.h>

#include "daymark/base/time.h"
#include "daymark/net/errors.h"
#include "daymark/net/udp_internal.h"

namespace daymark::net {

namespace {

/// A refused port of an earlier packet is reported once, to whichever call comes next.
bool concerns_earlier_packet() {
  return errno == ECONNREFUSED || errno == EINTR;
}

}  // namespace

Outcome<ConnectedUdp> ConnectedUdp::open(const std::string& peer) {
  ConnectedUdp out;
  DAYMARK_TRY(out.peer_, about(parse_endpoint(peer), peer));
  const int family = out.peer_.ipv6 ? AF_INET6 : AF_INET;
  out.socket_.reset(::socket(family, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  internal::Address address = internal::kernel_address(out.peer_);
  if (::connect(out.socket_.get(), address.get(), address.size) != 0) {
    return refuse(errc::net_unreachable, peer, os_error_text());
  }
  return out;
}

Outcome<void> ConnectedUdp::send(ByteView content) {
  constexpr int tries = 3;
  for (int i = 0; i < tries; ++i) {
    if (::send(socket_.get(), content.data(), content.size(), MSG_NOSIGNAL) >= 0) return {};
    if (!concerns_earlier_packet()) {
      return refuse(errc::net_io, print_endpoint(peer_), os_error_text());
    }
  }
  return {};
}

Outcome<std::optional<ByteView>> ConnectedUdp::take(MutableBytes buffer) {
  // MSG_TRUNC: the packet's own size, also where it is longer than the buffer.
  const ssize_t got = ::recv(socket_.get(), buffer.data(), buffer.size(), MSG_DONTWAIT | MSG_TRUNC);
  if (got < 0) {
    if (errno == EAGAIN || concerns_earlier_packet()) return std::nullopt;
    return refuse(errc::net_io, print_endpoint(peer_), os_error_text());
  }
  const auto size = static_cast<std::size_t>(got);
  if (size > buffer.size()) return std::nullopt;
  return buffer.first(size);
}

Outcome<std::optional<ByteView>> ConnectedUdp::receive(MutableBytes buffer, Millis timeout) {
  SystemClock clock;
  const TickMillis end = clock.tick() + timeout;
  while (true) {
    DAYMARK_TRY(const auto got, take(buffer));
    if (got) return got;
    const std::int64_t left = (end - clock.tick()).value;
    if (left <= 0) return std::nullopt;
    pollfd watched{socket_.get(), POLLIN, 0};
    (void)::poll(&watched, 1, static_cast<int>(std::min<std::int64_t>(left, 3'600'000)));
  }
}

}  // namespace daymark::net
