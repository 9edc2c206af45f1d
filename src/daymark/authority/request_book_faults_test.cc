// The desk of renewals under faults of every system call below its book, and crashes that drop,
// keep or tear what was not synced: what was acknowledged is there afterwards.
#include <gtest/gtest.h>

#include "daymark/authority/renewal_testing.h"
#include "daymark/base/file_simulated_testing.h"

namespace daymark::authority {
namespace {

using simulated::Fault;
using simulated::Files;
using simulated::Unsynced;

/// Takes every signature for good: faults are the matter here, and there are many.
class AnySignature final : public lanes::Verifier {
 public:
  void verify(std::span<const lanes::SignedMessage> /*messages*/,
              std::span<bool> valid) const override {
    std::ranges::fill(valid, true);
  }

  [[nodiscard]] std::string_view name() const override { return "any"; }
};

constexpr std::uint64_t rounds = 7;

/// Requests by chip and counter.
using Messages = std::map<std::pair<std::uint64_t, std::uint64_t>, std::vector<Byte>>;

const Messages& messages() {
  static const Messages all = [] {
    Messages out;
    for (std::uint64_t chip = 1; chip <= 3; ++chip) {
      for (std::uint64_t counter = 1; counter <= rounds; ++counter)
        out[{chip, counter}] = testing::signed_request({chip, counter});
    }
    return out;
  }();
  return all;
}

/// A desk, its disk and what its clients were told.
struct Intake {
  std::shared_ptr<Files> files = std::make_shared<Files>();
  testing::MemoryRecords records;
  std::unique_ptr<RenewalDesk> desk;
  std::map<std::uint64_t, std::uint64_t> told;  ///< newest acknowledged counter of each chip

  Intake() { testing::enrol_chips(records, 3); }

  bool open() {
    desk.reset();
    // Segments of two or three groups, so that some are cleaned.
    auto opened = RenewalDesk::open({&records, std::make_unique<tlog::FolderDisk>("auth", files),
                                     std::make_unique<AnySignature>(), 1200});
    if (opened) desk = *std::move(opened);
    return desk != nullptr;
  }

  bool take(std::uint64_t counter) {
    std::vector<ByteView> group;
    for (std::uint64_t chip = 1; chip <= chips_of(counter); ++chip)
      group.emplace_back(messages().at({chip, counter}));
    if (!desk->take(group)) return false;
    for (std::uint64_t chip = 1; chip <= chips_of(counter); ++chip)
      told[chip] = counter;
    return true;
  }

  /// The third chip asks in the first round only.
  static std::uint64_t chips_of(std::uint64_t counter) { return counter == 1 ? 3 : 2; }
};

/// Opens, takes every round; what failed is tried once more, as a chip does, then given up.
void run_rounds(Intake& intake) {
  if (!intake.open() && !intake.open()) return;
  for (std::uint64_t counter = 1; counter <= rounds; ++counter) {
    if (!intake.take(counter)) (void)intake.take(counter);
  }
}

::testing::AssertionResult keeps_its_word(Intake& intake) {
  if (!intake.open()) return ::testing::AssertionFailure() << "does not open";
  for (std::uint64_t chip = 1; chip <= 3; ++chip) {
    const NewestRequest& newest = intake.desk->chips().at(chip - 1)->newest;
    if (newest.counter < intake.told[chip]) {
      return ::testing::AssertionFailure() << "chip " << chip << " lost " << intake.told[chip];
    }
    const bool genuine = newest.size == 0 ||
                         newest.hash == order::request_hash(messages().at({chip, newest.counter}));
    if (!genuine) return ::testing::AssertionFailure() << "chip " << chip << " is another's";
  }
  return ::testing::AssertionSuccess();
}

struct FaultCase {
  Fault fault;
  bool lasts;
};

constexpr auto fault_cases = std::to_array<FaultCase>({{Fault::io_error, false},
                                                       {Fault::io_error, true},
                                                       {Fault::no_space, false},
                                                       {Fault::no_space, true},
                                                       {Fault::read_only, true},
                                                       {Fault::short_count, false},
                                                       {Fault::short_full, false},
                                                       {Fault::power_cut, true}});

TEST(RequestBookFaults, AtEveryCallNothingAcknowledgedIsLost) {
  std::size_t struck = 0;
  for (const FaultCase& kind : fault_cases) {
    for (std::size_t at = 1; at < 400; ++at) {
      Intake intake;
      intake.files->break_at({at, kind.fault, kind.lasts});
      run_rounds(intake);
      if (!intake.files->struck()) break;
      ++struck;
      for (const Unsynced unsynced : {Unsynced::dropped, Unsynced::kept, Unsynced::torn}) {
        Intake after;
        after.files = std::make_shared<Files>(*intake.files);
        after.told = intake.told;
        after.files->crash(unsynced, static_cast<unsigned>(at));
        ASSERT_TRUE(keeps_its_word(after)) << static_cast<int>(kind.fault) << " at " << at;
        // And it takes more.
        ASSERT_TRUE(after.take(rounds)) << static_cast<int>(kind.fault) << " at " << at;
      }
    }
  }
  EXPECT_GT(struck, 200U);
}

TEST(RequestBookFaults, WithoutFaultsAllIsTakenAndCleaned) {
  Intake intake;
  run_rounds(intake);
  EXPECT_EQ(intake.told[1], rounds);
  EXPECT_EQ(intake.told[3], 1U);
  EXPECT_LT(intake.desk->book().bytes(), 14U * 260);
  intake.files->crash(Unsynced::dropped, 1);
  EXPECT_TRUE(keeps_its_word(intake));
  EXPECT_EQ(intake.desk->chips().at(0)->newest.counter, rounds);
}

}  // namespace
}  // namespace daymark::authority
