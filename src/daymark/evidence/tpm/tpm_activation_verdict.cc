// Verdict on the transcript of an activation, and its words.
#include "daymark/base/hex.h"
#include "daymark/base/time.h"
#include "daymark/evidence/errors.h"
#include "daymark/evidence/tokens/cose_message.h"
#include "daymark/evidence/tpm/tpm_activation.h"
#include "daymark/evidence/tpm/tpm_verdict.h"

namespace daymark::evidence {

namespace {

EvidenceVerdict settled_as(EvidenceVerdict out, Finding finding, Error reason) {
  out.genuine = {finding, reason};
  out.reason = reason;
  out.verdict = Verdict::undecided;
  if (finding == Finding::held) out.verdict = Verdict::genuine;
  if (finding == Finding::failed) out.verdict = Verdict::refused;
  return out;
}

void tell_activation(const VerifiedTpmActivation& verified, std::vector<Fact>& out) {
  const TpmActivation& content = verified.content();
  out.push_back({"challenger", content.challenger});
  out.push_back({"challenged", to_rfc3339(content.challenged)});
  out.push_back({"answered", to_rfc3339(content.answered)});
  const auto key = TpmKey::parse(content.attestation);
  if (key) out.push_back({"attestation key's name", to_hex(key->name())});
  const auto& certificate = verified.certificate();
  out.push_back({"TPM", certificate ? name_of_tpm(*certificate)
                                    : "maker unknown: no endorsement certificate was shown"});
  out.push_back({"worth",
                 "the challenger's word that this TPM opened the credential; the challenger knows "
                 "the secret too"});
}

}  // namespace

EvidenceVerdict verify_tpm_activation(ByteView content, const TpmActivationOptions& options) {
  EvidenceVerdict out;
  out.kind = "tpm-activation";
  out.as_of = options.as_of;
  const auto note = [&out](std::string_view question, Finding finding) {
    out.grounds.push_back({question, finding});
  };
  if (!is_tpm_activation(content)) {
    note("form", Finding::failed);
    return settled_as(std::move(out), Finding::failed,
                      {errc::tpm_document, field::tpm_enrolment, 0});
  }
  note("form", Finding::held);
  if (!options.challenger) {
    return settled_as(std::move(out), Finding::unknown, {errc::activation_unasked, no_field, 0});
  }
  const auto verified = open_tpm_activation(content, *options.challenger);
  note("signature and parts", verified ? Finding::held : Finding::failed);
  if (!verified) return settled_as(std::move(out), Finding::failed, verified.error());
  tell_activation(*verified, out.facts);
  note("credential", verified->recomputed() ? Finding::held : Finding::not_judged);
  const bool asked = !options.authorities.empty() && verified->certificate();
  const Result<void> issuer =
      asked ? check_ek_issuer(verified->content().certificate, options.authorities, options.as_of)
            : ok();
  note("issuer", !asked ? Finding::not_judged : issuer ? Finding::held : Finding::failed);
  if (!issuer) return settled_as(std::move(out), Finding::failed, issuer.error());
  return settled_as(std::move(out), Finding::held, {errc::activation_good, no_field, 0});
}

Result<Explanation> explain_tpm_activation(ByteView content) {
  DAYMARK_TRY(const CoseMessage message, parse_cose(content, Untagged::allowed));
  if (!message.payload) return fail(errc::tpm_document, field::tpm_enrolment);
  DAYMARK_TRY(const TpmActivation parsed, parse_tpm_activation(*message.payload));
  Explanation out{"activation of a TPM's credential", "", {}};
  const auto add = [&out](std::string name, std::string value) {
    out.fields.push_back({0, 0, std::move(name), std::move(value)});
  };
  add("challenger", parsed.challenger);
  add("challenged", to_rfc3339(parsed.challenged));
  add("answered", to_rfc3339(parsed.answered));
  add("endorsement certificate", to_hex(parsed.certificate));
  add("endorsement key", to_hex(parsed.endorsement));
  add("attestation key", to_hex(parsed.attestation));
  add("credential", to_hex(parsed.credential.blob));
  add("encrypted seed", to_hex(parsed.credential.seed));
  add("commitment to the secret", to_hex(parsed.commitment));
  add("answer", to_hex(parsed.answer));
  add("disclosed seed", parsed.seed ? to_hex(*parsed.seed) : "none");
  return out;
}

}  // namespace daymark::evidence
