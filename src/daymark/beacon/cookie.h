// Cookies that prove a source address without keeping anything about it. Host only.
#pragma once

#include <cstdint>

#include "daymark/base/random.h"
#include "daymark/net/endpoint.h"
#include "daymark/ranging/packet.h"

namespace daymark::beacon {

/// cookie = slot (8 bytes) || SipHash(secret, address || port || slot), slot = minutes of the
/// server's own monotonic clock. Good for one to two minutes. Thread-safe.
class CookieJar {
 public:
  explicit CookieJar(Random& random) : secret_(random.draw<16>()) {}

  [[nodiscard]] ranging::Cookie issue(const net::Endpoint& source, std::int64_t now_nanos) const;
  [[nodiscard]] bool accepts(const ranging::Cookie& cookie, const net::Endpoint& source,
                             std::int64_t now_nanos) const;

 private:
  [[nodiscard]] ranging::Cookie make(const net::Endpoint& source, std::uint64_t slot) const;

  ByteArray<16> secret_;
};

}  // namespace daymark::beacon
