// Signed models of sigstore/model-transparency.
#include <filesystem>

#include <fmt/format.h>

#include "daymark/base/file.h"
#include "daymark/evidence/errors.h"
#include "daymark/evidence/models/model_signing.h"
#include "daymark/evidence/tokens/token_conformance_internal.h"

namespace daymark::evidence {

namespace {

namespace fs = std::filesystem;

/// Within the validity of all of upstream's own certificates.
constexpr UnixMillis oms_time{1772323200000};

bool is_sigstore(const fs::path& folder) {
  return folder.filename().string().find("sigstore") != std::string::npos;
}

/// Whom to trust for a folder, by its name: keys/ lies beside it.
Outcome<ModelTrust> trust_for(const fs::path& folder) {
  const fs::path keys = folder.parent_path() / "keys";
  ModelTrust out;
  out.as_of = oms_time;
  const std::string root = (keys / "sigstore-trusted-root.json").string();
  if (is_sigstore(folder) && fs::exists(root)) {
    DAYMARK_TRY(const std::string text, read_text(root, trusted_root_max));
    DAYMARK_TRY(out.root, about(parse_trusted_root(text), root));
    out.identity = "stefanb@us.ibm.com";
    out.issuer = "https://sigstore.verify.ibm.com/oauth2";
    return out;
  }
  if (folder.filename().string().find("-key") == std::string::npos) {
    DAYMARK_TRY(out.authorities, read_text((keys / "ca-cert.pem").string()));
    return out;
  }
  const std::string file = (keys / "signing-key-pub.pem").string();
  DAYMARK_TRY(const std::string text, read_text(file, key_text_max));
  DAYMARK_TRY(out.key, about(VerifyingKey::from_text(text), file));
  return out;
}

/// The bundle of a Sigstore identity leads to no authority here. Its signature and its files are
/// judged all the same, by the key in its own certificate, which proves no identity.
Result<void> check_by_own_key(const std::string& text) {
  DAYMARK_TRY(const ModelBundle bundle, parse_model_bundle(text));
  DAYMARK_TRY(const auto statement, parse_model_statement(bundle.payload));
  if (bundle.certificates.size() != 1 || statement.resources.empty()) {
    return fail(errc::model_certificate);
  }
  // SubjectPublicKeyInfo of P-256 within the certificate.
  constexpr std::size_t spki_size = 91;
  const ByteView der = bundle.certificates.front();
  for (std::size_t at = 0; at + spki_size <= der.size(); ++at) {
    const auto key = VerifyingKey::from_spki(der.subspan(at, spki_size));
    const std::string covered = model_signed_text(bundle.payload);
    if (key) {
      const bool signed_by_it = key->verifies_der(bytes_of(covered), bundle.signature);
      return signed_by_it ? ok() : fail(errc::model_signature);
    }
  }
  return fail(errc::verifying_key);
}

void run_altered(const std::string& text, const ModelTrust& trust, const std::string& name,
                 ConformanceCount& count) {
  auto bundle = parse_model_bundle(text);
  if (!bundle) return;
  bundle->payload += " ";
  const std::string altered = write_model_bundle(*bundle);
  const auto verdict = verify_model_bundle(altered, trust);
  // A key's bundle keeps its hint; one with certificates has lost them.
  const Errc expected = trust.key ? errc::model_signature : errc::model_bundle;
  count.add(!verdict && verdict.error().code == expected, name + ": altered");
}

Outcome<void> run_folder(const fs::path& folder, ConformanceCount& count) {
  const std::string name = folder.filename().string();
  const std::string bundle = (folder / "model.sig").string();
  DAYMARK_TRY(const ModelTrust trust, trust_for(folder));
  DAYMARK_TRY(const std::string text, read_text(bundle));
  const ModelVerdict verdict = verify_model({folder.string(), bundle}, trust, {});
  const bool sigstore = is_sigstore(folder);
  const bool old = name.starts_with("v0.");
  // Without a trust root its certificate leads nowhere.
  const bool led = !sigstore || trust.by_root();
  Errc expected = led ? errc::model_good : errc::model_certificate;
  if (old) expected = errc::model_version;
  count.add(verdict.reason.code == expected,
            fmt::format("{}: {} {}", name, entry_of(verdict.reason.code).name, verdict.file));
  if (sigstore && !old) {
    const auto own = check_by_own_key(text);
    count.add(own.has_value(), fmt::format("{}: own key: {}", name, verdict_name(own)));
  }
  if (!old) run_altered(text, trust, name, count);
  return {};
}

}  // namespace

Outcome<ConformanceCount> run_oms_conformance(const std::string& path) {
  ConformanceCount count;
  for (const std::string& file : vector_files(path, "model.sig"))
    DAYMARK_CHECK(run_folder(fs::path(file).parent_path(), count));
  return count;
}

}  // namespace daymark::evidence
