// Whom the asker trusts for what a Sigstore bundle brings: Sigstore's own trusted_root.json
// (protobuf-specs, trusted root v0.1), or single keys and certificates. Nothing is built in.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "daymark/base/units.h"
#include "daymark/evidence/tokens/cose_key.h"

namespace daymark::evidence {

/// Largest file of a trust root.
inline constexpr std::size_t trusted_root_max = 1UL << 20;

/// When a key or authority was in use; without an end it still is.
struct TrustedSpan {
  UnixMillis from;
  std::optional<UnixMillis> until;

  [[nodiscard]] bool covers(UnixMillis time) const {
    return from <= time && (!until || time <= *until);
  }
};

/// A transparency log, or one of certificates.
struct TrustedLog {
  std::string name;
  Digest id{};
  VerifyingKey key;
  TrustedSpan valid;
};

struct TrustedAuthority {
  std::string name;
  /// DER, in any order; those that signed themselves are trusted, the others only lead there.
  std::vector<std::vector<Byte>> certificates;
  TrustedSpan valid;
};

struct TrustedRoot {
  std::vector<TrustedLog> logs;
  std::vector<TrustedLog> certificate_logs;
  std::vector<TrustedAuthority> authorities;
  std::vector<TrustedAuthority> timestamp_authorities;
  /// Logs whose keys are of a kind that is not read here, by name: nothing by them will verify.
  std::vector<std::string> unread;
};

/// Errors: errc::sigstore_root, errc::json_malformed.
[[nodiscard]] Result<TrustedRoot> parse_trusted_root(std::string_view text);

/// A log by its key alone: its id is the SHA-256 of the key, as Rekor's is.
void add_log_key(TrustedRoot& root, const VerifyingKey& key);

/// Authorities for timestamps, PEM. Errors: those of parse_pem_certificates.
[[nodiscard]] Result<void> add_timestamp_authority(TrustedRoot& root, std::string_view pem);

}  // namespace daymark::evidence
