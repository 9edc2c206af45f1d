#include "daymark/authority/order_life.h"

#include <gtest/gtest.h>

#include "daymark/authority/authority_testing.h"
#include "daymark/base/time.h"
#include "daymark/order/order_file.h"

namespace daymark::authority {
namespace {

using testing::Office;
using testing::verdict;

class OrderLifeTest : public ::testing::Test {
 protected:
  /// What the records tell of the order that was handed in last.
  [[nodiscard]] std::vector<LifeEvent> life() {
    const order::OrderFile file = order::parse_order_file(office.last).value();
    const order::Order parsed = order::parse_order(file.payload).value();
    const StoredOrder stored = office.records->order(parsed.hash).value().value();
    const order::Charter charter = office.world.charter();
    return life_of({&parsed, &charter, "owner, regulator-a", &stored, {}, {}});
  }

  [[nodiscard]] LifeEvent event(std::string_view name) {
    const std::vector<LifeEvent> all = life();
    const auto found = std::ranges::find(all, name, &LifeEvent::name);
    return found == all.end() ? LifeEvent{} : *found;
  }

  [[nodiscard]] std::vector<std::string_view> names() {
    std::vector<std::string_view> out;
    for (const LifeEvent& step : life())
      out.push_back(step.name);
    return out;
  }

  Outcome<Acceptance> suspend() {
    return office.submit(office.world.suspend_fleet(days(2)), {"owner", "regulator-a"});
  }

  Office office;
};

TEST_F(OrderLifeTest, EveryStepOfARestrictionIsDated) {
  const UnixMillis handed_in = office.world.now;
  const auto done = suspend();
  ASSERT_EQ(verdict(done), "ok");
  EXPECT_EQ(names(), (std::vector<std::string_view>{"drafted", "signed", "submitted", "logged",
                                                    "witnessed", "announced", "binding", "ends"}));
  EXPECT_EQ(event("signed").detail, "owner, regulator-a");
  EXPECT_EQ(event("submitted").at, handed_in);
  EXPECT_EQ(event("logged").at, done->publication->logged_at);
  EXPECT_EQ(event("logged").detail, "entry 0");
  EXPECT_EQ(event("announced").at, done->publication->logged_at);
  EXPECT_EQ(event("binding").at, done->publication->binds_at);
  EXPECT_GT(event("ends").at, event("binding").at);
}

TEST_F(OrderLifeTest, NamesWhoWitnessedAndWhoKeepsTheEntry) {
  office.down = {"http://w1"};
  ASSERT_EQ(verdict(suspend()), "ok");
  const std::string detail = event("witnessed").detail;
  const std::string time = to_rfc3339(office.world.now);
  EXPECT_EQ(detail,
            "by w0.example " + time + ", w2.example " + time + "; kept by m.example " + time);
}

TEST_F(OrderLifeTest, CosignaturesOfStrangersAreNotShown) {
  ASSERT_EQ(verdict(suspend()), "ok");
  const order::OrderFile file = order::parse_order_file(office.last).value();
  const order::Order parsed = order::parse_order(file.payload).value();
  const StoredOrder stored = office.records->order(parsed.hash).value().value();
  const order::testing::World other(2);
  const order::Charter charter = other.charter();
  const auto all = life_of({&parsed, &charter, "owner", &stored, {}, {}});
  const auto found = std::ranges::find(all, "witnessed", &LifeEvent::name);
  ASSERT_NE(found, all.end());
  EXPECT_EQ(found->detail, "by no known witness; kept by no known mirror");
}

TEST_F(OrderLifeTest, AnOrderThatWaitsForWitnessesIsSubmittedAndNoMore) {
  office.down = office.everybody();
  ASSERT_EQ(verdict(suspend()), "proof_quorum");
  EXPECT_EQ(names(), (std::vector<std::string_view>{"drafted", "signed", "submitted", "ends"}));
  EXPECT_EQ(event("submitted").at, office.world.now);
}

TEST_F(OrderLifeTest, AGrantIsNotAnnounced) {
  ASSERT_EQ(verdict(office.submit(office.world.enrol(order::testing::World::chip(1), Digest{1}),
                                  {"owner", "authority"})),
            "ok");
  EXPECT_EQ(names(), (std::vector<std::string_view>{"drafted", "signed", "submitted", "logged",
                                                    "witnessed", "binding"}));
}

}  // namespace
}  // namespace daymark::authority
