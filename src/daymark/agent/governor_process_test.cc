#include "daymark/agent/governor_process.h"

#include <filesystem>

#include <gtest/gtest.h>

#include "daymark/agent/process_testing.h"
#include "daymark/base/file.h"
#include "daymark/governor/errors.h"

namespace daymark::agent {
namespace {

using governor::testing::verdict;
using governor::testing::World;
using testing::RunningProcess;

class GovernorProcessTest : public ::testing::Test {
 protected:
  [[nodiscard]] GovernorOptions options() const { return folder_.options(world); }

  World world;
  SystemClock clock;
  crypto::SystemRandom random;
  testing::ProcessFolder folder_{"governor"};
};

TEST_F(GovernorProcessTest, KeepsKeyAndStateOverARestart) {
  Digest nonce{};
  crypto::PublicKey key;
  {
    auto process = GovernorProcess::open(options(), clock, random);
    ASSERT_EQ(verdict(process), "ok");
    key = process->chip_key();
    const RunningProcess running(std::move(*process));
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
  const RunningProcess running(std::move(*process));
  governor::Client client = connect_governor(options().socket);
  const auto enrolled = testing::enrol_with(world, client, nonce);
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
    const RunningProcess running(std::move(*process));
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
  const RunningProcess running(std::move(*process));
  governor::Client client = connect_governor(options().socket);
  EXPECT_EQ(verdict(client.accept_receipt(0, bytes_of("x"))), "gov_unprovisioned");
  EXPECT_EQ(verdict(client.attest(bytes_of("x"))), "cbor_length");
}

}  // namespace
}  // namespace daymark::agent
