// Models signed and verified whole (OpenSSF model signing 1.0).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "daymark/base/units.h"
#include "daymark/evidence/cose_key.h"
#include "daymark/evidence/model_bundle.h"
#include "daymark/evidence/model_files.h"
#include "daymark/evidence/verdict.h"

namespace daymark::evidence {

/// Whom the asker trusts: exactly one of the two.
struct ModelTrust {
  std::optional<VerifyingKey> key;
  /// Certificates (PEM, at most 64 KiB): roots, and issuers below them.
  std::string authorities;
  /// When the signer's certificates must be valid.
  UnixMillis as_of;
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
  /// Entries of a transparency log that came with the bundle: not judged.
  std::size_t log_entries = 0;
};

/// The signed statement of a bundle, whose signature held. Only verify_model_bundle makes one.
class VerifiedStatement {
 public:
  [[nodiscard]] const ModelStatement& statement() const { return statement_; }

  [[nodiscard]] const VerifyingKey& signer() const { return signer_; }

  [[nodiscard]] const std::string& certificate() const { return certificate_; }

  [[nodiscard]] std::size_t log_entries() const { return log_entries_; }

 private:
  friend Result<VerifiedStatement> verify_model_bundle(std::string_view json,
                                                       const ModelTrust& trust);

  VerifiedStatement(ModelStatement statement, VerifyingKey signer)
      : statement_(std::move(statement)), signer_(std::move(signer)) {}

  ModelStatement statement_;
  VerifyingKey signer_;
  std::string certificate_;
  std::size_t log_entries_ = 0;
};

/// Form, key, signature, digest chain. Errors: errc::model_*; errc::model_key where bundle and
/// trust are of different kinds, or the hint is another key's; errc::model_certificate.
[[nodiscard]] Result<VerifiedStatement> verify_model_bundle(std::string_view json,
                                                            const ModelTrust& trust);

struct ModelPlace {
  std::string folder;
  /// The bundle's file: it is no part of the model, wherever it lies.
  std::string bundle;
};

/// Reads the bundle and every file of the folder. Each listed file must be there and equal, and no
/// other but those that the statement ignores.
[[nodiscard]] ModelVerdict verify_model(const ModelPlace& place, const ModelTrust& trust,
                                        const HashOptions& options);

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
