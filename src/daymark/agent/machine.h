// A chip as a simulated machine: QEMU with the governor's image, a file for its flash and a local
// socket for its channel. Host only.
//
// The machine's host holds everything: it can read key and memory out of the files and the process,
// put flash back and stop time. What it can't do by the channel is what the image refuses.
//
//   FOLDER/rom.bin       the first stage, read only for the machine; made at the first start
//   FOLDER/flash.bin     made at the first start, with the maker's page and image; 0600
//   FOLDER/channel.sock  frames (base/frame.h), one peer at a time
#pragma once

#include <string>
#include <vector>

#include <sys/types.h>

#include "daymark/base/failure.h"
#include "daymark/governor/flash.h"

namespace daymark::agent {

struct MachineOptions {
  std::string folder;
  std::string image;        ///< that the maker puts in: build/firmware/rv64/governor.bin
  std::string first_stage;  ///< empty: first_stage.bin beside the image
  std::string program = "qemu-system-riscv64";  ///< found by PATH
  std::vector<std::string> more;                ///< further arguments
  governor::MakerPage page;                     ///< what the maker puts into a new chip
};

/// What a maker leaves in a chip's flash: its page and its image, and no key.
[[nodiscard]] std::vector<Byte> make_flash(const governor::MakerPage& page, ByteView image);

/// One running machine; ended with the object, or with this process. Not thread-safe.
class Machine {
 public:
  /// Errors: errc::agent_machine, errc::agent_flash, errc::agent_image where the flash was made
  /// with another image, those of files.
  [[nodiscard]] static Outcome<Machine> start(const MachineOptions& options);

  Machine(Machine&& other) noexcept;
  Machine& operator=(Machine&& other) noexcept;
  Machine(const Machine&) = delete;
  Machine& operator=(const Machine&) = delete;
  ~Machine();

  [[nodiscard]] const std::string& channel() const { return channel_; }

  [[nodiscard]] bool is_running();

  /// The machine's process; negative where it has ended.
  [[nodiscard]] pid_t process() const { return process_; }

  /// As a loss of power.
  void kill();

 private:
  Machine(pid_t process, std::string channel) : process_(process), channel_(std::move(channel)) {}

  pid_t process_ = -1;
  std::string channel_;
};

}  // namespace daymark::agent
