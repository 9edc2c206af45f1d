#include "daymark/evidence/tpm_structures.h"

#include <algorithm>

#include "daymark/crypto/ports.h"
#include "daymark/evidence/errors.h"

namespace daymark::evidence {

namespace {

// Numbers of the TPM 2.0 Library, part 2.
constexpr std::uint16_t alg_rsa = 0x0001;
constexpr std::uint16_t alg_aes = 0x0006;
constexpr std::uint16_t alg_sha256 = 0x000B;
constexpr std::uint16_t alg_null = 0x0010;
constexpr std::uint16_t alg_ecdsa = 0x0018;
constexpr std::uint16_t alg_ecc = 0x0023;
constexpr std::uint16_t alg_cfb = 0x0043;
constexpr std::uint16_t curve_p256 = 0x0003;
constexpr std::uint16_t aes_bits = 128;
constexpr std::uint16_t rsa_bits = 2048;
constexpr std::uint32_t magic = 0xFF544347;
constexpr std::uint16_t kind_nv = 0x8014;
constexpr std::uint16_t kind_quote = 0x8018;
constexpr std::uint32_t hierarchy_endorsement = 0x4000000B;
constexpr std::uint32_t nv_written = 0x20000000;
constexpr std::size_t name_max = 68;

/// fixedTPM, fixedParent, sensitiveDataOrigin, userWithAuth, restricted, sign.
constexpr std::uint32_t attestation_attributes = 0x00050072;
/// fixedTPM, fixedParent, sensitiveDataOrigin, adminWithPolicy, restricted, decrypt.
constexpr std::uint32_t endorsement_attributes = 0x000300B2;

/// Reads big-endian fields; what doesn't fit is remembered and reported once, at the end.
class Fields {
 public:
  explicit Fields(ByteView input) : input_(input) {}

  template <class Unsigned>
  Unsigned number() {
    const ByteView bytes = take(sizeof(Unsigned));
    if (bytes.size() != sizeof(Unsigned)) return 0;
    return get_big_endian<Unsigned>(bytes.first<sizeof(Unsigned)>());
  }

  /// TPM2B: a length of 16 bits and as many bytes, at most `most`.
  ByteView sized(std::size_t most) {
    const auto size = number<std::uint16_t>();
    if (size > most) broken_ = true;
    return take(size);
  }

  [[nodiscard]] ByteView take(std::size_t size) {
    broken_ = broken_ || size > input_.size() - at_;
    if (broken_) return {};
    at_ += size;
    return input_.subspan(at_ - size, size);
  }

  [[nodiscard]] bool whole() const { return !broken_ && at_ == input_.size(); }

  [[nodiscard]] bool broken() const { return broken_; }

 private:
  ByteView input_;
  std::size_t at_ = 0;
  bool broken_ = false;
};

/// A number of at most 32 bytes, padded from the left.
ByteArray<32> tpm_padded(ByteView number) {
  ByteArray<32> out{};
  std::copy_backward(number.begin(), number.end(), out.end());
  return out;
}

TpmName named(const Digest& digest) {
  TpmName out{};
  put_big_endian(alg_sha256, std::span(out).first<2>());
  copy_bytes(digest, MutableBytes(out).subspan(2));
  return out;
}

/// TPML_PCR_SELECTION of one bank: count, hash, size, bitmap with PCR 0 first.
Result<PcrMask> read_selection(Fields& in) {
  const auto banks = in.number<std::uint32_t>();
  const auto hash = in.number<std::uint16_t>();
  const auto size = in.number<std::uint8_t>();
  const ByteView bitmap = in.take(size);
  if (in.broken() || banks != 1 || size != pcr_count / 8) return fail(errc::tpm_structure);
  // SHA-1 banks prove nothing.
  if (hash != alg_sha256) return fail(errc::tpm_structure, field::tpm_quote);
  return bitmap[0] | PcrMask{bitmap[1]} << 8U | PcrMask{bitmap[2]} << 16U;
}

Result<TpmQuoteInfo> read_quote(Fields& in) {
  TpmQuoteInfo out;
  DAYMARK_TRY(out.pcrs, read_selection(in));
  const ByteView digest = in.sized(sizeof(Digest));
  if (digest.size() != sizeof(Digest)) return fail(errc::tpm_structure, field::tpm_quote);
  out.digest = array_of<sizeof(Digest)>(digest);
  return out;
}

Result<TpmCounterInfo> read_counter_info(Fields& in) {
  TpmCounterInfo out;
  const ByteView index = in.sized(name_max);
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
  Fields in(public_area);
  const bool kind =
      in.number<std::uint16_t>() == alg_ecc && in.number<std::uint16_t>() == alg_sha256 &&
      in.number<std::uint32_t>() == attestation_attributes && in.sized(64).empty() &&
      in.number<std::uint16_t>() == alg_null &&   // symmetric
      in.number<std::uint16_t>() == alg_ecdsa &&  // scheme
      in.number<std::uint16_t>() == alg_sha256 && in.number<std::uint16_t>() == curve_p256 &&
      in.number<std::uint16_t>() == alg_null;  // key derivation
  if (!kind) return fail(in.broken() ? errc::tpm_structure : errc::tpm_key_kind, field::tpm_key);
  const ByteView x = in.sized(32);
  const ByteView y = in.sized(32);
  if (!in.whole() || x.empty() || y.empty()) return fail(errc::tpm_structure, field::tpm_key);
  return AttestationPublic{tpm_padded(x), tpm_padded(y), tpm_name(public_area)};
}

Result<EndorsementPublic> parse_endorsement_public(ByteView public_area) {
  Fields in(public_area);
  const bool kind =
      in.number<std::uint16_t>() == alg_rsa && in.number<std::uint16_t>() == alg_sha256 &&
      in.number<std::uint32_t>() == endorsement_attributes &&
      equal(in.sized(64), endorsement_policy) && in.number<std::uint16_t>() == alg_aes &&
      in.number<std::uint16_t>() == aes_bits && in.number<std::uint16_t>() == alg_cfb &&
      in.number<std::uint16_t>() == alg_null &&  // scheme
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
  Fields in(attest);
  TpmAttest out;
  if (in.number<std::uint32_t>() != magic) return fail(errc::tpm_structure);
  const auto kind = in.number<std::uint16_t>();
  out.signer = in.sized(name_max);
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
  Fields in(signature);
  const bool kind =
      in.number<std::uint16_t>() == alg_ecdsa && in.number<std::uint16_t>() == alg_sha256;
  const ByteView r = in.sized(32);
  const ByteView s = in.sized(32);
  if (!kind || !in.whole() || r.empty() || s.empty()) return fail(errc::tpm_structure);
  return TpmSignature{tpm_padded(r), tpm_padded(s)};
}

TpmName counter_name(std::uint32_t index) {
  // TPMS_NV_PUBLIC: index, name algorithm, attributes, no policy, 8 bytes.
  ByteArray<14> area{};
  put_big_endian(index, std::span(area).subspan<0, 4>());
  put_big_endian(alg_sha256, std::span(area).subspan<4, 2>());
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
