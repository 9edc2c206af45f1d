// Entries of transparency logs (Rekor), verified offline: that the entry is about this signature,
// that it is a leaf of the tree whose head the log signed, and when the log took it in.
#pragma once

#include <string>
#include <string_view>

#include "daymark/evidence/models/model_material.h"
#include "daymark/evidence/models/trusted_root.h"

namespace daymark::evidence {

/// What the entry must be about.
struct LoggedSignature {
  std::string_view payload;
  ByteView signature;
  /// DER of the signer's certificate; empty where a key signed.
  ByteView certificate;
  /// SubjectPublicKeyInfo of the key, where there is no certificate.
  ByteView key;
};

/// An entry whose checks all held. Only verify_log_entry makes one.
class VerifiedLogEntry {
 public:
  [[nodiscard]] const std::string& log() const { return log_; }

  /// When the log took it in; nothing where no promise vouches for a time.
  [[nodiscard]] std::optional<UnixMillis> time() const { return time_; }

 private:
  friend Result<VerifiedLogEntry> verify_log_entry(const LogEntry& entry, const TrustedRoot& root,
                                                   const LoggedSignature& about);

  VerifiedLogEntry(std::string log, std::optional<UnixMillis> time)
      : log_(std::move(log)), time_(time) {}

  std::string log_;
  std::optional<UnixMillis> time_;
};

/// Body (kind dsse 0.0.1), inclusion proof (RFC 9162 §2.1.3.2), checkpoint by the log's key, and
/// the promise where there is one. The hash of the envelope's JSON that the body states is not
/// compared: the bundle holds no such text.
/// Errors: errc::sigstore_log_unknown, errc::sigstore_entry_kind, errc::sigstore_entry,
/// errc::sigstore_proof_missing, errc::tlog_index, errc::tlog_path_length, errc::tlog_root,
/// errc::sigstore_checkpoint, errc::sigstore_promise, errc::sigstore_log_time.
[[nodiscard]] Result<VerifiedLogEntry> verify_log_entry(const LogEntry& entry,
                                                        const TrustedRoot& root,
                                                        const LoggedSignature& about);

}  // namespace daymark::evidence
