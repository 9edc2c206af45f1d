#include <algorithm>
#include <array>

#include "daymark/token/ec_point_internal.h"

namespace daymark::token::internal {

namespace {

constexpr std::size_t point_size = 32;
constexpr std::array<Byte, 2> octet_string{0x04, 0x20};

constexpr std::array<Byte, 5> oid_rfc8410{0x06, 0x03, 0x2B, 0x65, 0x70};
constexpr std::array<Byte, 11> oid_gnupg{0x06, 0x09, 0x2B, 0x06, 0x01, 0x04,
                                         0x01, 0xDA, 0x47, 0x0F, 0x01};
/// PrintableString "edwards25519".
constexpr std::array<Byte, 14> curve_name{0x13, 0x0C, 'e', 'd', 'w', 'a', 'r',
                                          'd',  's',  '2', '5', '5', '1', '9'};

}  // namespace

bool is_ed25519(ByteView ec_params) {
  return std::ranges::equal(ec_params, oid_rfc8410) || std::ranges::equal(ec_params, oid_gnupg) ||
         std::ranges::equal(ec_params, curve_name);
}

std::optional<crypto::PublicKey> read_ec_point(ByteView point) {
  const bool wrapped = point.size() == octet_string.size() + point_size &&
                       std::ranges::equal(point.first(octet_string.size()), octet_string);
  if (wrapped) point = point.subspan(octet_string.size());
  if (point.size() != point_size) return std::nullopt;
  crypto::PublicKey out;
  std::ranges::copy(point, out.bytes.begin());
  return out;
}

}  // namespace daymark::token::internal
