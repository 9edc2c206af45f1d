// The life of a chip from enrolment to release.
#include <gtest/gtest.h>

#include "daymark/base/error_table.h"
#include "daymark/cbor/encode.h"
#include "daymark/governor/errors.h"
#include "daymark/governor/governor_testing.h"
#include "daymark/order/errors.h"

namespace daymark::governor {
namespace {

using namespace daymark::governor::testing;
using order::OrderKind;

class LifeTest : public ::testing::Test {
 protected:
  World world;
  Device device{world};

  void license_in_time(const Terms& terms = {}) {
    device.enrol();
    device.range();
    device.license(terms);
  }
};

TEST_F(LifeTest, UnprovisionedGovernsNothing) {
  EXPECT_EQ(device.standing(), Standing::unprovisioned);
  const auto permit = device.ask(100000);
  ASSERT_EQ(verdict(permit), "ok");
  EXPECT_EQ(permit->content.standing, Standing::unprovisioned);
  EXPECT_EQ(verdict(device.client().charter()), "gov_unprovisioned");
  EXPECT_EQ(verdict(device.client().request_renewal()), "gov_unprovisioned");
  EXPECT_EQ(verdict(device.client().open_ranging(0)), "gov_unprovisioned");
}

TEST_F(LifeTest, EnrolsOnceAndObserves) {
  const auto receipt = device.try_enrol();
  ASSERT_EQ(verdict(receipt), "ok");
  EXPECT_EQ(receipt->content.kind, OrderKind::enrol);
  EXPECT_EQ(receipt->content.outcome, ApplyOutcome::in_effect);
  EXPECT_EQ(receipt->content.own.seq, 1U);
  EXPECT_EQ(receipt->content.standing, Standing::observing);
  const auto charter = device.client().charter();
  ASSERT_EQ(verdict(charter), "ok");
  EXPECT_EQ(*charter, world.encoded_charter());
  EXPECT_EQ(verdict(device.client().begin_enrolment()), "gov_enrolled");
}

TEST_F(LifeTest, EnrolmentNeedsThisChipsNonce) {
  const auto nonce = device.client().begin_enrolment();
  ASSERT_EQ(verdict(nonce), "ok");
  const Logged logged = world.prove(world.enrol(device.chip, *nonce), {"owner", "authority"});
  ASSERT_EQ(verdict(device.client().begin_enrolment()), "ok");
  EXPECT_EQ(verdict(device.client().enrol(parts_of(logged), world.encoded_charter())),
            "order_answer");
  EXPECT_EQ(device.standing(), Standing::unprovisioned);
}

TEST_F(LifeTest, EnrolmentAnswerSurvivesReset) {
  const auto nonce = device.client().begin_enrolment();
  ASSERT_EQ(verdict(nonce), "ok");
  ASSERT_TRUE(device.reboot());
  const auto answer = device.client().answer_enrolment(world.encoded_charter());
  ASSERT_EQ(verdict(answer), "ok");
  const Logged logged = world.prove(world.enrol(device.chip, *nonce), {"owner", "authority"});
  EXPECT_EQ(verdict(device.client().enrol(parts_of(logged), world.encoded_charter())), "ok");
}

TEST_F(LifeTest, ObservingRecordsWhatItWouldRefuse) {
  device.enrol();
  device.range();
  const auto policy = world.prove(world.policy({}), {"owner", "regulator-a"});
  ASSERT_EQ(verdict(device.apply(policy)), "ok");
  device.live(hours(73));
  const auto permit = device.ask();
  ASSERT_EQ(verdict(permit), "ok");
  EXPECT_EQ(permit->content.standing, Standing::observing);
  EXPECT_EQ(permit->content.finding, errc::gov_program);
  const State& state = device.governor().state();
  EXPECT_EQ(state.refusals.at(0).code, errc::gov_program);
  EXPECT_EQ(state.refusals.at(0).op, 0x80 + 11);
}

TEST_F(LifeTest, LicensedThenGraceThenLapsedAtTheComputedTime) {
  license_in_time();
  EXPECT_EQ(device.standing(), Standing::licensed);
  device.live(days(7) - minutes(30));
  EXPECT_EQ(device.standing(), Standing::licensed);
  device.wait(minutes(31));
  EXPECT_EQ(device.standing(), Standing::grace);
  EXPECT_EQ(device.reason(), errc::gov_licence_ended);
  device.live(hours(24) - minutes(2));
  EXPECT_EQ(device.standing(), Standing::grace);
  device.wait(minutes(2));
  EXPECT_EQ(device.standing(), Standing::lapsed);
  EXPECT_EQ(device.reason(), errc::gov_lapsed);
  EXPECT_EQ(verdict(device.ask()), "gov_lapsed");
}

TEST_F(LifeTest, GraceCountsFromTheEndAlsoInOneStep) {
  license_in_time();
  device.live(days(7) - hours(1));
  device.wait(hours(24));
  EXPECT_EQ(device.standing(), Standing::grace);
  // 23 h of 24 h are spent: the last step began an hour before the end.
  EXPECT_NEAR(static_cast<double>((device.governor().state().grace_left.value)), 0.0, 3'600'000.0);
  device.wait(hours(1) + minutes(1));
  EXPECT_EQ(device.standing(), Standing::lapsed);
}

TEST_F(LifeTest, GraceIsPoweredTimeAndAResetCostsAtMostOneChunk) {
  license_in_time();
  device.live(days(7) + minutes(1));
  ASSERT_EQ(device.standing(), Standing::grace);
  const Millis before = device.governor().state().grace_left;
  device.sleep(days(3));
  device.range();
  EXPECT_EQ(device.standing(), Standing::grace);
  const Millis after = device.governor().state().grace_left;
  EXPECT_LT(after, before);
  EXPECT_GE(after, before - minutes(91));
}

TEST_F(LifeTest, ResetsNeverRefillGrace) {
  license_in_time();
  device.live(days(7) + minutes(1));
  Millis last = days(365);
  for (int i = 0; i < 60; ++i) {
    device.sleep(seconds(1));
    const Standing now = device.standing();
    const Millis left = device.governor().state().grace_left;
    EXPECT_LE(left, last);
    last = left;
    if (now == Standing::lapsed) break;
  }
  device.range();
  EXPECT_EQ(device.standing(), Standing::lapsed);
}

TEST_F(LifeTest, ResetsCostNoGraceWhereTimeComesBackAndTheStateIsSaved) {
  license_in_time();
  for (int i = 0; i < 40; ++i) {
    device.sleep(minutes(1));
    device.range();
    ASSERT_EQ(device.standing(), Standing::licensed);
    ASSERT_EQ(verdict(device.client().request_renewal()), "ok");
  }
  EXPECT_GE(device.governor().state().grace_left, hours(23));
}

TEST_F(LifeTest, OldTimeIsOnlyGrace) {
  license_in_time();
  device.wait(hours(49));
  EXPECT_EQ(device.standing(), Standing::grace);
  EXPECT_EQ(device.reason(), errc::gov_time_unknown);
  device.range();
  EXPECT_EQ(device.standing(), Standing::licensed);
  device.sleep(minutes(1));
  EXPECT_EQ(device.reason(), errc::gov_time_unknown);
  device.wait(hours(24));
  EXPECT_EQ(device.standing(), Standing::lapsed);
  device.range();
  EXPECT_EQ(device.standing(), Standing::licensed);
}

TEST_F(LifeTest, LapseEndsInObserving) {
  license_in_time({.length = days(1)});
  device.live(days(1) + hours(25));
  ASSERT_EQ(device.standing(), Standing::lapsed);
  device.live(days(29));
  EXPECT_EQ(device.standing(), Standing::lapsed);
  device.live(days(1) + minutes(1));
  EXPECT_EQ(device.standing(), Standing::observing);
  EXPECT_EQ(device.reason(), errc::gov_silence);
  EXPECT_EQ(verdict(device.ask()), "ok");
}

TEST_F(LifeTest, LapseEndsAcrossResets) {
  license_in_time({.length = days(1)});
  device.live(days(1) + hours(25));
  ASSERT_EQ(device.standing(), Standing::lapsed);
  device.sleep(days(30));
  device.range();
  EXPECT_EQ(device.standing(), Standing::observing);
}

TEST_F(LifeTest, SilenceMayObserve) {
  order::Charter charter = world.source();
  charter.silence.action = order::OnSilence::observe;
  world.set_charter(charter);
  license_in_time({.length = days(1)});
  device.live(days(1) + hours(25));
  EXPECT_EQ(device.standing(), Standing::observing);
  EXPECT_EQ(device.reason(), errc::gov_silence);
}

TEST_F(LifeTest, ADenialIsNoSilence) {
  order::Charter charter = world.source();
  charter.silence.action = order::OnSilence::observe;
  world.set_charter(charter);
  license_in_time({.length = days(1)});
  const auto denied = device.try_license({.denial = "finding 7"});
  ASSERT_EQ(verdict(denied), "ok");
  EXPECT_EQ(denied->outcome, LeafOutcome::denied);
  EXPECT_EQ(denied->denial_reason, "finding 7");
  EXPECT_EQ(device.standing(), Standing::licensed) << "a denial takes nothing away";
  device.live(days(1) + hours(25));
  EXPECT_EQ(device.standing(), Standing::lapsed);
  EXPECT_EQ(device.reason(), errc::gov_denied);
  device.license();
  EXPECT_EQ(device.standing(), Standing::licensed);
}

TEST_F(LifeTest, ExtendedGraceIsTwice) {
  order::Charter charter = world.source();
  charter.silence.action = order::OnSilence::extended_grace;
  world.set_charter(charter);
  license_in_time({.length = days(1)});
  device.live(hours(24 + 47));
  EXPECT_EQ(device.standing(), Standing::grace);
  device.wait(hours(1) + minutes(1));
  EXPECT_EQ(device.standing(), Standing::lapsed);
}

TEST_F(LifeTest, SunsetReleases) {
  license_in_time();
  device.sleep(days(1001));
  EXPECT_NE(device.standing(), Standing::released) << "a reset knows only its floor";
  for (std::size_t i = 0; i < 3; ++i)
    static_cast<void>(device.range_one(i, RoundTripNanos{1'000'000}, Millis{}));
  EXPECT_EQ(device.standing(), Standing::released);
  EXPECT_EQ(verdict(device.ask(100000)), "ok");
}

TEST_F(LifeTest, ReleaseIsForGood) {
  license_in_time();
  Logged release =
      world.prove(world.scope_order(OrderKind::release, {device.target()}), {"regulator-a"});
  release.proof.clear();
  const auto receipt = device.apply(release);
  ASSERT_EQ(verdict(receipt), "ok");
  EXPECT_EQ(receipt->content.standing, Standing::released);
  EXPECT_EQ(verdict(device.apply(release)), "gov_released");
  EXPECT_EQ(verdict(device.client().begin_enrolment()), "gov_enrolled");
  ASSERT_TRUE(device.reboot());
  EXPECT_EQ(device.standing(), Standing::released);
  const auto permit = device.ask(100000);
  ASSERT_EQ(verdict(permit), "ok");
  EXPECT_EQ(permit->content.standing, Standing::released);
}

TEST_F(LifeTest, StateSurvivesReset) {
  license_in_time();
  const order::StreamHead own = device.governor().state().own;
  const std::uint64_t counter = device.governor().state().counter;
  device.sleep(minutes(1));
  EXPECT_EQ(device.governor().state().own, own);
  EXPECT_GE(device.governor().state().counter, counter);
  EXPECT_EQ(device.standing(), Standing::grace);
  device.range();
  EXPECT_EQ(device.standing(), Standing::licensed);
}

TEST_F(LifeTest, AttestationSaysItAll) {
  license_in_time();
  const auto nonce = bytes_of("0123456789abcdef");
  const auto signed_claims = device.client().attest(nonce);
  ASSERT_EQ(verdict(signed_claims), "ok");
  const Attestation& claims = signed_claims->content;
  EXPECT_EQ(claims.own_head, device.governor().state().own);
  EXPECT_EQ(claims.charter, world.charter().hash);
  EXPECT_EQ(claims.standing, Standing::licensed);
  EXPECT_EQ(claims.licence, 1U);
  EXPECT_EQ(claims.licence_chain, device.governor().state().licence_chain);
  EXPECT_EQ(claims.checkpoint, world.log().head());
  EXPECT_TRUE(claims.clock.fresh);
  EXPECT_LE(claims.clock.earliest, world.now);
  EXPECT_GE(claims.clock.latest, world.now);
  EXPECT_EQ(claims.time_count, 3U);
  EXPECT_EQ(claims.level, Level::host_signed);
  EXPECT_EQ(verdict(device.client().attest(bytes_of("short"))), "cbor_length");
}

TEST_F(LifeTest, AttestationNamesWhatItsHostHandsIt) {
  license_in_time();
  const auto nonce = bytes_of("0123456789abcdef");
  const std::vector<Byte> submodules = cbor::encode([](cbor::Writer& out) {
    out.open_map(1);
    out.put_text("tpm");
    out.open_array(2);
    out.put_integer(-16);
    out.put_bytes(Digest{7});
  });
  const auto named = device.client().attest(nonce, submodules);
  ASSERT_EQ(verdict(named), "ok");
  EXPECT_TRUE(equal(named->content.submodules, submodules));
  EXPECT_TRUE(device.client().attest(nonce)->content.submodules.empty());
  EXPECT_EQ(verdict(device.client().attest(nonce, ByteArray<1>{0xA0})), "gov_document");
  EXPECT_EQ(verdict(device.client().attest(bytes_of("short"), submodules)), "cbor_length");
}

/// The older form stays as it was, byte for byte; no third one is taken.
TEST_F(LifeTest, AnAttestRequestHasTwoForms) {
  const ByteArray<8> nonce{1, 2, 3, 4, 5, 6, 7, 8};
  const auto answer_to = [&](const std::vector<Byte>& request) {
    const std::vector<Byte> response = device.exchange(request);
    cbor::Reader in(response);
    return std::string(order::testing::verdict(read_response(in)));
  };
  std::vector<Byte> plain{0x83, 0x01, 0x04, 0x48};
  plain.insert(plain.end(), nonce.begin(), nonce.end());
  EXPECT_EQ(cbor::encode([&](cbor::Writer& out) { write_attest(nonce, {}, out); }), plain);
  EXPECT_EQ(answer_to(plain), "ok");
  std::vector<Byte> alone{0x83, 0x01, 0x04, 0x81, 0x48};
  alone.insert(alone.end(), nonce.begin(), nonce.end());
  EXPECT_EQ(answer_to(alone), "cbor_type");
  std::vector<Byte> behind = plain;
  behind.push_back(0xA0);
  EXPECT_EQ(answer_to(behind), "cbor_trailing");
  std::vector<Byte> fourth = plain;
  fourth[0] = 0x84;
  fourth.push_back(0xA0);
  EXPECT_EQ(answer_to(fourth), "gov_message");
}

TEST_F(LifeTest, StatusNamesWhatComesNext) {
  license_in_time({.length = days(1)});
  const auto owned = device.client().status();
  ASSERT_EQ(verdict(owned), "ok");
  const Status& status = owned->status;
  EXPECT_EQ(status.standing, Standing::licensed);
  EXPECT_EQ(status.next, NextEvent::licence_ends);
  EXPECT_EQ(status.next_at, device.governor().state().current.leaf.not_after);
  EXPECT_EQ(status.current.id, 1U);
  EXPECT_EQ(status.current.allowance.value, 1'000'000'000U);
  EXPECT_EQ(status.grace_left, hours(24));
  EXPECT_EQ(status.suspension_budget_left, days(30));
  device.wait(days(1) + minutes(5));
  const auto later = device.client().status();
  ASSERT_EQ(verdict(later), "ok");
  EXPECT_EQ(later->status.next, NextEvent::grace_ends);
  EXPECT_EQ(later->status.reason, errc::gov_licence_ended);
}

}  // namespace
}  // namespace daymark::governor
