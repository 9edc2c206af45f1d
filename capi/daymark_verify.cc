#include "daymark_verify.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "daymark/bundle/verify.h"
#include "daymark/evidence/evidence_file.h"
#include "daymark/evidence/rim.h"
#include "daymark/evidence/token_verdict.h"

namespace {

using namespace daymark;  // NOLINT(google-build-using-namespace)

struct Answer {
  int result = DAYMARK_MISUSE;
  std::string json;
};

constexpr std::size_t references_max = 64;

bool is_sound(const daymark_bytes& bytes) {
  return bytes.data != nullptr || bytes.size == 0;
}

ByteView view(const daymark_bytes& bytes) {
  return bytes.size == 0 ? ByteView() : ByteView(bytes.data, bytes.size);
}

std::string text(const daymark_bytes& bytes) {
  return std::string(text_of(view(bytes)));
}

bool is_sound(const daymark_evidence_request& ask) {
  const bool sizes = ask.struct_size == sizeof ask && ask.reference_count <= references_max &&
                     ask.evidence.size <= evidence::evidence_file_max &&
                     ask.chain.size <= evidence::evidence_file_max &&
                     ask.key.size <= evidence::key_text_max && ask.nonce.size <= 64 &&
                     (ask.nonce.size == 0 || ask.nonce.size >= 8);
  const bool listed = ask.reference_count == 0 || ask.references != nullptr;
  return sizes && listed && is_sound(ask.evidence) && is_sound(ask.chain) && is_sound(ask.key) &&
         is_sound(ask.nonce);
}

Answer answer_of(const std::vector<evidence::EvidenceVerdict>& verdicts) {
  const bool holds = std::ranges::all_of(verdicts, [](const evidence::EvidenceVerdict& verdict) {
    return verdict.verdict == evidence::Verdict::genuine;
  });
  const bool refused = std::ranges::any_of(verdicts, [](const evidence::EvidenceVerdict& verdict) {
    return verdict.verdict == evidence::Verdict::refused;
  });
  const int open = refused ? DAYMARK_REFUSED : DAYMARK_UNDECIDED;
  return {holds ? DAYMARK_HOLDS : open, evidence::to_json(verdicts)};
}

Answer judge_token(const daymark_evidence_request& ask) {
  evidence::TokenOptions how;
  how.as_of.value = ask.as_of_ms;
  const ByteView nonce = view(ask.nonce);
  if (!nonce.empty()) how.nonce.emplace(nonce.begin(), nonce.end());
  if (ask.key.size != 0) {
    auto key = evidence::VerifyingKey::from_text(text(ask.key));
    if (!key) return {};
    how.key = *std::move(key);
  }
  return answer_of({evidence::verify_token("evidence", view(ask.evidence), how)});
}

Answer judge_report(const daymark_evidence_request& ask) {
  const auto rims = evidence::RimVerifier::create();
  const auto verifier = evidence::NvidiaVerifier::create();
  if (!rims || !verifier) return {DAYMARK_FAILED, {}};
  std::vector<evidence::ReferenceFile> references;
  references.reserve(ask.reference_count);
  for (std::size_t i = 0; i < ask.reference_count; ++i) {
    if (!is_sound(ask.references[i])) return {};
    references.push_back({"reference", rims->verify(view(ask.references[i]))});
  }
  evidence::VerifyOptions how;
  how.as_of.value = ask.as_of_ms;
  how.references = references;
  if (ask.nonce.size != 0) {
    if (ask.nonce.size != sizeof(Digest)) return {};
    how.nonce = array_of<sizeof(Digest)>(view(ask.nonce));
  }
  return answer_of(
      evidence::verify_file(*verifier, {"evidence", view(ask.evidence), text(ask.chain)}, how));
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
    if (request == nullptr || request->struct_size != sizeof *request || !is_sound(*request)) {
      return {};
    }
    return evidence::is_token_file(view(request->evidence)) ? judge_token(*request)
                                                            : judge_report(*request);
  });
}

int daymark_verify_bundle(daymark_bytes bundle, const unsigned char* fingerprint, char** json) {
  return answer(json, [&] { return judge_bundle(bundle, fingerprint); });
}

void daymark_free(char* json) {
  std::free(json);
}

const char* daymark_version() {
  return DAYMARK_VERSION;
}
