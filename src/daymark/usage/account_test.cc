#include "daymark/usage/account.h"

#include <cmath>
#include <cstdlib>
#include <sstream>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <rapidcheck/gtest.h>

#include "daymark/base/errors.h"
#include "daymark/ledger/sum_tree.h"
#include "daymark/usage/errors.h"

namespace daymark::usage {
namespace {

AccountOptions h100() {
  AccountOptions out;
  out.peak_tera_ops = 989.4;
  return out;
}

Result<Account> account(const std::string& text, const AccountOptions& options = h100()) {
  std::istringstream input(text);
  return account_stream(input, options);
}

Sample sample(double seconds, double watts) {
  Sample out;
  out.at = {std::llround(seconds * 1000)};
  out.watts = watts;
  return out;
}

/// The account of one chip.
Account account_of(const std::vector<Sample>& samples, const AccountOptions& options = h100()) {
  auto accountant = Accountant::create(options);
  for (const Sample& one : samples)
    EXPECT_TRUE(accountant->add(one));
  auto out = std::move(*accountant).finish();
  EXPECT_TRUE(out);
  return out ? *std::move(out) : Account{};
}

TEST(Account, PowerOverTimeIsEnergy) {
  const Account out = account("t_s,gpu,power_w\n0,0,100\n10,0,300\n20,0,300\n").value_or(Account{});
  ASSERT_EQ(out.chips.size(), 1U);
  EXPECT_EQ(out.total.joules.value, 5000U);
  EXPECT_EQ(out.total.chip_millis.value, 20'000U);
  EXPECT_FALSE(out.chips[0].counter_joules);
}

TEST(Account, WithoutUtilisationNothingIsKnown) {
  const Account out = *account("t_s,gpu,power_w\n0,0,100\n10,0,300\n");
  EXPECT_EQ(out.total.ops_low.value, 0U);
  EXPECT_EQ(out.total.ops_high.value, 9894U);
  EXPECT_EQ(out.chips[0].basis, Basis::nothing);
}

TEST(Account, UtilisationBoundsFromAbove) {
  const Account out = *account(
      "t_s,gpu,power_w,gpu_util_pct\n0,0,70,0\n5,0,70,0\n10,0,400,90\n15,0,70,0\n20,0,70,0\n");
  EXPECT_EQ(out.total.ops_low.value, 0U);
  EXPECT_EQ(out.total.ops_high.value, 9894U);  // busy on either side of t = 10
  EXPECT_EQ(out.chips[0].busy, seconds(10));
  EXPECT_EQ(out.chips[0].basis, Basis::utilisation);
}

TEST(Account, ActivityBoundsFromBothSides) {
  AccountOptions options = h100();
  options.clock = {0.6, 0.9};
  const Account out =
      *account("t_s,gpu,power_w,tensor_active\n0,0,400,0.5\n5,0,400,0.5\n10,0,400,0.7\n", options);
  EXPECT_EQ(out.total.ops_low.value, 3265U);   // 5.5 s x 989.4 x 0.6
  EXPECT_EQ(out.total.ops_high.value, 4898U);  // 5.5 s x 989.4 x 0.9, rounded up
  EXPECT_EQ(out.chips[0].basis, Basis::tensor_activity);
}

TEST(Account, EmptyActivityIsNotZero) {
  const Account out =
      *account("t_s,gpu,power_w,gpu_util_pct,tensor_active\n0,0,400,100,0.5\n10,0,400,100,\n");
  EXPECT_EQ(out.total.ops_high.value, 9894U);
  EXPECT_EQ(out.total.ops_low.value, 0U);
  EXPECT_EQ(out.chips[0].basis, Basis::utilisation);
}

TEST(Account, GapsCountAsUnknownNotAsIdle) {
  const Account out = *account("t_s,gpu,power_w,gpu_util_pct\n0,0,70,0\n30,0,70,0\n40,0,70,0\n");
  EXPECT_EQ(out.chips[0].unknown, seconds(30));
  EXPECT_EQ(out.total.ops_high.value, 29'682U);
  EXPECT_EQ(out.total.chip_millis.value, 40'000U);
}

TEST(Account, CounterLeadsOverPower) {
  const Account out =
      *account("t_s,gpu,power_w,energy_j\n0,0,100,1000\n10,0,100,3000\n20,0,100,3500\n");
  EXPECT_EQ(out.total.joules.value, 2500U);
  EXPECT_EQ(out.chips[0].counter_joules, 2500.0);
  EXPECT_EQ(out.chips[0].integrated_joules, 2000.0);
}

TEST(Account, CounterResetIsNeverNegative) {
  const Account out = *account(
      "t_s,gpu,power_w,energy_j\n0,0,100,5000\n10,0,100,6000\n20,0,100,10\n30,0,100,900\n");
  EXPECT_EQ(out.chips[0].counter_resets, 1U);
  EXPECT_EQ(out.total.joules.value, 1000U + 1000U + 890U);
}

TEST(Account, HolesInTheCounterAreFilledOnce) {
  const Account out = *account("t_s,gpu,power_w,energy_j\n0,0,100,0\n10,0,100,\n20,0,100,2500\n");
  EXPECT_EQ(out.total.joules.value, 2500U);
  const Account less = *account("t_s,gpu,power_w,energy_j\n0,0,100,0\n10,0,100,\n20,0,100,600\n");
  EXPECT_EQ(less.total.joules.value, 1000U);  // what was handed out is not taken back
}

TEST(Account, IntervalsBeginAtWholeMultiples) {
  AccountOptions options = h100();
  options.gap = seconds(100);
  std::vector<Sample> samples;
  for (const double at : {50.0, 70.0, 130.0, 190.5})
    samples.push_back(sample(at, 100));
  const Account out = account_of(samples, options);
  ASSERT_EQ(out.intervals.size(), 4U);
  EXPECT_EQ(out.intervals[0].start, seconds(50));
  EXPECT_EQ(out.intervals[0].end, seconds(60));
  EXPECT_EQ(out.intervals[2].end, seconds(180));
  EXPECT_EQ(out.intervals[3].end.value, 190'500);
  EXPECT_EQ(out.intervals[1].use.joules.value, 6000U);
}

TEST(Account, OrderOfTimeIsRequiredForEachChip) {
  EXPECT_TRUE(account("t_s,gpu,power_w\n0,0,1\n0,1,1\n5,1,1\n4,0,1\n"));
  EXPECT_TRUE(account("t_s,gpu,power_w\n0,0,1\n0,0,1\n5,0,1\n"));
  EXPECT_EQ(account("t_s,gpu,power_w\n5,0,1\n4,0,1\n").error().code, errc::telemetry_order);
}

TEST(Account, TooLittleOrTooMuchIsRefused) {
  EXPECT_EQ(account("t_s,gpu,power_w\n").error().code, errc::telemetry_empty);
  EXPECT_EQ(account("t_s,gpu,power_w\n0,0,1\n").error().code, errc::telemetry_empty);
  AccountOptions options = h100();
  options.interval = seconds(1);
  EXPECT_EQ(account("t_s,gpu,power_w\n0,0,1\n31000000,0,1\n", options).error().code,
            errc::usage_intervals);
}

TEST(Account, OptionsAreChecked) {
  const auto code = [](const auto& bend) {
    AccountOptions options = h100();
    bend(options);
    const auto made = Accountant::create(options);
    return made ? Errc{} : made.error().code;
  };
  EXPECT_EQ(code([](AccountOptions&) {}), Errc{});
  EXPECT_EQ(code([](AccountOptions& o) { o.peak_tera_ops = 0; }), errc::usage_options);
  EXPECT_EQ(code([](AccountOptions& o) { o.peak_tera_ops = std::nan(""); }), errc::usage_options);
  EXPECT_EQ(code([](AccountOptions& o) { o.clock = {0.9, 0.8}; }), errc::usage_options);
  EXPECT_EQ(code([](AccountOptions& o) { o.clock.lowest = std::nan(""); }), errc::usage_options);
  EXPECT_EQ(code([](AccountOptions& o) { o.clock.highest = 9; }), errc::usage_options);
  EXPECT_EQ(code([](AccountOptions& o) { o.interval = Millis{10}; }), errc::usage_options);
  EXPECT_EQ(code([](AccountOptions& o) { o.gap = {}; }), errc::usage_options);
}

TEST(Account, EqualTimesLoseNoEnergy) {
  const Account out = *account(
      "t_s,gpu,power_w,energy_j\n0,0,100,0\n60,0,100,6000\n60,0,100,6100\n61,0,100,6200\n");
  EXPECT_EQ(out.total.joules.value, 6200U);
  EXPECT_EQ(out.total.chip_millis.value, 61'000U);
}

TEST(Account, MissingFileIsNamed) {
  const auto out = account_file("no-such-file.csv", h100());
  ASSERT_FALSE(out);
  EXPECT_EQ(out.error().error.code, errc::file_not_opened);
  EXPECT_EQ(out.error().subject, "no-such-file.csv");
}

class FixedRandom final : public Random {
 public:
  void fill(MutableBytes out) override { std::fill(out.begin(), out.end(), ++next_); }

 private:
  Byte next_ = 0;
};

TEST(Account, LedgerTakesEveryIntervalAndComesToTheSameTotal) {
  const std::string path =
      std::string(DAYMARK_SOURCE_DIR) + "/data/telemetry/h100_nanogpt_baseline.csv";
  const auto out = account_file(path, h100());
  ASSERT_TRUE(out);
  EXPECT_EQ(out->chips.size(), 8U);
  EXPECT_EQ(out->intervals.size(), 40U);  // 266 s in minutes, eight times
  FixedRandom random;
  ledger::Sums total;
  for (const ChipAccount& chip : out->chips) {
    std::vector<UsageInterval> mine;
    std::copy_if(out->intervals.begin(), out->intervals.end(), std::back_inserter(mine),
                 [&](const UsageInterval& i) { return i.gpu == chip.gpu; });
    ledger::SumTree tree(ledger_peak(h100()));
    for (const auto& record : records_of(mine, {{}, {}, {}, {1'772'000'000'000}}, random))
      EXPECT_TRUE(tree.append(record));
    EXPECT_EQ(tree.totals(), chip.use);
    total = *ledger::add(total, tree.totals());
  }
  EXPECT_EQ(total, out->total);
}

TEST(Account, RecordsFollowOneAnother) {
  const std::array<UsageInterval, 2> intervals{
      {{0, {}, minutes(1), {}, Basis::nothing}, {0, minutes(1), minutes(2), {}, Basis::nothing}}};
  FixedRandom random;
  const auto records = records_of(intervals, {{}, {}, {}, {1000}, 7}, random);
  ASSERT_EQ(records.size(), 2U);
  EXPECT_EQ(records[1].sequence, 8U);
  EXPECT_EQ(records[1].start.value, 61'000);
  EXPECT_EQ(records[0].end, records[1].start);
  EXPECT_NE(records[0].salt, records[1].salt);
}

TEST(Account, IntervalsCanBeTakenAsTheyComplete) {
  auto accountant = Accountant::create(h100());
  for (int i = 0; i <= 130; i += 5)
    EXPECT_TRUE(accountant->add(sample(i, 100)));
  EXPECT_EQ(accountant->take_complete().size(), 2U);
  EXPECT_TRUE(accountant->take_complete().empty());
  EXPECT_TRUE(accountant->add(sample(181, 100)));
  const auto next = accountant->take_complete();
  ASSERT_EQ(next.size(), 1U);
  EXPECT_EQ(next[0].end, seconds(180));
}

RC_GTEST_PROP(Account, BoundsHoldWhateverTheSamples, ()) {
  const auto count = *rc::gen::inRange<std::size_t>(2, 60);
  AccountOptions options = h100();
  options.clock = {0.5, 1.5};
  std::vector<Sample> samples;
  std::int64_t at = *rc::gen::inRange<std::int64_t>(0, 100'000);
  double naive = 0;
  for (std::size_t i = 0; i < count; ++i) {
    Sample one = sample(0, *rc::gen::inRange(0, 800));
    at += *rc::gen::inRange<std::int64_t>(1, 40'000);
    one.at = {at};
    if (*rc::gen::arbitrary<bool>()) one.busy = *rc::gen::inRange(0, 101) / 100.0;
    if (*rc::gen::arbitrary<bool>()) one.tensor_active = *rc::gen::inRange(0, 101) / 100.0;
    if (i > 0) {
      const double span = static_cast<double>((one.at - samples.back().at).value) / 1000;
      naive += span * (*one.watts + *samples.back().watts) / 2;
    }
    samples.push_back(one);
  }
  const Account out = account_of(samples, options);
  const ledger::Sums& use = out.total;
  const Millis span = samples.back().at - samples.front().at;
  RC_ASSERT(use.chip_millis.value == static_cast<std::uint64_t>(span.value));
  RC_ASSERT(use.ops_low.value <= use.ops_high.value);
  RC_ASSERT(std::abs(static_cast<double>(use.joules.value) - naive) <= 1.0 + naive * 1e-9);
  FixedRandom random;
  ledger::SumTree tree(ledger_peak(options));
  for (const auto& record : records_of(out.intervals, {{}, {}, {}, {1'000}}, random))
    RC_ASSERT(tree.append(record).has_value());
  RC_ASSERT(tree.totals() == use);
}

TEST(Account, JsonAndTextSayOnWhatTheBoundsRest) {
  const Account out = *account("t_s,gpu,power_w,gpu_util_pct\n0,0,100,1\n10,0,300,1\n");
  const auto json = nlohmann::json::parse(to_json(out, "f.csv"));
  EXPECT_EQ(json["basis"], "utilisation");
  EXPECT_EQ(json["total"]["tera_ops_low"], 0);
  EXPECT_EQ(json["chips"][0]["chip_seconds"], 10.0);
  EXPECT_EQ(json["intervals"].size(), 1U);
  EXPECT_EQ(json["assumptions"]["peak_tera_ops"], 989.4);
  EXPECT_NE(to_text(out, "f.csv").find("Tensor activity was not recorded"), std::string::npos);
  Account huge = out;
  huge.total.ops_high = {1ULL << 60};
  EXPECT_TRUE(nlohmann::json::parse(to_json(huge, ""))["total"]["tera_ops_high"].is_string());
}

/// Runs of known work: the truth lies within the bounds, and activity x peak alone is too high.
TEST(Account, KnownWorkLiesWithinTheBounds) {
  const char* const root = std::getenv("DAYMARK_VECTORS");  // NOLINT(concurrency-mt-unsafe)
  if (root == nullptr) GTEST_SKIP() << "DAYMARK_VECTORS names no folder";
  const std::array<std::pair<const char*, double>, 2> runs{
      {{"h100_t2.csv", 4.065e5}, {"h100_t3.csv", 1.127e6}}};
  for (const auto& [name, truth] : runs) {
    const auto out = account_file(std::string(root) + "/telemetry/" + name, h100());
    ASSERT_TRUE(out) << name;
    EXPECT_LE(static_cast<double>(out->total.ops_low.value), truth) << name;
    EXPECT_GE(static_cast<double>(out->total.ops_high.value), truth) << name;
    EXPECT_GE(static_cast<double>(out->total.ops_high.value), truth * 1.1) << name;
    for (const ChipAccount& chip : out->chips)
      EXPECT_NEAR(*chip.counter_joules / chip.integrated_joules, 1, 0.01) << name;
  }
}

}  // namespace
}  // namespace daymark::usage
