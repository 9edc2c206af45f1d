#include "answers.h"

#include "daymark/evidence/models/model_signing.h"

namespace daymark::capi {

namespace {

constexpr std::size_t authorities_most = 64UL << 10;

bool is_sound(const daymark_model_request& ask) {
  const bool parts = capi::is_sound(ask.bundle) && capi::is_sound(ask.key) &&
                     capi::is_sound(ask.authorities) && capi::is_sound(ask.trust_root);
  const bool sizes = ask.bundle.size <= evidence::model_bundle_max &&
                     ask.key.size <= evidence::key_text_max &&
                     ask.authorities.size <= authorities_most &&
                     ask.trust_root.size <= evidence::trusted_root_max &&
                     ask.file_count <= evidence::model_files_max;
  const bool one_way = ask.key.size == 0 || ask.authorities.size == 0;
  const bool any_way = ask.key.size + ask.authorities.size + ask.trust_root.size != 0;
  return parts && sizes && one_way && any_way && (ask.file_count == 0 || ask.files != nullptr);
}

/// Nothing where a part has no known form.
std::optional<evidence::ModelTrust> trust_of(const daymark_model_request& ask) {
  evidence::ModelTrust out;
  out.as_of.value = ask.as_of_ms;
  out.authorities = text(ask.authorities);
  if (ask.identity != nullptr) out.identity = ask.identity;
  if (ask.issuer != nullptr) out.issuer = ask.issuer;
  if (ask.key.size != 0) {
    auto key = evidence::VerifyingKey::from_text(text(ask.key));
    if (!key) return std::nullopt;
    out.key = *std::move(key);
  }
  if (ask.trust_root.size != 0) {
    auto root = evidence::parse_trusted_root(text(ask.trust_root));
    if (!root) return std::nullopt;
    out.root = *std::move(root);
  }
  return out;
}

}  // namespace

Answer judge_model(const daymark_model_request* request) {
  if (request == nullptr || request->struct_size != sizeof *request || !is_sound(*request)) {
    return {};
  }
  const auto trust = trust_of(*request);
  std::vector<evidence::HashedFile> files;
  files.reserve(request->file_count);
  for (std::size_t i = 0; i < request->file_count; ++i) {
    const daymark_model_file& one = request->files[i];
    if (one.name == nullptr) return {};
    evidence::HashedFile& file = files.emplace_back();
    file.file.name = one.name;
    file.file.size = one.size;
    file.digest = array_of<sizeof(Digest)>({one.sha256, sizeof(Digest)});
  }
  if (!trust) return {};
  const auto verdict =
      evidence::verify_hashed_model(text(request->bundle), *trust, std::move(files));
  return {result_of(verdict.verdict), evidence::to_json(verdict)};
}

}  // namespace daymark::capi
