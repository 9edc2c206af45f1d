// Trust roots and what a bundle brings with it: whatever is read is bounded, and no entry and no
// timestamp that is made up is believed by a root that names nobody.
#include <cstdlib>

#include "daymark/evidence/models/model_proof.h"
#include "daymark/evidence/models/timestamp_token.h"

namespace {

using namespace daymark;

void require(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const ByteView input(data, size);
  const std::string_view text = text_of(input);
  const auto root = evidence::parse_trusted_root(text);
  if (root) require(root->logs.size() <= size && root->authorities.size() <= size);
  require(!evidence::verify_timestamp(input, input, {}));
  const auto bundle = evidence::parse_model_bundle(text);
  if (!bundle) return 0;
  require(bundle->log_entries.size() <= evidence::model_proofs_max);
  evidence::TrustedRoot trusted;
  for (const evidence::LogEntry& entry : bundle->log_entries) {
    // A log by that id, whose key signed nothing of this.
    const auto key = evidence::VerifyingKey::from_jwk(
        R"({"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"})");
    trusted.logs.push_back({"fuzz", entry.log, *key, {}});
    require(
        !evidence::verify_log_entry(entry, trusted, {bundle->payload, bundle->signature, {}, {}}));
  }
  const auto proof =
      evidence::judge_proof(*bundle, {}, {bundle->payload, bundle->signature, {}, {}});
  require(proof && proof->times.empty());
  return 0;
}
