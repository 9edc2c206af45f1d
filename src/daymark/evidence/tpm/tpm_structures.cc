#include "daymark/evidence/tpm/tpm_structures.h"

#include <algorithm>

#include "daymark/crypto/ports.h"
#include "daymark/evidence/errors.h"
#include "daymark/evidence/tpm/tpm_fields_internal.h"

namespace daymark::evidence {

namespace {

// Numbers of the TPM 2.0 Library, part 2.
constexpr std::uint16_t aes_bits = 128;
constexpr std::uint16_t rsa_bits = 2048;
constexpr std::uint16_t kind_nv = 0x8014;
constexpr std::uint16_t kind_quote = 0x8018;
constexpr std::uint32_t hierarchy_endorsement = 0x4000000B;
constexpr std::uint32_t nv_written = 0x20000000;

/// fixedTPM, fixedParent, sensitiveDataOrigin, userWithAuth, restricted, sign.
constexpr std::uint32_t attestation_attributes = 0x00050072;
/// fixedTPM, fixedParent, sensitiveDataOrigin, adminWithPolicy, restricted, decrypt.
constexpr std::uint32_t endorsement_attributes = 0x000300B2;

/// A number of at most 32 bytes, padded from the left.
ByteArray<32> tpm_padded(ByteView number) {
  ByteArray<32> out{};
  std::copy_backward(number.begin(), number.end(), out.end());
  return out;
}

TpmName named(const Digest& digest) {
  TpmName out{};
  put_big_endian(tpm_alg::sha256, std::span(out).first<2>());
  copy_bytes(digest, MutableBytes(out).subspan(2));
  return out;
}

/// TPML_PCR_SELECTION of one bank: count, hash, size, bitmap with PCR 0 first.
Result<PcrMask> read_selection(TpmFields& in) {
  const auto banks = in.number<std::uint32_t>();
  const auto hash = in.number<std::uint16_t>();
  const auto size = in.number<std::uint8_t>();
  const ByteView bitmap = in.take(size);
  if (in.broken() || banks != 1 || size != pcr_count / 8) return fail(errc::tpm_structure);
  // SHA-1 banks prove nothing.
  if (hash != tpm_alg::sha256) return fail(errc::tpm_structure, field::tpm_quote);
  return bitmap[0] | PcrMask{bitmap[1]} << 8U | PcrMask{bitmap[2]} << 16U;
}

Result<TpmQuoteInfo> read_quote(TpmFields& in) {
  TpmQuoteInfo out;
  DAYMARK_TRY(out.pcrs, read_selection(in));
  const ByteView digest = in.sized(sizeof(Digest));
  if (digest.size() != sizeof(Digest)) return fail(errc::tpm_structure, field::tpm_quote);
  out.digest = array_of<sizeof(Digest)>(digest);
  return out;
}

Result<TpmCounterInfo> read_counter_info(TpmFields& in) {
  TpmCounterInfo out;
  const ByteView index = in.sized(tpm_name_max);
  const auto offset = in.number<std::uint16_t>();
  const ByteView content = in.sized(sizeof(out.value));
  const bool good = index.size() == out.index.size() && offset == 0 &&
                    content.size() == sizeof(out.value) && !in.broken();
  if (!good) return fail(errc::tpm_structure, field::tpm_count);
  out.index = array_of<sizeof(TpmName)>(index);
  out.value = get_big_endian<std::uint64_t>(content.first<sizeof(out.value)>());
  return out;
}

}  // namespace

TpmName tpm_name(ByteView public_area) {
  return named(crypto::sha256(public_area));
}

Result<AttestationPublic> parse_attestation_public(ByteView public_area) {
  TpmFields in(public_area);
  const bool kind = in.number<std::uint16_t>() == tpm_alg::ecc &&
                    in.number<std::uint16_t>() == tpm_alg::sha256 &&
                    in.number<std::uint32_t>() == attestation_attributes && in.sized(64).empty() &&
                    in.number<std::uint16_t>() == tpm_alg::null &&   // symmetric
                    in.number<std::uint16_t>() == tpm_alg::ecdsa &&  // scheme
                    in.number<std::uint16_t>() == tpm_alg::sha256 &&
                    in.number<std::uint16_t>() == tpm_curve::p256 &&
                    in.number<std::uint16_t>() == tpm_alg::null;  // key derivation
  if (!kind) return fail(in.broken() ? errc::tpm_structure : errc::tpm_key_kind, field::tpm_key);
  const ByteView x = in.sized(32);
  const ByteView y = in.sized(32);
  if (!in.whole() || x.empty() || y.empty()) return fail(errc::tpm_structure, field::tpm_key);
  return AttestationPublic{tpm_padded(x), tpm_padded(y), tpm_name(public_area)};
}

Result<EndorsementPublic> parse_endorsement_public(ByteView public_area) {
  TpmFields in(public_area);
  const bool kind =
      in.number<std::uint16_t>() == tpm_alg::rsa && in.number<std::uint16_t>() == tpm_alg::sha256 &&
      in.number<std::uint32_t>() == endorsement_attributes &&
      equal(in.sized(64), endorsement_policy) && in.number<std::uint16_t>() == tpm_alg::aes &&
      in.number<std::uint16_t>() == aes_bits && in.number<std::uint16_t>() == tpm_alg::cfb &&
      in.number<std::uint16_t>() == tpm_alg::null &&  // scheme
      in.number<std::uint16_t>() == rsa_bits &&
      in.number<std::uint32_t>() == 0;  // the default exponent, 65537
  if (!kind) return fail(in.broken() ? errc::tpm_structure : errc::tpm_key_kind, field::tpm_key);
  const EndorsementPublic out{in.sized(rsa_bits / 8)};
  if (!in.whole() || out.modulus.size() != rsa_bits / 8 || out.modulus[0] < 0x80) {
    return fail(errc::tpm_structure, field::tpm_key);
  }
  return out;
}

Result<TpmAttest> parse_tpm_attest(ByteView attest) {
  if (attest.size() > tpm_attest_max) return fail(errc::tpm_structure);
  TpmFields in(attest);
  TpmAttest out;
  if (in.number<std::uint32_t>() != tpm_magic) return fail(errc::tpm_structure);
  const auto kind = in.number<std::uint16_t>();
  out.signer = in.sized(tpm_name_max);
  out.extra = in.sized(64);
  out.clock = in.number<std::uint64_t>();
  out.resets = in.number<std::uint32_t>();
  out.restarts = in.number<std::uint32_t>();
  const auto safe = in.number<std::uint8_t>();
  out.safe = safe == 1;
  out.firmware = in.number<std::uint64_t>();
  if (in.broken() || safe > 1) return fail(errc::tpm_structure);
  if (kind == kind_quote) {
    DAYMARK_TRY(out.info, read_quote(in));
  } else if (kind == kind_nv) {
    DAYMARK_TRY(out.info, read_counter_info(in));
  } else {
    return fail(errc::tpm_statement);
  }
  return in.whole() ? Result<TpmAttest>(out) : fail(errc::tpm_structure);
}

Result<TpmSignature> parse_tpm_signature(ByteView signature) {
  TpmFields in(signature);
  const bool kind =
      in.number<std::uint16_t>() == tpm_alg::ecdsa && in.number<std::uint16_t>() == tpm_alg::sha256;
  const ByteView r = in.sized(32);
  const ByteView s = in.sized(32);
  if (!kind || !in.whole() || r.empty() || s.empty()) return fail(errc::tpm_structure);
  return TpmSignature{tpm_padded(r), tpm_padded(s)};
}

TpmName counter_name(std::uint32_t index) {
  // TPMS_NV_PUBLIC: index, name algorithm, attributes, no policy, 8 bytes.
  ByteArray<14> area{};
  put_big_endian(index, std::span(area).subspan<0, 4>());
  put_big_endian(tpm_alg::sha256, std::span(area).subspan<4, 2>());
  put_big_endian(counter_attributes | nv_written, std::span(area).subspan<6, 4>());
  put_big_endian(std::uint16_t{sizeof(std::uint64_t)}, std::span(area).subspan<12, 2>());
  return tpm_name(area);
}

TpmName endorsed_name(const TpmName& name) {
  ByteArray<4> hierarchy{};
  put_big_endian(hierarchy_endorsement, std::span(hierarchy));
  const std::array<ByteView, 2> parts{hierarchy, name};
  return named(crypto::sha256(parts));
}

}  // namespace daymark::evidence
