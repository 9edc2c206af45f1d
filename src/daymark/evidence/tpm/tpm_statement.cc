#include "daymark/evidence/tpm/tpm_statement.h"

#include <algorithm>
#include <bit>

#include "daymark/crypto/ports.h"
#include "daymark/evidence/errors.h"
#include "daymark/evidence/pki/public_key_internal.h"

namespace daymark::evidence {

namespace {

KeyOwner p256_key(const AttestationPublic& parsed) {
  return ec_public_key("P-256", parsed.x, parsed.y);
}

/// SEQUENCE { r, s } as OpenSSL takes it; empty where memory is short.
std::vector<Byte> ecdsa_der(const TpmSignature& signature) {
  const EcdsaOwner pair(ECDSA_SIG_new());
  BigNumberOwner r(BN_bin2bn(signature.r.data(), 32, nullptr));
  BigNumberOwner s(BN_bin2bn(signature.s.data(), 32, nullptr));
  if (!pair || !r || !s || ECDSA_SIG_set0(pair.get(), r.get(), s.get()) != 1) return {};
  (void)r.release();
  (void)s.release();
  unsigned char* raw = nullptr;
  const int size = i2d_ECDSA_SIG(pair.get(), &raw);
  const BytesOwner owner(raw);
  return size <= 0 ? std::vector<Byte>() : std::vector<Byte>(raw, raw + size);
}

bool p256_verifies(EVP_PKEY* key, ByteView message, ByteView der) {
  const DigestContextOwner context(EVP_MD_CTX_new());
  return key != nullptr && !der.empty() && context &&
         EVP_DigestVerifyInit(context.get(), nullptr, EVP_sha256(), nullptr, key) == 1 &&
         EVP_DigestVerify(context.get(), der.data(), der.size(), message.data(), message.size()) ==
             1;
}

Digest digest_of_values(const std::vector<Digest>& values) {
  std::vector<ByteView> parts(values.begin(), values.end());
  return crypto::sha256(parts);
}

}  // namespace

Result<AttestationKey> AttestationKey::parse(ByteView public_area) {
  const ErrorQueueGuard queue;
  DAYMARK_TRY(const AttestationPublic parsed, parse_attestation_public(public_area));
  if (!p256_key(parsed)) return fail(errc::tpm_key_kind, field::tpm_key);
  return AttestationKey(parsed);
}

Result<TpmAttest> AttestationKey::open(const TpmSigned& statement, ByteView nonce) const {
  const ErrorQueueGuard queue;
  DAYMARK_TRY(const TpmAttest attest, parse_tpm_attest(statement.attest));
  DAYMARK_TRY(const TpmSignature signature, parse_tpm_signature(statement.signature));
  if (!p256_verifies(p256_key(parsed_).get(), statement.attest, ecdsa_der(signature))) {
    return fail(errc::tpm_signature);
  }
  // Primary under the endorsement hierarchy: nothing else of the TPM could vouch under this name.
  if (!equal(attest.signer, endorsed_name(parsed_.name))) return fail(errc::tpm_statement);
  if (!equal(attest.extra, nonce)) return fail(errc::tpm_nonce);
  return attest;
}

Result<QuotedPcrs> AttestationKey::verify_quote(const TpmSigned& quote, ByteView nonce,
                                                std::vector<Digest> values) const {
  DAYMARK_TRY(const TpmAttest attest, open(quote, nonce));
  const auto* const info = std::get_if<TpmQuoteInfo>(&attest.info);
  if (info == nullptr) return fail(errc::tpm_statement, field::tpm_quote);
  const bool same = static_cast<std::size_t>(std::popcount(info->pcrs)) == values.size() &&
                    digest_of_values(values) == info->digest;
  if (!same) return fail(errc::tpm_pcrs, field::tpm_quote);
  return QuotedPcrs{info->pcrs, std::move(values), attest.clock, attest.resets};
}

Result<std::uint64_t> AttestationKey::verify_counter(const TpmSigned& certified, ByteView nonce,
                                                     std::uint32_t index) const {
  DAYMARK_TRY(const TpmAttest attest, open(certified, nonce));
  const auto* const info = std::get_if<TpmCounterInfo>(&attest.info);
  if (info == nullptr) return fail(errc::tpm_statement, field::tpm_count);
  if (info->index != counter_name(index)) return fail(errc::tpm_counter_index, field::tpm_count);
  return info->value;
}

}  // namespace daymark::evidence
