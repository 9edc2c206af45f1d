#include "daymark/tlog/log_disk.h"

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include "daymark/base/errors.h"
#include "daymark/base/file.h"
#include "daymark/tlog/errors.h"

namespace daymark::tlog {

namespace {

namespace fs = std::filesystem;

std::string os_error() {
  return std::generic_category().message(errno);
}

Outcome<void> sync_folder(const fs::path& folder) {
  const int fd = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  const bool synced = fd >= 0 && ::fsync(fd) == 0;
  const std::string said = synced ? "" : os_error();
  if (fd >= 0) ::close(fd);
  if (!synced) return refuse(errc::file_not_written, folder.string(), said);
  return {};
}

/// A new folder is durable once the folder that holds it is synced.
Outcome<void> make_durable_folder(const fs::path& folder) {
  std::vector<fs::path> missing;
  for (fs::path at = folder; !at.empty() && !fs::exists(at); at = at.parent_path())
    missing.push_back(at);
  DAYMARK_CHECK(make_folder(folder.string()));
  for (const fs::path& made : missing) {
    const fs::path parent = made.parent_path();
    DAYMARK_CHECK(sync_folder(parent.empty() ? fs::path(".") : parent));
  }
  return {};
}

}  // namespace

Outcome<std::vector<Byte>> FolderDisk::read(const std::string& name) {
  return read_file(path_of(name));
}

Outcome<void> FolderDisk::write(const std::string& name, ByteView content) {
  const std::string path = path_of(name);
  DAYMARK_CHECK(make_durable_folder(fs::path(path).parent_path()));
  return write_file(path, content);
}

Outcome<void> FolderDisk::remove(const std::string& name) {
  std::error_code error;
  fs::remove_all(path_of(name), error);
  if (error) return refuse(errc::file_not_written, path_of(name), error.message());
  return {};
}

Outcome<std::vector<std::string>> FolderDisk::list(const std::string& folder) {
  std::vector<std::string> out;
  std::error_code error;
  fs::directory_iterator at(path_of(folder), error);
  if (error == std::errc::no_such_file_or_directory) return out;
  for (; !error && at != fs::directory_iterator(); at.increment(error))
    out.push_back(at->path().filename().string());
  if (error) return refuse(errc::file_not_read, path_of(folder), error.message());
  std::ranges::sort(out);
  return out;
}

bool FolderDisk::exists(const std::string& name) {
  std::error_code error;
  const bool found = fs::exists(path_of(name), error);
  return found || error;
}

Outcome<FolderLock> FolderLock::take(const std::string& folder) {
  DAYMARK_CHECK(make_durable_folder(folder));
  const std::string path = folder + "/lock";
  const int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
  if (fd < 0) return refuse(errc::file_not_written, path, os_error());
  FolderLock lock(fd);
  if (::flock(fd, LOCK_EX | LOCK_NB) == 0) return lock;
  return errno == EWOULDBLOCK ? refuse(errc::folder_locked, folder)
                              : refuse(errc::file_not_written, path, os_error());
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
