// What a Sigstore bundle brings beside signature and signer: entries of transparency logs and
// timestamps (RFC 3161). Parsed only; log_entry.h and timestamp_token.h verify them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "daymark/base/bytes.h"
#include "daymark/base/units.h"

namespace daymark::evidence {

/// Most entries, and most timestamps, of one bundle.
inline constexpr std::size_t model_proofs_max = 16;

/// That an entry is a leaf of a log's tree.
struct LogProof {
  /// Of the leaf in this tree, which may be a shard of the log.
  LeafIndex index;
  TreeSize size;
  Digest root{};
  std::vector<Digest> path;
  /// A signed note (C2SP tlog-checkpoint).
  std::string checkpoint;
};

struct LogEntry {
  /// The log's id: for Rekor the SHA-256 of its key.
  Digest log{};
  std::string kind;
  std::string version;
  /// In the log as a whole.
  std::uint64_t index = 0;
  /// When the log says that it took the entry in; what vouches for it is the promise alone.
  std::optional<UnixMillis> time;
  /// Signed entry timestamp; empty where there is none.
  std::vector<Byte> promise;
  std::optional<LogProof> proof;
  /// The leaf's data.
  std::vector<Byte> body;
};

}  // namespace daymark::evidence
