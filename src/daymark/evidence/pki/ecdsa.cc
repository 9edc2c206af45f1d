#include "daymark/evidence/pki/der_internal.h"
#include "daymark/evidence/pki/ecdsa_internal.h"

namespace daymark::evidence {

namespace {

constexpr std::size_t coordinate_size = 48;

/// INTEGER of DER (X.690 §8.3): no more leading zeros than the sign bit needs.
void put_integer(std::vector<Byte>& out, ByteView number) {
  while (number.size() > 1 && number.front() == 0)
    number = number.subspan(1);
  const bool padded = number.front() >= 0x80;
  out.push_back(der::integer);
  out.push_back(static_cast<Byte>(number.size() + (padded ? 1 : 0)));
  if (padded) out.push_back(0);
  out.insert(out.end(), number.begin(), number.end());
}

}  // namespace

std::vector<Byte> der_signature(ByteView signature) {
  if (signature.size() != 2 * coordinate_size) return {};
  std::vector<Byte> out{der::sequence, 0};
  put_integer(out, signature.first(coordinate_size));
  put_integer(out, signature.subspan(coordinate_size));
  out[1] = static_cast<Byte>(out.size() - 2);
  return out;
}

}  // namespace daymark::evidence
