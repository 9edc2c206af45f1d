#include <array>

#include "answers.h"

#include "daymark/evidence/evidence_file.h"
#include "daymark/evidence/pki/pem.h"
#include "daymark/evidence/tpm/tpm_activation.h"
#include "daymark/evidence/tpm/tpm_quote_file.h"

namespace daymark::capi {

namespace {

struct SizedPart {
  const daymark_bytes& part;
  std::size_t most;
};

bool is_sound_tpm(const daymark_tpm_request& ask) {
  const std::array<SizedPart, 11> parts{{
      {ask.statement, evidence::evidence_file_max},
      {ask.signature, evidence::tpmt_signature_max},
      {ask.key, evidence::tpm_key_file_max},
      {ask.pcrs, evidence::pcr_file_max},
      {ask.event_log, evidence::event_log_max},
      {ask.endorsement, evidence::ek_certificate_max},
      {ask.authorities, evidence::chain_text_max},
      {ask.reference_pcrs, evidence::pcr_file_max},
      {ask.nonce, 64},
      {ask.policy, evidence::policy_size_max},
      {ask.activation, evidence::tpm_activation_max},
  }};
  return std::ranges::all_of(parts, [](const SizedPart& one) {
    return capi::is_sound(one.part) && one.part.size <= one.most;
  });
}

std::optional<std::vector<Byte>> part_of(const daymark_bytes& from) {
  return from.size == 0 ? std::nullopt : std::optional(bytes(from));
}

crypto::PublicKey key_at(const unsigned char* bytes) {
  crypto::PublicKey out;
  if (bytes != nullptr) out.bytes = array_of<sizeof out.bytes>({bytes, sizeof out.bytes});
  return out;
}

Answer judge_activation(const daymark_tpm_request& ask) {
  evidence::TpmActivationOptions how;
  how.as_of.value = ask.as_of_ms;
  how.authorities = text(ask.authorities);
  if (ask.challenger != nullptr) how.challenger = key_at(ask.challenger);
  return answer_of({evidence::verify_tpm_activation(view(ask.statement), how)});
}

/// The statement with what stands apart; nothing where a part has no known form.
std::optional<evidence::TpmQuoteEvidence> gathered(const daymark_tpm_request& ask) {
  auto out = evidence::parse_tpm_file(view(ask.statement));
  if (!out) return std::nullopt;
  if (ask.signature.size != 0) out->signature = bytes(ask.signature);
  if (ask.event_log.size != 0) out->event_log = bytes(ask.event_log);
  if (ask.pcrs.size != 0) {
    auto values = evidence::parse_pcr_values(view(ask.pcrs), out->attest);
    if (!values) return std::nullopt;
    out->pcrs = *std::move(values);
  }
  return *std::move(out);
}

Answer judge_quote(const daymark_tpm_request& ask) {
  const auto evidence = gathered(ask);
  evidence::TpmQuoteOptions how;
  how.as_of.value = ask.as_of_ms;
  how.nonce = part_of(ask.nonce);
  how.key = part_of(ask.key);
  how.endorsement = part_of(ask.endorsement);
  how.authorities = text(ask.authorities);
  how.activation = part_of(ask.activation);
  how.challenger = key_at(ask.challenger);
  if (!evidence || (how.activation && ask.challenger == nullptr)) return {};
  if (ask.reference_pcrs.size != 0) {
    auto values = evidence::parse_pcr_values(view(ask.reference_pcrs), {});
    if (!values) return {};
    how.reference = *std::move(values);
  }
  std::optional<evidence::EvidencePolicy> policy;
  if (ask.policy.size != 0) {
    auto parsed = evidence::parse_policy(text(ask.policy));
    if (!parsed) return {};
    how.policy = &policy.emplace(*std::move(parsed));
  }
  return answer_of({evidence::verify_tpm_quote(*evidence, how)});
}

}  // namespace

Answer judge_tpm(const daymark_tpm_request* request) {
  if (request == nullptr || request->struct_size != sizeof *request || !is_sound_tpm(*request)) {
    return {};
  }
  const bool transcript = evidence::is_tpm_activation(view(request->statement));
  return transcript ? judge_activation(*request) : judge_quote(*request);
}

}  // namespace daymark::capi
