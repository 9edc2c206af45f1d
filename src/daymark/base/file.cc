#include "daymark/base/file.h"

#include <array>
#include <cerrno>
#include <filesystem>
#include <system_error>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include "daymark/base/errors.h"

namespace daymark {

namespace {

std::string os_error() {
  return std::generic_category().message(errno);
}

/// A file descriptor with one owner.
class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}

  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  Descriptor(Descriptor&&) = delete;
  Descriptor& operator=(Descriptor&&) = delete;

  ~Descriptor() {
    if (fd_ > STDERR_FILENO) ::close(fd_);
  }

  [[nodiscard]] int get() const { return fd_; }

 private:
  int fd_;
};

Outcome<std::vector<Byte>> read_all(int fd, const std::string& path, std::size_t limit) {
  std::vector<Byte> out;
  std::array<Byte, 65536> chunk{};
  while (true) {
    const ssize_t got = ::read(fd, chunk.data(), chunk.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return refuse(errc::file_not_read, path, os_error());
    if (got == 0) return out;
    if (out.size() + static_cast<std::size_t>(got) > limit) {
      return refuse(errc::file_too_large, path, fmt::format("limit {} bytes", limit));
    }
    out.insert(out.end(), chunk.begin(), chunk.begin() + got);
  }
}

Outcome<void> write_all(int fd, const std::string& path, ByteView content) {
  while (!content.empty()) {
    const ssize_t put = ::write(fd, content.data(), content.size());
    if (put < 0 && errno == EINTR) continue;
    if (put < 0) return refuse(errc::file_not_written, path, os_error());
    content = content.subspan(static_cast<std::size_t>(put));
  }
  return {};
}

std::string folder_of(const std::string& path) {
  const std::string folder = std::filesystem::path(path).parent_path().string();
  return folder.empty() ? "." : folder;
}

Outcome<void> sync_folder(const std::string& path) {
  const Descriptor folder(::open(folder_of(path).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (folder.get() < 0 || ::fsync(folder.get()) != 0)
    return refuse(errc::file_not_written, path, os_error());
  return {};
}

/// A synced file beside its target, removed unless it was put into place.
class Part {
 public:
  explicit Part(const std::string& target) : target_(target), name_(target + ".XXXXXX.part") {}

  Part(const Part&) = delete;
  Part& operator=(const Part&) = delete;
  Part(Part&&) = delete;
  Part& operator=(Part&&) = delete;

  ~Part() {
    if (made_) ::unlink(name_.c_str());
  }

  Outcome<void> write(ByteView content, FileMode mode) {
    constexpr int suffix = 5;  // ".part"
    const Descriptor out(::mkostemps(name_.data(), suffix, O_CLOEXEC));
    if (out.get() < 0) return refuse(errc::file_not_written, target_, os_error());
    made_ = true;
    if (::fchmod(out.get(), static_cast<mode_t>(mode)) != 0) {
      return refuse(errc::file_not_written, target_, os_error());
    }
    DAYMARK_CHECK(write_all(out.get(), target_, content));
    if (::fsync(out.get()) != 0) return refuse(errc::file_not_written, target_, os_error());
    return {};
  }

  Outcome<void> replace_target() {
    if (::rename(name_.c_str(), target_.c_str()) != 0) {
      return refuse(errc::file_not_written, target_, os_error());
    }
    made_ = false;
    return {};
  }

  /// link() refuses an existing target, which rename() would replace.
  Outcome<void> become_target() {
    if (::link(name_.c_str(), target_.c_str()) == 0) return {};
    const Errc code = errno == EEXIST ? errc::file_exists : errc::file_not_written;
    return refuse(code, target_, os_error());
  }

 private:
  std::string target_;
  std::string name_;
  bool made_ = false;
};

}  // namespace

Outcome<std::vector<Byte>> read_file(const std::string& path, std::size_t limit) {
  if (path == "-") return read_all(STDIN_FILENO, "standard input", limit);
  const Descriptor in(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (in.get() < 0) return refuse(errc::file_not_opened, path, os_error());
  return read_all(in.get(), path, limit);
}

Outcome<std::string> read_text(const std::string& path, std::size_t limit) {
  DAYMARK_TRY(const std::vector<Byte> bytes, read_file(path, limit));
  return std::string(text_of(bytes));
}

Outcome<std::vector<Byte>> read_secret(const std::string& path, std::size_t limit) {
  const Descriptor in(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  struct stat info{};

  if (in.get() < 0 || ::fstat(in.get(), &info) != 0) {
    return refuse(errc::file_not_opened, path, os_error());
  }
  // The mode of the very file that is read: its name may be given to another in between.
  if ((info.st_mode & 077U) != 0) return refuse(errc::secret_exposed, path);
  return read_all(in.get(), path, limit);
}

Outcome<void> write_file(const std::string& path, ByteView content, FileMode mode) {
  Part part(path);
  DAYMARK_CHECK(part.write(content, mode));
  DAYMARK_CHECK(part.replace_target());
  return sync_folder(path);
}

Outcome<void> write_text(const std::string& path, std::string_view content, FileMode mode) {
  return write_file(path, bytes_of(content), mode);
}

Outcome<void> write_new_file(const std::string& path, ByteView content, FileMode mode) {
  Part part(path);
  DAYMARK_CHECK(part.write(content, mode));
  DAYMARK_CHECK(part.become_target());
  return sync_folder(path);
}

Outcome<void> make_folder(const std::string& path) {
  std::error_code error;
  std::filesystem::create_directories(path, error);
  if (error) return refuse(errc::file_not_written, path, error.message());
  return {};
}

}  // namespace daymark
