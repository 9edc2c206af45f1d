#include "chip_testing.h"

#include <cstdlib>
#include <fstream>
#include <thread>

#include <gtest/gtest.h>
#include <sys/socket.h>

#include "daymark/base/error_table.h"
#include "daymark/base/file.h"
#include "daymark/net/errors.h"
#include "daymark/net/unix_address_internal.h"
#include "daymark/ranging/receipt_batch.h"

namespace daymark::firmware::testing {

namespace fs = std::filesystem;
using governor::testing::verdict;

std::string built(const std::string& arch, const std::string& name) {
  return std::string(DAYMARK_SOURCE_DIR) + "/build/firmware/" + arch + "/" + name;
}

std::string machine_of(const std::string& arch) {
  return "qemu-system-riscv" + arch.substr(2);
}

bool can_run(const std::string& arch) {
  const std::string question = "command -v " + machine_of(arch) + " >/dev/null";
  return fs::exists(built(arch, "governor.bin")) && std::system(question.c_str()) == 0;
}

Folder::Folder() {
  std::string name = fs::temp_directory_path() / "daymark-firmware-XXXXXX";
  path_ = ::mkdtemp(name.data());
}

Folder::~Folder() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

namespace {

/// Address of a symbol of an image, from the table that script/firmware writes.
std::uint64_t symbol(const std::string& arch, const std::string& wanted) {
  std::ifstream table(built(arch, "governor.symbols"));
  std::string address;
  std::string kind;
  std::string name;
  while (table >> address >> kind >> name)
    if (name == wanted) return std::stoull(address, nullptr, 16);
  ADD_FAILURE() << wanted;
  return 0;
}

}  // namespace

StackUse stack_use(const std::string& arch, const std::string& monitor, const std::string& dump) {
  constexpr std::array<Byte, 4> paint{0xAC, 0x57, 0xFE, 0x5A};  // firmware/start.S
  StackUse out;
  const std::uint64_t bottom = symbol(arch, "stack_bottom");
  out.size = symbol(arch, "stack_top") - bottom;
  const net::Descriptor peer = net::connect_unix(*net::unix_address(monitor));
  const std::string command =
      "pmemsave " + std::to_string(bottom) + " " + std::to_string(out.size) + " \"" + dump + "\"\n";
  EXPECT_GT(::send(peer.get(), command.data(), command.size(), MSG_NOSIGNAL), 0);
  std::error_code ignored;
  for (int tries = 0; tries < 500 && fs::file_size(dump, ignored) != out.size; ++tries)
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  const auto memory = read_file(dump);
  EXPECT_EQ(verdict(memory), "ok");
  std::size_t free = 0;
  while (memory && free + 4 <= memory->size() && equal(ByteView(*memory).subspan(free, 4), paint))
    free += 4;
  out.deepest = out.size - free;
  return out;
}

FirmwareChip::FirmwareChip(governor::testing::World& in, const std::string& arch,
                           std::vector<std::string> more)
    : world(in), chip(governor::testing::World::chip(1)) {
  options_.folder = folder_.path();
  options_.program = machine_of(arch);
  options_.image = built(arch, "governor.bin");
  options_.more = std::move(more);
  options_.page.maker = crypto::ed25519_public(world.party("maker").key.sign);
  options_.page.peak = {TeraOps{1000}};
  constexpr std::size_t sector = std::size_t{256} << 10U;
  const auto image = read_file(options_.image);
  EXPECT_EQ(verdict(image), "ok");
  std::vector<Byte> flash = agent::make_flash(options_.page, *image);
  const MutableBytes keys = MutableBytes(flash).subspan(governor::key_sector * sector);
  copy_bytes(governor::write_key_page(chip.secret), keys);
  copy_bytes(governor::write_secret_page(Digest{1}), keys.subspan(governor::secret_page_at));
  EXPECT_TRUE(write_file(folder_.path() / "flash.bin", flash, FileMode::secret));
  start();
}

void FirmwareChip::start() {
  auto machine = agent::Machine::start(options_);
  ASSERT_EQ(verdict(machine), "ok");
  machine_ = std::make_unique<agent::Machine>(*std::move(machine));
  open_channel();
  for (int tries = 0; tries < 1000 && machine_->is_running(); ++tries) {
    const auto identity = client_->identify();
    if (identity) return;
    ASSERT_EQ(verdict(identity), "net_unreachable");
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  FAIL() << "the machine gave no answer";
}

bool FirmwareChip::answers() {
  auto machine = agent::Machine::start(options_);
  if (!machine) return false;
  machine_ = std::make_unique<agent::Machine>(*std::move(machine));
  open_channel();
  bool answered = false;
  for (int tries = 0; tries < 1000 && machine_->is_running() && !answered; ++tries) {
    answered = client_->identify().has_value();
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  return answered;
}

double FirmwareChip::processor_millis() const {
  double nanos = 0;
  for (const auto& thread :
       fs::directory_iterator("/proc/" + std::to_string(machine_->process()) + "/task")) {
    double used = 0;
    std::ifstream(thread.path() / "schedstat") >> used;
    nanos += used;
  }
  return nanos / 1e6;
}

std::vector<Byte> FirmwareChip::journal_bytes() const {
  constexpr std::size_t sector = std::size_t{256} << 10U;
  std::vector<Byte> out(2 * sector);
  std::ifstream file(folder_.path() / "flash.bin", std::ios::binary);
  file.seekg(static_cast<std::streamoff>(governor::slot_sector * sector));
  file.read(reinterpret_cast<char*>(out.data()), static_cast<std::streamsize>(out.size()));
  return out;
}

void FirmwareChip::await_write(const std::vector<Byte>& before) const {
  for (int looks = 0; looks < 10'000 && journal_bytes() == before; ++looks)
    std::this_thread::sleep_for(std::chrono::microseconds(20));
}

void FirmwareChip::send_and_leave(ByteView bytes) {
  channel_.reset();  // the channel takes one peer at a time
  const net::Descriptor peer = net::connect_unix(*net::unix_address(machine_->channel()));
  EXPECT_EQ(::send(peer.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL),
            static_cast<ssize_t>(bytes.size()));
  std::this_thread::sleep_for(std::chrono::milliseconds(20));
  open_channel();
}

void FirmwareChip::open_channel() {
  channel_ = std::make_unique<net::FrameClient>(machine_->channel());
  client_ = std::make_unique<governor::Client>(
      [this](ByteView request) { return channel_->call(request); });
}

Outcome<governor::Signed<governor::OrderReceipt>> FirmwareChip::enrol() {
  DAYMARK_TRY(const Digest nonce, client().begin_enrolment());
  const auto logged = world.prove(world.enrol(chip, nonce), {"owner", "authority"});
  return client().enrol(governor::testing::parts_of(logged), world.encoded_charter());
}

void FirmwareChip::range() {
  for (std::size_t i = 0; i < world.charter().beacon_count; ++i)
    EXPECT_EQ(verdict(governor::testing::range_beacon(world, client(), i)), "ok") << i;
}

governor::Status FirmwareChip::status() {
  auto status = client().status();
  EXPECT_EQ(verdict(status), "ok");
  if (status) status_ = *std::move(status);
  return status_.status;
}

governor::LeafParts FirmwareChip::make_leaf(ByteView request) {
  const governor::Status now = status();
  order::Leaf leaf =
      order::testing::licence_for(chip, order::request_hash(request), world.now, days(7));
  leaf.id = std::max(now.current.id, now.queued.id) + 1;
  leaf.fleet = now.fleet_head;
  leaf.own = now.own_head;
  leaf.allowance = TeraOps{1'000'000'000};
  leaf.cluster_max = 64;
  leaf.job_classes = 1;
  const std::vector<std::vector<Byte>> leaves{order::testing::encoded(leaf),
                                              std::vector<Byte>{1, 2, 3}};
  std::vector<order::testing::LeafDelivery> deliveries;
  const auto batch = world.prove(world.batch(leaves, deliveries), {"authority"});
  return {governor::testing::parts_of(batch), deliveries[0].leaf, LeafIndex{deliveries[0].index},
          deliveries[0].path};
}

}  // namespace daymark::firmware::testing
