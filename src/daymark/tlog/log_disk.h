// What a log needs of a disk: few operations, each with a promise about crashes. Host only.
#pragma once

#include <memory>
#include <set>
#include <string>
#include <vector>

#include "daymark/base/bytes.h"
#include "daymark/base/failure.h"
#include "daymark/base/file_calls.h"

namespace daymark::tlog {

/// A folder of files; names are relative, with '/' between folders.
class LogDisk {
 public:
  virtual ~LogDisk() = default;

  /// Errors: errc::file_not_opened where there is no such file, errc::file_not_read.
  [[nodiscard]] virtual Outcome<std::vector<Byte>> read(const std::string& name) = 0;
  /// Durable and whole when it returns: after a crash the old or the new content is there.
  /// Errors: errc::file_not_written; then the old or the new content is there, and a new one may
  /// still go with the next crash.
  [[nodiscard]] virtual Outcome<void> write(const std::string& name, ByteView content) = 0;
  /// Whole for readers when it returns, durable after the next `sync`: a crash before may leave
  /// anything in this file. Errors: errc::file_not_written.
  [[nodiscard]] virtual Outcome<void> write_soon(const std::string& name, ByteView content) = 0;
  /// Adds to the end of a file, or makes it. Durable when it returns.
  /// Errors: errc::file_not_written; then any part of `content` may be there: append no more to
  /// this file.
  [[nodiscard]] virtual Outcome<void> append(const std::string& name, ByteView content) = 0;
  /// Makes durable whatever was written or removed before, by whomever.
  /// Errors: errc::file_not_written; then what `write_soon` wrote must be written again.
  [[nodiscard]] virtual Outcome<void> sync() = 0;
  /// Removes a file, or a folder with all in it; a missing one is no error. A crash before the next
  /// `sync` may bring it back.
  [[nodiscard]] virtual Outcome<void> remove(const std::string& name) = 0;
  /// Names in a folder, sorted; none where it is missing.
  [[nodiscard]] virtual Outcome<std::vector<std::string>> list(const std::string& folder) = 0;
  /// Also true where it can't be told: the read that follows says why.
  [[nodiscard]] virtual bool exists(const std::string& name) = 0;
};

/// The real thing. Not thread-safe, but for `read`.
class FolderDisk final : public LogDisk {
 public:
  explicit FolderDisk(std::string root) : FolderDisk(std::move(root), nullptr) {}

  /// By other system calls than the operating system's, unless they are null.
  FolderDisk(std::string root, std::shared_ptr<FileCalls> calls);

  FolderDisk(const FolderDisk&) = delete;
  FolderDisk& operator=(const FolderDisk&) = delete;
  FolderDisk(FolderDisk&&) = delete;
  FolderDisk& operator=(FolderDisk&&) = delete;
  ~FolderDisk() override;

  [[nodiscard]] Outcome<std::vector<Byte>> read(const std::string& name) override;
  [[nodiscard]] Outcome<void> write(const std::string& name, ByteView content) override;
  [[nodiscard]] Outcome<void> write_soon(const std::string& name, ByteView content) override;
  [[nodiscard]] Outcome<void> append(const std::string& name, ByteView content) override;
  [[nodiscard]] Outcome<void> sync() override;
  [[nodiscard]] Outcome<void> remove(const std::string& name) override;
  [[nodiscard]] Outcome<std::vector<std::string>> list(const std::string& folder) override;
  [[nodiscard]] bool exists(const std::string& name) override;

 private:
  [[nodiscard]] std::string path_of(const std::string& name) const { return root_ + "/" + name; }

  [[nodiscard]] Outcome<void> open_root();
  [[nodiscard]] Outcome<void> open_appended(const std::string& path);
  [[nodiscard]] Outcome<void> add(const std::string& path, ByteView content, bool is_new);
  [[nodiscard]] Outcome<void> make_durable(const std::string& folder);
  [[nodiscard]] Outcome<void> remove_path(const std::string& path);
  void close_appended();

  std::shared_ptr<FileCalls> calls_;
  std::string root_;
  int root_file_ = -1;
  std::string appended_;  ///< path of the file that `append` keeps open
  int appended_file_ = -1;
  std::set<std::string> durable_;  ///< folders whose own names are on disk
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
