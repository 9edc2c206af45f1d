// What a log did since its tiles were last made durable: groups of entries and signed heads, each
// durable when `add` returns. Host only.
//
//   journal/00000000000000000001   a segment: records, one after the other
//
//   group = "e" first-index(8) length(4) bundle(length) root(32)   root of the tree with the group
//   head  = "h" length(4) note(length)
//
// A segment takes no record after one that failed, so only its last record can be damaged by a
// crash, and that one was never acknowledged. A next segment says by its first record which tree it
// continues; what a segment before it holds beyond that was never acknowledged either.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "daymark/tlog/log_disk.h"
#include "daymark/tlog/merkle.h"

namespace daymark::tlog {

enum class RecordKind { group, head };

/// One record; views into the segment.
struct JournalRecord {
  RecordKind kind = RecordKind::group;
  LeafIndex first;        ///< of a group
  ByteView bundle;        ///< of a group: entries as in an entry bundle, however many
  Digest root{};          ///< of a group
  std::string_view note;  ///< of a head
};

/// The records of a segment up to the first that is not whole in form; whether their content is,
/// its root or signature tells.
[[nodiscard]] std::vector<JournalRecord> parse_journal(ByteView segment);

[[nodiscard]] std::vector<Byte> group_record(LeafIndex first, ByteView bundle, const Digest& root);
[[nodiscard]] std::vector<Byte> head_record(std::string_view note);

/// Writes segments. Not thread-safe.
class Journal {
 public:
  /// Paths of the segments on the disk, oldest first; writing goes on in a new one behind them.
  /// Errors: those of LogDisk::list.
  [[nodiscard]] Outcome<std::vector<std::string>> open(LogDisk& disk);

  /// Errors: errc::file_not_written; then a crash may or may not keep the record.
  [[nodiscard]] Outcome<void> add(LogDisk& disk, ByteView record);

  /// Removes every segment. What can't be removed is tried again next time: its records are older
  /// than the head that made them superfluous.
  void clear(LogDisk& disk);

  /// Bytes added since the last `clear`.
  [[nodiscard]] std::uint64_t bytes() const { return bytes_; }

 private:
  std::uint64_t number_ = 0;  ///< of the newest segment
  bool is_open_ = false;      ///< whether the newest segment takes records
  std::uint64_t bytes_ = 0;
  std::uint64_t segment_bytes_ = 0;
  std::vector<std::string> segments_;
};

}  // namespace daymark::tlog
