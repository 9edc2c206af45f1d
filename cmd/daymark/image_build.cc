#include "image_build.h"

#include <cstdlib>
#include <filesystem>

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include "daymark/agent/errors.h"
#include "daymark/base/errors.h"
#include "daymark/base/file.h"

namespace daymark::cli {

namespace {

namespace fs = std::filesystem;

/// A folder that goes with its owner.
class BuildFolder {
 public:
  BuildFolder() {
    std::error_code none;
    std::string pattern = (fs::temp_directory_path(none) / "daymark-image-XXXXXX").string();
    if (::mkdtemp(pattern.data()) != nullptr) path_ = pattern;
  }

  BuildFolder(const BuildFolder&) = delete;
  BuildFolder& operator=(const BuildFolder&) = delete;
  BuildFolder(BuildFolder&&) = delete;
  BuildFolder& operator=(BuildFolder&&) = delete;

  ~BuildFolder() {
    std::error_code none;
    if (!path_.empty()) fs::remove_all(path_, none);
  }

  /// Empty where none could be made.
  [[nodiscard]] const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

Outcome<void> copy_sources(const fs::path& from, const fs::path& to) {
  for (const char* part : {"src", "firmware", "script"}) {
    std::error_code error;
    fs::copy(from / part, to / part, fs::copy_options::recursive, error);
    if (error) return refuse(errc::file_not_read, (from / part).string());
  }
  return {};
}

/// What script/firmware runs with: nothing else of the caller's.
std::vector<std::string> environment_of(const fs::path& source) {
  std::error_code none;
  return {"PATH=/usr/local/bin:/usr/bin:/bin", "LC_ALL=C", "CCACHE_DISABLE=1",
          "DAYMARK_LIBSODIUM=" + fs::absolute(source / "build/libsodium", none).string()};
}

std::vector<char*> pointers_to(std::vector<std::string>& strings) {
  std::vector<char*> out;
  out.reserve(strings.size() + 1);
  for (std::string& string : strings)
    out.push_back(string.data());
  out.push_back(nullptr);
  return out;
}

/// Runs a program in `folder`, with what it says in `log`; its exit status, or 127.
int run_in(const fs::path& folder, std::vector<std::string> arguments,
           std::vector<std::string> environment, const fs::path& log) {
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  ::posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, log.c_str(), O_WRONLY | O_CREAT,
                                     0600);
  ::posix_spawn_file_actions_adddup2(&actions, STDOUT_FILENO, STDERR_FILENO);
  ::posix_spawn_file_actions_addchdir_np(&actions, folder.c_str());
  pid_t process = -1;
  const std::string program = arguments.front();
  const int failed = ::posix_spawn(&process, program.c_str(), &actions, nullptr,
                                   pointers_to(arguments).data(), pointers_to(environment).data());
  ::posix_spawn_file_actions_destroy(&actions);
  int status = 0;
  if (failed != 0 || ::waitpid(process, &status, 0) != process) return 127;
  return WIFEXITED(status) ? WEXITSTATUS(status) : 127;
}

/// The last lines of what a build said.
std::string said_at_last(const fs::path& log) {
  constexpr std::size_t enough = 600;
  const auto content = read_file(log.string(), std::size_t{16} << 20U);
  if (!content) return {};
  const std::string_view text = text_of(*content);
  return std::string(text.substr(text.size() > enough ? text.size() - enough : 0));
}

}  // namespace

Outcome<std::vector<Byte>> build_image(const ImageSource& source) {
  const BuildFolder work;
  if (work.path().empty()) return refuse(errc::file_not_written, "TMPDIR");
  DAYMARK_CHECK(copy_sources(source.folder, work.path()));
  const fs::path script = work.path() / "script/firmware";
  const fs::path log = work.path() / "build.log";
  const int status =
      run_in(work.path(), {script.string(), source.machine}, environment_of(source.folder), log);
  if (status != 0) {
    return std::unexpected(Failure{errc::agent_image_not_built, source.folder, said_at_last(log)});
  }
  const fs::path image = work.path() / "build/firmware" / source.machine / (source.part + ".bin");
  return read_file(image.string(), std::size_t{1} << 20U);
}

}  // namespace daymark::cli
