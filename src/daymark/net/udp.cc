#include "daymark/net/udp.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <ctime>

#include <poll.h>

#include "daymark/base/time.h"
#include "daymark/net/errors.h"
#include "daymark/net/udp_internal.h"

namespace daymark::net {

namespace {

/// recvmsg with room for what the kernel says beside the packet.
struct Received {
  ssize_t size = -1;
  bool truncated = false;
  sockaddr_storage from{};
  internal::Notice notice;
};

Received receive_message(int fd, MutableBytes buffer, int flags) {
  Received out;
  alignas(cmsghdr) std::array<Byte, 512> control{};
  iovec place{buffer.data(), buffer.size()};
  msghdr message{};
  message.msg_name = &out.from;
  message.msg_namelen = sizeof out.from;
  message.msg_iov = &place;
  message.msg_iovlen = 1;
  message.msg_control = control.data();
  message.msg_controllen = control.size();
  out.size = ::recvmsg(fd, &message, flags | MSG_DONTWAIT);
  if (out.size < 0) return out;
  out.truncated = (message.msg_flags & MSG_TRUNC) != 0;
  out.notice = internal::notice_of(message);
  return out;
}

}  // namespace

Outcome<UdpSocket> UdpSocket::bind(const UdpOptions& options) {
  DAYMARK_TRY(const Endpoint endpoint, about(parse_endpoint(options.address), options.address));
  if (!is_loopback(endpoint) && !options.allow_public) {
    return refuse(errc::net_address_public, options.address);
  }
  UdpSocket out;
  const int family = endpoint.ipv6 ? AF_INET6 : AF_INET;
  out.socket_.reset(::socket(family, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  internal::Address address = internal::kernel_address(endpoint);
  if (::bind(out.socket_.get(), address.get(), address.size) != 0) {
    const Errc code = errno == EADDRINUSE ? errc::net_address_in_use : errc::net_not_listening;
    return refuse(code, options.address, os_error_text());
  }
  if (::getsockname(out.socket_.get(), address.get(), &address.size) != 0) {
    return refuse(errc::net_not_listening, options.address, os_error_text());
  }
  out.local_ = internal::plain_endpoint(address.storage);
  out.stamped_ = options.kernel_stamps &&
                 internal::ask_for_stamps(out.socket_.get(), internal::StampedSends::all);
  return out;
}

Outcome<Stamp> UdpSocket::send_to(const Endpoint& to, ByteView content) {
  internal::Address address = internal::kernel_address(to);
  // Taken before: a stamp after the call could shorten the round trip.
  const Stamp before = internal::program_stamp();
  const ssize_t put = ::sendto(socket_.get(), content.data(), content.size(), MSG_NOSIGNAL,
                               address.get(), address.size);
  if (put < 0) return refuse(errc::net_io, print_endpoint(to), os_error_text());
  if (!stamped_) return before;
  return sent_stamp(sent_count_++).value_or(before);
}

std::optional<Stamp> UdpSocket::sent_stamp(std::uint32_t packet) const {
  // On loopback the stamp is there at once; a card's driver may need some microseconds.
  for (int attempt = 0; attempt < 3; ++attempt) {
    std::array<Byte, 1> nothing{};
    const Received got = receive_message(socket_.get(), nothing, MSG_ERRQUEUE);
    if (got.size >= 0 && got.notice.packet == packet) return got.notice.stamp;
    if (got.size >= 0) continue;
    pollfd watched{socket_.get(), 0, 0};
    const timespec wait{0, 100'000};
    if (::ppoll(&watched, 1, &wait, nullptr) <= 0) return std::nullopt;
  }
  return std::nullopt;
}

Outcome<std::optional<Datagram>> UdpSocket::take(MutableBytes buffer) const {
  const Received got = receive_message(socket_.get(), buffer, 0);
  const Stamp after = internal::program_stamp();
  if (got.size < 0) {
    // A refused port of an earlier packet is reported here and concerns nobody else.
    const bool nothing = errno == EAGAIN || errno == EINTR || errno == ECONNREFUSED;
    if (nothing) return std::nullopt;
    return refuse(errc::net_io, print_endpoint(local_), os_error_text());
  }
  if (got.truncated) return std::nullopt;
  return Datagram{buffer.first(static_cast<std::size_t>(got.size)),
                  internal::plain_endpoint(got.from), got.notice.stamp.value_or(after)};
}

Outcome<std::optional<Datagram>> UdpSocket::receive(MutableBytes buffer, Millis timeout) {
  SystemClock clock;
  const TickMillis end = clock.tick() + timeout;
  while (true) {
    DAYMARK_TRY(auto got, take(buffer));
    if (got) return got;
    const std::int64_t left = (end - clock.tick()).value;
    if (left <= 0) return std::nullopt;
    pollfd watched{socket_.get(), POLLIN, 0};
    const int ready =
        ::poll(&watched, 1, static_cast<int>(std::min<std::int64_t>(left, 3'600'000)));
    // A late stamp of a sent packet shows as POLLERR and would spin: take it off.
    std::array<Byte, 1> nothing{};
    if (ready > 0 && (watched.revents & POLLERR) != 0) {
      (void)receive_message(socket_.get(), nothing, MSG_ERRQUEUE);
    }
  }
}

}  // namespace daymark::net
