#include "daymark/tlog/log_bench.h"

#include <gtest/gtest.h>

#include "daymark/base/errors.h"
#include "daymark/tlog/errors.h"
#include "daymark/tlog/log_testing.h"
#include "daymark/tlog/tlog_testing.h"

namespace daymark::tlog {
namespace {

TEST(LogBench, MeasuresTheLogBesideItsLimit) {
  const testing::TemporaryFolder folder;
  const NoteSigner signer = testing::signer_of("bench.example", 1);
  const LogBenchOptions options{
      .folder = folder.path(), .batch = 16, .rounds = 2, .round = Millis{20}};
  const auto rates = bench_appends(options, signer);
  ASSERT_TRUE(rates);
  ASSERT_EQ(rates->size(), 2U);
  for (const AppendRates& rate : *rates) {
    EXPECT_GT(rate.log, 0);
    EXPECT_GT(rate.limit, 0);
  }
  const auto log = LogStore::open(folder.path() + "/log", signer);
  ASSERT_TRUE(log);
  EXPECT_EQ(log->head().size.value % 16, 0U);
  EXPECT_EQ(log->signed_size(), log->head().size);
  EXPECT_EQ(log->entry({0})->size(), 256U);
  EXPECT_EQ(bench_appends(options, signer).error().error.code, errc::folder_locked);
}

TEST(LogBench, TimesEachEntryToItsProof) {
  const testing::TemporaryFolder folder;
  auto log = LogStore::create(folder.path(), testing::signer_of("bench.example", 1));
  ASSERT_TRUE(log);
  std::size_t asked = 0;
  const auto times =
      bench_latency(*log, {.entries_per_second = 200, .duration = Millis{100}, .group = Millis{5}},
                    [&](const LogStore& /*log*/, const std::string& head) -> Outcome<std::string> {
                      ++asked;
                      return head;
                    });
  ASSERT_TRUE(times);
  EXPECT_EQ(times->size(), log->head().size.value);
  EXPECT_GT(asked, 0U);
  for (const double time : *times)
    EXPECT_GE(time, 0);
  const auto failed =
      bench_latency(*log, {.duration = Millis{50}},
                    [](const LogStore& /*log*/, const std::string& head) -> Outcome<std::string> {
                      return refuse(errc::internal, head);
                    });
  EXPECT_FALSE(failed);
}

}  // namespace
}  // namespace daymark::tlog
