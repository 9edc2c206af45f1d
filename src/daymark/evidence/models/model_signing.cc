#include "daymark/evidence/models/model_signing.h"

#include <algorithm>
#include <filesystem>

#include <openssl/pem.h>

#include "daymark/base/errors.h"
#include "daymark/base/file.h"
#include "daymark/base/hex.h"
#include "daymark/crypto/errors.h"
#include "daymark/crypto/ports.h"
#include "daymark/evidence/errors.h"
#include "daymark/evidence/models/model_certificate_internal.h"
#include "daymark/evidence/models/model_verdict_internal.h"
#include "daymark/evidence/pki/openssl_internal.h"

namespace daymark::evidence {

namespace {

namespace fs = std::filesystem;

std::string hint_of(const VerifyingKey& key) {
  return to_hex(crypto::sha256(bytes_of(key.pem())));
}

/// The key that the bundle itself states, for a certificate or the asker's key.
LoggedSignature logged_by(const ModelBundle& bundle, const ModelTrust& trust) {
  LoggedSignature out{bundle.payload, bundle.signature, {}, {}};
  if (trust.key) {
    out.key = trust.key->spki();
  } else if (!bundle.certificates.empty()) {
    out.certificate = bundle.certificates.front();
  }
  return out;
}

Result<ModelSigner> signer_of(const ModelBundle& bundle, const ModelTrust& trust,
                              const ModelProof& proof) {
  if (trust.key) {
    if (bundle.key_hint != hint_of(*trust.key)) return fail(errc::model_key);
    return ModelSigner{*trust.key, "", "", "", std::nullopt};
  }
  std::vector<UnixMillis> times = proof.times;
  if (times.empty() && trust.by_root()) return fail(errc::sigstore_time_unproven);
  if (times.empty()) times.push_back(trust.as_of);
  return certified_signer(bundle.certificates, {trust.authorities, trust.root.authorities}, times);
}

/// Who the certificate names, as far as that was asked.
Result<void> judge_identity(const ModelSigner& signer, const ModelTrust& trust, ModelProof& out) {
  if (trust.key) return ok();
  if (!trust.identity.empty() && signer.identity != trust.identity) {
    return fail(errc::sigstore_identity, field::certificate);
  }
  if (!trust.issuer.empty() && signer.issuer != trust.issuer) {
    return fail(errc::sigstore_issuer, field::certificate);
  }
  const bool asked = !trust.identity.empty() && !trust.issuer.empty();
  if (asked || trust.by_root()) {
    out.grounds.push_back({"identity", asked ? Finding::held : Finding::unknown,
                           asked ? Error{} : Error{errc::sigstore_identity_unasked, no_field, 0},
                           signer.identity + " by " + signer.issuer});
  }
  return ok();
}

/// Whether the certificate was logged, where the root names logs of certificates.
Result<void> judge_certificate_log(const ModelBundle& bundle, const ModelSigner& signer,
                                   const ModelTrust& trust, ModelProof& out) {
  if (!trust.by_root()) return ok();
  if (trust.root.certificate_logs.empty()) {
    out.grounds.push_back(
        {"certificate log", Finding::not_judged, {}, "the root names no log of certificates"});
    return ok();
  }
  DAYMARK_CHECK(check_certificate_logged(bundle.certificates.front(), *signer.issuer_key,
                                         trust.root.certificate_logs));
  out.grounds.push_back({"certificate log", Finding::held, {}, "promised by a log of the root"});
  return ok();
}

/// The bundle's name within the folder; empty where it lies elsewhere.
std::string name_within(const ModelPlace& place) {
  std::error_code code;
  const fs::path bundle = fs::weakly_canonical(place.bundle, code);
  const fs::path folder = fs::weakly_canonical(place.folder, code);
  const std::string name = bundle.lexically_relative(folder).generic_string();
  return !code && is_plain_path(name) && name != "." ? name : "";
}

std::vector<std::string> left_out(const ModelPlace& place, std::vector<std::string> ignored) {
  const std::string bundle = name_within(place);
  if (!bundle.empty() && std::ranges::find(ignored, bundle) == ignored.end()) {
    ignored.push_back(bundle);
  }
  return ignored;
}

Outcome<std::uint64_t> check_files(const ModelPlace& place, const ModelStatement& statement,
                                   const HashOptions& options) {
  DAYMARK_TRY(const auto files, list_model(place.folder, left_out(place, statement.ignored)));
  DAYMARK_TRY(const auto sorted, matched_resources(files, statement));
  DAYMARK_TRY(const auto digests, hash_model(place.folder, files, options));
  std::uint64_t bytes = 0;
  for (std::size_t i = 0; i < digests.size(); ++i) {
    if (digests[i] != sorted[i].digest) return refuse(errc::model_changed, sorted[i].name);
    bytes += files[i].size;
  }
  return bytes;
}

KeyOwner private_key(const std::string& pem) {
  const ErrorQueueGuard guard;
  const BioOwner memory(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  // No passphrase is ever asked for.
  const auto refuse_passphrase = [](char*, int, int, void*) { return -1; };
  return KeyOwner(PEM_read_bio_PrivateKey(memory.get(), nullptr, refuse_passphrase, nullptr));
}

Result<VerifyingKey> public_part(EVP_PKEY* key) {
  unsigned char* der = nullptr;
  const int size = i2d_PUBKEY(key, &der);
  const BytesOwner owner(der);
  if (size <= 0) return fail(errc::key_invalid);
  return VerifyingKey::from_spki({der, static_cast<std::size_t>(size)});
}

const EVP_MD* signing_digest(KeyKind kind) {
  if (kind == KeyKind::ed25519) return nullptr;
  if (kind == KeyKind::p256) return EVP_sha256();
  return kind == KeyKind::p384 ? EVP_sha384() : EVP_sha512();
}

Result<std::vector<Byte>> sign_text(EVP_PKEY* key, KeyKind kind, std::string_view text) {
  const ErrorQueueGuard guard;
  constexpr std::size_t signature_most = 256;
  std::size_t size = signature_most;
  std::vector<Byte> out(size);
  const ByteView message = bytes_of(text);
  const DigestContextOwner context(EVP_MD_CTX_new());
  if (!context ||
      EVP_DigestSignInit(context.get(), nullptr, signing_digest(kind), nullptr, key) != 1 ||
      EVP_DigestSign(context.get(), out.data(), &size, message.data(), message.size()) != 1) {
    return fail(errc::key_invalid);
  }
  out.resize(size);
  return out;
}

}  // namespace

Result<VerifiedStatement> verify_model_bundle(std::string_view json, const ModelTrust& trust) {
  DAYMARK_TRY(const ModelBundle bundle, parse_model_bundle(json));
  // Its form decides which rules the signature follows, so an older one is named first.
  DAYMARK_TRY(ModelStatement statement, parse_model_statement(bundle.payload));
  if (bundle.certificates.empty() != trust.key.has_value()) return fail(errc::model_key);
  DAYMARK_TRY(ModelProof proof, judge_proof(bundle, trust.root, logged_by(bundle, trust)));
  DAYMARK_TRY(const ModelSigner signer, signer_of(bundle, trust, proof));
  const std::string covered = model_signed_text(bundle.payload);
  if (!signer.key.verifies_der(bytes_of(covered), bundle.signature)) {
    return fail(errc::model_signature);
  }
  DAYMARK_CHECK(judge_certificate_log(bundle, signer, trust, proof));
  DAYMARK_CHECK(judge_identity(signer, trust, proof));
  VerifiedStatement out(std::move(statement), signer.key);
  out.certificate_ = signer.subject;
  out.identity_ = signer.identity;
  out.issuer_ = signer.issuer;
  out.proof_ = std::move(proof);
  return out;
}

ModelVerdict verify_model(const ModelPlace& place, const ModelTrust& trust,
                          const HashOptions& options) {
  const auto text = read_text(place.bundle, model_bundle_max);
  const auto verified = text ? verify_model_bundle(*text, trust)
                             : Result<VerifiedStatement>(fail(text.error().error));
  if (!verified) return refused_model(verified.error());
  return conclude_model(*verified, trust, check_files(place, verified->statement(), options));
}

Outcome<std::string> sign_model(const ModelPlace& place, const ModelSigning& signing,
                                const HashOptions& options) {
  const KeyOwner key = private_key(signing.private_pem);
  if (!key) return refuse(errc::key_invalid, "private key");
  DAYMARK_TRY(const VerifyingKey verifying, public_part(key.get()));
  ModelStatement statement;
  std::error_code code;
  statement.name = fs::weakly_canonical(place.folder, code).filename().string();
  statement.ignored = left_out(place, signing.ignored);
  DAYMARK_TRY(const auto files, list_model(place.folder, statement.ignored));
  if (files.empty()) return refuse(errc::model_statement, place.folder);
  DAYMARK_TRY(const auto digests, hash_model(place.folder, files, options));
  statement.resources.reserve(files.size());
  for (std::size_t i = 0; i < files.size(); ++i)
    statement.resources.push_back({files[i].name, digests[i]});
  ModelBundle bundle;
  bundle.key_hint = hint_of(verifying);
  bundle.payload = write_model_statement(statement);
  DAYMARK_TRY(bundle.signature,
              sign_text(key.get(), verifying.kind(), model_signed_text(bundle.payload)));
  return write_model_bundle(bundle);
}

}  // namespace daymark::evidence
