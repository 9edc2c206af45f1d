// What parses is read to the last byte: one more is refused, and a statement is made of its parts.
#include <cstdlib>
#include <vector>

#include "tpm_fields.h"

#include "daymark/evidence/tpm/tpm_structures.h"

namespace {

using namespace daymark;
using fuzz::put;
using fuzz::put_sized;

std::vector<Byte> put_together(const evidence::TpmAttest& attest) {
  const auto* const quote = std::get_if<evidence::TpmQuoteInfo>(&attest.info);
  std::vector<Byte> out;
  put(out, std::uint32_t{0xFF544347});
  put(out, static_cast<std::uint16_t>(quote != nullptr ? 0x8018 : 0x8014));
  put_sized(out, attest.signer);
  put_sized(out, attest.extra);
  put(out, attest.clock);
  put(out, attest.resets);
  put(out, attest.restarts);
  put(out, static_cast<std::uint8_t>(attest.safe ? 1 : 0));
  put(out, attest.firmware);
  if (quote != nullptr) {
    for (const Byte byte : ByteArray<7>{0, 0, 0, 1, 0, 0x0B, 3})
      out.push_back(byte);
    for (unsigned i = 0; i < 3; ++i)
      out.push_back(static_cast<Byte>(quote->pcrs >> (8 * i)));
    put_sized(out, quote->digest);
    return out;
  }
  const auto& counter = std::get<evidence::TpmCounterInfo>(attest.info);
  put_sized(out, counter.index);
  put(out, std::uint16_t{0});
  put(out, std::uint16_t{8});
  put(out, counter.value);
  return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const ByteView input(data, size);
  std::vector<Byte> longer(data, data + size);
  longer.push_back(0);
  const auto attest = evidence::parse_tpm_attest(input);
  if (attest && !equal(put_together(*attest), input)) std::abort();
  if (attest && evidence::parse_tpm_attest(longer)) std::abort();
  if (evidence::parse_tpm_signature(input) && evidence::parse_tpm_signature(longer)) std::abort();
  const auto key = evidence::parse_attestation_public(input);
  if (key &&
      (key->name != evidence::tpm_name(input) || evidence::parse_attestation_public(longer))) {
    std::abort();
  }
  const auto storage = evidence::parse_endorsement_public(input);
  if (storage && (storage->modulus.size() != 256 || evidence::parse_endorsement_public(longer))) {
    std::abort();
  }
  return 0;
}
