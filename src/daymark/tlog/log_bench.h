// How fast a log makes entries durable, beside the least that any signed Merkle log must do. Host
// only.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "daymark/base/failure.h"
#include "daymark/base/units.h"
#include "daymark/tlog/log_store.h"

namespace daymark::tlog {

struct LogBenchOptions {
  std::string folder;             ///< a log and three files are made in it
  std::size_t entry_bytes = 256;  ///< at least 8
  std::size_t batch = 1024;       ///< entries that become durable together
  int rounds = 5;                 ///< log and limit take turns: what disturbs one disturbs both
  Millis round = seconds(1);      ///< of each, in each round
};

/// Entries per second of one thread in one round: durable, hashed into the tree, under a signed
/// head that is durable as well.
struct AppendRates {
  double log = 0;    ///< LogStore: append and sign_checkpoint, tiles and all
  double limit = 0;  ///< three preallocated files, leaf and node hashes, one signature, three syncs
};

/// One element a round. Errors: errc::file_exists where the folder holds a log, those of LogStore,
/// errc::file_not_written.
[[nodiscard]] Outcome<std::vector<AppendRates>> bench_appends(const LogBenchOptions& options,
                                                              const NoteSigner& signer);

/// Asks witnesses: a signed checkpoint with their cosignatures appended.
using Cosign = std::function<Outcome<std::string>(const LogStore& log, const std::string& head)>;

struct LatencyOptions {
  double entries_per_second = 1000;
  std::size_t entry_bytes = 256;
  Millis duration = seconds(10);
  Millis group =
      Millis{20};  ///< at most one group in this time: the longer, the fewer cosignatures
};

/// Milliseconds from an entry's arrival to its inclusion proof under a cosigned, published
/// checkpoint. Entries arrive evenly, whether the log is ready or not, and go in groups: what
/// arrived while one group was made public is the next. Errors: those of LogStore and of `cosign`.
[[nodiscard]] Outcome<std::vector<double>> bench_latency(LogStore& log,
                                                         const LatencyOptions& options,
                                                         const Cosign& cosign);

}  // namespace daymark::tlog
