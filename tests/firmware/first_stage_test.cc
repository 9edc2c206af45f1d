// The first stage in a simulated machine: what the image states, how it changes, what stays locked.
#include <chrono>
#include <fstream>
#include <thread>

#include "chip_testing.h"
#include <gtest/gtest.h>

#include "daymark/base/error_table.h"
#include "daymark/base/file.h"
#include "daymark/governor/image_client.h"

namespace daymark::firmware {
namespace {

using governor::testing::parts_of;
using governor::testing::verdict;
using governor::testing::World;
using order::testing::verdict;
using testing::FirmwareChip;

constexpr std::size_t flash_sector = std::size_t{256} << 10U;

class FirstStage : public ::testing::TestWithParam<std::string> {
 protected:
  void SetUp() override {
    if (!testing::can_run(arch)) {
      GTEST_SKIP() << arch << ": no image or no QEMU (script/bootstrap firmware)";
    }
    first_ = *read_file(testing::built(arch, "governor.bin"));
    next_ = first_;
    next_.insert(next_.end(), 8, Byte{0});  // another digest, the same program
  }

  [[nodiscard]] governor::ImageClaim claim_of(FirmwareChip& device) const {
    const ByteView nonce = bytes_of("nonce-one");
    const auto documents = governor::ask_for_image(device.transport(), nonce);
    EXPECT_EQ(verdict(documents), "ok");
    if (!documents) return {};
    const auto claim = governor::check_image_statement(*documents, nonce);
    EXPECT_EQ(verdict(claim), "ok");
    return claim.value_or(governor::ImageClaim{});
  }

  /// By a proven order whose notice has run out.
  void approve(FirmwareChip& device, ByteView image, std::uint64_t version) {
    const auto order =
        world.prove(world.firmware(crypto::sha256(image), version), {"owner", "maker"});
    ASSERT_EQ(verdict(device.client().apply(parts_of(order))), "ok");
    // Without power meanwhile: within one boot, days can't pass between two ticks.
    device.kill();
    device.start();
    world.now = world.now + world.charter().bounds.notice + days(1);
    device.range();
    ASSERT_EQ(device.status().pending_count, 0U);
  }

  std::string arch = GetParam();
  World world;
  std::vector<Byte> first_;
  std::vector<Byte> next_;
};

TEST_P(FirstStage, CertifiesTheImageThatRuns) {
  FirmwareChip device(world, arch);
  const governor::ImageClaim claim = claim_of(device);
  EXPECT_EQ(claim.image, crypto::sha256(first_));
  EXPECT_EQ(claim.chip, crypto::ed25519_public(device.chip.secret));
  const auto stage = read_file(testing::built(arch, "first_stage.bin"));
  ASSERT_EQ(verdict(stage), "ok");
  EXPECT_EQ(claim.first_stage, crypto::sha256(*stage));
  device.kill();
  device.start();
  const governor::ImageClaim again = claim_of(device);
  EXPECT_EQ(again.identity, claim.identity);
  EXPECT_EQ(again.image_key, claim.image_key);
  EXPECT_NE(again.boot, claim.boot);
}

TEST_P(FirstStage, ChangesTheImageByAProvenOrderAlone) {
  FirmwareChip device(world, arch);
  ASSERT_EQ(verdict(device.enrol()), "ok");
  device.range();
  EXPECT_EQ(verdict(governor::install_image(device.transport(), next_)), "gov_no_image");
  approve(device, next_, 1);
  const governor::ImageClaim before = claim_of(device);
  ASSERT_EQ(verdict(governor::install_image(device.transport(), next_)), "ok");
  EXPECT_EQ(claim_of(device).image, crypto::sha256(first_)) << "until the power is gone";
  device.kill();
  device.start();
  const governor::ImageClaim after = claim_of(device);
  EXPECT_EQ(after.image, crypto::sha256(next_));
  EXPECT_EQ(after.chip, before.chip);
  EXPECT_EQ(after.identity, before.identity);
  EXPECT_NE(after.image_key, before.image_key);
  const auto attestation = device.client().attest(bytes_of("nonce-two"));
  ASSERT_EQ(verdict(attestation), "ok");
  EXPECT_EQ(attestation->content.firmware, crypto::sha256(next_));
  EXPECT_EQ(attestation->content.fleet_head.seq, 1U);
}

/// What the host writes into a slot itself is no door either.
TEST_P(FirstStage, StartsNoImageThatOnlyTheFlashNames) {
  FirmwareChip device(world, arch);
  device.kill();
  std::fstream flash(device.folder() / "flash.bin",
                     std::ios::binary | std::ios::in | std::ios::out);
  const auto put = [&](std::size_t at, ByteView bytes) {
    flash.seekp(static_cast<std::streamoff>(at));
    flash.write(reinterpret_cast<const char*>(bytes.data()),
                static_cast<std::streamsize>(bytes.size()));
  };
  const std::size_t slot = (governor::image_sector + 1) * flash_sector;
  put(slot, governor::write_image_head(static_cast<std::uint32_t>(next_.size())));
  put(slot + governor::image_head_size, next_);
  const governor::ImageName name{1, crypto::sha256(next_)};
  const governor::BootRecord record{governor::BootStep::approved, name, crypto::sha256(first_),
                                    Digest{}};
  put(governor::boot_sector * flash_sector, governor::write_boot_record(record, Digest{}));
  flash.close();
  device.start();
  EXPECT_EQ(claim_of(device).image, crypto::sha256(first_));
  // And its own image with one bit changed doesn't start at all.
  device.kill();
  first_[5000] ^= 1U;
  flash.open(device.folder() / "flash.bin", std::ios::binary | std::ios::in | std::ios::out);
  put(governor::image_sector * flash_sector + governor::image_head_size, first_);
  flash.close();
  EXPECT_FALSE(device.answers());
}

/// A hostile image, which reads what it likes: the sector with the secrets ends its machine.
TEST_P(FirstStage, LocksItsSecretsAway) {
  const testing::Folder folder;
  agent::MachineOptions options;
  options.folder = folder.path();
  options.image = testing::built(arch, "vectors.bin");
  options.program = testing::machine_of(arch);
  auto machine = agent::Machine::start(options);
  ASSERT_EQ(verdict(machine), "ok");
  net::FrameClient channel(machine->channel());
  const auto read = [&](std::uint64_t address) {
    ByteArray<9> request{2};
    put_big_endian(address, std::span(request).subspan<1>());
    return channel.call(request).value_or(std::vector<Byte>{});
  };
  constexpr std::uint64_t flash = 0x2200'0000;
  std::vector<Byte> front;
  for (int tries = 0; tries < 500 && front.empty(); ++tries) {
    front = read(flash);
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  ASSERT_EQ(front.size(), 32U) << "the maker's page can be read";
  EXPECT_TRUE(equal(ByteView(front).first(4), bytes_of("DMK1")));
  EXPECT_TRUE(machine->is_running());
  const std::uint64_t last_word = (governor::key_sector + 1) * flash_sector - 32;
  EXPECT_EQ(read(flash + last_word).size(), 0U);
  for (int tries = 0; tries < 500 && machine->is_running(); ++tries)
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  EXPECT_FALSE(machine->is_running()) << "the trap is a reset";
}

INSTANTIATE_TEST_SUITE_P(Machines, FirstStage, ::testing::Values("rv64", "rv32"),
                         [](const auto& machine) { return machine.param; });

}  // namespace
}  // namespace daymark::firmware
