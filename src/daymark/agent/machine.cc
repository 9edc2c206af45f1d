#include "daymark/agent/machine.h"

#include <csignal>
#include <filesystem>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "daymark/agent/errors.h"
#include "daymark/base/errors.h"
#include "daymark/base/file.h"
#include "daymark/net/signals.h"

namespace daymark::agent {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t sector_size = std::size_t{256} << 10U;  // of the machine's flash
constexpr std::size_t flash_size = std::size_t{32} << 20U;

/// Erased flash behind the maker's page. The rest of the bank stays a hole of the file.
Outcome<void> make_flash(const std::string& path, const governor::MakerPage& page) {
  std::vector<Byte> content(governor::flash_sectors * sector_size, 0xFF);
  copy_bytes(governor::write_maker_page(page), content);
  return write_file(path, content, FileMode::secret);
}

Outcome<void> prepare_flash(const std::string& path, const governor::MakerPage& page) {
  std::error_code failed;
  if (!fs::exists(path, failed)) DAYMARK_CHECK(make_flash(path, page));
  fs::resize_file(path, flash_size, failed);
  if (failed) return refuse(errc::file_not_written, path, failed.message());
  DAYMARK_TRY(const std::vector<Byte> content, read_file(path, flash_size));
  const auto wanted = governor::write_maker_page(page);
  return equal(ByteView(content).first(wanted.size()), wanted) ? Outcome<void>{}
                                                               : refuse(errc::agent_flash, path);
}

/// Names are relative to the folder: no comma or length of a path can get in the way.
std::vector<std::string> arguments_of(const MachineOptions& options) {
  std::vector<std::string> out{options.program,
                               "-M",
                               "virt",
                               "-nodefaults",
                               "-global",
                               "virtio-mmio.force-legacy=false",
                               "-m",
                               "16M",
                               "-accel",
                               "tcg,tb-size=8",
                               "-bios",
                               fs::absolute(options.image),
                               "-display",
                               "none",
                               "-serial",
                               "none",
                               "-monitor",
                               "none",
                               "-device",
                               "virtio-serial-device,max_ports=1",
                               "-device",
                               "virtconsole,chardev=channel",
                               "-chardev",
                               "socket,id=channel,path=channel.sock,server=on,wait=off",
                               "-device",
                               "virtio-rng-device",
                               "-drive",
                               "if=pflash,unit=1,format=raw,file=flash.bin",
                               "-no-reboot"};
  out.insert(out.end(), options.more.begin(), options.more.end());
  return out;
}

/// Runs in the child between fork and exec: async-signal-safe calls only.
[[noreturn]] void become_machine(const char* folder, char* const* arguments) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  net::unblock_stop_signals();
  if (::chdir(folder) == 0) ::execvp(arguments[0], arguments);
  ::_exit(127);
}

}  // namespace

Outcome<Machine> Machine::start(const MachineOptions& options) {
  DAYMARK_CHECK(make_folder(options.folder));
  DAYMARK_CHECK(prepare_flash(options.folder + "/flash.bin", options.page));
  const std::string channel = options.folder + "/channel.sock";
  std::error_code ignored;
  fs::remove(channel, ignored);
  std::vector<std::string> arguments = arguments_of(options);
  std::vector<char*> pointers;
  pointers.reserve(arguments.size() + 1);
  for (std::string& argument : arguments)
    pointers.push_back(argument.data());
  pointers.push_back(nullptr);
  const pid_t process = ::fork();
  if (process < 0) return refuse(errc::agent_machine, options.program);
  if (process == 0) become_machine(options.folder.c_str(), pointers.data());
  return Machine(process, channel);
}

Machine::Machine(Machine&& other) noexcept
    : process_(std::exchange(other.process_, -1)), channel_(std::move(other.channel_)) {}

Machine& Machine::operator=(Machine&& other) noexcept {
  std::swap(process_, other.process_);
  std::swap(channel_, other.channel_);
  return *this;
}

Machine::~Machine() {
  kill();
}

bool Machine::is_running() {
  if (process_ < 0) return false;
  if (::waitpid(process_, nullptr, WNOHANG) == 0) return true;
  process_ = -1;
  return false;
}

void Machine::kill() {
  if (process_ < 0) return;
  ::kill(process_, SIGKILL);
  ::waitpid(process_, nullptr, 0);
  process_ = -1;
}

}  // namespace daymark::agent
