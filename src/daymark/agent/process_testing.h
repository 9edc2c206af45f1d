// A governor as a process on a thread of its own, enrolled in a world. Tests and benchmarks only;
// link daymark_governor_testing.
#pragma once

#include <filesystem>
#include <thread>

#include "daymark/agent/governor_process.h"
#include "daymark/crypto/random.h"
#include "daymark/governor/governor_testing.h"
#include "daymark/net/unix_socket.h"

namespace daymark::agent::testing {

/// Runs a process on a thread for as long as it lives.
class RunningProcess {
 public:
  explicit RunningProcess(GovernorProcess process)
      : process_(std::move(process)), thread_([this] { process_.run(); }) {}

  RunningProcess(const RunningProcess&) = delete;
  RunningProcess& operator=(const RunningProcess&) = delete;

  ~RunningProcess() {
    process_.stop();
    thread_.join();
  }

  [[nodiscard]] const crypto::PublicKey& chip() const { return process_.chip_key(); }

 private:
  GovernorProcess process_;
  std::thread thread_;
};

/// A folder of this process and test alone, with the options of a governor in it.
class ProcessFolder {
 public:
  explicit ProcessFolder(const std::string& name)
      : path_(std::filesystem::temp_directory_path() /
              ("daymark-" + name + "-" + std::to_string(::getpid()))) {
    std::filesystem::remove_all(path_);
  }

  ProcessFolder(const ProcessFolder&) = delete;
  ProcessFolder& operator=(const ProcessFolder&) = delete;

  ~ProcessFolder() { std::filesystem::remove_all(path_); }

  [[nodiscard]] GovernorOptions options(const governor::testing::World& world) const {
    GovernorOptions out;
    out.folder = path_ / "chip";
    out.socket = path_ / "chip.sock";
    out.maker = crypto::ed25519_public(world.party("maker").key.sign);
    out.peak = {TeraOps{1000}};
    return out;
  }

 private:
  std::filesystem::path path_;
};

/// Enrols the chip that drew `nonce`, under the world's charter.
[[nodiscard]] inline Outcome<governor::Signed<governor::OrderReceipt>> enrol_with(
    governor::testing::World& world, governor::Client& client, const Digest& nonce) {
  DAYMARK_TRY(const governor::Identity identity, client.identify());
  order::EnrolContent content;
  content.chip = identity.chip;
  content.owner = crypto::ed25519_public(world.party("owner").key.sign);
  content.nonce = nonce;
  DAYMARK_TRY(const auto answer, client.answer_enrolment(world.encoded_charter()));
  const auto voucher = order::make_voucher({content.chip, content.owner, "test", "1"},
                                           world.party("maker").key.sign);
  const auto consent = order::make_consent({content.chip, world.charter().hash, nonce},
                                           world.party("owner").key.sign);
  content.answer = answer;
  content.voucher = voucher;
  content.consent = consent;
  const auto logged = world.prove(world.draft(order::OrderKind::enrol, order::write_enrol(content)),
                                  {"owner", "authority"});
  return client.enrol(governor::testing::parts_of(logged), world.encoded_charter());
}

/// The world's charter with this as its first beacon.
inline void pin_first_beacon(governor::testing::World& world, const crypto::PublicKey& key,
                             const order::PlaceE7& place) {
  order::Charter source = world.source();
  source.beacons[0].key = key;
  source.beacons[0].place = place;
  world.set_charter(source);
}

/// Frames to the governor that listens at `socket`.
[[nodiscard]] inline governor::Transport transport_to(const std::string& socket) {
  return [connection = std::make_shared<net::FrameClient>(socket)](ByteView request) {
    return connection->call(request);
  };
}

}  // namespace daymark::agent::testing
