// The agent between a real governor and an authority in memory.
#include "daymark/agent/agent.h"

#include <gtest/gtest.h>

#include "daymark/agent/agent_testing.h"
#include "daymark/agent/process_testing.h"
#include "daymark/agent/scripted_peer_testing.h"
#include "daymark/beacon/udp_chip_testing.h"
#include "daymark/governor/errors.h"
#include "daymark/tlog/log_testing.h"

namespace daymark::agent {
namespace {

using governor::Standing;
using governor::testing::Device;
using governor::testing::verdict;
using order::OrderKind;
using order::testing::Logged;
using order::testing::World;

bool asks_to_apply(ByteView request) {
  cbor::Reader reader(request);
  const auto op = governor::read_op(reader);
  return op && *op == governor::Op::apply;
}

class AgentTest : public ::testing::Test {
 protected:
  void SetUp() override {
    device.enrol();
    device.range();
  }

  /// A cycle that must work; the name of its only problem, or "".
  std::string_view cycle() {
    const Outcome<void> done = agent.cycle();
    if (!done) return verdict(done);
    const std::vector<Problem>& problems = agent.state().problems;
    if (problems.size() > 1) return "several problems";
    return problems.empty() ? "" : verdict(Outcome<void>(std::unexpected(problems[0].failure)));
  }

  Logged policy() { return world.prove(world.policy({}), {"owner", "regulator-a"}); }

  Logged amendment(const order::Charter& next) {
    return world.prove(world.amend(next), {"owner", "regulator-a"});
  }

  Logged stop() {
    return world.prove(world.suspend_chip(device.target(), days(1)), {"maker", "regulator-a"});
  }

  [[nodiscard]] std::uint64_t refusals() { return device.governor().state().refusal_total; }

  [[nodiscard]] std::uint64_t fleet_seq() { return device.governor().state().fleet.seq; }

  [[nodiscard]] std::uint64_t own_seq() { return device.governor().state().own.seq; }

  World world;
  Device device{world};
  testing::FakeAuthority authority;
  testing::WorldClock clock{world};
  crypto::SeededRandom random{7};
  Agent agent{{}, {&device.client(), &authority, &clock, &random, {}}};
};

/// A beacon of its own for the chip, and a count of what its host was asked beside the core.
class AgentRangingTest : public ::testing::Test {
 protected:
  void SetUp() override {
    testing::pin_first_beacon(world, crypto::ed25519_public(beacon.settings().key),
                              beacon.settings().place);
  }

  void cycle(Agent& agent) {
    ASSERT_EQ(verdict(agent.cycle()), "ok");
    EXPECT_TRUE(agent.state().problems.empty());
  }

  [[nodiscard]] AgentOptions options() const {
    AgentOptions out;
    out.beacons = {{0, net::print_endpoint(beacon.local())}};
    out.ranging_period = {};
    return out;
  }

