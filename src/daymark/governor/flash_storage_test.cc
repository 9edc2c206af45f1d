// The journal in flash: power that fails at every word programmed and in the midst of every erase.
#include "daymark/governor/flash_storage.h"

#include <memory>

#include <gtest/gtest.h>

#include "daymark/base/error_table.h"
#include "daymark/base/frame.h"
#include "daymark/governor/flash_simulated_testing.h"
#include "daymark/governor/governor_testing.h"
#include "daymark/governor/journal.h"

namespace daymark::governor {
namespace {

using order::testing::verdict;
using testing::SimulatedFlash;

constexpr ledger::Peak flash_peak{TeraOps{1000}};

/// What a chip with this flash would start with.
struct Opened {
  std::string verdict;
  std::uint64_t counter = 0;
  std::uint64_t marked = 0;  ///< the state's own sign of how new it is
};

class FlashJournal : public ::testing::Test {
 protected:
  void SetUp() override {
    testing::Device device{world_};
    device.enrol();
    device.range();
    device.license({});
    state_ = std::make_unique<State>(device.governor().state());
    state_->counter = 0;
    charter_.assign(state_->charter.begin(), state_->charter.end());
    secret_ = device.chip.secret;
  }

  /// A save whose state is told from others by `mark`.
  Result<void> save(SimulatedFlash& flash, std::uint64_t mark) {
    FlashStorage storage(flash);
    Journal journal(storage, secret_);
    state_->charter = charter_;  // not in a flash that may be gone
    const auto now = storage.counter();
    state_->counter = now ? *now : 0;
    state_->refusal_total = 1000 + mark;
    return journal.save(*state_);
  }

  [[nodiscard]] Opened open(SimulatedFlash& flash) const {
    FlashStorage storage(flash);
    Journal journal(storage, secret_);
    const auto state = std::make_unique<State>(flash_peak);
    const auto done = journal.open(flash_peak, *state);
    return {std::string(verdict(done)), storage.counter().value_or(0), state->refusal_total};
  }

  /// Cuts the power at every step of the next save: old or new, and the counter never goes back.
  void cut_everywhere(const SimulatedFlash& before) {
    SimulatedFlash whole = before;
    const Opened old = open(whole);
    ASSERT_EQ(old.verdict, "ok");
    whole.steps = 0;
    ASSERT_TRUE(save(whole, 1));
    const std::size_t steps = whole.steps;
    ASSERT_GT(steps, 100U);
    std::size_t new_ones = 0;
    for (std::size_t step = 0; step < steps; ++step) {
      SimulatedFlash flash = before;
      flash.cut_after(step);
      ASSERT_FALSE(save(flash, 1)) << step;
      flash.restore_power();
      const Opened found = open(flash);
      ASSERT_EQ(found.verdict, "ok") << step;
      ASSERT_GE(found.counter, old.counter) << step;
      ASSERT_TRUE(found.marked == old.marked || found.marked == 1001) << step;
      new_ones += found.marked == 1001 ? 1U : 0U;
      ASSERT_TRUE(save(flash, 2)) << step << ": goes on";
      ASSERT_EQ(open(flash).marked, 1002U) << step;
    }
    EXPECT_GE(new_ones, 1U) << "a whole slot counts before the counter does";
    EXPECT_LT(new_ones, steps);
  }

