// The table of attacks: deterministic on data, and as promised both there and over sockets.
#include <algorithm>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "daymark/locate/matrix.h"
#include "daymark/redteam/data_attacks.h"
#include "daymark/redteam/lab.h"
#include "daymark/redteam/socket_attacks.h"

namespace daymark::redteam {
namespace {

locate::DelayMatrix cloud() {
  return locate::load_matrix(DAYMARK_SOURCE_DIR "/data/rtt/cloud/nodes.csv",
                             DAYMARK_SOURCE_DIR "/data/rtt/cloud/rtt.csv")
      .value();
}

AttackRow sum_of(const std::vector<AttackRow>& rows, std::string_view attack,
                 std::string_view distance = "") {
  AttackRow out;
  for (const AttackRow& row : rows) {
    if (!row.attack.starts_with(attack) || (!distance.empty() && row.distance != distance))
      continue;
    out.detected += row.detected;
    out.undecided += row.undecided;
    out.missed += row.missed;
    out.truly += row.truly;
  }
  return out;
}

TEST(DataAttacks, EndAsPromisedAndTheSameForOneSeed) {
  const locate::DelayMatrix matrix = cloud();
  DataAttackOptions options;
  options.trials = 12;
  AttackReport report{attack_data(matrix, options).value(),
                      options.seed,
                      options.faults,
                      options.speed,
                      options.within_km,
                      "cloud"};
  EXPECT_TRUE(report.as_promised()) << to_text(report);
  AttackReport again = report;
  again.rows = attack_data(matrix, options).value();
  EXPECT_EQ(to_json(again), to_json(report));
  EXPECT_EQ(to_svg(again), to_svg(report));
  options.seed = 2;
  again.rows = attack_data(matrix, options).value();
  EXPECT_NE(to_json(again), to_json(report));
  EXPECT_TRUE(again.as_promised()) << to_text(again);
}

TEST(DataAttacks, SeeWhatPhysicsShowsAndNothingElse) {
  DataAttackOptions options;
  options.trials = 25;
  const auto rows = attack_data(cloud(), options).value();
  // Far spoofs are refuted, delay never is, a relay gains nothing, a clone passes like its host.
  EXPECT_GE(sum_of(rows, "naive spoof", "over 3000 km").detected, 20U);
  EXPECT_EQ(sum_of(rows, "added delay").detected, 0U);
  EXPECT_EQ(sum_of(rows, "relay").missed, 0U);
  EXPECT_EQ(sum_of(rows, "honest").detected, 0U);
  const AttackRow clone = sum_of(rows, "cloned key, the clone alone");
  EXPECT_EQ(clone.missed + clone.truly, sum_of(rows, "honest").truly);
  EXPECT_GT(clone.missed, 0U);
  EXPECT_GT(sum_of(rows, "cloned key, both answer", "over 3000 km").detected, 15U);
  // Up to f liars change nothing; one more does.
  EXPECT_EQ(sum_of(rows, "lying beacons: 1 of 1").missed, 0U);
  EXPECT_GT(sum_of(rows, "lying beacons: 2").missed, 10U);
  EXPECT_GT(sum_of(rows, "wrong beacon place, beacons compared", "over 3000 km").detected, 20U);
  EXPECT_GT(sum_of(rows, "wrong beacon place, none assumed").missed, 0U);
}

TEST(DataAttacks, NeedAMatrixWithPairs) {
  EXPECT_TRUE(attack_data(locate::DelayMatrix{}, {}).value().empty());
}

TEST(SocketAttacks, EndAsPromised) {
  SocketAttackOptions options;
  options.away_km = {1500};
  options.rounds = 1;
  AttackReport report{attack_sockets(options).value(), 0, Lab::faults, locate::light, 1000, "none"};
  // A busy machine may make an honest chip slow, never a dishonest one quick.
  EXPECT_TRUE(std::ranges::all_of(report.rows, [](const AttackRow& row) {
    return row.is_honest || row.as_promised();
  })) << to_text(report);
  EXPECT_EQ(sum_of(report.rows, "naive spoof").missed, 0U);
  EXPECT_EQ(sum_of(report.rows, "beacon impersonation").detected, 1U) << to_text(report);
  EXPECT_EQ(sum_of(report.rows, "wrong beacon place").detected, 1U) << to_text(report);
  EXPECT_EQ(sum_of(report.rows, "replay").detected, 1U) << to_text(report);
  EXPECT_EQ(sum_of(report.rows, "guessed").detected, 1U) << to_text(report);
  EXPECT_EQ(sum_of(report.rows, "wrong time").detected, 1U) << to_text(report);
  EXPECT_EQ(sum_of(report.rows, "amplification").detected, 1U) << to_text(report);
  EXPECT_EQ(sum_of(report.rows, "lying beacons: 2").missed, 1U) << to_text(report);
}

TEST(AttackTable, CountsAndPromises) {
  AttackRow row{"a", "b", "data", ""};
  for (const AttackEnd end :
       {AttackEnd::detected, AttackEnd::undecided, AttackEnd::missed, AttackEnd::truly})
    row.count(end);
  EXPECT_EQ(row.trials(), 4U);
  EXPECT_FALSE(row.as_promised());
  row.may_pass = true;
  EXPECT_TRUE(row.as_promised());
  row.may_pass = false;
  row.missed = 0;
  EXPECT_TRUE(row.as_promised());
  row.is_honest = true;
  EXPECT_FALSE(row.as_promised()) << "an honest chip was accused";
  const AttackReport report{{row}, 1, 1, locate::light, 500, "x"};
  const auto json = nlohmann::json::parse(to_json(report));
  EXPECT_EQ(json["as_promised"], false);
  EXPECT_EQ(json["rows"][0]["true_proofs"], 1);
  EXPECT_NE(to_text(report).find("NOT AS PROMISED"), std::string::npos);
}

}  // namespace
}  // namespace daymark::redteam
