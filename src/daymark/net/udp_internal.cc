#include "daymark/net/udp_internal.h"

#include <cstring>
#include <ctime>

// clang-format off: errqueue.h needs the types of the headers before it.
#include <netinet/in.h>
#include <linux/net_tstamp.h>
#include <linux/errqueue.h>
// clang-format on

namespace daymark::net::internal {

namespace {

constexpr std::int64_t nanos_per_second = 1'000'000'000;

constexpr unsigned stamps_unnumbered =
    SOF_TIMESTAMPING_RX_SOFTWARE | SOF_TIMESTAMPING_SOFTWARE | SOF_TIMESTAMPING_OPT_TSONLY;
constexpr std::uint32_t stamp_sent = SOF_TIMESTAMPING_TX_SOFTWARE;

bool set_stamps(int fd, unsigned flags) {
  return ::setsockopt(fd, SOL_SOCKET, SO_TIMESTAMPING, &flags, sizeof flags) == 0;
}

bool is_error_notice(const cmsghdr& part) {
  return (part.cmsg_level == SOL_IP && part.cmsg_type == IP_RECVERR) ||
         (part.cmsg_level == SOL_IPV6 && part.cmsg_type == IPV6_RECVERR);
}

}  // namespace

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

bool ask_for_stamps(int fd, StampedSends sends) {
  // The kernel begins to count anew only where it did not number before.
  const unsigned numbered = stamps_unnumbered | SOF_TIMESTAMPING_OPT_ID;
  return set_stamps(fd, stamps_unnumbered) &&
         set_stamps(fd, sends == StampedSends::all ? numbered | stamp_sent : numbered);
}

StampRequest::StampRequest() {
  cmsghdr head{};
  head.cmsg_level = SOL_SOCKET;
  head.cmsg_type = SO_TIMESTAMPING;
  head.cmsg_len = CMSG_LEN(sizeof stamp_sent);
  std::memcpy(bytes.data(), &head, sizeof head);
  std::memcpy(bytes.data() + CMSG_LEN(0), &stamp_sent, sizeof stamp_sent);
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

}  // namespace daymark::net::internal