  testing::World world_;
  std::unique_ptr<State> state_;
  std::vector<Byte> charter_;
  crypto::SecretKey secret_;
};

TEST_F(FlashJournal, NewFlashIsANewDevice) {
  SimulatedFlash flash;
  EXPECT_EQ(open(flash).verdict, "ok");
  EXPECT_EQ(open(flash).counter, 0U);
  SimulatedFlash zeros;
  for (auto& sector : zeros.sectors)
    std::fill(sector.begin(), sector.end(), 0);
  EXPECT_EQ(open(zeros).counter, 0U);
  ASSERT_TRUE(save(zeros, 3));
  EXPECT_EQ(open(zeros).marked, 1003U);
}

TEST_F(FlashJournal, SurvivesPowerLossAtEveryStepOfTheFirstSave) {
  const SimulatedFlash flash;
  SimulatedFlash whole = flash;
  ASSERT_TRUE(save(whole, 1));
  for (std::size_t step = 0; step < whole.steps; ++step) {
    SimulatedFlash cut = flash;
    cut.cut_after(step);
    ASSERT_FALSE(save(cut, 1)) << step;
    cut.restore_power();
    ASSERT_EQ(open(cut).verdict, "ok") << step;
    ASSERT_TRUE(save(cut, 2)) << step;
    ASSERT_EQ(open(cut).marked, 1002U) << step;
  }
}

TEST_F(FlashJournal, SurvivesPowerLossAtEveryStepOfALaterSave) {
  SimulatedFlash flash;
  for (std::uint64_t i = 10; i < 13; ++i)
    ASSERT_TRUE(save(flash, i));
  cut_everywhere(flash);
}

TEST_F(FlashJournal, SurvivesPowerLossAtEveryStepOfASaveThatErases) {
  SimulatedFlash flash;
  unsigned saves = 0;
  SimulatedFlash before = flash;
  while (flash.erases == 0 && saves < 100) {
    before = flash;
    ASSERT_TRUE(save(flash, 20 + saves++));
  }
  ASSERT_EQ(flash.erases, 1U);
  EXPECT_GT(saves, 10U) << "a sector takes several saves between two erases";
  cut_everywhere(before);
}

TEST_F(FlashJournal, SurvivesPowerLossAtEveryStepOfTheCountersMove) {
  SimulatedFlash flash;
  ASSERT_TRUE(save(flash, 10));
  // The counter as if it had been advanced until its sector was full, and the state with it.
  constexpr std::size_t steps = (SimulatedFlash::sector_size - 12) / 4;
  auto& sector = flash.sectors[counter_sector];
  std::fill(sector.begin() + 12, sector.end(), 0);
  flash.sectors[counter_sector + 1].assign(SimulatedFlash::sector_size, 0);  // must be erased
  FlashStorage storage(flash);
  ASSERT_EQ(storage.counter().value_or(0), 1 + steps);
  state_->counter = steps;
  Journal journal(storage, secret_);
  state_->charter = charter_;
  std::fill(sector.end() - 4, sector.end(), 0xFF);  // one step less: this save takes the last one
  ASSERT_TRUE(journal.save(*state_));
  ASSERT_EQ(storage.counter().value_or(0), 1 + steps);
  cut_everywhere(flash);
  ASSERT_TRUE(save(flash, 11));
  EXPECT_EQ(storage.counter().value_or(0), 2 + steps);
  ASSERT_TRUE(save(flash, 12));
  EXPECT_EQ(storage.counter().value_or(0), 3 + steps);
}

TEST_F(FlashJournal, ACopyOfTheSlotsFromAnEarlierDayIsRefused) {
  SimulatedFlash flash;
  ASSERT_TRUE(save(flash, 1));
  const SimulatedFlash early = flash;
  for (std::uint64_t i = 2; i < 5; ++i)
    ASSERT_TRUE(save(flash, i));
  for (const unsigned slot : {slot_sector, slot_sector + 1})
    flash.sectors[slot] = early.sectors[slot];
  EXPECT_EQ(open(flash).verdict, "gov_rolled_back");
}

TEST_F(FlashJournal, WornFlashIsNoticed) {
  class Stuck final : public Flash {
   public:
    [[nodiscard]] ByteView sector(unsigned index) const override { return inner.sector(index); }

    [[nodiscard]] Result<void> erase(unsigned index) override { return inner.erase(index); }

    [[nodiscard]] Result<void> program(unsigned index, std::size_t offset,
                                       ByteView bytes) override {
      DAYMARK_CHECK(inner.program(index, offset, bytes));
      inner.sectors.at(index).at(offset) ^= 1;
      return ok();
    }

    SimulatedFlash inner;
  } flash;

  FlashStorage storage(flash);
  ASSERT_TRUE(storage.begin(0));
  EXPECT_EQ(verdict(storage.append(bytes_of("abcd"))), "gov_storage");
}

TEST(FlashPages, ReadBackAsWrittenAndNoticeEveryChange) {
  crypto::SecretKey key;
  key.seed.fill(5);
  const MakerPage maker{{key.seed}, flash_peak};
  auto maker_page = write_maker_page(maker);
  auto key_page = write_key_page(key);
  ASSERT_TRUE(read_maker_page(maker_page));
  EXPECT_EQ(read_maker_page(maker_page)->maker, maker.maker);
  EXPECT_EQ(read_maker_page(maker_page)->peak.per_second, flash_peak.per_second);
  ASSERT_TRUE(read_key_page(key_page));
  EXPECT_EQ(read_key_page(key_page)->seed, key.seed);
  for (std::size_t i = 0; i < maker_page.size(); ++i) {
    maker_page.at(i) ^= 4;
    EXPECT_FALSE(read_maker_page(maker_page)) << i;
    maker_page.at(i) ^= 4;
  }
  for (std::size_t i = 0; i < key_page.size(); ++i) {
    key_page.at(i) ^= 4;
    EXPECT_FALSE(read_key_page(key_page)) << i;
    key_page.at(i) ^= 4;
  }
  const ByteArray<64> erased_page{};
  EXPECT_FALSE(read_key_page(erased_page));
  EXPECT_FALSE(read_maker_page(ByteView(maker_page).first(maker_page_size - 1)));
}

}  // namespace
}  // namespace daymark::governor
