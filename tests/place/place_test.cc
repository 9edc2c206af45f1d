// A chip stops by itself when it leaves its fence and resumes when it is back; verdicts agree with
// the truth; a beacon that lies and one that dies change nothing.
#include "network.h"
#include "rehearsal.h"
#include <gtest/gtest.h>

namespace daymark::place {
namespace {

void expect_as_it_was(const std::vector<ChipLog>& logs) {
  ASSERT_EQ(logs.size(), chip_count);
  std::size_t proven_outside = 0;
  for (const ChipLog& chip : logs) {
    ASSERT_EQ(chip.stages.size(), 3U) << chip.name;
    const StageLog& home = chip.stages[0];
    const StageLog& away = chip.stages[1];
    const StageLog& back = chip.stages[2];
    EXPECT_GE(home.receipts, 7U) << chip.name;
    EXPECT_GE(back.receipts, 7U) << chip.name;
    EXPECT_TRUE(home.truly_inside && !away.truly_inside && back.truly_inside) << chip.name;
    EXPECT_EQ(home.answer, "ok") << chip.name;
    EXPECT_EQ(away.answer, "gov_fence_outside") << chip.name;
    EXPECT_EQ(back.answer, "ok") << chip.name;
    EXPECT_EQ(home.verdict, geo::Verdict::inside) << chip.name;
    EXPECT_NE(away.verdict, geo::Verdict::inside) << chip.name;
    EXPECT_EQ(back.verdict, geo::Verdict::inside) << chip.name;
    proven_outside += away.verdict == geo::Verdict::outside ? 1U : 0U;
  }
  EXPECT_GE(proven_outside, 1U);
}

TEST(Place, InNetworkNamespaces) {
  std::string why;
  const auto network = namespaces({beacon_count, chip_count}, why);
  if (!network) GTEST_SKIP() << why;
  expect_as_it_was(rehearse(*network));
}

TEST(Place, OnManyLoopbackAddresses) {
  expect_as_it_was(rehearse(*many_addresses()));
}

}  // namespace
}  // namespace daymark::place
