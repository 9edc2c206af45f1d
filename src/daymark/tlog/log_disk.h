// What a log needs of a disk: few durable operations, so that tests can cut the power after each of
// them. Host only.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "daymark/base/bytes.h"
#include "daymark/base/failure.h"

namespace daymark::tlog {

/// A folder of files; names are relative, with '/' between folders. Each write is durable and whole
/// when it returns: after a crash the old or the new content is there.
class LogDisk {
 public:
  virtual ~LogDisk() = default;

  /// Errors: errc::file_not_opened where there is no such file, errc::file_not_read.
  [[nodiscard]] virtual Outcome<std::vector<Byte>> read(const std::string& name) = 0;
  /// Errors: errc::file_not_written; then the old or the new content is there.
  [[nodiscard]] virtual Outcome<void> write(const std::string& name, ByteView content) = 0;
  /// Removes a file, or a folder with all in it; a missing one is no error.
  [[nodiscard]] virtual Outcome<void> remove(const std::string& name) = 0;
  /// Names in a folder, sorted; none where it is missing.
  [[nodiscard]] virtual Outcome<std::vector<std::string>> list(const std::string& folder) = 0;
  /// Also true where it can't be told: the read that follows says why.
  [[nodiscard]] virtual bool exists(const std::string& name) = 0;
};

/// The real thing. Not thread-safe.
class FolderDisk final : public LogDisk {
 public:
  explicit FolderDisk(std::string root) : root_(std::move(root)) {}

  [[nodiscard]] Outcome<std::vector<Byte>> read(const std::string& name) override;
  [[nodiscard]] Outcome<void> write(const std::string& name, ByteView content) override;
  [[nodiscard]] Outcome<void> remove(const std::string& name) override;
  [[nodiscard]] Outcome<std::vector<std::string>> list(const std::string& folder) override;
  [[nodiscard]] bool exists(const std::string& name) override;

 private:
  [[nodiscard]] std::string path_of(const std::string& name) const { return root_ + "/" + name; }

  std::string root_;
};

/// Holds a folder for one process, by flock on a file "lock" in it; the system releases it when the
/// process ends, however it ends.
class FolderLock {
 public:
  /// Makes the folder where it is missing. Errors: errc::folder_locked, errc::file_not_written.
  [[nodiscard]] static Outcome<FolderLock> take(const std::string& folder);

  FolderLock(FolderLock&& other) noexcept;
  FolderLock& operator=(FolderLock&& other) noexcept;
  FolderLock(const FolderLock&) = delete;
  FolderLock& operator=(const FolderLock&) = delete;
  ~FolderLock();

 private:
  explicit FolderLock(int descriptor) : descriptor_(descriptor) {}

  int descriptor_;
};

}  // namespace daymark::tlog
