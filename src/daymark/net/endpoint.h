// Numeric addresses of peers: IPv4 or IPv6 with a port. Host only.
#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "daymark/base/bytes.h"
#include "daymark/base/result.h"

namespace daymark::net {

struct Endpoint {
  bool ipv6 = false;
  ByteArray<16> address{};  ///< IPv4 uses the first four bytes
  std::uint16_t port = 0;

  friend constexpr auto operator<=>(const Endpoint&, const Endpoint&) = default;
};

/// "127.0.0.1:4460" or "[::1]:4460". Errors: errc::net_address_malformed.
[[nodiscard]] Result<Endpoint> parse_endpoint(std::string_view text);
[[nodiscard]] std::string print_endpoint(const Endpoint& endpoint);

/// Whether the address is this machine's loopback.
[[nodiscard]] bool is_loopback(const Endpoint& endpoint);

}  // namespace daymark::net
