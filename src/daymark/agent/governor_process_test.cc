#include "daymark/agent/governor_process.h"

#include <filesystem>
#include <thread>

#include <gtest/gtest.h>

#include "daymark/base/file.h"
#include "daymark/crypto/random.h"
#include "daymark/governor/errors.h"
#include "daymark/governor/governor_testing.h"

namespace daymark::agent {
namespace {

using governor::testing::verdict;
using governor::testing::World;

class GovernorProcessTest : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_ =
        std::filesystem::temp_directory_path() / ("daymark-governor-" + std::to_string(::getpid()));
    std::filesystem::remove_all(folder_);
  }

  void TearDown() override { std::filesystem::remove_all(folder_); }

  [[nodiscard]] GovernorOptions options() const {
    GovernorOptions out;
    out.folder = folder_ / "chip";
    out.socket = folder_ / "chip.sock";
    out.maker = crypto::ed25519_public(world.party("maker").key.sign);
    out.peak = {TeraOps{1000}};
    return out;
  }

  World world;
  SystemClock clock;
  crypto::SystemRandom random;
  std::filesystem::path folder_;
};

/// Runs a process on a thread for as long as it lives.
class Running {
 public:
  explicit Running(GovernorProcess process)
      : process_(std::move(process)), thread_([this] { process_.run(); }) {}

  Running(const Running&) = delete;
  Running& operator=(const Running&) = delete;

  ~Running() {
    process_.stop();
    thread_.join();
  }

 private:
  GovernorProcess process_;
  std::thread thread_;
};

TEST_F(GovernorProcessTest, KeepsKeyAndStateOverARestart) {
  Digest nonce{};
  crypto::PublicKey key;
  {
    auto process = GovernorProcess::open(options(), clock, random);
    ASSERT_EQ(verdict(process), "ok");
    key = process->chip_key();
    const Running running(std::move(*process));
    governor::Client client = connect_governor(options().socket);
    const auto identity = client.identify();
    ASSERT_EQ(verdict(identity), "ok");
    EXPECT_EQ(identity->chip, key);
    EXPECT_EQ(identity->level, Level::host_signed);
    const auto drawn = client.begin_enrolment();
    ASSERT_EQ(verdict(drawn), "ok");
    nonce = *drawn;
  }
  auto process = GovernorProcess::open(options(), clock, random);
  ASSERT_EQ(verdict(process), "ok");
  EXPECT_EQ(process->chip_key(), key);
  const Running running(std::move(*process));
  governor::Client client = connect_governor(options().socket);
  const auto answer = client.answer_enrolment(world.encoded_charter());
  ASSERT_EQ(verdict(answer), "ok");
  order::EnrolContent content;
  content.chip = key;
  content.owner = crypto::ed25519_public(world.party("owner").key.sign);
  content.nonce = nonce;
  const auto voucher =
      order::make_voucher({key, content.owner, "test", "1"}, world.party("maker").key.sign);
  const auto consent =
      order::make_consent({key, world.charter().hash, nonce}, world.party("owner").key.sign);
  content.voucher = voucher;
  content.consent = consent;
  content.answer = *answer;
  const auto logged = world.prove(world.draft(order::OrderKind::enrol, order::write_enrol(content)),
                                  {"owner", "authority"});
  const auto enrolled = client.enrol(governor::testing::parts_of(logged), world.encoded_charter());
  ASSERT_EQ(verdict(enrolled), "ok");
  EXPECT_EQ(enrolled->content.standing, governor::Standing::observing);
}

TEST_F(GovernorProcessTest, OneGovernorPerFolder) {
  const auto first = GovernorProcess::open(options(), clock, random);
  ASSERT_EQ(verdict(first), "ok");
  EXPECT_EQ(verdict(GovernorProcess::open(options(), clock, random)), "gov_storage");
}

TEST_F(GovernorProcessTest, RefusesToStartOnARolledBackFolder) {
  std::vector<Byte> old_slot;
  {
    auto process = GovernorProcess::open(options(), clock, random);
    ASSERT_EQ(verdict(process), "ok");
    const Running running(std::move(*process));
    governor::Client client = connect_governor(options().socket);
    ASSERT_EQ(verdict(client.begin_enrolment()), "ok");
    const auto slot = read_file(options().folder + "/slot-1");
    ASSERT_EQ(verdict(slot), "ok");
    old_slot = *slot;
    for (int i = 0; i < 3; ++i)
      ASSERT_EQ(verdict(client.begin_enrolment()), "ok");
  }
  for (const char* name : {"/slot-0", "/slot-1"})
    ASSERT_EQ(verdict(write_file(options().folder + name, old_slot)), "ok");
  EXPECT_EQ(verdict(GovernorProcess::open(options(), clock, random)), "gov_rolled_back");
  for (const char* name : {"/slot-0", "/slot-1"})
    std::filesystem::remove(options().folder + name);
  EXPECT_EQ(verdict(GovernorProcess::open(options(), clock, random)), "gov_state_lost");
}

TEST_F(GovernorProcessTest, AnswersNonsenseWithARefusal) {
  auto process = GovernorProcess::open(options(), clock, random);
  ASSERT_EQ(verdict(process), "ok");
  const Running running(std::move(*process));
  governor::Client client = connect_governor(options().socket);
  EXPECT_EQ(verdict(client.accept_receipt(0, bytes_of("x"))), "gov_unprovisioned");
  EXPECT_EQ(verdict(client.attest(bytes_of("x"))), "cbor_length");
}

}  // namespace
}  // namespace daymark::agent
