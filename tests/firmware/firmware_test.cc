// The image in a simulated machine, with orders, licences and beacons of the test world.
#include <chrono>
#include <thread>

#include "chip_testing.h"
#include <gtest/gtest.h>

#include "daymark/agent/burst.h"
#include "daymark/agent/firmware_process.h"
#include "daymark/base/error_table.h"
#include "daymark/base/file.h"
#include "daymark/base/frame.h"
#include "daymark/cbor/encode.h"

namespace daymark::firmware {
namespace {

using governor::testing::parts_of;
using governor::testing::verdict;
using governor::testing::World;
using testing::FirmwareChip;

using Clock = std::chrono::steady_clock;

double millis_since(Clock::time_point start) {
  return std::chrono::duration<double, std::milli>(Clock::now() - start).count();
}

class Firmware : public ::testing::TestWithParam<std::string> {
 protected:
  void SetUp() override {
    if (!testing::can_run(arch)) {
      GTEST_SKIP() << arch << ": no image or no QEMU (script/bootstrap firmware)";
    }
  }

  std::string arch = GetParam();
  World world;
};

TEST_P(Firmware, SaysWhoItIsAndWhatRuns) {
  const auto start = Clock::now();
  FirmwareChip device(world, arch);
  std::printf("firmware: %s: first answer %.0f ms after the machine was begun\n", arch.c_str(),
              millis_since(start));
  const auto identity = device.client().identify();
  ASSERT_EQ(verdict(identity), "ok");
  EXPECT_EQ(identity->chip, crypto::ed25519_public(device.chip.secret));
  EXPECT_EQ(identity->maker, crypto::ed25519_public(world.party("maker").key.sign));
  EXPECT_EQ(identity->peak.per_second.value, 1000U);
  EXPECT_EQ(identity->level, Level::host_signed);
  const auto image = read_file(testing::built(arch, "governor.bin"));
  ASSERT_EQ(verdict(image), "ok");
  EXPECT_EQ(identity->firmware, crypto::sha256(*image));
}

TEST_P(Firmware, DrawsAKeyOfItsOwnAndKeepsIt) {
  const testing::Folder folder;
  agent::FirmwareOptions options;
  options.machine.folder = folder.path() / "chip";
  options.machine.program = testing::machine_of(arch);
  options.machine.image = testing::built(arch, "governor.bin");
  options.machine.page = {crypto::ed25519_public(world.party("maker").key.sign), {TeraOps{7}}};
  options.socket = folder.path() / "s";
  std::array<crypto::PublicKey, 2> keys;
  for (crypto::PublicKey& key : keys) {
    auto process = agent::FirmwareProcess::open(options);
    ASSERT_EQ(verdict(process), "ok");
    key = process->chip_key();
  }
  EXPECT_EQ(keys[0], keys[1]);
  options.machine.folder = folder.path() / "other";
  auto other = agent::FirmwareProcess::open(options);
  ASSERT_EQ(verdict(other), "ok");
  EXPECT_NE(other->chip_key(), keys[0]);
  options.machine.page.peak = {TeraOps{8}};
  options.machine.folder = folder.path() / "chip";
  EXPECT_EQ(verdict(agent::FirmwareProcess::open(options)), "agent_flash");
}

TEST_P(Firmware, HasNoSocketAndIsNotAskedForOne) {
  const testing::Folder folder;
  agent::FirmwareOptions options;
  options.machine.folder = folder.path() / "chip";
  options.machine.program = testing::machine_of(arch);
  options.machine.image = testing::built(arch, "governor.bin");
  options.machine.page = {crypto::ed25519_public(world.party("maker").key.sign), {TeraOps{7}}};
  options.socket = folder.path() / "s";
  auto process = agent::FirmwareProcess::open(options);
  ASSERT_EQ(verdict(process), "ok");
  std::jthread serving([&process] { (void)process->run(); });
  const governor::Transport host = [client = std::make_shared<net::FrameClient>(options.socket)](
                                       ByteView request) { return client->call(request); };
  EXPECT_FALSE(agent::ask_burst(host, {0, "127.0.0.1:9"}, {}));
  const auto status = governor::Client(host).status();
  process->stop();
  ASSERT_EQ(verdict(status), "ok");
  EXPECT_EQ(status->status.refusal_total, 0U);
}

TEST_P(Firmware, LivesTheLifeOfAChip) {
  FirmwareChip device(world, arch);
  const auto enrolled = device.enrol();
  ASSERT_EQ(verdict(enrolled), "ok");
  EXPECT_EQ(enrolled->content.standing, governor::Standing::observing);
  device.range();
  const auto request = device.client().request_renewal();
  ASSERT_EQ(verdict(request), "ok");
  const governor::LeafParts leaf = device.make_leaf(*request);
  governor::LeafParts forged = leaf;
  forged.leaf.back() ^= 1;
  EXPECT_FALSE(device.client().accept_leaf(forged));
  const auto accepted = device.client().accept_leaf(leaf);
  ASSERT_EQ(verdict(accepted), "ok");
  const auto permit = device.client().permit(governor::testing::job(1));
  ASSERT_EQ(verdict(permit), "ok");
  EXPECT_EQ(permit->content.standing, governor::Standing::licensed);
  const auto own = device.status().own_head;
  const auto stop = world.suspend_chip({device.chip.id, own.seq + 1, own.hash}, days(2));
  const auto logged = world.prove(stop, {"maker", "regulator-a"});
  governor::OrderParts unlogged = parts_of(logged);
  unlogged.proof.clear();
  EXPECT_EQ(verdict(device.client().apply(unlogged)), "order_unlogged");
  const auto applied = device.client().apply(parts_of(logged));
  ASSERT_EQ(verdict(applied), "ok");
  EXPECT_EQ(applied->content.outcome, governor::ApplyOutcome::announced);
  EXPECT_EQ(verdict(device.client().apply(parts_of(logged))), "gov_replayed");
  const auto before = device.client().attest(bytes_of("nonce-one"));
  ASSERT_EQ(verdict(before), "ok");
  device.kill();
  device.start();
  const auto after = device.client().attest(bytes_of("nonce-two"));
  ASSERT_EQ(verdict(after), "ok");
  EXPECT_EQ(after->content.own_head.hash, before->content.own_head.hash);
  EXPECT_EQ(after->content.licence, before->content.licence);
  EXPECT_GE(after->content.counter, before->content.counter);
  EXPECT_NE(after->content.boot.bytes, before->content.boot.bytes);
  EXPECT_EQ(device.status().pending_count, 1U);
}

/// The first licence runs code that QEMU has not translated yet; the least time of several is what
/// the work takes.
TEST_P(Firmware, AcceptsLicencesInGoodTime) {
  constexpr int licences = 12;
  FirmwareChip device(world, arch);
  ASSERT_EQ(verdict(device.enrol()), "ok");
  device.range();
  double least_wall = 1e9;
  double least_used = 1e9;
  for (int i = 0; i < licences; ++i) {
    const auto request = device.client().request_renewal();
    ASSERT_EQ(verdict(request), "ok");
    const governor::LeafParts leaf = device.make_leaf(*request);
    const double used = device.processor_millis();
    const auto start = Clock::now();
    ASSERT_EQ(verdict(device.client().accept_leaf(leaf)), "ok");
    least_wall = std::min(least_wall, millis_since(start));
    least_used = std::min(least_used, device.processor_millis() - used);
  }
  std::printf("firmware: %s: licence accepted in %.1f ms, with %.1f ms of processor time\n",
              arch.c_str(), least_wall, least_used);
}

/// What a dead peer left half said costs nobody else an answer, and noise none at all.
TEST_P(Firmware, FindsTheNextFrameBehindATornOne) {
  FirmwareChip device(world, arch);
  std::vector<Byte> half(frame_head_size + 40, 'x');
  copy_bytes(frame_head({7, 300}), half);
  std::vector<Byte> oversize(frame_head_size);
  copy_bytes(frame_head({7, 1'000'000}), oversize);
  for (const std::vector<Byte>& torn :
       {std::vector<Byte>{'D', 'M', 1}, half, oversize, std::vector<Byte>(40'000, 'D')}) {
    device.send_and_leave(torn);
    EXPECT_EQ(verdict(device.client().identify()), "ok") << torn.size();
  }
}

/// What an attestation may name at most.
std::vector<Byte> longest_submodules() {
  return cbor::encode([](cbor::Writer& out) {
    out.open_map(governor::submodules_max);
    for (std::size_t i = 0; i < governor::submodules_max; ++i) {
      out.put_text(std::string(governor::submodule_name_max, static_cast<char>('a' + i)));
      out.open_array(2);
      out.put_integer(-16);
      out.put_bytes(Digest{7});
    }
  });
}

/// Reads the machine's memory from outside, over QEMU's monitor: the image has no door for it.
TEST_P(Firmware, UsesNoMoreStackThanItHas) {
  const testing::Folder folder;
  const std::string monitor = folder.path() / "monitor";
  FirmwareChip device(world, arch, {"-monitor", "unix:" + monitor + ",server=on,wait=off"});
  ASSERT_EQ(verdict(device.enrol()), "ok");
  device.range();
  const auto request = device.client().request_renewal();
  ASSERT_EQ(verdict(request), "ok");
  ASSERT_EQ(verdict(device.client().accept_leaf(device.make_leaf(*request))), "ok");
  const auto own = device.status().own_head;
  const auto stop = world.suspend_chip({device.chip.id, own.seq + 1, own.hash}, days(2));
  ASSERT_EQ(verdict(device.client().apply(parts_of(world.prove(stop, {"maker", "regulator-a"})))),
            "ok");
  const auto amended = world.prove(world.amend(world.successor()), {"owner", "regulator-a"});
  ASSERT_EQ(verdict(device.client().apply(parts_of(amended))), "ok");
  ASSERT_EQ(verdict(device.client().permit(governor::testing::job(1))), "ok");
  const auto attested = device.client().attest(Digest{1}, longest_submodules());
  ASSERT_EQ(verdict(attested), "ok");
  EXPECT_TRUE(equal(attested->content.submodules, longest_submodules()));
  const testing::StackUse use = testing::stack_use(arch, monitor, folder.path() / "stack");
  std::printf("firmware: %s: deepest stack %zu of %zu bytes\n", arch.c_str(), use.deepest,
              use.size);
  EXPECT_GT(use.deepest, 1000U);
  EXPECT_LT(use.deepest + 512, use.size) << "512 bytes are kept free";
}

TEST_P(Firmware, LosesNothingThatItAnsweredWhereverItIsKilled) {
  FirmwareChip device(world, arch);
  ASSERT_EQ(verdict(device.enrol()), "ok");
  constexpr int rounds = 6;
  std::uint64_t counter = device.status().counter;
  int cut = 0;
  for (int round = 0; round < rounds; ++round) {
    Digest newest{};
    std::uint64_t answered = 0;
    const auto renew = [&] {
      const auto request = device.client().request_renewal();
      if (request) newest = order::request_hash(*request);
      answered += request ? 1U : 0U;  // each is one save
      return request.has_value();
    };
    ASSERT_TRUE(renew() && renew());
    const std::vector<Byte> before = device.journal_bytes();
    std::jthread power([&device, &before, round] {
      // At once when the flash changes, and later and later after that.
      device.await_write(before);
      std::this_thread::sleep_for(std::chrono::microseconds(150 * round));
      device.kill();
    });
    while (renew()) {
    }
    power.join();
    device.start();
    const governor::Status now = device.status();
    EXPECT_GE(now.counter, counter + answered);
    EXPECT_LE(now.counter, counter + answered + 1);
    cut += now.request == newest ? 0 : 1;  // saved, and killed before the answer
    EXPECT_EQ(now.request == newest, now.counter == counter + answered);
    counter = now.counter;
    EXPECT_EQ(now.standing, governor::Standing::observing);
  }
  std::printf("firmware: %d kills, %d of them between save and answer, counter %llu\n", rounds, cut,
              static_cast<unsigned long long>(counter));
}

INSTANTIATE_TEST_SUITE_P(Machines, Firmware, ::testing::Values("rv64", "rv32"),
                         [](const auto& machine) { return machine.param; });

}  // namespace
}  // namespace daymark::firmware
