#include "daymark/agent/machine.h"

#include <csignal>
#include <filesystem>
#include <fstream>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "daymark/agent/errors.h"
#include "daymark/base/errors.h"
#include "daymark/base/file.h"
#include "daymark/governor/first_stage.h"
#include "daymark/net/signals.h"

namespace daymark::agent {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t sector_size = std::size_t{256} << 10U;  // of the machine's flash

constexpr std::size_t bank_size = std::size_t{32} << 20U;

/// Fills a file up to the size of a bank of flash; the rest stays a hole.
Outcome<void> fill_up(const std::string& path) {
  std::error_code failed;
  fs::resize_file(path, bank_size, failed);
  return failed ? refuse(errc::file_not_written, path, failed.message()) : Outcome<void>{};
}

/// A chip keeps the first stage that it was made with.
Outcome<void> prepare_rom(const std::string& path, const std::string& first_stage) {
  std::error_code none;
  if (fs::exists(path, none)) return {};
  DAYMARK_TRY(const std::vector<Byte> code, read_file(first_stage, sector_size));
  const std::string fresh = path + ".new";
  DAYMARK_CHECK(write_file(fresh, code));
  DAYMARK_CHECK(fill_up(fresh));
  fs::rename(fresh, path, none);
  return none ? refuse(errc::file_not_written, path, none.message()) : Outcome<void>{};
}

/// The maker's sector, without the other 32 MiB.
Outcome<std::vector<Byte>> read_maker_sector(const std::string& path) {
  std::vector<Byte> out(sector_size);
  std::ifstream file(path, std::ios::binary);
  file.read(reinterpret_cast<char*>(out.data()), static_cast<std::streamsize>(out.size()));
  if (!file) return refuse(errc::file_not_read, path);
  return out;
}

Outcome<void> prepare_flash(const std::string& path, const MachineOptions& options) {
  std::error_code none;
  DAYMARK_TRY(const std::vector<Byte> image, read_file(options.image, sector_size));
  if (!fs::exists(path, none)) {
    DAYMARK_CHECK(write_file(path, make_flash(options.page, image), FileMode::secret));
  }
  DAYMARK_CHECK(fill_up(path));
  DAYMARK_TRY(const std::vector<Byte> sector, read_maker_sector(path));
  const auto wanted = governor::write_maker_page(options.page);
  if (!equal(ByteView(sector).first(wanted.size()), wanted)) return refuse(errc::agent_flash, path);
  const auto factory = governor::read_factory_page(sector);
  return factory && *factory == crypto::sha256(image) ? Outcome<void>{}
                                                      : refuse(errc::agent_image, path);
}

std::string first_stage_of(const MachineOptions& options) {
  if (!options.first_stage.empty()) return options.first_stage;
  return (fs::path(options.image).parent_path() / "first_stage.bin").string();
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
                               "none",
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
                               "if=pflash,unit=0,format=raw,readonly=on,file=rom.bin",
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

std::vector<Byte> make_flash(const governor::MakerPage& page, ByteView image) {
  std::vector<Byte> out(governor::flash_sectors * sector_size, 0xFF);
  const MutableBytes flash(out);
  copy_bytes(governor::write_maker_page(page), flash);
  copy_bytes(governor::write_factory_page(crypto::sha256(image)),
             flash.subspan(governor::factory_page_at));
  const MutableBytes slot = flash.subspan(governor::image_sector * sector_size);
  copy_bytes(governor::write_image_head(static_cast<std::uint32_t>(image.size())), slot);
  copy_bytes(image, slot.subspan(governor::image_head_size));
  return out;
}

Outcome<Machine> Machine::start(const MachineOptions& options) {
  DAYMARK_CHECK(make_folder(options.folder));
  DAYMARK_CHECK(prepare_rom(options.folder + "/rom.bin", first_stage_of(options)));
  DAYMARK_CHECK(prepare_flash(options.folder + "/flash.bin", options));
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
