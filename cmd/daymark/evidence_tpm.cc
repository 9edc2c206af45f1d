#include "evidence_tpm.h"

#include "daymark/base/errors.h"
#include "daymark/base/file.h"
#include "daymark/base/hex.h"
#include "daymark/crypto/key_file.h"
#include "daymark/evidence/evidence_file.h"
#include "daymark/evidence/host_identity.h"
#include "daymark/evidence/pki/pem.h"
#include "daymark/evidence/tpm/tpm_activation.h"
#include "daymark/evidence/tpm/tpm_quote_file.h"

namespace daymark::cli {

namespace {

Outcome<std::vector<Byte>> nonce_bytes(const std::string& text) {
  auto bytes = from_hex(text);
  if (!bytes || bytes->empty()) {
    return std::unexpected(Failure(errc::usage_wrong, "--nonce", "not hexadecimal: " + text));
  }
  return *std::move(bytes);
}

/// One certificate, DER or PEM.
Outcome<std::vector<Byte>> read_certificate(const std::string& file) {
  DAYMARK_TRY(auto content, read_file(file, evidence::chain_text_max));
  if (content.empty() || content.front() != '-') return content;
  DAYMARK_TRY(const auto all, about(evidence::parse_pem_certificates(text_of(content)), file));
  return all.front();
}

/// The statement with what stands in files of its own.
Outcome<evidence::TpmQuoteEvidence> gather(ByteView content, const TpmQuestion& question,
                                           const TpmFiles& files) {
  DAYMARK_TRY(auto out, about(evidence::parse_tpm_file(content), question.file));
  if (!files.signature.empty()) {
    DAYMARK_TRY(out.signature, read_file(files.signature, evidence::tpmt_signature_max));
  }
  if (!files.pcrs.empty()) {
    DAYMARK_TRY(const auto values, read_file(files.pcrs, evidence::pcr_file_max));
    DAYMARK_TRY(out.pcrs, about(evidence::parse_pcr_values(values, out.attest), files.pcrs));
  }
  if (!files.event_log.empty()) {
    DAYMARK_TRY(out.event_log, read_file(files.event_log, evidence::event_log_max));
  }
  return out;
}

Outcome<evidence::EvidenceVerdict> verify_activation(const TpmQuestion& question,
                                                     const TpmFiles& files) {
  evidence::TpmActivationOptions how;
  how.as_of = question.as_of;
  if (!files.challenger.empty()) {
    DAYMARK_TRY(const auto challenger, crypto::read_public_keys(files.challenger));
    how.challenger = challenger.sign;
  }
  if (!files.authorities.empty()) {
    DAYMARK_TRY(how.authorities, read_text(files.authorities, evidence::chain_text_max));
  }
  return evidence::verify_tpm_activation(question.content, how);
}

/// A host described in JSON, with its quote where one is given.
Outcome<evidence::EvidenceVerdict> verify_host(const TpmQuestion& question, const TpmFiles& files,
                                               const evidence::TpmQuoteOptions& how) {
  evidence::HostEvidence host;
  host.description.assign(question.content.begin(), question.content.end());
  if (!files.quote.empty()) {
    DAYMARK_TRY(const auto content, read_file(files.quote, evidence::evidence_file_max));
    DAYMARK_TRY(host.quote, gather(content, question, files));
  } else if (!files.signature.empty()) {
    DAYMARK_TRY(host.signature, read_file(files.signature, evidence::tpmt_signature_max));
  }
  return evidence::verify_host(host, how);
}

}  // namespace

Outcome<evidence::TpmQuoteOptions> tpm_quote_options(const TpmQuestion& question,
                                                     const TpmFiles& files) {
  evidence::TpmQuoteOptions out;
  out.as_of = question.as_of;
  out.policy = question.policy;
  if (!question.nonce.empty()) {
    DAYMARK_TRY(out.nonce, nonce_bytes(question.nonce));
  }
  if (!files.key.empty()) {
    DAYMARK_TRY(out.key, read_file(files.key, evidence::tpm_key_file_max));
  }
  if (!files.enrolment.empty()) {
    DAYMARK_TRY(out.enrolment, read_file(files.enrolment, evidence::evidence_file_max));
    DAYMARK_TRY(const auto maker, crypto::read_public_keys(files.maker));
    out.maker = maker.sign;
  }
  if (!files.activation.empty()) {
    DAYMARK_TRY(out.activation, read_file(files.activation, evidence::tpm_activation_max));
    DAYMARK_TRY(const auto challenger, crypto::read_public_keys(files.challenger));
    out.challenger = challenger.sign;
  }
  if (!files.endorsement.empty()) {
    DAYMARK_TRY(out.endorsement, read_certificate(files.endorsement));
  }
  if (!files.authorities.empty()) {
    DAYMARK_TRY(out.authorities, read_text(files.authorities, evidence::chain_text_max));
  }
  if (!files.reference.empty()) {
    DAYMARK_TRY(const auto content, read_file(files.reference, evidence::pcr_file_max));
    DAYMARK_TRY(out.reference, about(evidence::parse_pcr_values(content, {}), files.reference));
  }
  return out;
}

void add_tpm_options(CLI::App& command, TpmFiles& files) {
  const auto add = [&](const char* name, std::string& value, const char* words) {
    return command.add_option(name, value, words)->group("TPM");
  };
  add("--signature", files.signature,
      "Signature of a raw TPM statement, or of a host's description");
  add("--ak", files.key, "The attestation key that you trust (TPM public area, DER or PEM)");
  add("--pcrs", files.pcrs, "PCR values (digests one behind the other, or JSON)");
  add("--event-log", files.event_log, "Event log of the boot (crypto-agile form)");
  add("--ek", files.endorsement, "Endorsement certificate (DER or PEM)");
  add("--authorities", files.authorities, "Authorities for endorsement certificates (PEM)");
  add("--reference-pcrs", files.reference, "PCR values that you expect (JSON)");
  add("--quote", files.quote, "The TPM's quote over a description of a host");
  CLI::Option* const maker = add("--maker", files.maker, "Who signed the enrolment (public key)");
  add("--enrolment", files.enrolment, "The maker's record of a TPM, in place of --ak")
      ->needs(maker);
  CLI::Option* const challenger = add("--challenger", files.challenger,
                                      "Who signed the transcript of an activation (public key)");
  add("--activation", files.activation,
      "A challenger's transcript of an activated credential, in place of --ak")
      ->needs(challenger);
}

bool is_tpm_evidence(ByteView content) {
  return evidence::is_tpm_file(content) || evidence::is_host_file(content) ||
         evidence::is_tpm_activation(content);
}

Outcome<evidence::EvidenceVerdict> verify_tpm_file(const TpmQuestion& question,
                                                   const TpmFiles& files) {
  evidence::EvidenceVerdict out;
  if (evidence::is_tpm_activation(question.content)) {
    DAYMARK_TRY(out, verify_activation(question, files));
    out.file = question.file;
    return out;
  }
  DAYMARK_TRY(const auto how, tpm_quote_options(question, files));
  if (evidence::is_host_file(question.content)) {
    DAYMARK_TRY(out, verify_host(question, files, how));
  } else {
    DAYMARK_TRY(const auto evidence, gather(question.content, question, files));
    out = evidence::verify_tpm_quote(evidence, how);
  }
  out.file = question.file;
  return out;
}

}  // namespace daymark::cli
