#include "daymark/tlog/log_disk.h"

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include "daymark/base/errors.h"
#include "daymark/base/file.h"
#include "daymark/tlog/errors.h"

namespace daymark::tlog {

namespace {

namespace fs = std::filesystem;

std::unexpected<Failure> not_written(const std::string& path) {
  return refuse(errc::file_not_written, path, std::generic_category().message(errno));
}

std::string parent_of(const std::string& path) {
  const std::string parent = fs::path(path).parent_path().string();
  return parent.empty() ? "." : parent;
}

bool is_missing(FileCalls& calls, const std::string& path) {
  FileKind kind{};
  return calls.kind_of(path, kind) != 0 && (errno == ENOENT || errno == ENOTDIR);
}

/// The folder and its parents, not durable yet; names in `made` what was missing.
Outcome<void> make_folders(FileCalls& calls, const std::string& folder,
                           std::vector<std::string>& made) {
  if (!is_missing(calls, folder)) return {};
  DAYMARK_CHECK(make_folders(calls, parent_of(folder), made));
  if (calls.make_folder(folder) != 0 && errno != EEXIST) return not_written(folder);
  made.push_back(folder);
  return {};
}

/// Makes a folder's own name durable, also one that was there: whoever made it may have been killed
/// before it was. A parent that may not be read was not made by us.
Outcome<void> sync_name_of(FileCalls& calls, const std::string& folder) {
  const std::string parent = parent_of(folder);
  const int opened = calls.open(parent, O_RDONLY | O_DIRECTORY);
  if (opened < 0) {
    if (errno == EACCES) return {};
    return not_written(parent);
  }
  const bool synced = calls.sync(opened) == 0;
  const int error = errno;
  calls.close(opened);
  errno = error;
  if (!synced) return not_written(parent);
  return {};
}

Outcome<void> make_durable_root(FileCalls& calls, const std::string& folder) {
  std::vector<std::string> made;
  DAYMARK_CHECK(make_folders(calls, folder, made));
  made.push_back(folder);
  for (const std::string& path : made)
    DAYMARK_CHECK(sync_name_of(calls, path));
  return {};
}

}  // namespace

FolderDisk::FolderDisk(std::string root, std::shared_ptr<FileCalls> calls)
    : calls_(std::move(calls)), root_(std::move(root)) {
  if (!calls_) calls_ = std::make_shared<PosixCalls>();
}

FolderDisk::~FolderDisk() {
  close_appended();
  if (root_file_ >= 0) calls_->close(root_file_);
}

Outcome<std::vector<Byte>> FolderDisk::read(const std::string& name) {
  return read_file(*calls_, path_of(name));
}

Outcome<void> FolderDisk::write(const std::string& name, ByteView content) {
  const std::string path = path_of(name);
  DAYMARK_CHECK(make_durable(parent_of(path)));
  return write_file(*calls_, path, content);
}

Outcome<void> FolderDisk::write_soon(const std::string& name, ByteView content) {
  const std::string path = path_of(name);
  std::vector<std::string> made;
  DAYMARK_CHECK(make_folders(*calls_, parent_of(path), made));
  // What fails to reach the disk from now on is reported to this open file by `sync`.
  DAYMARK_CHECK(open_root());
  return write_file_soon(*calls_, path, content);
}

Outcome<void> FolderDisk::append(const std::string& name, ByteView content) {
  const std::string path = path_of(name);
  const bool is_new = appended_ != path;
  if (is_new) DAYMARK_CHECK(open_appended(path));
  const Outcome<void> added = add(path, content, is_new);
  if (!added) close_appended();
  return added;
}

Outcome<void> FolderDisk::add(const std::string& path, ByteView content, bool is_new) {
  DAYMARK_CHECK(write_all(*calls_, appended_file_, path, content));
  if (calls_->sync_data(appended_file_) != 0) return not_written(path);
  if (is_new) DAYMARK_CHECK(sync_folder(*calls_, parent_of(path)));
  return {};
}

Outcome<void> FolderDisk::sync() {
  if (root_file_ < 0 && is_missing(*calls_, root_)) return {};  // nothing was written yet
  DAYMARK_CHECK(open_root());
  if (calls_->sync_disk(root_file_) != 0) return not_written(root_);
  return {};
}

Outcome<void> FolderDisk::remove(const std::string& name) {
  const std::string path = path_of(name);
  if (path == appended_) close_appended();
  std::erase_if(durable_, [&](const std::string& folder) {
    return folder == path || folder.starts_with(path + "/");
  });
  return remove_path(path);
}

Outcome<void> FolderDisk::remove_path(const std::string& path) {
  FileKind kind{};
  if (calls_->kind_of(path, kind) != 0) {
    if (errno == ENOENT || errno == ENOTDIR) return {};
    return not_written(path);
  }
  if (kind == FileKind::file) {
    if (calls_->unlink(path) != 0) return not_written(path);
    return {};
  }
  std::vector<std::string> names;
  if (calls_->list(path, names) != 0) return not_written(path);
  for (const std::string& name : names)
    DAYMARK_CHECK(remove_path(fmt::format("{}/{}", path, name)));
  if (calls_->remove_folder(path) != 0) return not_written(path);
  return {};
}

Outcome<std::vector<std::string>> FolderDisk::list(const std::string& folder) {
  std::vector<std::string> out;
  if (calls_->list(path_of(folder), out) != 0) {
    if (errno == ENOENT) return std::vector<std::string>{};
    return refuse(errc::file_not_read, path_of(folder), std::generic_category().message(errno));
  }
  std::ranges::sort(out);
  return out;
}

bool FolderDisk::exists(const std::string& name) {
  return !is_missing(*calls_, path_of(name));
}

Outcome<void> FolderDisk::open_root() {
  if (root_file_ >= 0) return {};
  root_file_ = calls_->open(root_, O_RDONLY | O_DIRECTORY);
  if (root_file_ < 0) return not_written(root_);
  return {};
}

Outcome<void> FolderDisk::open_appended(const std::string& path) {
  close_appended();
  DAYMARK_CHECK(make_durable(parent_of(path)));
  appended_file_ = calls_->open(path, O_WRONLY | O_CREAT | O_APPEND);
  if (appended_file_ < 0) return not_written(path);
  appended_ = path;
  return {};
}

void FolderDisk::close_appended() {
  if (appended_file_ >= 0) calls_->close(appended_file_);
  appended_file_ = -1;
  appended_.clear();
}

Outcome<void> FolderDisk::make_durable(const std::string& folder) {
  if (durable_.contains(folder)) return {};
  if (folder == root_) {
    DAYMARK_CHECK(make_durable_root(*calls_, folder));
  } else {
    DAYMARK_CHECK(make_durable(parent_of(folder)));
    // More than this folder, where a look at one above it failed before.
    std::vector<std::string> made;
    DAYMARK_CHECK(make_folders(*calls_, folder, made));
    made.push_back(folder);
    for (const std::string& path : made)
      DAYMARK_CHECK(sync_name_of(*calls_, path));
  }
  durable_.insert(folder);
  return {};
}

Outcome<FolderLock> FolderLock::take(const std::string& folder) {
  PosixCalls calls;
  DAYMARK_CHECK(make_durable_root(calls, folder));
  const std::string path = folder + "/lock";
  const int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
  if (fd < 0) return not_written(path);
  FolderLock lock(fd);
  if (::flock(fd, LOCK_EX | LOCK_NB) == 0) return lock;
  if (errno == EWOULDBLOCK) return refuse(errc::folder_locked, folder);
  return not_written(path);
}

FolderLock::FolderLock(FolderLock&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)) {}

FolderLock& FolderLock::operator=(FolderLock&& other) noexcept {
  std::swap(descriptor_, other.descriptor_);
  return *this;
}

FolderLock::~FolderLock() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

}  // namespace daymark::tlog
