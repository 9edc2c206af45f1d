#include "daymark/net/endpoint.h"

#include <array>
#include <charconv>

#include <arpa/inet.h>
#include <fmt/format.h>

#include "daymark/net/errors.h"

namespace daymark::net {

Result<Endpoint> parse_endpoint(std::string_view text) {
  const auto malformed = fail(errc::net_address_malformed);
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos || colon + 1 == text.size()) return malformed;
  std::string host(text.substr(0, colon));
  Endpoint endpoint;
  endpoint.ipv6 = host.starts_with('[') && host.ends_with(']');
  if (endpoint.ipv6) host = host.substr(1, host.size() - 2);
  const int family = endpoint.ipv6 ? AF_INET6 : AF_INET;
  if (::inet_pton(family, host.c_str(), endpoint.address.data()) != 1) return malformed;
  const char* const end = text.data() + text.size();
  const auto [last, error] = std::from_chars(text.data() + colon + 1, end, endpoint.port);
  if (error != std::errc() || last != end) return malformed;
  return endpoint;
}

std::string print_endpoint(const Endpoint& endpoint) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  ::inet_ntop(endpoint.ipv6 ? AF_INET6 : AF_INET, endpoint.address.data(), text.data(),
              text.size());
  return fmt::format("{}{}{}:{}", endpoint.ipv6 ? "[" : "", text.data(), endpoint.ipv6 ? "]" : "",
                     endpoint.port);
}

bool is_loopback(const Endpoint& endpoint) {
  if (!endpoint.ipv6) return endpoint.address[0] == 127;
  constexpr ByteArray<16> one{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1};
  return endpoint.address == one;
}

}  // namespace daymark::net
