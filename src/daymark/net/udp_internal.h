// What UdpSocket and UdpBatch know of the kernel's addresses and stamps. Host only.
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include <sys/socket.h>

#include "daymark/net/endpoint.h"
#include "daymark/net/udp.h"

namespace daymark::net::internal {

/// Any address of the two families, as the kernel wants it.
struct Address {
  sockaddr_storage storage{};
  socklen_t size = 0;

  [[nodiscard]] sockaddr* get() { return reinterpret_cast<sockaddr*>(&storage); }
};

[[nodiscard]] Address kernel_address(const Endpoint& endpoint);
[[nodiscard]] Endpoint plain_endpoint(const sockaddr_storage& from);

/// The real-time clock, read by the program.
[[nodiscard]] Stamp program_stamp();

/// Which sent packets are stamped: all, or those that carry a StampRequest.
enum class StampedSends { all, requested };

/// Stamps of both directions; those of sent packets come by the error queue with the packet's
/// number among the stamped ones (SOF_TIMESTAMPING_OPT_ID), from 0. False where the kernel has
/// none. Asking anew makes the numbers begin with 0 again.
[[nodiscard]] bool ask_for_stamps(int fd, StampedSends sends);

/// The control message that asks for the stamp of one packet.
struct StampRequest {
  StampRequest();
  alignas(cmsghdr) std::array<Byte, CMSG_SPACE(sizeof(std::uint32_t))> bytes{};
};

/// What the kernel said beside a packet: its time, and of which sent packet.
struct Notice {
  std::optional<Stamp> stamp;
  std::optional<std::uint32_t> packet;
};

[[nodiscard]] Notice notice_of(msghdr& message);

}  // namespace daymark::net::internal
