// Offline proofs of inclusion (C2SP tlog-proof v1) and what they prove. Core.
//
//   c2sp.org/tlog-proof@v1
//   index 7
//   <base64 hash>…
//
//   <checkpoint with its signatures>
#pragma once

#include <array>
#include <string_view>

#include "daymark/base/result.h"
#include "daymark/tlog/checkpoint.h"
#include "daymark/tlog/policy.h"

namespace daymark::tlog {

inline constexpr std::size_t proof_size_max = 8192;

struct Proof {
  LeafIndex index;
  std::array<Digest, path_max> path{};
  std::size_t path_length = 0;
  std::string_view checkpoint;  ///< the note's text, a view into the proof
};

/// Errors: errc::proof_malformed, errc::proof_size. An `extra` line is skipped: it is not
/// authenticated.
[[nodiscard]] Result<Proof> parse_proof(std::string_view text);
/// The same into a proof that is new. On an error it is unspecified.
[[nodiscard]] Result<void> parse_proof_into(std::string_view text, Proof& out);

/// Who must have signed a checkpoint for it to count.
struct LogTrust {
  const Policy* witnesses = nullptr;  ///< with its log lines; not null
  const Policy* mirrors = nullptr;    ///< null where no mirror is needed (licences)
};

/// An entry that is public: made only by verify_logged.
class LoggedEntry {
 public:
  [[nodiscard]] LeafIndex index() const { return index_; }

  [[nodiscard]] const TreeHead& head() const { return head_; }

  /// PROTOCOL §2.5: the newest time among the cosignatures that fill the quorum. Cosignatures are
  /// taken oldest first, so this is the earliest time at which the quorum stood.
  [[nodiscard]] UnixMillis logged_at() const { return logged_at_; }

 private:
  LoggedEntry() = default;
  friend class Verifier;

  LeafIndex index_;
  TreeHead head_;
  UnixMillis logged_at_;
};

/// Verifies inclusion, the signature of one of the policy's logs, and the quorum of cosignatures.
/// A bad signature by a known key refuses the whole proof (C2SP signed-note).
/// Errors: errc::proof_log_unknown, errc::proof_quorum, errc::proof_mirrors, those of
/// verify_inclusion and of the checkpoint.
[[nodiscard]] Result<LoggedEntry> verify_logged(ByteView entry, const Proof& proof,
                                                const LogTrust& trust);

/// A proof with its checkpoint: what verify_logged makes of it, in a place of the caller's.
struct OpenedProof {
  Proof proof;
  Checkpoint checkpoint;
};

/// parse_proof and parse_checkpoint, into a new one. On an error it is unspecified.
[[nodiscard]] Result<void> open_proof(std::string_view text, OpenedProof& out);

// The same as verify_logged in two steps, for who has no room for two policies at once.
[[nodiscard]] Result<LoggedEntry> verify_witnessed(ByteView entry, const OpenedProof& opened,
                                                   const Policy& witnesses);
[[nodiscard]] Result<void> verify_mirrored(const OpenedProof& opened, const Policy& mirrors);

}  // namespace daymark::tlog
