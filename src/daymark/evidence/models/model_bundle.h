// OpenSSF model signing: a Sigstore bundle (version 0.3) around a DSSE envelope, whose payload is
// an in-toto statement about a model's files. Parsers; nothing is verified here.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "daymark/base/bytes.h"
#include "daymark/base/result.h"
#include "daymark/evidence/models/model_material.h"

namespace daymark::evidence {

/// Largest bundle that is looked at: a million files.
inline constexpr std::size_t model_bundle_max = 512UL << 20;

struct ModelBundle {
  /// SHA-256 of the signer's PEM in hexadecimal; empty where certificates are given.
  std::string key_hint;
  /// DER, the signer's first; empty where a key is named.
  std::vector<std::vector<Byte>> certificates;
  /// Entries of transparency logs, and timestamps (TimeStampResp, DER): model_proof.h judges them.
  std::vector<LogEntry> log_entries;
  std::vector<std::vector<Byte>> timestamps;
  std::string payload;
  /// DER of r and s, or 64 bytes of Ed25519.
  std::vector<Byte> signature;
};

/// Errors: errc::model_bundle.
[[nodiscard]] Result<ModelBundle> parse_model_bundle(std::string_view text);

/// What the signature covers: PAE (DSSE v1).
[[nodiscard]] std::string model_signed_text(std::string_view payload);

struct ModelResource {
  std::string name;
  Digest digest{};
};

struct ModelStatement {
  std::string name;
  /// SHA-256 over the digests of the resources in their order.
  Digest digest{};
  std::vector<ModelResource> resources;
  /// Chosen by the signer: nothing at or below them is judged.
  std::vector<std::string> ignored;
};

/// Errors: errc::model_version for the form of v0.2; errc::model_statement for anything but SHA-256
/// over whole files without links; errc::model_path for a name that is not plain;
/// errc::model_digest where the digest is not that of the resources.
[[nodiscard]] Result<ModelStatement> parse_model_statement(std::string_view text);

/// The statement as JSON. Its digest is computed from the resources.
[[nodiscard]] std::string write_model_statement(const ModelStatement& statement);

/// A bundle with a key's hint.
[[nodiscard]] std::string write_model_bundle(const ModelBundle& bundle);

}  // namespace daymark::evidence
