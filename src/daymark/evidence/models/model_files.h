// The files of a model: listed without following links, and hashed in parallel.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "daymark/base/bytes.h"
#include "daymark/base/failure.h"

namespace daymark::evidence {

/// Most files of one model.
inline constexpr std::size_t model_files_max = 1UL << 20;

struct ModelFile {
  /// Relative, '/' between its parts; "." where the model is one file.
  std::string name;
  std::uint64_t size = 0;
  std::int64_t modified_ns = 0;
  std::int64_t changed_ns = 0;
  std::uint64_t inode = 0;

  friend bool operator==(const ModelFile&, const ModelFile&) = default;
};

/// Whether a name of a signed list is plain: relative, without empty parts, "." and "..", NUL or
/// line ends. "." alone is plain: a model of one file.
[[nodiscard]] bool is_plain_path(std::string_view name);

/// Whether the name is one of `ignored`, or lies below one.
[[nodiscard]] bool is_left_out(std::string_view name, std::span<const std::string> ignored);

/// Every file of the folder, in the order of names (bytewise), but those at or below `ignored`.
/// Nothing is followed: a link, device or pipe that isn't ignored refuses the whole. A path that is
/// a file itself is a model of one file.
/// Errors: errc::model_symlink, errc::model_path for names that are not plain,
/// errc::file_not_opened, errc::file_too_large for too many files; the subject is the name.
[[nodiscard]] Outcome<std::vector<ModelFile>> list_model(const std::string& folder,
                                                         std::span<const std::string> ignored);

struct HashOptions {
  /// 0: as many as the machine has cores.
  unsigned threads = 0;
  /// A file that keeps digests of finished files, so that a later run goes on where this one ended;
  /// empty for none. A digest counts only for the same path, size, times and inode. It is written
  /// whole or not at all, every few seconds and at the end.
  std::string cache;
  /// Called now and then, by the calling thread, with bytes done and in all.
  std::function<void(std::uint64_t done, std::uint64_t total)> progress;
};

/// SHA-256 of each file, in the same order. No part of a path may be a link, and a file must be the
/// one that was listed before and after it was read.
/// Errors: errc::model_symlink, errc::model_missing, errc::model_changed, errc::file_not_read,
/// errc::file_not_written for the cache; the subject is the name.
[[nodiscard]] Outcome<std::vector<Digest>> hash_model(const std::string& folder,
                                                      std::span<const ModelFile> files,
                                                      const HashOptions& options);

}  // namespace daymark::evidence
