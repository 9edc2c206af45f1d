// The storage of a governor that runs as a process: files. Host only.
//
//   FOLDER/slot-0  FOLDER/slot-1   the journal
//   FOLDER/counter                 a decimal number and a newline
//   FOLDER/lock                    held while a governor runs
//
// Each file is written beside its place, synced and renamed, so that a crash at any step leaves the
// old or the new one whole. A file is no monotonic counter against whoever may write files: root
// can put a copy of the whole folder back (level L1).
#pragma once

#include <string>
#include <vector>

#include "daymark/base/failure.h"
#include "daymark/governor/ports.h"

namespace daymark::governor {

/// Not thread-safe. One at a time per folder.
class FileStorage final : public Storage {
 public:
  /// Makes the folder where it is missing, with mode 0700. Errors: errc::file_not_written,
  /// errc::gov_storage where another governor holds the folder.
  [[nodiscard]] static Outcome<FileStorage> open(const std::string& folder);

  FileStorage(FileStorage&& other) noexcept;
  FileStorage& operator=(FileStorage&& other) noexcept;
  FileStorage(const FileStorage&) = delete;
  FileStorage& operator=(const FileStorage&) = delete;
  ~FileStorage();

  [[nodiscard]] Result<void> begin(unsigned index) override;
  [[nodiscard]] Result<void> append(ByteView piece) override;

  [[nodiscard]] ByteView appended() const override {
    return ByteView(content_).subspan(sizeof(Digest));
  }

  [[nodiscard]] Result<void> finish(const Digest& seal) override;
  [[nodiscard]] Result<ByteView> load(unsigned index) override;
  [[nodiscard]] Result<std::uint64_t> counter() override;
  [[nodiscard]] Result<void> advance_counter() override;

 private:
  FileStorage(std::string folder, int lock) : folder_(std::move(folder)), lock_(lock) {}

  [[nodiscard]] std::string slot_path(unsigned index) const;

  [[nodiscard]] std::string counter_path() const { return folder_ + "/counter"; }

  std::string folder_;
  int lock_ = -1;
  unsigned index_ = 0;
  std::vector<Byte> content_;  ///< of the slot being replaced, or of the one last loaded
  std::vector<Byte> before_;   ///< what that was before the last `begin`: still viewed
};

}  // namespace daymark::governor
