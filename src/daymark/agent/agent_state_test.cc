#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "daymark/agent/agent.h"
#include "daymark/governor/errors.h"
#include "daymark/net/errors.h"

namespace daymark::agent {
namespace {

using Json = nlohmann::json;

Json shown(const AgentState& state) {
  const std::string text = agent_state_json(state);
  EXPECT_TRUE(text.ends_with("}\n"));
  return Json::parse(text);
}

TEST(AgentStateJson, WhatIsUnknownIsNull) {
  const Json out = shown({});
  EXPECT_EQ(out["state"], "unprovisioned");
  EXPECT_EQ(out["chip"], std::string(32, '0'));
  EXPECT_EQ(out["next"], "none");
  EXPECT_EQ(out["fence"], "none");
  for (const char* name : {"reason", "next_at", "licence", "queued", "suspended_until"})
    EXPECT_TRUE(out[name].is_null()) << name;
  EXPECT_FALSE(out["clock"]["fresh"].get<bool>());
  EXPECT_TRUE(out["clock"]["earliest"].is_null());
  for (const char* name : {"announced", "refusals", "problems"})
    EXPECT_EQ(out[name], Json::array()) << name;
  EXPECT_TRUE(out["consistent"].get<bool>());
}

TEST(AgentStateJson, ShowsWhatTheChipSaid) {
  AgentState state;
  state.cycle = 3;
  state.time = {1'772'366'400'000};
  state.chip.bytes.fill(0xAB);
  governor::Status& status = state.status.status;
  status.standing = governor::Standing::suspended;
  status.reason = errc::gov_suspended;
  status.next = governor::NextEvent::suspension_ends;
  status.next_at = state.time + hours(1);
  status.next_in = hours(1);
  status.clock = {true, state.time, state.time + seconds(1)};
  status.fleet_head.seq = 7;
  status.own_head.seq = 2;
  status.fence = governor::FenceResult::stale;
  status.current = {.id = 5,
                    .not_before = state.time,
                    .not_after = state.time + days(7),
                    .allowance = {~std::uint64_t{0}},
                    .used = {12},
                    .cluster_max = 64,
                    .fenced = true};
  const Json out = shown(state);
  EXPECT_EQ(out["cycle"], 3);
  EXPECT_EQ(out["time"], "2026-03-01T12:00:00Z");
  EXPECT_EQ(out["chip"], "abababababababababababababababab");
  EXPECT_EQ(out["state"], "suspended");
  EXPECT_EQ(out["reason"], "gov_suspended");
  EXPECT_EQ(out["next"], "suspension_ends");
  EXPECT_EQ(out["next_at"], "2026-03-01T13:00:00Z");
  EXPECT_EQ(out["next_in_ms"], 3'600'000);
  EXPECT_EQ(out["clock"]["latest"], "2026-03-01T12:00:01Z");
  EXPECT_EQ(out["fleet_seq"], 7);
  EXPECT_EQ(out["own_seq"], 2);
  EXPECT_EQ(out["fence"], "stale");
  // More than a JavaScript number holds: a string.
  EXPECT_EQ(out["licence"]["allowance_teraops"], "18446744073709551615");
  EXPECT_EQ(out["licence"]["used_teraops"], "12");
  EXPECT_EQ(out["licence"]["not_after"], "2026-03-08T12:00:00Z");
  EXPECT_TRUE(out["licence"]["fenced"].get<bool>());
  EXPECT_TRUE(out["queued"].is_null());
}

TEST(AgentStateJson, ListsWhatWaitsAndWhatWasRefused) {
  AgentState state;
  governor::Status& status = state.status.status;
  status.pending[0] = {order::OrderKind::amend, order::Stream::fleet, Digest{0x11}, {1000}, {0}};
  status.pending[1] = {
      order::OrderKind::suspend, order::Stream::chip, Digest{0x22}, {2000}, {3000}};
  status.pending_count = 2;
  status.refusals[0] = {errc::gov_queue_full, 8, {4000}};
  status.refusal_count = 1;
  status.refusal_total = 9;
  const Json out = shown(state);
  ASSERT_EQ(out["announced"].size(), 2U);
  EXPECT_EQ(out["announced"][0]["kind"], "amend");
  EXPECT_TRUE(out["announced"][0]["until"].is_null());
  EXPECT_EQ(out["announced"][0]["order"].get<std::string>().substr(0, 4), "1100");
  EXPECT_EQ(out["announced"][1]["binds_at"], "1970-01-01T00:00:02Z");
  EXPECT_EQ(out["announced"][1]["until"], "1970-01-01T00:00:03Z");
  EXPECT_EQ(out["refusal_total"], 9);
  ASSERT_EQ(out["refusals"].size(), 1U);
  EXPECT_EQ(out["refusals"][0]["name"], "gov_queue_full");
  EXPECT_EQ(out["refusals"][0]["op"], 8);
}

TEST(AgentStateJson, TextFromOutsideStaysText) {
  AgentState state;
  state.denial = "he said \"no\"\n</script>";
  state.problems.push_back({"orders", Failure(errc::net_timeout, "http://a\"b", "x\ty")});
  const Json out = shown(state);
  EXPECT_EQ(out["denial"], state.denial);
  ASSERT_EQ(out["problems"].size(), 1U);
  EXPECT_EQ(out["problems"][0]["step"], "orders");
  EXPECT_EQ(out["problems"][0]["name"], "net_timeout");
  EXPECT_NE(out["problems"][0]["text"].get<std::string>().find("http://a\"b"), std::string::npos);
}

}  // namespace
}  // namespace daymark::agent
