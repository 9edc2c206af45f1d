// What a monitor keeps between two runs: the entries of the log, every head that it saw, how far it
// judged, and its alarms. Host only.
//
//   log/…               the verified log (tlog/tiled_store.h)
//   heads/<size>-<root> each head as a note
//   shown               the note that the log itself published last
//   examined            number of entries that were judged
//   alarms/<number>     each alarm as JSON
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "daymark/tlog/log_disk.h"
#include "daymark/tlog/mirror_store.h"

namespace daymark::monitor {

/// Each change is durable when it returns. Not thread-safe.
class Memory {
 public:
  /// `vkey` is the log's; empty where only heads are compared. Errors: errc::folder_locked, those
  /// of MirrorStore::open.
  [[nodiscard]] static Outcome<Memory> open(const std::string& folder, const std::string& vkey);

  /// The same on other disks, without a lock.
  [[nodiscard]] static Outcome<Memory> open_on(std::unique_ptr<tlog::LogDisk> disk,
                                               std::unique_ptr<tlog::LogDisk> log_disk,
                                               const std::string& vkey);

  /// Errors of all: those of the disk.
  [[nodiscard]] Outcome<std::vector<std::string>> heads() const;
  [[nodiscard]] Outcome<void> add_head(const tlog::TreeHead& head, const std::string& note);

  /// Empty before the first.
  [[nodiscard]] Outcome<std::string> shown() const;
  [[nodiscard]] Outcome<void> set_shown(const std::string& note);

  [[nodiscard]] Outcome<std::uint64_t> examined() const;
  [[nodiscard]] Outcome<void> set_examined(std::uint64_t entries);

  [[nodiscard]] Outcome<void> add_alarm(const std::string& json);

  /// Number of alarms that were kept so far.
  [[nodiscard]] std::uint64_t alarms() const { return alarms_; }

  /// Whether a log is kept.
  [[nodiscard]] bool has_log() const { return log_ != nullptr; }

  /// Entries that were verified.
  [[nodiscard]] TreeSize size() const { return log_ ? log_->size() : TreeSize{0}; }

  /// All of them. Errors: errc::log_corrupt, those of the disk.
  [[nodiscard]] Outcome<std::vector<std::vector<Byte>>> entries() const;

  /// Errors: those of MirrorStore::adopt.
  [[nodiscard]] Outcome<void> adopt(const std::vector<std::vector<Byte>>& entries,
                                    const std::string& checkpoint);

 private:
  explicit Memory(std::unique_ptr<tlog::LogDisk> disk) : disk_(std::move(disk)) {}

  [[nodiscard]] Outcome<std::string> text(const std::string& name) const;

  std::unique_ptr<tlog::LogDisk> disk_;
  std::optional<tlog::FolderLock> lock_;
  std::unique_ptr<tlog::MirrorStore> log_;  ///< none where only heads are compared
  std::uint64_t alarms_ = 0;
};

}  // namespace daymark::monitor
