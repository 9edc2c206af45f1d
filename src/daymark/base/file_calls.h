// The system calls by which files become durable, as an interface: tests let each of them fail and
// cut the power between any two. Host only.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include <sys/types.h>

#include "daymark/base/bytes.h"

namespace daymark {

enum class FileKind { file, folder };

/// Each does what the call in its comment does: -1 and errno where it fails, a short count where
/// that call may give one.
class FileCalls {
 public:
  virtual ~FileCalls() = default;

  [[nodiscard]] virtual int open(const std::string& path, int flags) = 0;  ///< open(2), mode 0644
  /// mkostemps(3): `name` ends in "XXXXXX.part" and becomes the file's name; mode 0600.
  [[nodiscard]] virtual int open_part(std::string& name) = 0;
  virtual void close(int file) = 0;
  [[nodiscard]] virtual ssize_t read(int file, std::span<Byte> into) = 0;
  /// pread(2).
  [[nodiscard]] virtual ssize_t read_at(int file, std::span<Byte> into, std::uint64_t offset) = 0;
  [[nodiscard]] virtual ssize_t write(int file, ByteView content) = 0;
  [[nodiscard]] virtual int set_mode(int file, unsigned mode) = 0;  ///< fchmod(2)
  [[nodiscard]] virtual int sync(int file) = 0;                     ///< fsync(2)
  [[nodiscard]] virtual int sync_data(int file) = 0;                ///< fdatasync(2)
  /// syncfs(2). It reports what could not be written back since the file was opened (Linux 5.8).
  [[nodiscard]] virtual int sync_disk(int file) = 0;
  [[nodiscard]] virtual int rename(const std::string& from, const std::string& to) = 0;
  [[nodiscard]] virtual int link(const std::string& from, const std::string& to) = 0;
  [[nodiscard]] virtual int unlink(const std::string& path) = 0;
  [[nodiscard]] virtual int make_folder(const std::string& path) = 0;    ///< mkdir(2)
  [[nodiscard]] virtual int remove_folder(const std::string& path) = 0;  ///< rmdir(2)
  /// stat(2).
  [[nodiscard]] virtual int kind_of(const std::string& path, FileKind& kind) = 0;
  /// opendir(3) to closedir(3): appends the names in a folder, without order.
  [[nodiscard]] virtual int list(const std::string& path, std::vector<std::string>& names) = 0;
};

/// The operating system's. Safe from several threads.
class PosixCalls final : public FileCalls {
 public:
  [[nodiscard]] int open(const std::string& path, int flags) override;
  [[nodiscard]] int open_part(std::string& name) override;
  void close(int file) override;
  [[nodiscard]] ssize_t read(int file, std::span<Byte> into) override;
  [[nodiscard]] ssize_t read_at(int file, std::span<Byte> into, std::uint64_t offset) override;
  [[nodiscard]] ssize_t write(int file, ByteView content) override;
  [[nodiscard]] int set_mode(int file, unsigned mode) override;
  [[nodiscard]] int sync(int file) override;
  [[nodiscard]] int sync_data(int file) override;
  [[nodiscard]] int sync_disk(int file) override;
  [[nodiscard]] int rename(const std::string& from, const std::string& to) override;
  [[nodiscard]] int link(const std::string& from, const std::string& to) override;
  [[nodiscard]] int unlink(const std::string& path) override;
  [[nodiscard]] int make_folder(const std::string& path) override;
  [[nodiscard]] int remove_folder(const std::string& path) override;
  [[nodiscard]] int kind_of(const std::string& path, FileKind& kind) override;
  [[nodiscard]] int list(const std::string& path, std::vector<std::string>& names) override;
};

}  // namespace daymark
