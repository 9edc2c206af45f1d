// Whole files in and out: bounded when read, never half-written. Host only.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "daymark/base/bytes.h"
#include "daymark/base/failure.h"
#include "daymark/base/file_calls.h"

namespace daymark {

inline constexpr std::size_t default_file_limit = 64UL << 20;

/// The whole file "path", or standard input for "-".
/// Errors: errc::file_not_opened, errc::file_not_read, errc::file_too_large.
[[nodiscard]] Outcome<std::vector<Byte>> read_file(const std::string& path,
                                                   std::size_t limit = default_file_limit);
[[nodiscard]] Outcome<std::string> read_text(const std::string& path,
                                             std::size_t limit = default_file_limit);

/// Refuses a file that group or others may read. Errors: errc::secret_exposed and those of
/// read_file.
[[nodiscard]] Outcome<std::vector<Byte>> read_secret(const std::string& path,
                                                     std::size_t limit = 4096);

/// Exact modes of written files, whatever the umask.
enum class FileMode : unsigned { shared = 0644, secret = 0600 };

/// Writes beside the target, syncs, renames, syncs the folder: after a crash the old or the new
/// content is there, whole. Errors: errc::file_not_written.
[[nodiscard]] Outcome<void> write_file(const std::string& path, ByteView content,
                                       FileMode mode = FileMode::shared);
[[nodiscard]] Outcome<void> write_text(const std::string& path, std::string_view content,
                                       FileMode mode = FileMode::shared);

/// Both by other system calls than the operating system's.
[[nodiscard]] Outcome<std::vector<Byte>> read_file(FileCalls& calls, const std::string& path,
                                                   std::size_t limit = default_file_limit);
[[nodiscard]] Outcome<void> write_file(FileCalls& calls, const std::string& path, ByteView content,
                                       FileMode mode = FileMode::shared);
/// As write_file, but without syncing: readers see the old or the new content, a crash may leave
/// anything until the disk is synced. Errors: errc::file_not_written.
[[nodiscard]] Outcome<void> write_file_soon(FileCalls& calls, const std::string& path,
                                            ByteView content);

/// Writes all of `content` to an open file; `path` names it in errors. Errors:
/// errc::file_not_written.
[[nodiscard]] Outcome<void> write_all(FileCalls& calls, int file, const std::string& path,
                                      ByteView content);

/// Makes the names in a folder durable. Errors: errc::file_not_written.
[[nodiscard]] Outcome<void> sync_folder(FileCalls& calls, const std::string& folder);

/// As write_file, but never replaces. Errors: errc::file_exists, errc::file_not_written.
[[nodiscard]] Outcome<void> write_new_file(const std::string& path, ByteView content,
                                           FileMode mode = FileMode::shared);

/// Makes the folder and its parents. Errors: errc::file_not_written.
[[nodiscard]] Outcome<void> make_folder(const std::string& path);

}  // namespace daymark
