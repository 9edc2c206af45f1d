// A chip of the test world as firmware in a simulated machine.
#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "daymark/agent/machine.h"
#include "daymark/governor/governor_testing.h"
#include "daymark/net/unix_socket.h"

namespace daymark::firmware::testing {

/// Where script/firmware puts the images of `arch`.
[[nodiscard]] std::string built(const std::string& arch, const std::string& name);
/// The program that simulates a machine of `arch`, rv32 or rv64.
[[nodiscard]] std::string machine_of(const std::string& arch);
/// Whether images and QEMU for `arch` are there; tests are skipped without.
[[nodiscard]] bool can_run(const std::string& arch);

/// A folder of its own for one test, removed with it.
class Folder {
 public:
  Folder();
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  ~Folder();

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

struct StackUse {
  std::size_t size = 0;
  std::size_t deepest = 0;  ///< as far as the paint is gone
};

/// Of the machine whose monitor listens at `monitor`; `dump` is a file to write memory to.
[[nodiscard]] StackUse stack_use(const std::string& arch, const std::string& monitor,
                                 const std::string& dump);

/// Holds the world's chip 1: the test writes that chip's key into the flash, as if it had drawn it.
class FirmwareChip {
 public:
  FirmwareChip(governor::testing::World& in, const std::string& arch,
               std::vector<std::string> more = {});

  governor::testing::World& world;
  governor::testing::Chip chip;

  void start();

  /// Loses power, and with it what isn't saved. From any thread.
  void kill() { machine_->kill(); }

  /// The slots of the journal, as the file has them now.
  [[nodiscard]] std::vector<Byte> journal_bytes() const;
  /// Until they differ from `before`: the machine is writing. At most a few seconds.
  void await_write(const std::vector<Byte>& before) const;

  /// What the machine has used of the host's processors so far: no other load shows in it.
  [[nodiscard]] double processor_millis() const;

  /// A peer that sends so many bytes and is gone.
  void send_and_leave(ByteView bytes);

  [[nodiscard]] governor::Client& client() { return *client_; }

  [[nodiscard]] governor::Transport transport() {
    return [this](ByteView request) { return channel_->call(request); };
  }

  /// Whether a machine that is begun anew says anything before it ends.
  [[nodiscard]] bool answers();

  [[nodiscard]] const std::filesystem::path& folder() const { return folder_.path(); }

  [[nodiscard]] Outcome<governor::Signed<governor::OrderReceipt>> enrol();
  /// Time from every beacon of the charter.
  void range();
  [[nodiscard]] governor::LeafParts make_leaf(ByteView request);
  [[nodiscard]] governor::Status status();

 private:
  void open_channel();

  Folder folder_;
  agent::MachineOptions options_;
  std::unique_ptr<agent::Machine> machine_;
  std::unique_ptr<net::FrameClient> channel_;
  std::unique_ptr<governor::Client> client_;
  governor::OwnedStatus status_;
};

}  // namespace daymark::firmware::testing
