// Models signed and verified whole (OpenSSF model signing 1.0).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "daymark/base/units.h"
#include "daymark/evidence/models/model_bundle.h"
#include "daymark/evidence/models/model_files.h"
#include "daymark/evidence/models/model_proof.h"
#include "daymark/evidence/tokens/cose_key.h"
#include "daymark/evidence/verdict.h"

namespace daymark::evidence {

/// Whom the asker trusts: a key, or certificates. Those of a trust root count where neither a key
/// nor `authorities` are given.
struct ModelTrust {
  std::optional<VerifyingKey> key;
  /// Certificates (PEM, at most 64 KiB): roots, and issuers below them.
  std::string authorities;
  /// When the signer's certificates must be valid, where no log and no timestamp tells the time of
  /// the signature.
  UnixMillis as_of;
  /// Logs and authorities for what else the bundle brings; empty: nothing of it is judged.
  TrustedRoot root = {};  // NOLINT(readability-redundant-member-init)
  /// Whom a Sigstore certificate must name, and who must vouch for the name; empty: not asked.
  std::string identity = {};  // NOLINT(readability-redundant-member-init)
  std::string issuer = {};    // NOLINT(readability-redundant-member-init)

  /// Whether certificates are judged by the authorities of the root.
  [[nodiscard]] bool by_root() const {
    return !key && authorities.empty() && !root.authorities.empty();
  }
};

struct ModelVerdict {
  Verdict verdict = Verdict::refused;
  /// errc::model_good, or the rule that failed.
  Error reason;
  /// The file that broke it; empty where it is about none.
  std::string file;
  /// SHA-256 of the signer's key.
  std::string signer;
  /// Subject of the signer's certificate; empty where a key was given.
  std::string certificate;
  std::string name;
  std::string digest;
  std::size_t files = 0;
  std::uint64_t bytes = 0;
  /// What the signer left out: nothing is said about these.
  std::vector<std::string> ignored;
  /// Whom the certificate names and who vouches for it; empty for keys and other certificates.
  std::string identity;
  std::string issuer;
  /// What else the bundle proves, and what of it is not judged.
  ModelProof proof;
};

/// The signed statement of a bundle, whose signature held. Only verify_model_bundle makes one.
class VerifiedStatement {
 public:
  [[nodiscard]] const ModelStatement& statement() const { return statement_; }

  [[nodiscard]] const VerifyingKey& signer() const { return signer_; }

  [[nodiscard]] const std::string& certificate() const { return certificate_; }

  [[nodiscard]] const std::string& identity() const { return identity_; }

  [[nodiscard]] const std::string& issuer() const { return issuer_; }

  [[nodiscard]] const ModelProof& proof() const { return proof_; }

 private:
  friend Result<VerifiedStatement> verify_model_bundle(std::string_view json,
                                                       const ModelTrust& trust);

  VerifiedStatement(ModelStatement statement, VerifyingKey signer)
      : statement_(std::move(statement)), signer_(std::move(signer)) {}

  ModelStatement statement_;
  VerifyingKey signer_;
  std::string certificate_;
  std::string identity_;
  std::string issuer_;
  ModelProof proof_;
};

/// Form, key, signature, digest chain, and what else the bundle brings (model_proof.h). A
/// certificate must be valid whenever something vouches that the signature was made; one that leads
/// to the trust root needs such a time, and stands in one of the root's certificate logs where
/// there are any.
/// Errors: errc::model_*; errc::model_key where bundle and trust are of different kinds, or the
/// hint is another key's; errc::model_certificate; those of judge_proof;
/// errc::sigstore_time_unproven, errc::sigstore_certificate_log, errc::sigstore_identity,
/// errc::sigstore_issuer.
[[nodiscard]] Result<VerifiedStatement> verify_model_bundle(std::string_view json,
                                                            const ModelTrust& trust);

struct ModelPlace {
  std::string folder;
  /// The bundle's file: it is no part of the model, wherever it lies.
  std::string bundle;
};

/// Undecided where only a trust root stands behind the certificate, and nobody said whom it must
/// name: such roots certify everybody. Reads the bundle and every file of the folder. Each listed
/// file must be there and equal, and no other but those that the statement ignores.
[[nodiscard]] ModelVerdict verify_model(const ModelPlace& place, const ModelTrust& trust,
                                        const HashOptions& options);

/// A file that somebody else hashed.
struct HashedFile {
  ModelFile file;
  Digest digest{};
};

/// The same for files that the caller hashed; nothing is opened. Names that are not plain are
/// errc::model_path, one that stands twice errc::model_unlisted.
[[nodiscard]] ModelVerdict verify_hashed_model(std::string_view bundle, const ModelTrust& trust,
                                               std::vector<HashedFile> files);

/// One JSON object.
[[nodiscard]] std::string to_json(const ModelVerdict& verdict);

struct ModelSigning {
  /// PKCS#8 PEM, unencrypted: P-256, P-384, P-521 or Ed25519.
  std::string private_pem;
  /// Names to leave out, beside the bundle itself.
  std::vector<std::string> ignored;
};

/// Hashes the folder and gives the bundle as JSON. Errors: errc::key_invalid; those of list_model
/// and hash_model; errc::model_statement for a folder without files.
[[nodiscard]] Outcome<std::string> sign_model(const ModelPlace& place, const ModelSigning& signing,
                                              const HashOptions& options);

}  // namespace daymark::evidence
