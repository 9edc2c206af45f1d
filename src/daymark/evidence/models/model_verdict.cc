#include <algorithm>

#include <nlohmann/json.hpp>

#include "daymark/base/error_table.h"
#include "daymark/base/hex.h"
#include "daymark/evidence/errors.h"
#include "daymark/evidence/models/model_verdict_internal.h"

namespace daymark::evidence {

namespace {

using nlohmann::ordered_json;

ordered_json text_or_nothing(std::string_view text) {
  return text.empty() ? ordered_json(nullptr) : ordered_json(text);
}

ordered_json proof_json(const ModelProof& proof) {
  ordered_json out = ordered_json::array();
  for (const ProofGround& one : proof.grounds) {
    const bool silent = one.reason.code == Errc{};
    out.push_back(
        {{"question", one.question},
         {"finding", name_of(one.finding)},
         {"reason", text_or_nothing(silent ? std::string_view() : entry_of(one.reason.code).name)},
         {"words", one.words}});
  }
  return out;
}

Outcome<std::uint64_t> check_hashed(std::vector<HashedFile> files,
                                    const ModelStatement& statement) {
  std::erase_if(
      files, [&](const HashedFile& one) { return is_left_out(one.file.name, statement.ignored); });
  std::ranges::sort(files, {}, [](const HashedFile& one) { return one.file.name; });
  std::vector<ModelFile> names;
  names.reserve(files.size());
  for (const HashedFile& one : files) {
    if (!is_plain_path(one.file.name)) return refuse(errc::model_path, one.file.name);
    names.push_back(one.file);
  }
  DAYMARK_TRY(const auto sorted, matched_resources(names, statement));
  std::uint64_t bytes = 0;
  for (std::size_t i = 0; i < files.size(); ++i) {
    if (files[i].digest != sorted[i].digest) return refuse(errc::model_changed, sorted[i].name);
    bytes += files[i].file.size;
  }
  return bytes;
}

}  // namespace

Outcome<std::vector<ModelResource>> matched_resources(const std::vector<ModelFile>& files,
                                                      const ModelStatement& statement) {
  std::vector<ModelResource> out = statement.resources;
  std::ranges::sort(out, {}, &ModelResource::name);
  for (std::size_t i = 0; i < std::max(files.size(), out.size()); ++i) {
    const bool ended = i >= files.size();
    if (ended || (i < out.size() && out[i].name < files[i].name)) {
      return refuse(errc::model_missing, out[i].name);
    }
    if (i >= out.size() || files[i].name < out[i].name) {
      return refuse(errc::model_unlisted, files[i].name);
    }
  }
  return out;
}

ModelVerdict refused_model(Error reason) {
  ModelVerdict out;
  out.reason = reason;
  return out;
}

ModelVerdict conclude_model(const VerifiedStatement& verified, const ModelTrust& trust,
                            const Outcome<std::uint64_t>& bytes) {
  ModelVerdict out;
  const ModelStatement& statement = verified.statement();
  out.name = statement.name;
  out.digest = to_hex(statement.digest);
  out.signer = to_hex(verified.signer().thumbprint());
  out.certificate = verified.certificate();
  out.identity = verified.identity();
  out.issuer = verified.issuer();
  out.proof = verified.proof();
  out.files = statement.resources.size();
  out.ignored = statement.ignored;
  if (!bytes) {
    out.reason = bytes.error().error;
    out.file = bytes.error().subject;
    return out;
  }
  out.bytes = *bytes;
  const bool named = !trust.by_root() || (!trust.identity.empty() && !trust.issuer.empty());
  out.reason = {named ? errc::model_good : errc::sigstore_identity_unasked, no_field, 0};
  out.verdict = named ? Verdict::genuine : Verdict::undecided;
  return out;
}

ModelVerdict verify_hashed_model(std::string_view bundle, const ModelTrust& trust,
                                 std::vector<HashedFile> files) {
  const auto verified = verify_model_bundle(bundle, trust);
  if (!verified) return refused_model(verified.error());
  return conclude_model(*verified, trust, check_hashed(std::move(files), verified->statement()));
}

std::string to_json(const ModelVerdict& verdict) {
  const ordered_json out{{"verdict", name_of(verdict.verdict)},
                         {"reason", entry_of(verdict.reason.code).name},
                         {"file", text_or_nothing(verdict.file)},
                         {"model", text_or_nothing(verdict.name)},
                         {"digest", text_or_nothing(verdict.digest)},
                         {"files", verdict.files},
                         {"bytes", verdict.bytes},
                         {"signer", text_or_nothing(verdict.signer)},
                         {"certificate", text_or_nothing(verdict.certificate)},
                         {"identity", text_or_nothing(verdict.identity)},
                         {"issuer", text_or_nothing(verdict.issuer)},
                         {"ignore_paths", verdict.ignored},
                         {"proof", proof_json(verdict.proof)}};
  return out.dump(2, ' ', false, ordered_json::error_handler_t::replace);
}

}  // namespace daymark::evidence
