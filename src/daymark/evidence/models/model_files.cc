#include "daymark/evidence/models/model_files.h"

#include <algorithm>
#include <filesystem>

#include <fcntl.h>
#include <sys/stat.h>

#include "daymark/base/errors.h"
#include "daymark/evidence/errors.h"
#include "daymark/evidence/models/model_open_internal.h"

namespace daymark::evidence {

namespace {

namespace fs = std::filesystem;

bool is_at_or_below(std::string_view name, std::string_view folder) {
  return name == folder ||
         (name.size() > folder.size() && name.starts_with(folder) && name[folder.size()] == '/');
}

Outcome<ModelFile> listed(const std::string& path, std::string name) {
  struct stat status{};
  if (::lstat(path.c_str(), &status) != 0) return refuse(errc::file_not_opened, path);
  if (!S_ISREG(status.st_mode)) return refuse(errc::model_symlink, std::move(name));
  return model_file_of(status, std::move(name));
}

}  // namespace

bool is_plain_path(std::string_view name) {
  constexpr std::size_t name_max = 4096;
  if (name == ".") return true;
  if (name.empty() || name.size() > name_max) return false;
  for (const char c : name) {
    if (c == '\0' || c == '\n' || c == '\r') return false;
  }
  while (true) {
    const std::size_t slash = name.find('/');
    const std::string_view part = name.substr(0, slash);
    if (part.empty() || part == "." || part == "..") return false;
    if (slash == std::string_view::npos) return true;
    name.remove_prefix(slash + 1);
  }
}

bool is_left_out(std::string_view name, std::span<const std::string> ignored) {
  return std::ranges::any_of(ignored,
                             [name](const std::string& one) { return is_at_or_below(name, one); });
}

ModelFile model_file_of(const struct stat& status, std::string name) {
  constexpr std::int64_t second = 1'000'000'000;
  ModelFile out;
  out.name = std::move(name);
  out.size = static_cast<std::uint64_t>(status.st_size);
  out.modified_ns = status.st_mtim.tv_sec * second + status.st_mtim.tv_nsec;
  out.changed_ns = status.st_ctim.tv_sec * second + status.st_ctim.tv_nsec;
  out.inode = status.st_ino;
  return out;
}

Outcome<std::vector<ModelFile>> list_model(const std::string& folder,
                                           std::span<const std::string> ignored) {
  std::vector<ModelFile> out;
  std::error_code code;
  if (fs::is_regular_file(fs::symlink_status(folder, code))) {
    DAYMARK_TRY(out.emplace_back(), listed(folder, "."));
    return out;
  }
  const fs::path root(folder);
  fs::recursive_directory_iterator at(root, code);
  for (; !code && at != fs::recursive_directory_iterator(); at.increment(code)) {
    std::string name = at->path().lexically_relative(root).generic_string();
    const bool directory = at->symlink_status(code).type() == fs::file_type::directory;
    if (is_left_out(name, ignored)) {
      if (directory) at.disable_recursion_pending();
      continue;
    }
    if (!is_plain_path(name)) return refuse(errc::model_path, name);
    if (directory) continue;
    if (out.size() == model_files_max) return refuse(errc::file_too_large, folder);
    DAYMARK_TRY(out.emplace_back(), listed(at->path().string(), std::move(name)));
  }
  if (code) return refuse(errc::file_not_opened, folder, code.message());
  std::ranges::sort(out, {}, &ModelFile::name);
  return out;
}

}  // namespace daymark::evidence
