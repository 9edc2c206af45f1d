// Saved states: torn, rolled back, foreign; power that fails at every step.
#include "daymark/governor/journal.h"

#include <filesystem>
#include <functional>
#include <memory>

#include <gtest/gtest.h>
#include <unistd.h>

#include "daymark/base/error_table.h"
#include "daymark/governor/errors.h"
#include "daymark/governor/governor_testing.h"
#include "daymark/governor/host_storage.h"

namespace daymark::governor {
namespace {

using namespace daymark::governor::testing;

constexpr ledger::Peak peak{TeraOps{1000}};

std::vector<Byte> encode(const State& state) {
  std::vector<Byte> out(state_size_max);
  const auto written = write_state(state, out);
  EXPECT_TRUE(written);
  out.resize(written ? written->size() : 0);
  return out;
}

/// The same without refusals, which reach the flash only with the next change.
std::vector<Byte> encode_core(const State& state) {
  const auto copy = std::make_unique<State>(state);
  copy->refusal_count = 0;
  copy->refusal_total = 0;
  return encode(*copy);
}

class JournalTest : public ::testing::Test {
 protected:
  World world;
  Device device{world};

  void SetUp() override {
    device.enrol();
    device.range();
    device.license({});
  }

  /// What a device with this storage would start with.
  [[nodiscard]] std::vector<Byte> stored(MemoryStorage storage) const {
    const auto state = std::make_unique<State>(peak);
    Journal journal(storage, device.chip.secret);
    EXPECT_EQ(order::testing::verdict(journal.open(peak, *state)), "ok");
    EXPECT_EQ(state->counter, storage.count);
    return encode_core(*state);
  }

  /// Power fails `step` steps into the one save of `operation`.
  void expect_old_or_new(unsigned step, const std::function<void()>& operation) {
    const std::vector<Byte> before = stored(device.storage);
    const std::uint64_t counter = device.storage.count;
    device.storage.cut_after(step);
    operation();
    const std::vector<Byte> wanted = encode_core(device.governor().state());
    device.storage.restore_power();
    const std::vector<Byte> found = stored(device.storage);
    EXPECT_EQ(found, step < 2 ? before : wanted) << step;
    EXPECT_NE(before, wanted);
    EXPECT_GE(device.storage.count, counter);
    ASSERT_TRUE(device.reboot());
    device.range();
  }

