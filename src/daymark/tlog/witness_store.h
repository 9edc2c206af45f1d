// A witness's memory in files: one small file a log, replaced whole. Host only.
#pragma once

#include <optional>
#include <string>

#include "daymark/tlog/log_disk.h"
#include "daymark/tlog/witness.h"

namespace daymark::tlog {

/// Each file is named after the SHA-256 of the origin and holds a checkpoint's body. One process at
/// a time. A witness whose folder was lost must not go on under its old key.
class FileWitnessStore final : public WitnessStore {
 public:
  /// Makes the folder where it is missing. Errors: errc::folder_locked, errc::file_not_written.
  [[nodiscard]] static Outcome<FileWitnessStore> open(const std::string& folder);

  [[nodiscard]] Outcome<std::optional<TreeHead>> latest(const std::string& origin) override;
  [[nodiscard]] Outcome<void> record(const std::string& origin, const TreeHead& head) override;

 private:
  FileWitnessStore(const std::string& folder, FolderLock lock)
      : disk_(folder), lock_(std::move(lock)) {}

  FolderDisk disk_;
  FolderLock lock_;
};

/// The text of one record. Errors: errc::witness_record, also for another origin.
[[nodiscard]] Result<TreeHead> parse_witness_record(std::string_view text, std::string_view origin);

}  // namespace daymark::tlog
