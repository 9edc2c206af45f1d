#include "daymark/beacon/cookie.h"

#include <algorithm>

#include "daymark/crypto/ports.h"

namespace daymark::beacon {

namespace {

constexpr std::int64_t slot_nanos = 60'000'000'000;

std::uint64_t slot_of(std::int64_t now_nanos) {
  return static_cast<std::uint64_t>(std::max<std::int64_t>(now_nanos, 0) / slot_nanos);
}

}  // namespace

ranging::Cookie CookieJar::make(const net::Endpoint& source, std::uint64_t slot) const {
  ByteArray<27> message{};
  const std::span all(message);
  all[0] = source.ipv6 ? 6 : 4;
  copy_bytes(source.address, all.subspan<1, 16>());
  put_big_endian(source.port, all.subspan<17, 2>());
  put_big_endian(slot, all.subspan<19, 8>());
  ranging::Cookie cookie{};
  put_big_endian(slot, std::span(cookie).first<8>());
  copy_bytes(crypto::siphash(secret_, message), std::span(cookie).last<8>());
  return cookie;
}

ranging::Cookie CookieJar::issue(const net::Endpoint& source, std::int64_t now_nanos) const {
  return make(source, slot_of(now_nanos));
}

bool CookieJar::accepts(const ranging::Cookie& cookie, const net::Endpoint& source,
                        std::int64_t now_nanos) const {
  const auto slot = get_big_endian<std::uint64_t>(std::span(cookie).first<8>());
  const std::uint64_t now = slot_of(now_nanos);
  const bool recent = slot == now || slot + 1 == now;
  return recent && crypto::equal_secret(cookie, make(source, slot));
}

}  // namespace daymark::beacon