  [[nodiscard]] std::string_view open(Storage& storage, const crypto::SecretKey& key) const {
    const auto state = std::make_unique<State>(peak);
    Journal journal(storage, key);
    return order::testing::verdict(journal.open(peak, *state));
  }
};

TEST_F(JournalTest, AStateReadsBackAsItWasWritten) {
  ASSERT_EQ(verdict(device.try_license({.length = days(7), .cluster_max = 2})), "ok");
  ASSERT_EQ(verdict(device.apply(world.prove(world.suspend_chip(device.target(), days(2)),
                                             {"maker", "regulator-a"}))),
            "ok");
  ASSERT_EQ(verdict(device.client().request_renewal()), "ok");
  const std::vector<Byte> encoded = encode(device.governor().state());
  const auto state = std::make_unique<State>(peak);
  ASSERT_EQ(order::testing::verdict(read_state(encoded, peak, *state)), "ok");
  EXPECT_EQ(encode(*state), encoded);
  EXPECT_EQ(state->pending_count, 1U);
  EXPECT_TRUE(state->next.held);
}

TEST_F(JournalTest, EveryTruncationOfAStateIsRefused) {
  const std::vector<Byte> encoded = encode(device.governor().state());
  const auto state = std::make_unique<State>(peak);
  for (std::size_t size = 0; size < encoded.size(); size += 7)
    EXPECT_FALSE(read_state(ByteView(encoded).first(size), peak, *state)) << size;
  std::vector<Byte> longer = encoded;
  longer.push_back(0);
  EXPECT_FALSE(read_state(longer, peak, *state));
}

/// No charter is viewed where the next save writes, or in a request that is gone.
TEST_F(JournalTest, ChartersAreViewedWhereTheyWereSaved) {
  const std::vector<Byte> charter = world.encoded_charter();
  for (int i = 0; i < 4; ++i) {
    ASSERT_EQ(verdict(device.client().request_renewal()), "ok");
    const ByteView held = device.governor().state().charter;
    EXPECT_TRUE(equal(held, charter));
    const ByteView saved = device.storage.appended();
    EXPECT_GE(held.data(), saved.data());
    EXPECT_LE(held.data() + held.size(), saved.data() + saved.size());
  }
  ASSERT_TRUE(device.reboot());
  EXPECT_TRUE(equal(device.governor().state().charter, charter));
}

TEST_F(JournalTest, TheFullestStateFits) {
  const auto state = std::make_unique<State>(peak);
  state->life = Life::enrolled;
  state->counter = ~std::uint64_t{0};
  const std::vector<Byte> charter(order::charter_size_max);
  state->charter = charter;
  state->other = charter;
  state->other_role = OtherCharter::left;
  state->pending_count = pending_max;
  state->served_count = served_max;
  state->refusal_count = refusals_max;
  state->refusal_total = ~std::uint64_t{0};
  for (auto& refusal : state->refusals)
    refusal = {Errc{999}, 255, world.now};
  for (auto& pending : state->pending)
    pending.version = ~std::uint64_t{0};
  state->denial.reason.size = order::reason_size_max;
  order::Leaf leaf = device.governor().state().current.leaf;
  leaf.has_fence = true;
  leaf.fence.beacon_count = order::beacons_max;
  leaf.fence.alternative_count = order::fence_alternatives_max;
  for (auto& alternative : leaf.fence.alternatives) {
    alternative.needed = 8;
    alternative.clause_count = order::fence_clauses_max;
    for (auto& clause : alternative.clauses)
      clause = {7, ~std::uint32_t{0}};
  }
  state->current = {true, leaf, TeraOps{~std::uint64_t{0}}};
  state->next = state->current;
  std::vector<Byte> out(slot_size_max - sizeof(Digest));
  const auto written = write_state(*state, out);
  ASSERT_EQ(order::testing::verdict(written), "ok");
  EXPECT_LE(written->size() + ledger::SumTree::state_size_max, state_size_max);
}

TEST_F(JournalTest, PowerMayFailAtEveryStepOfEverySave) {
  const auto stop = [&] {
    return world.prove(world.suspend_chip(device.target(), days(2)), {"maker", "regulator-a"});
  };
  constexpr unsigned steps = 3;  // half a slot, a whole slot, the counter
  for (unsigned step = 0; step <= steps; ++step) {
    const auto request = device.client().request_renewal();
    ASSERT_EQ(verdict(request), "ok") << step;
    const LeafParts leaf = device.make_leaf(*request, {});
    expect_old_or_new(step, [&] { static_cast<void>(device.client().accept_leaf(leaf)); });
    expect_old_or_new(step, [&] { static_cast<void>(device.apply(stop())); });
    expect_old_or_new(step, [&] { static_cast<void>(device.client().request_renewal()); });
  }
}

TEST_F(JournalTest, NothingIsGrantedAfterAFailedSave) {
  device.storage.cut_after(0);
  EXPECT_EQ(verdict(device.client().request_renewal()), "gov_storage");
  device.storage.restore_power();
  EXPECT_EQ(verdict(device.ask()), "gov_storage") << "what the device holds is unknown";
  ASSERT_TRUE(device.reboot());
  EXPECT_EQ(verdict(device.ask()), "ok");
}

TEST_F(JournalTest, ACopyOfAnEarlierDayIsRefused) {
  const auto copy = device.storage.slots;
  for (int i = 0; i < 3; ++i)
    ASSERT_EQ(verdict(device.client().request_renewal()), "ok");
  device.storage.slots = copy;
  EXPECT_EQ(open(device.storage, device.chip.secret), "gov_rolled_back");
}

TEST_F(JournalTest, ALostStateIsNoNewDevice) {
  device.storage.slots = {};
  EXPECT_EQ(open(device.storage, device.chip.secret), "gov_state_lost");
}

TEST_F(JournalTest, AnotherChipsSlotCountsForNothing) {
  EXPECT_EQ(open(device.storage, World::chip(2).secret), "gov_state_lost");
  EXPECT_EQ(open(device.storage, device.chip.secret), "ok");
}

TEST_F(JournalTest, OneFlippedBitInBothSlotsIsNoticed) {
  device.storage.slots[0].at(100) ^= 1;
  device.storage.slots[1].at(100) ^= 1;
  EXPECT_EQ(open(device.storage, device.chip.secret), "gov_state_lost");
}

TEST_F(JournalTest, OneFlippedBitInTheNewestSlotIsNoWayBack) {
  device.storage.slots.at(device.storage.count % 2).at(100) ^= 1;
  EXPECT_EQ(open(device.storage, device.chip.secret), "gov_rolled_back");
}

TEST(FileStorageTest, KeepsSlotsAndCounter) {
  const std::filesystem::path folder =
      std::filesystem::temp_directory_path() / ("daymark-storage-" + std::to_string(::getpid()));
  std::filesystem::remove_all(folder);
  const Digest seal{7};
  {
    auto storage = FileStorage::open(folder);
    ASSERT_EQ(verdict(storage), "ok");
    EXPECT_EQ(storage->counter().value_or(9), 0U);
    EXPECT_TRUE(storage->load(0)->empty());
    ASSERT_TRUE(storage->begin(1));
    ASSERT_TRUE(storage->append(bytes_of("on")));
    ASSERT_TRUE(storage->append(bytes_of("e")));
    EXPECT_EQ(text_of(storage->appended()), "one");
    ASSERT_TRUE(storage->finish(seal));
    ASSERT_TRUE(storage->advance_counter());
    ASSERT_TRUE(storage->advance_counter());
    EXPECT_EQ(verdict(FileStorage::open(folder)), "gov_storage") << "one governor per folder";
  }
  auto storage = FileStorage::open(folder);
  ASSERT_EQ(verdict(storage), "ok");
  EXPECT_EQ(storage->counter().value_or(9), 2U);
  const auto loaded = storage->load(1);
  ASSERT_TRUE(loaded);
  ASSERT_EQ(loaded->size(), sizeof(Digest) + 3);
  EXPECT_TRUE(equal(loaded->first(sizeof(Digest)), seal));
  EXPECT_EQ(text_of(loaded->subspan(sizeof(Digest))), "one");
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace daymark::governor
