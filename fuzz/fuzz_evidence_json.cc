// Any file gives verdicts that are consistent in themselves: at least one, JSON that names each, no
// device without level L3, genuine only with every question but the last ones held or absent.
#include <cstdlib>

#include "daymark/evidence/evidence_file.h"

namespace {

using namespace daymark;
using evidence::EvidenceVerdict;

const evidence::NvidiaVerifier& verifier() {
  static const auto made = evidence::NvidiaVerifier::create();
  if (!made) std::abort();
  return *made;
}

bool has_failed(const EvidenceVerdict& verdict) {
  for (const evidence::Ground& ground : verdict.grounds) {
    if (ground.finding == evidence::Finding::failed) return true;
  }
  return false;
}

void check(const EvidenceVerdict& verdict) {
  const bool genuine = verdict.verdict == evidence::Verdict::genuine;
  const bool attested = verdict.level == Level::device_attested;
  if (genuine && (has_failed(verdict) || !attested)) std::abort();
  if (verdict.verdict == evidence::Verdict::refused && !has_failed(verdict)) std::abort();
  if (verdict.device.has_value() != attested) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const ByteView input(data, size);
  const auto verdicts = evidence::verify_file(verifier(), {"input", input, {}}, {{}, {}});
  if (verdicts.empty() || verdicts.size() > evidence::evidence_items_max) std::abort();
  for (const EvidenceVerdict& verdict : verdicts)
    check(verdict);
  if (evidence::to_json(verdicts).empty()) std::abort();
  return 0;
}
