#include "daymark/evidence/tpm/tpm_binding.h"

#include <memory>

#include "daymark/cbor/encode.h"
#include "daymark/cbor/reader.h"
#include "daymark/cbor/sign.h"
#include "daymark/evidence/errors.h"

namespace daymark::evidence {

namespace {

using cbor::Reader;
using cbor::Writer;

constexpr std::uint64_t document_version = 1;

std::vector<Byte> copied(ByteView bytes) {
  return {bytes.begin(), bytes.end()};
}

Result<std::vector<Byte>> read_copy(Reader& in, std::size_t least, std::size_t most,
                                    FieldId field) {
  DAYMARK_TRY(const ByteView bytes, in.read_bytes(least, most, field));
  return copied(bytes);
}

Result<void> read_version(Reader& in) {
  DAYMARK_TRY(const std::uint64_t version, in.read_unsigned());
  return version == document_version ? ok() : fail(errc::tpm_document);
}

Result<TpmSigned> read_signed(Reader& in, FieldId field) {
  TpmSigned out;
  DAYMARK_TRY(out.attest, read_copy(in, 1, tpm_attest_max, field));
  DAYMARK_TRY(out.signature, read_copy(in, 1, tpm_signature_max, field));
  return out;
}

void put_tpm_signed(const TpmSigned& statement, Writer& out) {
  out.put_bytes(statement.attest);
  out.put_bytes(statement.signature);
}

/// One byte string of a multiple of 32 bytes.
Result<std::vector<Digest>> read_pcr_list(Reader& in) {
  DAYMARK_TRY(const ByteView bytes, in.read_bytes(0, pcr_count * sizeof(Digest), field::tpm_quote));
  if (bytes.size() % sizeof(Digest) != 0) return fail(errc::tpm_document, field::tpm_quote);
  std::vector<Digest> out;
  for (std::size_t at = 0; at < bytes.size(); at += sizeof(Digest)) {
    out.push_back(array_of<sizeof(Digest)>(bytes.subspan(at, sizeof(Digest))));
  }
  return out;
}

std::vector<Byte> joined(const std::vector<Digest>& values) {
  std::vector<Byte> out;
  for (const Digest& value : values)
    out.insert(out.end(), value.begin(), value.end());
  return out;
}

}  // namespace

Digest binding_nonce(ByteView attestation) {
  return crypto::tagged_hash("daymark tpm attestation v1", attestation);
}

std::vector<Byte> print_tpm_identity(const TpmIdentity& identity) {
  return cbor::encode([&](Writer& out) {
    out.open_array(7);
    out.put_unsigned(document_version);
    out.put_bytes(identity.chip.bytes);
    out.put_bytes(identity.certificate);
    out.put_bytes(identity.endorsement);
    out.put_bytes(identity.attestation);
    out.put_unsigned(identity.index);
    out.put_unsigned(identity.base);
  });
}

Result<TpmIdentity> parse_tpm_identity(ByteView encoded) {
  TpmIdentity out;
  Reader in(encoded);
  DAYMARK_CHECK(in.enter_array_of(7, field::tpm_identity));
  DAYMARK_CHECK(read_version(in));
  DAYMARK_TRY(out.chip.bytes, in.read_array_of_bytes<32>(field::tpm_identity));
  DAYMARK_TRY(out.certificate, read_copy(in, 0, ek_certificate_max, field::certificate));
  DAYMARK_TRY(out.endorsement, read_copy(in, 1, tpm_public_max, field::tpm_key));
  DAYMARK_TRY(out.attestation, read_copy(in, 1, tpm_public_max, field::tpm_key));
  DAYMARK_TRY(const std::uint64_t index, in.read_unsigned_up_to(UINT32_MAX, field::tpm_count));
  DAYMARK_TRY(out.base, in.read_unsigned(field::tpm_count));
  DAYMARK_CHECK(in.expect_end());
  out.index = static_cast<std::uint32_t>(index);
  return out;
}

std::vector<Byte> print_tpm_attested(const TpmAttested& attested) {
  return cbor::encode([&](Writer& out) {
    out.open_array(7);
    out.put_unsigned(document_version);
    out.put_bytes(attested.attestation);
    put_tpm_signed(attested.quote, out);
    out.put_bytes(joined(attested.pcrs));
    put_tpm_signed(attested.counter, out);
  });
}

Result<TpmAttested> parse_tpm_attested(ByteView encoded) {
  constexpr std::size_t attestation_max = governor::document_size_max + 128;
  TpmAttested out;
  Reader in(encoded);
  DAYMARK_CHECK(in.enter_array_of(7));
  DAYMARK_CHECK(read_version(in));
  DAYMARK_TRY(out.attestation, read_copy(in, 1, attestation_max, no_field));
  DAYMARK_TRY(out.quote, read_signed(in, field::tpm_quote));
  DAYMARK_TRY(out.pcrs, read_pcr_list(in));
  DAYMARK_TRY(out.counter, read_signed(in, field::tpm_count));
  DAYMARK_CHECK(in.expect_end());
  return out;
}

Result<TpmEnrolment> parse_tpm_enrolment(ByteView payload) {
  TpmEnrolment out;
  Reader in(payload);
  DAYMARK_CHECK(in.enter_array_of(6, field::tpm_enrolment));
  DAYMARK_CHECK(read_version(in));
  DAYMARK_TRY(const ByteView identity, in.read_bytes(1, tpm_identity_max, field::tpm_identity));
  DAYMARK_TRY(out.identity, parse_tpm_identity(identity));
  DAYMARK_CHECK(in.enter_array_of(2, field::tpm_enrolment));
  DAYMARK_TRY(out.credential.blob, read_copy(in, 1, credential_blob_max, field::tpm_enrolment));
  DAYMARK_TRY(out.credential.seed, read_copy(in, 1, credential_seed_max, field::tpm_enrolment));
  DAYMARK_TRY(out.secret, in.read_array_of_bytes<sizeof(Digest)>(field::tpm_enrolment));
  DAYMARK_TRY(const ByteView first, in.read_bytes(1, tpm_attested_max, field::tpm_enrolment));
  DAYMARK_TRY(out.first, parse_tpm_attested(first));
  DAYMARK_TRY(out.time.value, in.read_integer(field::tpm_enrolment));
  DAYMARK_CHECK(in.expect_end());
  return out;
}

Outcome<std::vector<Byte>> sign_tpm_enrolment(const TpmEnrolment& enrolment,
                                              crypto::Signer& maker) {
  const std::vector<Byte> payload = cbor::encode([&](Writer& out) {
    out.open_array(6);
    out.put_unsigned(document_version);
    out.put_bytes(print_tpm_identity(enrolment.identity));
    out.open_array(2);
    out.put_bytes(enrolment.credential.blob);
    out.put_bytes(enrolment.credential.seed);
    out.put_bytes(enrolment.secret);
    out.put_bytes(print_tpm_attested(enrolment.first));
    out.put_integer(enrolment.time.value);
  });
  return cbor::sign1(payload, tpm_enrolment_purpose, maker);
}

Result<BoundAttestation> verify_tpm_attested(const TpmAttested& attested,
                                             const TpmIdentity& identity) {
  DAYMARK_TRY(const AttestationKey key, AttestationKey::parse(identity.attestation));
  const auto scratch = std::make_unique<governor::DocumentScratch>();
  BoundAttestation out;
  DAYMARK_TRY(out.claims,
              governor::verify_attestation(attested.attestation, identity.chip, *scratch));
  const Digest nonce = binding_nonce(attested.attestation);
  DAYMARK_TRY(out.pcrs, key.verify_quote(attested.quote, nonce, attested.pcrs));
  DAYMARK_TRY(const std::uint64_t value,
              key.verify_counter(attested.counter, nonce, identity.index));
  out.counter = value - identity.base;
  const bool same = value >= identity.base && out.counter == out.claims.counter;
  return same ? Result<BoundAttestation>(std::move(out))
              : fail(errc::tpm_counter, field::tpm_count);
}

Result<EkCertificate> certificate_of(const TpmIdentity& identity) {
  if (identity.certificate.empty()) return fail(errc::ek_missing);
  DAYMARK_TRY(EkCertificate certificate, parse_ek_certificate(identity.certificate));
  DAYMARK_TRY(const EndorsementPublic key, parse_endorsement_public(identity.endorsement));
  return equal(key.modulus, certificate.modulus) ? Result<EkCertificate>(std::move(certificate))
                                                 : fail(errc::ek_mismatch);
}

Result<VerifiedTpmEnrolment> open_tpm_enrolment(ByteView message, const crypto::PublicKey& maker) {
  if (message.size() > tpm_enrolment_max) return fail(errc::tpm_document, field::tpm_enrolment);
  const auto payload = cbor::open_sign1(message, tpm_enrolment_purpose, maker);
  if (!payload) return fail(errc::tpm_maker, field::tpm_enrolment);
  DAYMARK_TRY(TpmEnrolment content, parse_tpm_enrolment(*payload));
  DAYMARK_TRY(EkCertificate certificate, certificate_of(content.identity));
  DAYMARK_CHECK(verify_tpm_attested(content.first, content.identity));
  return VerifiedTpmEnrolment(std::move(content), std::move(certificate));
}

}  // namespace daymark::evidence
