// The files of one archived batch: written through buffers, read by pread. Host only.
#pragma once

#include <string>
#include <vector>

#include "daymark/base/failure.h"
#include "daymark/base/file_calls.h"

namespace daymark::authority::on_disk {

/// An open file with one owner.
class OpenFile {
 public:
  OpenFile(FileCalls& calls, std::string path, int flags)
      : calls_(calls), path_(std::move(path)), file_(calls.open(path_, flags)) {}

  OpenFile(const OpenFile&) = delete;
  OpenFile& operator=(const OpenFile&) = delete;
  OpenFile(OpenFile&&) = delete;
  OpenFile& operator=(OpenFile&&) = delete;
  ~OpenFile();

  [[nodiscard]] bool is_open() const { return file_ >= 0; }

  [[nodiscard]] const std::string& path() const { return path_; }

  /// Fills `into` from `offset` on. Errors: errc::file_not_read,
  /// errc::authority_leaves_damaged where the file ends before.
  [[nodiscard]] Outcome<void> read(std::span<Byte> into, std::uint64_t offset) const;

  /// Errors: errc::file_not_written.
  [[nodiscard]] Outcome<void> write(ByteView content) const;
  [[nodiscard]] Outcome<void> sync() const;
  [[nodiscard]] Outcome<void> set_mode(unsigned mode) const;

 private:
  FileCalls& calls_;
  std::string path_;
  int file_;
};

/// A new file that nobody but its owner may read, written in large pieces. Errors:
/// errc::file_not_written.
class BufferedFile {
 public:
  BufferedFile(FileCalls& calls, const std::string& path);

  /// Before all else: whether it could be made.
  [[nodiscard]] Outcome<void> check() const;
  [[nodiscard]] Outcome<void> add(ByteView content);
  /// Durable when it returns.
  [[nodiscard]] Outcome<void> finish();

 private:
  OpenFile file_;
  std::vector<Byte> buffer_;
};

/// Removes a folder with the files in it; a missing one is no error. Errors:
/// errc::file_not_written.
[[nodiscard]] Outcome<void> remove_flat_folder(FileCalls& calls, const std::string& path);

/// errc::file_not_written with what the operating system says.
[[nodiscard]] std::unexpected<Failure> not_written(const std::string& path);

}  // namespace daymark::authority::on_disk
