#include "daymark_verify.h"

#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "answers.h"

#include "daymark/bundle/verify.h"
#include "daymark/evidence/evidence_file.h"
#include "daymark/evidence/governor/governor_verdict.h"
#include "daymark/evidence/nvidia/rim.h"
#include "daymark/evidence/tokens/token_verdict.h"

namespace {

using namespace daymark;        // NOLINT(google-build-using-namespace)
using namespace daymark::capi;  // NOLINT(google-build-using-namespace)
using daymark::capi::is_sound;

constexpr std::size_t references_max = 64;

bool is_sound(const daymark_evidence_request& ask) {
  const bool sizes = ask.reference_count <= references_max && ask.answer_count <= references_max &&
                     ask.policy.size <= evidence::policy_size_max && ask.answer_nonce.size <= 32 &&
                     ask.evidence.size <= evidence::evidence_file_max &&
                     ask.chain.size <= evidence::evidence_file_max &&
                     ask.key.size <= evidence::key_text_max && ask.nonce.size <= 64 &&
                     (ask.nonce.size == 0 || ask.nonce.size >= 8);
  const bool listed = (ask.reference_count == 0 || ask.references != nullptr) &&
                      (ask.answer_count == 0 || ask.answers != nullptr);
  return sizes && listed && is_sound(ask.policy) && is_sound(ask.answer_nonce) &&
         is_sound(ask.evidence) && is_sound(ask.chain) && is_sound(ask.key) && is_sound(ask.nonce);
}

/// The request as it is now; nothing where it has no size that it ever had. What an older caller
/// does not know of is empty.
std::optional<daymark_evidence_request> current(const daymark_evidence_request* request) {
  constexpr std::size_t first_size = offsetof(daymark_evidence_request, answers);
  daymark_evidence_request out{};
  if (request == nullptr) return std::nullopt;
  const std::size_t size = request->struct_size;
  if (size != sizeof out && size != first_size) return std::nullopt;
  std::memcpy(&out, request, size);
  return out;
}

std::optional<std::vector<Byte>> nonce_of(const daymark_evidence_request& ask) {
  return ask.nonce.size == 0 ? std::nullopt : std::optional(bytes(ask.nonce));
}

/// False where there is one that is none.
bool read_key(const daymark_evidence_request& ask, std::optional<evidence::VerifyingKey>& out) {
  if (ask.key.size == 0) return true;
  auto key = evidence::VerifyingKey::from_text(text(ask.key));
  if (key) out = *std::move(key);
  return key.has_value();
}

Answer judge_token(const daymark_evidence_request& ask) {
  evidence::TokenOptions how;
  how.as_of.value = ask.as_of_ms;
  how.nonce = nonce_of(ask);
  if (!read_key(ask, how.key)) return {};
  return answer_of({evidence::verify_token("evidence", view(ask.evidence), how)});
}

/// What reports are judged with; `how` points into the rest.
struct ReportBasis {
  std::vector<evidence::ReferenceFile> references;
  evidence::StapledAnswers answers;
  std::optional<evidence::EvidencePolicy> policy;
  evidence::VerifyOptions how;
};

bool read_parts(const daymark_evidence_request& ask, const evidence::RimVerifier& rims,
                ReportBasis& out) {
  for (std::size_t i = 0; i < ask.reference_count; ++i) {
    if (!is_sound(ask.references[i])) return false;
    out.references.push_back({"reference", rims.verify(view(ask.references[i]))});
  }
  for (std::size_t i = 0; i < ask.answer_count; ++i) {
    if (!is_sound(ask.answers[i]) || !out.answers.add(view(ask.answers[i]))) return false;
  }
  if (ask.policy.size == 0) return true;
  auto parsed = evidence::parse_policy(text(ask.policy));
  if (parsed) out.policy = *std::move(parsed);
  return parsed.has_value();
}

/// All but the nonce. False where a part has no form.
bool prepare(const daymark_evidence_request& ask, const evidence::RimVerifier& rims,
             ReportBasis& out) {
  if (!read_parts(ask, rims, out)) return false;
  out.how.as_of.value = ask.as_of_ms;
  out.how.references = out.references;
  if (!out.answers.empty()) out.how.answers = &out.answers;
  if (out.policy) out.how.policy = &*out.policy;
  if (ask.answer_nonce.size != 0) out.how.ocsp_nonce = bytes(ask.answer_nonce);
  return true;
}

Answer judge_report(const daymark_evidence_request& ask) {
  const auto rims = evidence::RimVerifier::create();
  const auto verifier = evidence::NvidiaVerifier::create();
  if (!rims || !verifier) return {DAYMARK_FAILED, {}};
  ReportBasis basis;
  if (!prepare(ask, *rims, basis)) return {};
  if (ask.nonce.size != 0) {
    if (ask.nonce.size != sizeof(Digest)) return {};
    basis.how.nonce = array_of<sizeof(Digest)>(view(ask.nonce));
  }
  return answer_of(evidence::verify_file(
      *verifier, {"evidence", view(ask.evidence), text(ask.chain)}, basis.how));
}

/// Submodules that need a key of their own (tokens, TPMs) stay undecided.
Answer judge_governor(const daymark_evidence_request& ask) {
  const auto rims = evidence::RimVerifier::create();
  if (!rims) return {DAYMARK_FAILED, {}};
  ReportBasis basis;
  std::optional<evidence::VerifyingKey> key;
  if (!prepare(ask, *rims, basis) || !read_key(ask, key)) return {};
  evidence::GovernorOptions how;
  if (key) {
    if (key->kind() != evidence::KeyKind::ed25519) return {};
    how.key.emplace().bytes = array_of<32>(key->spki().last(32));
  }
  how.nonce = nonce_of(ask);
  how.as_of.value = ask.as_of_ms;
  how.submodules.report = basis.how;
  how.submodules.chain = text(ask.chain);
  how.submodules.token.as_of = how.as_of;
  how.submodules.quote.as_of = how.as_of;
  return answer_of({evidence::verify_governor("evidence", view(ask.evidence), how)});
}

Answer judge_evidence(const daymark_evidence_request& ask) {
  const ByteView content = view(ask.evidence);
  if (evidence::is_governor_eat(content)) return judge_governor(ask);
  return evidence::is_token_file(content) ? judge_token(ask) : judge_report(ask);
}

Answer judge_bundle(const daymark_bytes& bytes, const unsigned char* fingerprint) {
  if (!is_sound(bytes)) return {};
  std::optional<Digest> trust;
  if (fingerprint != nullptr) trust = array_of<sizeof(Digest)>({fingerprint, sizeof(Digest)});
  const bundle::BundleVerdict verdict = bundle::verify_bundle(view(bytes), trust);
  switch (verdict.result) {
    case bundle::BundleResult::verified: return {DAYMARK_HOLDS, bundle::to_json(verdict)};
    case bundle::BundleResult::consistent: return {DAYMARK_UNDECIDED, bundle::to_json(verdict)};
    case bundle::BundleResult::refused: break;
  }
  return {DAYMARK_REFUSED, bundle::to_json(verdict)};
}

/// No exception leaves the library; an answer that can't be handed over is none.
template <class Judge>
int answer(char** json, const Judge& judge) noexcept {
  if (json == nullptr) return DAYMARK_MISUSE;
  *json = nullptr;
  try {
    const Answer found = judge();
    if (found.json.empty()) return found.result;
    *json = static_cast<char*>(std::malloc(found.json.size() + 1));
    if (*json == nullptr) return DAYMARK_FAILED;
    std::memcpy(*json, found.json.c_str(), found.json.size() + 1);
    return found.result;
  } catch (...) {
    return DAYMARK_FAILED;
  }
}

}  // namespace

int daymark_verify_evidence(const daymark_evidence_request* request, char** json) {
  return answer(json, [request]() -> Answer {
    const auto ask = current(request);
    if (!ask || !is_sound(*ask)) return {};
    return judge_evidence(*ask);
  });
}

int daymark_verify_bundle(daymark_bytes bundle, const unsigned char* fingerprint, char** json) {
  return answer(json, [&] { return judge_bundle(bundle, fingerprint); });
}

int daymark_verify_tpm(const daymark_tpm_request* request, char** json) {
  return answer(json, [request] { return daymark::capi::judge_tpm(request); });
}

int daymark_verify_model(const daymark_model_request* request, char** json) {
  return answer(json, [request] { return daymark::capi::judge_model(request); });
}

void daymark_free(char* json) {
  std::free(json);
}

const char* daymark_version() {
  return DAYMARK_VERSION;
}
