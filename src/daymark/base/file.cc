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
  Descriptor(FileCalls& calls, int fd) : calls_(calls), fd_(fd) {}

  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  Descriptor(Descriptor&&) = delete;
  Descriptor& operator=(Descriptor&&) = delete;

  ~Descriptor() {
    const int error = errno;  // what failed before is still to be said
    if (fd_ > STDERR_FILENO) calls_.close(fd_);
    errno = error;
  }

  [[nodiscard]] int get() const { return fd_; }

 private:
  FileCalls& calls_;
  int fd_;
};

Outcome<std::vector<Byte>> read_all(FileCalls& calls, int fd, const std::string& path,
                                    std::size_t limit) {
  std::vector<Byte> out;
  std::array<Byte, 65536> chunk{};
  while (true) {
    const ssize_t got = calls.read(fd, chunk);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return refuse(errc::file_not_read, path, os_error());
    if (got == 0) return out;
    if (out.size() + static_cast<std::size_t>(got) > limit) {
      return refuse(errc::file_too_large, path, fmt::format("limit {} bytes", limit));
    }
    out.insert(out.end(), chunk.begin(), chunk.begin() + got);
  }
}

std::string folder_of(const std::string& path) {
  const std::string folder = std::filesystem::path(path).parent_path().string();
  return folder.empty() ? "." : folder;
}

/// A file beside its target, removed unless it was put into place.
class Part {
 public:
  Part(FileCalls& calls, const std::string& target)
      : calls_(calls), target_(target), name_(target + ".XXXXXX.part") {}

  Part(const Part&) = delete;
  Part& operator=(const Part&) = delete;
  Part(Part&&) = delete;
  Part& operator=(Part&&) = delete;

  ~Part() {
    if (made_) static_cast<void>(calls_.unlink(name_));
  }

  Outcome<void> write(ByteView content, FileMode mode, bool synced = true) {
    const Descriptor out(calls_, calls_.open_part(name_));
    if (out.get() < 0) return refuse(errc::file_not_written, target_, os_error());
    made_ = true;
    if (calls_.set_mode(out.get(), static_cast<unsigned>(mode)) != 0) {
      return refuse(errc::file_not_written, target_, os_error());
    }
    DAYMARK_CHECK(write_all(calls_, out.get(), target_, content));
    if (synced && calls_.sync(out.get()) != 0) {
      return refuse(errc::file_not_written, target_, os_error());
    }
    return {};
  }

  Outcome<void> replace_target() {
    if (calls_.rename(name_, target_) != 0) {
      return refuse(errc::file_not_written, target_, os_error());
    }
    made_ = false;
    return {};
  }

  /// link() refuses an existing target, which rename() would replace.
  Outcome<void> become_target() {
    if (calls_.link(name_, target_) == 0) return {};
    const Errc code = errno == EEXIST ? errc::file_exists : errc::file_not_written;
    return refuse(code, target_, os_error());
  }

 private:
  FileCalls& calls_;
  std::string target_;
  std::string name_;
  bool made_ = false;
};

}  // namespace

Outcome<std::vector<Byte>> read_file(FileCalls& calls, const std::string& path, std::size_t limit) {
  const Descriptor in(calls, calls.open(path, O_RDONLY));
  if (in.get() < 0) return refuse(errc::file_not_opened, path, os_error());
  return read_all(calls, in.get(), path, limit);
}

Outcome<std::vector<Byte>> read_file(const std::string& path, std::size_t limit) {
  PosixCalls calls;
  if (path == "-") return read_all(calls, STDIN_FILENO, "standard input", limit);
  return read_file(calls, path, limit);
}

Outcome<std::string> read_text(const std::string& path, std::size_t limit) {
  DAYMARK_TRY(const std::vector<Byte> bytes, read_file(path, limit));
  return std::string(text_of(bytes));
}

Outcome<std::vector<Byte>> read_secret(const std::string& path, std::size_t limit) {
  PosixCalls calls;
  const Descriptor in(calls, calls.open(path, O_RDONLY));
  struct stat info{};

  if (in.get() < 0 || ::fstat(in.get(), &info) != 0) {
    return refuse(errc::file_not_opened, path, os_error());
  }
  // The mode of the very file that is read: its name may be given to another in between.
  if ((info.st_mode & 077U) != 0) return refuse(errc::secret_exposed, path);
  return read_all(calls, in.get(), path, limit);
}

Outcome<void> write_all(FileCalls& calls, int file, const std::string& path, ByteView content) {
  while (!content.empty()) {
    const ssize_t put = calls.write(file, content);
    if (put < 0 && errno == EINTR) continue;
    if (put < 0) return refuse(errc::file_not_written, path, os_error());
    content = content.subspan(static_cast<std::size_t>(put));
  }
  return {};
}

Outcome<void> sync_folder(FileCalls& calls, const std::string& folder) {
  const Descriptor opened(calls, calls.open(folder, O_RDONLY | O_DIRECTORY));
  if (opened.get() < 0 || calls.sync(opened.get()) != 0) {
    return refuse(errc::file_not_written, folder, os_error());
  }
  return {};
}

Outcome<void> write_file(FileCalls& calls, const std::string& path, ByteView content,
                         FileMode mode) {
  Part part(calls, path);
  DAYMARK_CHECK(part.write(content, mode));
  DAYMARK_CHECK(part.replace_target());
  return sync_folder(calls, folder_of(path));
}

Outcome<void> write_file_soon(FileCalls& calls, const std::string& path, ByteView content) {
  Part part(calls, path);
  DAYMARK_CHECK(part.write(content, FileMode::shared, false));
  return part.replace_target();
}

Outcome<void> write_file(const std::string& path, ByteView content, FileMode mode) {
  PosixCalls calls;
  return write_file(calls, path, content, mode);
}

Outcome<void> write_text(const std::string& path, std::string_view content, FileMode mode) {
  return write_file(path, bytes_of(content), mode);
}

Outcome<void> write_new_file(const std::string& path, ByteView content, FileMode mode) {
  PosixCalls calls;
  Part part(calls, path);
  DAYMARK_CHECK(part.write(content, mode));
  DAYMARK_CHECK(part.become_target());
  return sync_folder(calls, folder_of(path));
}

Outcome<void> make_folder(const std::string& path) {
  std::error_code error;
  std::filesystem::create_directories(path, error);
  if (error) return refuse(errc::file_not_written, path, error.message());
  return {};
}

}  // namespace daymark