  World world;
  beacon::testing::RunningBeacon beacon;
  testing::FakeAuthority authority;
  testing::WorldClock clock{world};
  crypto::SeededRandom random{7};
};

TEST_F(AgentRangingTest, CarriesWhereTheGovernorHasNoSocketAndAsksOnce) {
  Device device{world};
  device.enrol();
  int asked = 0;
  const governor::Transport host = [&](ByteView request) -> Outcome<std::vector<Byte>> {
    ++asked;
    return device.exchange(request);
  };
  Agent agent{options(), {&device.client(), &authority, &clock, &random, {}, nullptr, host}};
  cycle(agent);
  cycle(agent);
  EXPECT_EQ(authority.ranging.size(), 2U);
  EXPECT_EQ(asked, 1);
  EXPECT_EQ(device.governor().state().refusal_total, 1U);
}

TEST_F(AgentRangingTest, LeavesTheSessionToAGovernorWithASocket) {
  const testing::ProcessFolder folder("agent");
  SystemClock ticks;
  auto opened = GovernorProcess::open(folder.options(world), ticks, random);
  ASSERT_EQ(verdict(opened), "ok");
  const testing::RunningProcess running(*std::move(opened));
  bool answered_by_core = false;
  const governor::Transport wire = testing::transport_to(folder.options(world).socket);
  const governor::Transport watched = [&](ByteView request) {
    cbor::Reader reader(request);
    answered_by_core |= governor::read_op(reader) == governor::Op::range_answer;
    return wire(request);
  };
  governor::Client client(watched);
  const auto nonce = client.begin_enrolment();
  ASSERT_EQ(verdict(nonce), "ok");
  ASSERT_EQ(verdict(testing::enrol_with(world, client, *nonce)), "ok");
  Agent agent{options(), {&client, &authority, &clock, &random, {}, nullptr, watched}};
  cycle(agent);
  ASSERT_EQ(authority.ranging.size(), 1U);
  EXPECT_EQ(ranging::parse_receipt(authority.ranging[0])->chip, running.chip());
  EXPECT_FALSE(answered_by_core);
}

TEST_F(AgentRangingTest, AStopEndsACycleBeforeItsNextStep) {
  Device device{world};
  device.enrol();
  std::stop_source stop;
  testing::ScriptedPeer silent([&](const net::Datagram&) {
    stop.request_stop();
    return std::vector<Byte>{};
  });
  AgentOptions patient = options();
  patient.beacons = {{0, net::print_endpoint(silent.socket.local())},
                     {1, net::print_endpoint(silent.socket.local())}};
  patient.patience = {minutes(1), 4, minutes(4)};
  Agent agent{patient, {&device.client(), &authority, &clock, &random, {}}};
  EXPECT_EQ(verdict(agent.cycle(stop.get_token())), "ok");
  EXPECT_EQ(silent.requests, 1);
  EXPECT_TRUE(agent.state().problems.empty());  // nobody let it down
  EXPECT_TRUE(authority.requests.empty());
  EXPECT_TRUE(authority.attestations.empty());
  patient.beacons.clear();
  Agent next{patient, {&device.client(), &authority, &clock, &random, {}}};
  cycle(next);
  EXPECT_EQ(authority.attestations.size(), 1U);
}

TEST_F(AgentTest, AnUnprovisionedChipIsLeftAlone) {
  Device fresh(world, 2);
  Agent other({}, {&fresh.client(), &authority, &clock, &random, {}});
  ASSERT_EQ(verdict(other.cycle()), "ok");
  EXPECT_EQ(other.state().chip, fresh.chip.id);
  EXPECT_TRUE(authority.requests.empty());
  EXPECT_TRUE(authority.attestations.empty());
  EXPECT_TRUE(other.state().problems.empty());
}

TEST_F(AgentTest, OrdersAreAppliedAndTheirReceiptsPosted) {
  authority.publish(policy());
  authority.publish(stop());
  authority.publish(policy());
  EXPECT_EQ(cycle(), "");
  EXPECT_EQ(fleet_seq(), 2U);
  EXPECT_EQ(own_seq(), 2U);
  EXPECT_EQ(agent.state().orders_applied, 3U);
  ASSERT_EQ(authority.receipts.size(), 3U);
  const auto scratch = std::make_unique<governor::DocumentScratch>();
  const auto receipt =
      governor::verify_order_receipt(authority.receipts[1], device.chip.key, *scratch);
  ASSERT_TRUE(receipt);
  EXPECT_EQ(receipt->kind, OrderKind::suspend);
  EXPECT_EQ(cycle(), "");
  EXPECT_EQ(authority.receipts.size(), 3U);
}

TEST_F(AgentTest, WithoutTheAuthorityTheGovernorIsStillRead) {
  authority.down = true;
  ASSERT_EQ(verdict(agent.cycle()), "ok");
  std::vector<std::string> steps;
  for (const Problem& problem : agent.state().problems)
    steps.push_back(problem.step);
  EXPECT_EQ(steps, (std::vector<std::string>{"orders", "renewal", "attestation"}));
  EXPECT_EQ(agent.state().status.status.standing, Standing::observing);
}

TEST_F(AgentTest, AReceiptThatCouldNotBePostedIsPostedLater) {
  authority.publish(policy());
  // The authority goes away between the feed and the receipt.
  governor::Client gate([&](ByteView request) -> Outcome<std::vector<Byte>> {
    if (asks_to_apply(request)) authority.down = true;
    return device.exchange(request);
  });
  Agent broken({}, {&gate, &authority, &clock, &random, {}});
  ASSERT_EQ(verdict(broken.cycle()), "ok");
  EXPECT_EQ(broken.state().orders_applied, 1U);
  EXPECT_TRUE(authority.receipts.empty());
  authority.down = false;
  ASSERT_EQ(verdict(broken.cycle()), "ok");
  EXPECT_EQ(authority.receipts.size(), 1U);
}

TEST_F(AgentTest, AReceiptThatCouldNotBePostedOutlivesTheAgent) {
  const tlog::testing::TemporaryFolder folder;
  const auto run_one_cycle = [&](governor::Client& to_chip) {
    Outcome<Outbox> outbox = Outbox::open(folder.path());
    ASSERT_TRUE(outbox);
    Agent other({}, {&to_chip, &authority, &clock, &random, {}, &*outbox});
    ASSERT_EQ(verdict(other.cycle()), "ok");
  };
  authority.publish(policy());
  governor::Client gate([&](ByteView request) -> Outcome<std::vector<Byte>> {
    if (asks_to_apply(request)) authority.down = true;
    return device.exchange(request);
  });
  run_one_cycle(gate);
  EXPECT_TRUE(authority.receipts.empty());
  authority.down = false;
  run_one_cycle(device.client());
  EXPECT_EQ(authority.receipts.size(), 1U);
  run_one_cycle(device.client());
  EXPECT_EQ(authority.receipts.size(), 1U);
}

TEST_F(AgentTest, ARefusedOrderIsOfferedOnceAndStaysAProblem) {
  Logged forged = policy();
  forged.envelope.back() ^= 1;
  authority.publish(forged);
  authority.publish(policy());
  for (int i = 0; i < 4; ++i)
    EXPECT_EQ(cycle(), "cose_signature");
  // Neither it nor what follows it in its stream was offered again.
  EXPECT_EQ(refusals(), 1U);
  EXPECT_EQ(fleet_seq(), 0U);
}

TEST_F(AgentTest, ARefusedOrderStopsItsOwnStreamOnly) {
  Logged forged = policy();
  forged.envelope.back() ^= 1;
  authority.publish(forged);
  authority.publish(stop());
  EXPECT_EQ(cycle(), "cose_signature");
  EXPECT_EQ(own_seq(), 2U);
  EXPECT_EQ(agent.state().orders_applied, 1U);
}

TEST_F(AgentTest, ARefusedOrderIsOfferedAgainWhenTheChipHasMovedOrTimeHasPassed) {
  Logged forged = policy();
  forged.envelope.back() ^= 1;
  authority.publish(forged);
  EXPECT_EQ(cycle(), "cose_signature");
  authority.publish(stop());
  EXPECT_EQ(cycle(), "cose_signature");
  EXPECT_EQ(refusals(), 1U) << "the fleet's stream came first";
  EXPECT_EQ(cycle(), "cose_signature");
  EXPECT_EQ(refusals(), 2U) << "the chip's stream has moved";
  EXPECT_EQ(cycle(), "cose_signature");
  EXPECT_EQ(refusals(), 2U);
  device.wait(hours(6));
  EXPECT_EQ(cycle(), "cose_signature");
  EXPECT_EQ(refusals(), 3U);
}

TEST_F(AgentTest, AFullQueueIsWaitedOut) {
  for (std::size_t i = 0; i < governor::pending_max; ++i)
    authority.publish(policy());
  EXPECT_EQ(cycle(), "");
  device.wait(hours(1));
  device.range();
  authority.publish(policy());
  for (int i = 0; i < 3; ++i)
    EXPECT_EQ(cycle(), "gov_queue_full");
  EXPECT_EQ(refusals(), 1U);
  device.live(hours(72));
  EXPECT_EQ(cycle(), "");
  EXPECT_EQ(fleet_seq(), governor::pending_max + 1);
  EXPECT_EQ(refusals(), 1U);
}

TEST_F(AgentTest, AnOrderUnderAWaitingCharterIsAppliedWhenItBinds) {
  const order::Charter next = world.successor();
  authority.publish(amendment(next));
  EXPECT_EQ(cycle(), "");
  ASSERT_EQ(agent.state().status.status.pending_count, 1U);
  // The authority's clock is ahead of what the chip can be sure of.
  world.set_charter(next);
  world.now = world.now + hours(72);
  authority.publish(policy());
  authority.publish(stop());
  for (int i = 0; i < 3; ++i)
    EXPECT_EQ(cycle(), "several problems");
  EXPECT_EQ(agent.state().problems.front().failure.error.code, errc::gov_charter_waiting);
  // The chip's own order waits for the same charter, and is not even offered.
  EXPECT_EQ(refusals(), 1U);
  device.tick = device.tick + hours(73);
  world.now = world.now + hours(1);
  device.range();
  EXPECT_EQ(cycle(), "");
  EXPECT_EQ(fleet_seq(), 2U);
  EXPECT_EQ(own_seq(), 2U);
  EXPECT_EQ(refusals(), 1U);
}

/// Two amendments bind while a chip is off; before the first one its own stream went on.
class LateChipTest : public AgentTest {
 protected:
  void SetUp() override {
    AgentTest::SetUp();
    const Logged own = stop();
    const Logged first = amendment(world.successor());
    world.set_charter(world.successor());
    device.sleep(hours(73));
    const Logged second = amendment(world.successor());
    world.set_charter(world.successor());
    device.sleep(hours(73));
    log = {own, first, second, policy()};
    device.range();
  }

