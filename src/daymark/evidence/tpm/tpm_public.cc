#include "daymark/evidence/tpm/tpm_public.h"

#include <algorithm>
#include <array>

#include "daymark/evidence/errors.h"
#include "daymark/evidence/pki/der_internal.h"
#include "daymark/evidence/tpm/tpm_fields_internal.h"
#include "daymark/evidence/tpm/tpm_hash_internal.h"

namespace daymark::evidence {

namespace {

constexpr std::size_t policy_max = 64;
constexpr std::size_t modulus_max = 512;
constexpr std::size_t coordinate_max = 66;

struct TpmHash {
  std::uint16_t algorithm;
  std::string_view name;
  std::size_t size;
};

constexpr std::array<TpmHash, 4> tpm_hashes{{{tpm_alg::sha1, "SHA-1", 20},
                                             {tpm_alg::sha256, "SHA-256", 32},
                                             {tpm_alg::sha384, "SHA-384", 48},
                                             {tpm_alg::sha512, "SHA-512", 64}}};

/// TPMT_SYM_DEF_OBJECT: key size and mode follow unless there is none.
std::uint16_t read_symmetric(TpmFields& in) {
  const auto algorithm = in.number<std::uint16_t>();
  if (algorithm != tpm_alg::null) (void)in.take(4);
  return algorithm;
}

/// TPMT_ASYM_SCHEME: most schemes have a hash, RSAES has nothing, ECDAA a count behind the hash.
void read_key_scheme(TpmFields& in, TpmtPublic& out) {
  out.scheme = in.number<std::uint16_t>();
  if (out.scheme == tpm_alg::null || out.scheme == tpm_alg::rsaes) return;
  out.scheme_hash = in.number<std::uint16_t>();
  if (out.scheme == tpm_alg::ecdaa) (void)in.take(2);
}

void read_rsa_key(TpmFields& in, TpmtPublic& out) {
  out.symmetric = read_symmetric(in);
  read_key_scheme(in, out);
  out.bits = in.number<std::uint16_t>();
  out.exponent = in.number<std::uint32_t>();
  out.modulus = in.sized(modulus_max);
}

void read_ecc_key(TpmFields& in, TpmtPublic& out) {
  out.symmetric = read_symmetric(in);
  read_key_scheme(in, out);
  out.curve = in.number<std::uint16_t>();
  if (in.number<std::uint16_t>() != tpm_alg::null) (void)in.take(2);  // key derivation
  out.x = in.sized(coordinate_max);
  out.y = in.sized(coordinate_max);
}

/// An INTEGER that is not negative, without the zero that keeps it so.
Result<ByteView> read_positive(der::Reader& in) {
  DAYMARK_TRY(const der::Element number, in.next(der::integer));
  const ByteView bytes = number.content;
  if (bytes.empty() || bytes.front() >= 0x80) return in.fail_here();
  if (bytes.size() > 1 && bytes[0] == 0 && bytes[1] < 0x80) return in.fail_here();
  return bytes[0] == 0 ? bytes.subspan(1) : bytes;
}

}  // namespace

std::string_view tpm_hash_name(std::uint16_t algorithm) {
  const auto* const found = std::ranges::find(tpm_hashes, algorithm, &TpmHash::algorithm);
  return found == tpm_hashes.end() ? std::string_view() : found->name;
}

std::size_t tpm_hash_size(std::uint16_t algorithm) {
  const auto* const found = std::ranges::find(tpm_hashes, algorithm, &TpmHash::algorithm);
  return found == tpm_hashes.end() ? 0 : found->size;
}

Result<TpmtPublic> parse_tpmt_public(ByteView area) {
  if (area.size() > tpmt_public_max) return fail(errc::tpm_structure, field::tpm_key);
  TpmFields in(area);
  TpmtPublic out;
  out.type = in.number<std::uint16_t>();
  out.name_hash = in.number<std::uint16_t>();
  out.attributes = in.number<std::uint32_t>();
  out.policy = in.sized(policy_max);
  if (in.broken()) return fail(errc::tpm_structure, field::tpm_key, in.at());
  if (out.type == tpm_alg::rsa) {
    read_rsa_key(in, out);
  } else if (out.type == tpm_alg::ecc) {
    read_ecc_key(in, out);
  } else {
    return fail(errc::ak_algorithm, field::tpm_key);
  }
  const bool empty = out.modulus.empty() && (out.x.empty() || out.y.empty());
  return in.whole() && !empty ? Result<TpmtPublic>(out)
                              : fail(errc::tpm_structure, field::tpm_key, in.at());
}

Result<void> check_attestation_attributes(const TpmtPublic& key) {
  if (!key.has(tpm_attribute::sign)) return fail(errc::ak_not_signing, field::tpm_key);
  if (key.has(tpm_attribute::decrypt)) return fail(errc::ak_decrypts, field::tpm_key);
  if (!key.has(tpm_attribute::restricted)) return fail(errc::ak_not_restricted, field::tpm_key);
  if (!key.has(tpm_attribute::fixed_tpm) || !key.has(tpm_attribute::fixed_parent)) {
    return fail(errc::ak_movable, field::tpm_key);
  }
  if (!key.has(tpm_attribute::sensitive_data_origin))
    return fail(errc::ak_imported, field::tpm_key);
  return ok();
}

std::vector<Byte> name_of_public(std::uint16_t name_hash, ByteView area) {
  if (name_hash == tpm_alg::sha1 || tpm_hash_size(name_hash) == 0) return {};
  std::vector<Byte> out{static_cast<Byte>(name_hash >> 8U), static_cast<Byte>(name_hash & 0xFFU)};
  const std::vector<Byte> digest = tpm_digest(name_hash, {&area, 1});
  out.insert(out.end(), digest.begin(), digest.end());
  return out;
}

Result<TpmtSignature> parse_tpmt_signature(ByteView signature) {
  if (signature.size() > tpmt_signature_max) {
    return fail(errc::tpm_structure, field::tpm_signed_part);
  }
  TpmFields in(signature);
  TpmtSignature out;
  out.scheme = in.number<std::uint16_t>();
  if (!in.broken() && out.scheme != tpm_alg::rsassa && out.scheme != tpm_alg::ecdsa) {
    return fail(errc::quote_signature_scheme, field::tpm_signed_part);
  }
  out.hash = in.number<std::uint16_t>();
  if (out.scheme == tpm_alg::rsassa) {
    out.rsa = in.sized(modulus_max);
  } else {
    out.r = in.sized(coordinate_max);
    out.s = in.sized(coordinate_max);
  }
  const bool empty = out.rsa.empty() && (out.r.empty() || out.s.empty());
  return in.whole() && !empty ? Result<TpmtSignature>(out)
                              : fail(errc::tpm_structure, field::tpm_signed_part, in.at());
}

Result<EcdsaNumbers> parse_ecdsa_der(ByteView der) {
  der::Reader all(der, {errc::quote_signature_form, field::tpm_signed_part, 0});
  DAYMARK_TRY(const der::Element pair, all.next(der::sequence));
  DAYMARK_CHECK(all.expect_end());
  der::Reader in = all.inside(pair);
  DAYMARK_TRY(const ByteView r, read_positive(in));
  DAYMARK_TRY(const ByteView s, read_positive(in));
  DAYMARK_CHECK(in.expect_end());
  return EcdsaNumbers{r, s};
}

}  // namespace daymark::evidence
