#include "daymark/evidence/tpm/tpm_activation.h"

#include "daymark/cbor/encode.h"
#include "daymark/cbor/reader.h"
#include "daymark/cbor/sign.h"
#include "daymark/evidence/errors.h"
#include "daymark/evidence/tokens/cose_message.h"

namespace daymark::evidence {

namespace {

using cbor::Reader;
using cbor::Writer;

constexpr std::uint64_t activation_version = 1;
constexpr std::size_t activation_members = 11;

Result<std::vector<Byte>> read_part(Reader& in, std::size_t least, std::size_t most,
                                    FieldId field) {
  DAYMARK_TRY(const ByteView bytes, in.read_bytes(least, most, field));
  return std::vector<Byte>(bytes.begin(), bytes.end());
}

/// Empty or 32 bytes.
Result<std::optional<Digest>> read_seed(Reader& in) {
  DAYMARK_TRY(const ByteView bytes, in.read_bytes(0, sizeof(Digest), field::tpm_enrolment));
  if (bytes.empty()) return std::optional<Digest>{};
  if (bytes.size() != sizeof(Digest)) return fail(errc::tpm_document, field::tpm_enrolment);
  return std::optional(array_of<sizeof(Digest)>(bytes));
}

Result<void> read_head(Reader& in) {
  DAYMARK_CHECK(in.enter_array_of(activation_members, field::tpm_enrolment));
  DAYMARK_TRY(const std::uint64_t version, in.read_unsigned());
  return version == activation_version ? ok() : fail(errc::tpm_document);
}

Result<void> check_answer(const TpmActivation& activation) {
  if (activation.commitment != activation_commitment(activation.answer)) {
    return fail(errc::activation_answer, field::tpm_enrolment);
  }
  const bool ordered = activation.challenged <= activation.answered;
  return ordered ? ok() : fail(errc::activation_time, field::tpm_enrolment);
}

/// With the seed everybody can do what the challenger did, but for the padding of RSA-OAEP: that
/// the encrypted seed holds this one stays the challenger's word.
Result<void> check_credential(const TpmActivation& activation, const TpmName& name) {
  if (!activation.seed) return ok();
  DAYMARK_TRY(const auto blob, tpm_credential_blob(*activation.seed, name, activation.answer));
  return blob == activation.credential.blob
             ? ok()
             : fail(errc::activation_credential, field::tpm_enrolment);
}

Result<std::optional<EkCertificate>> shown_certificate(const TpmActivation& activation) {
  DAYMARK_TRY(const EndorsementPublic key, parse_endorsement_public(activation.endorsement));
  if (activation.certificate.empty()) return std::optional<EkCertificate>{};
  DAYMARK_TRY(EkCertificate out, parse_ek_certificate(activation.certificate));
  if (!equal(key.modulus, out.modulus)) return fail(errc::ek_mismatch, field::certificate);
  return std::optional(std::move(out));
}

/// The name that the credential was sealed to. Errors: those of TpmKey, errc::tpm_key_kind for a
/// name by another hash than SHA-256.
Result<TpmName> name_of_key(const TpmActivation& activation) {
  DAYMARK_TRY(const TpmKey key, TpmKey::parse(activation.attestation));
  DAYMARK_CHECK(key.check_attributes());
  const ByteView name(key.name());
  if (name.size() != sizeof(TpmName)) return fail(errc::tpm_key_kind, field::tpm_key);
  return array_of<sizeof(TpmName)>(name);
}

}  // namespace

Digest activation_commitment(const Digest& secret) {
  return crypto::tagged_hash("daymark tpm activation secret v1", secret);
}

std::vector<Byte> print_tpm_activation(const TpmActivation& activation) {
  return cbor::encode([&](Writer& out) {
    out.open_array(activation_members);
    out.put_unsigned(activation_version);
    out.put_bytes(activation.certificate);
    out.put_bytes(activation.endorsement);
    out.put_bytes(activation.attestation);
    out.open_array(2);
    out.put_bytes(activation.credential.blob);
    out.put_bytes(activation.credential.seed);
    out.put_bytes(activation.commitment);
    out.put_bytes(activation.answer);
    out.put_bytes(activation.seed ? ByteView(*activation.seed) : ByteView());
    out.put_text(activation.challenger);
    out.put_integer(activation.challenged.value);
    out.put_integer(activation.answered.value);
  });
}

Result<TpmActivation> parse_tpm_activation(ByteView payload) {
  TpmActivation out;
  Reader in(payload);
  DAYMARK_CHECK(read_head(in));
  DAYMARK_TRY(out.certificate, read_part(in, 0, ek_certificate_max, field::certificate));
  DAYMARK_TRY(out.endorsement, read_part(in, 1, tpm_public_max, field::tpm_key));
  DAYMARK_TRY(out.attestation, read_part(in, 1, tpm_public_max, field::tpm_key));
  DAYMARK_CHECK(in.enter_array_of(2, field::tpm_enrolment));
  DAYMARK_TRY(out.credential.blob, read_part(in, 1, credential_blob_max, field::tpm_enrolment));
  DAYMARK_TRY(out.credential.seed, read_part(in, 1, credential_seed_max, field::tpm_enrolment));
  DAYMARK_TRY(out.commitment, in.read_array_of_bytes<sizeof(Digest)>(field::tpm_enrolment));
  DAYMARK_TRY(out.answer, in.read_array_of_bytes<sizeof(Digest)>(field::tpm_enrolment));
  DAYMARK_TRY(out.seed, read_seed(in));
  DAYMARK_TRY(out.challenger, in.read_text(challenger_name_max, field::tpm_enrolment));
  DAYMARK_TRY(out.challenged.value, in.read_integer(field::tpm_enrolment));
  DAYMARK_TRY(out.answered.value, in.read_integer(field::tpm_enrolment));
  DAYMARK_CHECK(in.expect_end());
  return out;
}

Outcome<std::vector<Byte>> sign_tpm_activation(const TpmActivation& activation,
                                               crypto::Signer& challenger) {
  return cbor::sign1(print_tpm_activation(activation), tpm_activation_purpose, challenger);
}

bool is_tpm_activation(ByteView content) {
  if (content.size() > tpm_activation_max) return false;
  const auto message = parse_cose(content, Untagged::allowed);
  return message && message->payload && parse_tpm_activation(*message->payload).has_value();
}

Result<VerifiedTpmActivation> open_tpm_activation(ByteView message,
                                                  const crypto::PublicKey& challenger) {
  if (message.size() > tpm_activation_max) return fail(errc::tpm_document, field::tpm_enrolment);
  const auto payload = cbor::open_sign1(message, tpm_activation_purpose, challenger);
  if (!payload) return fail(errc::activation_challenger, field::tpm_enrolment);
  DAYMARK_TRY(TpmActivation content, parse_tpm_activation(*payload));
  DAYMARK_TRY(auto certificate, shown_certificate(content));
  DAYMARK_TRY(const TpmName name, name_of_key(content));
  DAYMARK_CHECK(check_answer(content));
  DAYMARK_CHECK(check_credential(content, name));
  return VerifiedTpmActivation(std::move(content), std::move(certificate));
}

}  // namespace daymark::evidence
