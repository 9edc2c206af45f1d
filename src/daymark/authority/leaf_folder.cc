#include <cerrno>
#include <system_error>

#include <fcntl.h>
#include <fmt/format.h>

#include "daymark/authority/errors.h"
#include "daymark/authority/leaf_folder_internal.h"
#include "daymark/base/errors.h"
#include "daymark/base/file.h"

namespace daymark::authority::on_disk {

namespace {

constexpr std::size_t buffer_size = 256UL << 10;
constexpr unsigned private_mode = 0600;

std::string system_message() {
  return std::generic_category().message(errno);
}

}  // namespace

std::unexpected<Failure> not_written(const std::string& path) {
  return refuse(errc::file_not_written, path, system_message());
}

OpenFile::~OpenFile() {
  const int error = errno;  // what failed before is still to be said
  if (is_open()) calls_.close(file_);
  errno = error;
}

Outcome<void> OpenFile::read(std::span<Byte> into, std::uint64_t offset) const {
  while (!into.empty()) {
    const ssize_t got = calls_.read_at(file_, into, offset);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return refuse(errc::file_not_read, path_, system_message());
    if (got == 0) return refuse(errc::authority_leaves_damaged, path_);
    into = into.subspan(static_cast<std::size_t>(got));
    offset += static_cast<std::uint64_t>(got);
  }
  return {};
}

Outcome<void> OpenFile::write(ByteView content) const {
  return write_all(calls_, file_, path_, content);
}

Outcome<void> OpenFile::sync() const {
  return calls_.sync(file_) == 0 ? Outcome<void>{} : not_written(path_);
}

Outcome<void> OpenFile::set_mode(unsigned mode) const {
  return calls_.set_mode(file_, mode) == 0 ? Outcome<void>{} : not_written(path_);
}

BufferedFile::BufferedFile(FileCalls& calls, const std::string& path)
    : file_(calls, path, O_WRONLY | O_CREAT | O_EXCL) {
  buffer_.reserve(buffer_size);
}

Outcome<void> BufferedFile::check() const {
  if (!file_.is_open()) return not_written(file_.path());
  return file_.set_mode(private_mode);
}

Outcome<void> BufferedFile::add(ByteView content) {
  buffer_.insert(buffer_.end(), content.begin(), content.end());
  if (buffer_.size() < buffer_size) return {};
  DAYMARK_CHECK(file_.write(buffer_));
  buffer_.clear();
  return {};
}

Outcome<void> BufferedFile::finish() {
  DAYMARK_CHECK(file_.write(buffer_));
  buffer_.clear();
  return file_.sync();
}

Outcome<void> remove_flat_folder(FileCalls& calls, const std::string& path) {
  std::vector<std::string> names;
  if (calls.list(path, names) != 0) {
    return errno == ENOENT ? Outcome<void>{} : not_written(path);
  }
  for (const std::string& name : names) {
    const std::string file = fmt::format("{}/{}", path, name);
    if (calls.unlink(file) != 0) return not_written(file);
  }
  return calls.remove_folder(path) == 0 ? Outcome<void>{} : not_written(path);
}

}  // namespace daymark::authority::on_disk
