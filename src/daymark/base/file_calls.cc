#include "daymark/base/file_calls.h"

#include <cerrno>
#include <cstdio>
#include <string_view>

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace daymark {

int PosixCalls::open(const std::string& path, int flags) {
  constexpr mode_t mode = 0644;
  return ::open(path.c_str(), flags | O_CLOEXEC, mode);
}

int PosixCalls::open_part(std::string& name) {
  constexpr int suffix = 5;  // ".part"
  return ::mkostemps(name.data(), suffix, O_CLOEXEC);
}

void PosixCalls::close(int file) {
  ::close(file);
}

ssize_t PosixCalls::read(int file, std::span<Byte> into) {
  return ::read(file, into.data(), into.size());
}

ssize_t PosixCalls::read_at(int file, std::span<Byte> into, std::uint64_t offset) {
  return ::pread(file, into.data(), into.size(), static_cast<off_t>(offset));
}

ssize_t PosixCalls::write(int file, ByteView content) {
  return ::write(file, content.data(), content.size());
}

int PosixCalls::set_mode(int file, unsigned mode) {
  return ::fchmod(file, mode);
}

int PosixCalls::sync(int file) {
  return ::fsync(file);
}

int PosixCalls::sync_data(int file) {
  return ::fdatasync(file);
}

int PosixCalls::sync_disk(int file) {
  return ::syncfs(file);
}

int PosixCalls::rename(const std::string& from, const std::string& to) {
  return ::rename(from.c_str(), to.c_str());
}

int PosixCalls::link(const std::string& from, const std::string& to) {
  return ::link(from.c_str(), to.c_str());
}

int PosixCalls::unlink(const std::string& path) {
  return ::unlink(path.c_str());
}

int PosixCalls::make_folder(const std::string& path) {
  constexpr mode_t mode = 0777;
  return ::mkdir(path.c_str(), mode);
}

int PosixCalls::remove_folder(const std::string& path) {
  return ::rmdir(path.c_str());
}

int PosixCalls::kind_of(const std::string& path, FileKind& kind) {
  struct stat info{};

  if (::stat(path.c_str(), &info) != 0) return -1;
  kind = S_ISDIR(info.st_mode) ? FileKind::folder : FileKind::file;
  return 0;
}

int PosixCalls::list(const std::string& path, std::vector<std::string>& names) {
  DIR* const folder = ::opendir(path.c_str());
  if (folder == nullptr) return -1;
  errno = 0;
  // Safe on a stream that no other thread has (readdir(3)).
  // NOLINTNEXTLINE(concurrency-mt-unsafe)
  while (const dirent* const entry = ::readdir(folder)) {
    const std::string_view name = entry->d_name;
    if (name != "." && name != "..") names.emplace_back(name);
  }
  const int error = errno;
  ::closedir(folder);
  errno = error;
  return error == 0 ? 0 : -1;
}

}  // namespace daymark
