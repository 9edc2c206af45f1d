#include "daymark/net/udp.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <ctime>

// clang-format off: errqueue.h needs the types of the headers before it.
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <linux/net_tstamp.h>
#include <linux/errqueue.h>
// clang-format on

#include "daymark/base/time.h"
#include "daymark/net/errors.h"

namespace daymark::net {

namespace {

constexpr std::int64_t nanos_per_second = 1'000'000'000;

/// Any address of the two families, as the kernel wants it.
struct Address {
  sockaddr_storage storage{};
  socklen_t size = 0;

  [[nodiscard]] sockaddr* get() { return reinterpret_cast<sockaddr*>(&storage); }
};

Address kernel_address(const Endpoint& endpoint) {
  Address out;
  if (endpoint.ipv6) {
    sockaddr_in6 to{};
    to.sin6_family = AF_INET6;
    to.sin6_port = htons(endpoint.port);
    std::memcpy(&to.sin6_addr, endpoint.address.data(), sizeof to.sin6_addr);
    std::memcpy(&out.storage, &to, sizeof to);
    out.size = sizeof to;
  } else {
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(endpoint.port);
    std::memcpy(&to.sin_addr, endpoint.address.data(), sizeof to.sin_addr);
    std::memcpy(&out.storage, &to, sizeof to);
    out.size = sizeof to;
  }
  return out;
}

Endpoint plain_endpoint(const sockaddr_storage& from) {
  Endpoint out;
  out.ipv6 = from.ss_family == AF_INET6;
  if (out.ipv6) {
    sockaddr_in6 address{};
    std::memcpy(&address, &from, sizeof address);
    out.port = ntohs(address.sin6_port);
    std::memcpy(out.address.data(), &address.sin6_addr, sizeof address.sin6_addr);
  } else {
    sockaddr_in address{};
    std::memcpy(&address, &from, sizeof address);
    out.port = ntohs(address.sin_port);
    std::memcpy(out.address.data(), &address.sin_addr, sizeof address.sin_addr);
  }
  return out;
}

Stamp program_stamp() {
  timespec now{};
  ::clock_gettime(CLOCK_REALTIME, &now);
  return {now.tv_sec * nanos_per_second + now.tv_nsec, StampSource::program};
}

bool ask_for_stamps(int fd) {
  const unsigned flags = SOF_TIMESTAMPING_RX_SOFTWARE | SOF_TIMESTAMPING_TX_SOFTWARE |
                         SOF_TIMESTAMPING_SOFTWARE | SOF_TIMESTAMPING_OPT_ID |
                         SOF_TIMESTAMPING_OPT_TSONLY;
  return ::setsockopt(fd, SOL_SOCKET, SO_TIMESTAMPING, &flags, sizeof flags) == 0;
}

/// What the kernel said beside a packet: its time, and of which sent packet.
struct Notice {
  std::optional<Stamp> stamp;
  std::optional<std::uint32_t> packet;
};

bool is_error_notice(const cmsghdr& part) {
  return (part.cmsg_level == SOL_IP && part.cmsg_type == IP_RECVERR) ||
         (part.cmsg_level == SOL_IPV6 && part.cmsg_type == IPV6_RECVERR);
}

Notice notice_of(msghdr& message) {
  Notice notice;
  for (cmsghdr* part = CMSG_FIRSTHDR(&message); part != nullptr;
       part = CMSG_NXTHDR(&message, part)) {
    if (part->cmsg_level == SOL_SOCKET && part->cmsg_type == SCM_TIMESTAMPING) {
      scm_timestamping times{};
      std::memcpy(&times, CMSG_DATA(part), sizeof times);
      const std::int64_t nanos = times.ts[0].tv_sec * nanos_per_second + times.ts[0].tv_nsec;
      if (nanos > 0) notice.stamp = Stamp{nanos, StampSource::kernel};
    } else if (is_error_notice(*part)) {
      sock_extended_err error{};
      std::memcpy(&error, CMSG_DATA(part), sizeof error);
      if (error.ee_origin == SO_EE_ORIGIN_TIMESTAMPING) notice.packet = error.ee_data;
    }
  }
  return notice;
}

/// recvmsg with room for what the kernel says beside the packet.
struct Received {
  ssize_t size = -1;
  bool truncated = false;
  sockaddr_storage from{};
  Notice notice;
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
  out.notice = notice_of(message);
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
  Address address = kernel_address(endpoint);
  if (::bind(out.socket_.get(), address.get(), address.size) != 0) {
    const Errc code = errno == EADDRINUSE ? errc::net_address_in_use : errc::net_not_listening;
    return refuse(code, options.address, os_error_text());
  }
  if (::getsockname(out.socket_.get(), address.get(), &address.size) != 0) {
    return refuse(errc::net_not_listening, options.address, os_error_text());
  }
  out.local_ = plain_endpoint(address.storage);
  out.stamped_ = options.kernel_stamps && ask_for_stamps(out.socket_.get());
  return out;
}

Outcome<Stamp> UdpSocket::send_to(const Endpoint& to, ByteView content) {
  Address address = kernel_address(to);
  // Taken before: a stamp after the call could shorten the round trip.
  const Stamp before = program_stamp();
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
  const Stamp after = program_stamp();
  if (got.size < 0) {
    // A refused port of an earlier packet is reported here and concerns nobody else.
    const bool nothing = errno == EAGAIN || errno == EINTR || errno == ECONNREFUSED;
    if (nothing) return std::nullopt;
    return refuse(errc::net_io, print_endpoint(local_), os_error_text());
  }
  if (got.truncated) return std::nullopt;
  return Datagram{buffer.first(static_cast<std::size_t>(got.size)), plain_endpoint(got.from),
                  got.notice.stamp.value_or(after)};
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
