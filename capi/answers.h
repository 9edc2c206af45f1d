// What the C functions share: views of a caller's bytes, and answers.
#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include "daymark_verify.h"

#include "daymark/base/bytes.h"
#include "daymark/evidence/verdict.h"

namespace daymark::capi {

struct Answer {
  int result = DAYMARK_MISUSE;
  std::string json;
};

inline bool is_sound(const daymark_bytes& bytes) {
  return bytes.data != nullptr || bytes.size == 0;
}

inline ByteView view(const daymark_bytes& bytes) {
  return bytes.size == 0 ? ByteView() : ByteView(bytes.data, bytes.size);
}

inline std::vector<Byte> bytes(const daymark_bytes& from) {
  const ByteView all = view(from);
  return {all.begin(), all.end()};
}

inline std::string text(const daymark_bytes& bytes) {
  return std::string(text_of(view(bytes)));
}

inline int result_of(evidence::Verdict verdict) {
  if (verdict == evidence::Verdict::genuine) return DAYMARK_HOLDS;
  return verdict == evidence::Verdict::refused ? DAYMARK_REFUSED : DAYMARK_UNDECIDED;
}

inline Answer answer_of(const std::vector<evidence::EvidenceVerdict>& verdicts) {
  const bool holds = std::ranges::all_of(verdicts, [](const evidence::EvidenceVerdict& verdict) {
    return verdict.verdict == evidence::Verdict::genuine;
  });
  const bool refused = std::ranges::any_of(verdicts, [](const evidence::EvidenceVerdict& verdict) {
    return verdict.verdict == evidence::Verdict::refused;
  });
  const int open = refused ? DAYMARK_REFUSED : DAYMARK_UNDECIDED;
  return {holds ? DAYMARK_HOLDS : open, evidence::to_json(verdicts)};
}

[[nodiscard]] Answer judge_tpm(const daymark_tpm_request* request);
[[nodiscard]] Answer judge_model(const daymark_model_request* request);

}  // namespace daymark::capi
