// A witness's memory in files: one small file a log, replaced whole. Host only.
#pragma once

#include <memory>
#include <optional>
#include <set>
#include <string>

#include "daymark/tlog/log_disk.h"
#include "daymark/tlog/witness.h"

namespace daymark::tlog {

/// Each file is named after the SHA-256 of the origin and holds a checkpoint's body and a line
/// with the time in seconds. One process at a time. A witness whose folder was lost must not go on
/// under its old key.
class FileWitnessStore final : public WitnessStore {
 public:
  /// Makes the folder where it is missing. Errors: errc::folder_locked, errc::file_not_written.
  [[nodiscard]] static Outcome<FileWitnessStore> open(const std::string& folder);
  /// The same on another disk, without a lock.
  [[nodiscard]] static Outcome<FileWitnessStore> open_on(std::unique_ptr<LogDisk> disk);

  [[nodiscard]] Outcome<std::optional<CosignedHead>> latest(const std::string& origin) override;
  [[nodiscard]] Outcome<void> record(const std::string& origin, const CosignedHead& head) override;

 private:
  explicit FileWitnessStore(std::unique_ptr<LogDisk> disk) : disk_(std::move(disk)) {}

  std::unique_ptr<LogDisk> disk_;
  std::optional<FolderLock> lock_;
  std::set<std::string> unsure_;  ///< files of which a write failed: there, but maybe not durable
};

/// Origin, size, root and seconds, each with its newline.
[[nodiscard]] std::string print_witness_record(std::string_view origin, const CosignedHead& head);

/// The inverse. Errors: errc::witness_record, also for another origin.
[[nodiscard]] Result<CosignedHead> parse_witness_record(std::string_view text,
                                                        std::string_view origin);

}  // namespace daymark::tlog