  std::vector<Logged> log;
};

TEST_F(LateChipTest, ItTakesAllInTheOrderOfTheLog) {
  for (const Logged& order : log)
    authority.publish(order);
  EXPECT_EQ(cycle(), "");
  EXPECT_EQ(own_seq(), 2U);
  EXPECT_EQ(fleet_seq(), 3U);
  EXPECT_EQ(refusals(), 0U);
}

TEST_F(LateChipTest, InAnotherOrderItCouldNot) {
  std::ranges::rotate(log, log.begin() + 1);
  for (const Logged& order : log)
    authority.publish(order);
  EXPECT_EQ(cycle(), "order_charter");
  EXPECT_EQ(own_seq(), 1U);
}

TEST_F(AgentTest, AppealsAreHandedOverOnce) {
  authority.publish(stop());
  EXPECT_EQ(cycle(), "");
  const Digest order = device.governor().state().pending[0].what.order;
  const auto mine = world.appeal(order);
  const auto forged = world.appeal(order, "regulator-a");
  authority.appeals_of[order] = {{mine.envelope, mine.proof}, {forged.envelope, forged.proof}};
  EXPECT_EQ(cycle(), "appeal_signer");
  ASSERT_EQ(device.governor().state().appealed_count, 1U);
  EXPECT_EQ(device.governor().state().appealed[0].appeal, mine.hash);
  const std::uint64_t refused = refusals();
  EXPECT_EQ(cycle(), "");
  EXPECT_EQ(refusals(), refused);
}

TEST_F(AgentTest, ALostAnswerOfTheGovernorIsNoRefusal) {
  bool broken = true;
  governor::Client shaky([&](ByteView request) -> Outcome<std::vector<Byte>> {
    const bool lost = broken && asks_to_apply(request);
    if (lost) return refuse(errc::net_closed, "governor");
    return device.exchange(request);
  });
  Agent other({}, {&shaky, &authority, &clock, &random, {}});
  authority.publish(policy());
  ASSERT_EQ(verdict(other.cycle()), "ok");
  ASSERT_EQ(other.state().problems.size(), 1U);
  EXPECT_EQ(other.state().problems[0].failure.error.code, errc::net_closed);
  broken = false;
  ASSERT_EQ(verdict(other.cycle()), "ok");
  EXPECT_TRUE(other.state().problems.empty());
  EXPECT_EQ(fleet_seq(), 1U);
}

TEST_F(AgentTest, AGovernorThatDoesNotAnswerEndsTheCycle) {
  governor::Client dead([](ByteView) -> Outcome<std::vector<Byte>> {
    return refuse(errc::net_unreachable, "governor");
  });
  Agent other({}, {&dead, &authority, &clock, &random, {}});
  EXPECT_EQ(verdict(other.cycle()), "net_unreachable");
}

TEST_F(AgentTest, NonsenseInTheFeedIsNotOffered) {
  authority.hand_out({.envelope = {1, 2, 3}, .proof = {}, .salt = {}, .content = {}});
  EXPECT_NE(cycle(), "");
  EXPECT_EQ(agent.state().problems.front().step, "orders");
  EXPECT_EQ(refusals(), 0U);
}

TEST_F(AgentTest, ALicenceIsAskedForUntilTheLeafAnswers) {
  EXPECT_EQ(cycle(), "");
  ASSERT_EQ(authority.requests.size(), 1U);
  const std::vector<Byte> request = authority.requests.front();
  // A leaf that answers another request: asked again, with the same request.
  authority.newest_leaf = device.make_leaf(bytes_of("another request"), {});
  EXPECT_EQ(cycle(), "");
  ASSERT_EQ(authority.requests.size(), 2U);
  EXPECT_EQ(authority.requests.back(), request);
  EXPECT_EQ(agent.state().licences_accepted, 0U);
  authority.newest_leaf = device.make_leaf(request, {});
  EXPECT_EQ(cycle(), "");
  EXPECT_EQ(agent.state().licences_accepted, 1U);
  EXPECT_EQ(device.standing(), Standing::licensed);
  // Not again before it is due.
  EXPECT_EQ(cycle(), "");
  EXPECT_EQ(authority.requests.size(), 2U);
  device.wait(hours(6));
  device.range();
  EXPECT_EQ(cycle(), "");
  EXPECT_EQ(authority.requests.size(), 3U);
  EXPECT_NE(authority.requests.back(), request);
}

TEST_F(AgentTest, ADenialIsToldWithItsReason) {
  EXPECT_EQ(cycle(), "");
  authority.newest_leaf = device.make_leaf(authority.requests.front(), {.denial = "broken seal"});
  EXPECT_EQ(cycle(), "");
  EXPECT_EQ(agent.state().denial, "broken seal");
  EXPECT_EQ(agent.state().licences_accepted, 0U);
}

TEST_F(AgentTest, AForgedLeafIsRefused) {
  EXPECT_EQ(cycle(), "");
  governor::LeafParts leaf = device.make_leaf(authority.requests.front(), {});
  leaf.batch.envelope.back() ^= 1;
  authority.newest_leaf = leaf;
  EXPECT_EQ(cycle(), "cose_signature");
  EXPECT_EQ(agent.state().licences_accepted, 0U);
  EXPECT_NE(device.standing(), Standing::licensed);
}

TEST_F(AgentTest, ALeafAheadOfTheChipIsTakenOnceTheOrdersHaveCome) {
  EXPECT_EQ(cycle(), "");
  const Logged order = policy();
  const order::SignedOrder parsed = order::parse_signed_order(order.envelope).value();
  const order::StreamHead ahead{fleet_seq() + 1, parsed.order.hash};
  authority.newest_leaf = device.make_leaf(authority.requests.front(), {.fleet = ahead});
  EXPECT_EQ(cycle(), "gov_leaf_position");
  const std::uint64_t refused = refusals();
  // Known to be refused as long as nothing changes: told, and not offered again.
  EXPECT_EQ(cycle(), "gov_leaf_position");
  EXPECT_EQ(refusals(), refused);
  authority.publish(order);
  EXPECT_EQ(cycle(), "");
  EXPECT_EQ(agent.state().licences_accepted, 1U);
  EXPECT_EQ(authority.requests.size(), 1U) << "the chip was asked for another request";
}

TEST_F(AgentTest, AfterARefusedLeafTheNextOneAnswersTheSameRequest) {
  EXPECT_EQ(cycle(), "");
  governor::LeafParts forged = device.make_leaf(authority.requests.front(), {});
  forged.batch.envelope.back() ^= 1;
  authority.newest_leaf = forged;
  EXPECT_EQ(cycle(), "cose_signature");
  authority.newest_leaf = device.make_leaf(authority.requests.front(), {});
  EXPECT_EQ(cycle(), "");
  EXPECT_EQ(agent.state().licences_accepted, 1U);
}

TEST_F(AgentTest, ARequestThatTheChipHoldsNoMoreIsMadeAnew) {
  EXPECT_EQ(cycle(), "");
  const std::vector<Byte> request = authority.requests.front();
  ASSERT_TRUE(device.client().request_renewal());  // somebody else asked
  authority.newest_leaf = device.make_leaf(request, {});
  EXPECT_EQ(cycle(), "gov_leaf_request");
  EXPECT_EQ(cycle(), "");
  ASSERT_EQ(authority.requests.size(), 2U);
  authority.newest_leaf = device.make_leaf(authority.requests.back(), {});
  EXPECT_EQ(cycle(), "");
  EXPECT_EQ(agent.state().licences_accepted, 1U);
}

TEST_F(AgentTest, AnAttestationGoesOutEachCycleWithANonceOfItsOwn) {
  EXPECT_EQ(cycle(), "");
  EXPECT_EQ(cycle(), "");
  ASSERT_EQ(authority.attestations.size(), 2U);
  const auto first_scratch = std::make_unique<governor::DocumentScratch>();
  const auto first =
      governor::verify_attestation(authority.attestations[0], device.chip.key, *first_scratch);
  const auto scratch = std::make_unique<governor::DocumentScratch>();
  const auto second =
      governor::verify_attestation(authority.attestations[1], device.chip.key, *scratch);
  ASSERT_TRUE(first && second);
  EXPECT_FALSE(equal(first->nonce, second->nonce));
  EXPECT_TRUE(agent.state().consistent);
  authority.answer = R"({"stored":true,"consistent":false,"finding":"x"})";
  EXPECT_EQ(cycle(), "");
  EXPECT_FALSE(agent.state().consistent);
}

TEST_F(AgentTest, WhatTheMeterSaysIsRecorded) {
  int calls = 0;
  const MeterReading meter =
      [&](const governor::Status& status) -> Outcome<std::vector<governor::UsageRequest>> {
    if (++calls == 2) return refuse(errc::net_timeout, "meter");
    governor::UsageRequest reading;
    reading.end = world.now;
    reading.start = world.now - minutes(1);
    reading.level = Level::host_signed;
    reading.job = status.job;
    return std::vector{reading};
  };
  Agent metered({}, {&device.client(), &authority, &clock, &random, meter});
  const auto records = [&] { return device.governor().state().ledger.size().value; };
  const auto before = records();
  ASSERT_EQ(verdict(metered.cycle()), "ok");
  EXPECT_TRUE(metered.state().problems.empty());
  EXPECT_EQ(records(), before + 1);
  ASSERT_EQ(verdict(metered.cycle()), "ok");
  ASSERT_EQ(metered.state().problems.size(), 1U);
  EXPECT_EQ(metered.state().problems.front().step, "meter");
  EXPECT_EQ(records(), before + 1);
}

}  // namespace
}  // namespace daymark::agent
