#include "daymark/authority/appeal_desk.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "daymark/authority/authority_testing.h"
#include "daymark/authority/views.h"
#include "daymark/order/appeal.h"

namespace daymark::authority {
namespace {

using order::testing::World;
using testing::Office;
using testing::verdict;
using Json = nlohmann::json;

class AppealDeskTest : public ::testing::Test {
 protected:
  void SetUp() override {
    const auto done = office.submit(office.world.suspend_fleet(days(10)), {"maker", "regulator-a"});
    ASSERT_EQ(verdict(done), "ok");
    stop = done->hash;
  }

  [[nodiscard]] std::vector<Byte> statement(const Digest& order, const std::string& signer) {
    return order::make_appeal({office.world.charter().fleet, order, office.world.now, "unfounded"},
                              office.world.party(signer).key.sign);
  }

  [[nodiscard]] Json view() {
    const auto stored = office.records->order(stop);
    const OrderFacts facts{**stored, *office.records->appeals(stop), confirmations};
    return Json::parse(order_view(facts, office.world.charter()).value());
  }

  [[nodiscard]] std::vector<std::string> events() {
    std::vector<std::string> out;
    const Json life = view()["life"];
    for (const auto& event : life)
      out.push_back(event["event"]);
    return out;
  }

  Office office;
  AppealDesk desk{*office.records, *office.publisher, *office.desk};
  Digest stop{};
  std::vector<StoredOrder> confirmations;
};

TEST_F(AppealDeskTest, AnAppealBecomesPublicAndProvesItself) {
  const auto entry = statement(stop, "owner");
  const auto stored = desk.submit(entry);
  ASSERT_EQ(verdict(stored), "ok");
  EXPECT_EQ(stored->index.value, 1U);
  const auto scratch = std::make_unique<order::ProofScratch>();
  const auto proven = order::prove_appeal({entry, stored->proof}, office.world.charter(), *scratch);
  ASSERT_EQ(order::testing::verdict(proven), "ok");
  EXPECT_EQ(proven->logged_at(), stored->logged_at);
  EXPECT_EQ(proven->appeal().hash, stored->hash);
}

TEST_F(AppealDeskTest, TheSameAgainChangesNothing) {
  const auto entry = statement(stop, "owner");
  const auto first = desk.submit(entry);
  ASSERT_EQ(verdict(first), "ok");
  office.world.now = office.world.now + hours(1);
  const auto again = desk.submit(entry);
  ASSERT_EQ(verdict(again), "ok");
  EXPECT_EQ(again->proof, first->proof);
  EXPECT_EQ(verdict(desk.submit(statement(stop, "owner"))), "gov_appealed") << "an hour later";
  EXPECT_EQ(office.publisher->log().head().size.value, 2U);
}

TEST_F(AppealDeskTest, OnlyTheOwnerAppealsAndOnlyAgainstSuspensions) {
  EXPECT_EQ(verdict(desk.submit(statement(stop, "regulator-a"))), "appeal_signer");
  EXPECT_EQ(verdict(desk.submit(statement(Digest{1}, "owner"))), "authority_not_found");
  const auto policy = office.submit(office.world.policy({}), {"owner", "regulator-a"});
  ASSERT_EQ(verdict(policy), "ok");
  EXPECT_EQ(verdict(desk.submit(statement(policy->hash, "owner"))), "authority_appeal_order");
  EXPECT_EQ(verdict(desk.submit(bytes_of("noise"))), "appeal_signer");
  EXPECT_EQ(office.publisher->log().head().size.value, 2U) << "nothing of this was logged";
}

TEST_F(AppealDeskTest, WithoutWitnessesItIsHandedInAgain) {
  office.down = office.everybody();
  const auto entry = statement(stop, "owner");
  EXPECT_EQ(verdict(desk.submit(entry)), "proof_quorum");
  EXPECT_TRUE(office.records->appeals(stop)->empty());
  office.down.clear();
  const auto stored = desk.submit(entry);
  ASSERT_EQ(verdict(stored), "ok");
  EXPECT_EQ(stored->index.value, 1U) << "the entry was in the log already";
}

TEST_F(AppealDeskTest, TheLifeOfTheOrderShowsTheDispute) {
  EXPECT_EQ(events(), (std::vector<std::string>{"drafted", "signed", "submitted", "logged",
                                                "witnessed", "announced", "binding", "ends"}));
  const Json before = view();
  const auto stored = desk.submit(statement(stop, "owner"));
  ASSERT_EQ(verdict(stored), "ok");
  const Json appealed = view();
  ASSERT_EQ(appealed["appeals"].size(), 1U);
  EXPECT_EQ(appealed["appeals"][0]["text"], "unfounded");
  EXPECT_EQ(appealed["life"].back()["event"], "ends");
  EXPECT_EQ(appealed["life"].back()["at"], appealed["appeals"][0]["term"]);
  const auto done = office.submit(office.world.confirm({}, stored->hash), {"maker", "regulator-a"});
  ASSERT_EQ(verdict(done), "ok");
  const StoredOrder confirmation = **office.records->order(done->hash);
  EXPECT_TRUE(confirms(confirmation, *office.records->appeals(stop)));
  EXPECT_FALSE(confirms(**office.records->order(stop), *office.records->appeals(stop)));
  confirmations.push_back(confirmation);
  EXPECT_EQ(view()["life"].back()["at"], before["life"].back()["at"]);
  EXPECT_EQ(events(),
            (std::vector<std::string>{"drafted", "signed", "submitted", "logged", "witnessed",
                                      "announced", "appealed", "confirmed", "binding", "ends"}));
}

}  // namespace
}  // namespace daymark::authority
