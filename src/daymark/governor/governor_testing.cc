#include "daymark/governor/governor_testing.h"

#include <gtest/gtest.h>

#include "daymark/base/error_table.h"
#include "daymark/governor/errors.h"
#include "daymark/ranging/receipt_batch.h"

namespace daymark::governor::testing {

namespace {

constexpr ledger::Peak test_peak{TeraOps{1000}};

}  // namespace

bool MemoryStorage::step() {
  if (!left) return true;
  if (*left == 0) return false;
  --*left;
  return true;
}

Result<void> MemoryStorage::begin(unsigned index) {
  index_ = index;
  before_.swap(content_);
  content_.assign(sizeof(Digest), 0);
  return ok();
}

Result<void> MemoryStorage::append(ByteView piece) {
  content_.insert(content_.end(), piece.begin(), piece.end());
  return ok();
}

Result<void> MemoryStorage::finish(const Digest& seal) {
  copy_bytes(seal, content_);
  if (!step()) return fail(errc::gov_storage);
  const auto half = static_cast<long>(content_.size() / 2);
  slots.at(index_).assign(content_.begin(), content_.begin() + half);
  if (!step()) return fail(errc::gov_storage);
  slots.at(index_) = content_;
  ++stores;
  return ok();
}

Result<void> MemoryStorage::advance_counter() {
  if (!step()) return fail(errc::gov_storage);
  ++count;
  return ok();
}

Device::Device(World& where, std::uint64_t number)
    : world(where), chip(World::chip(number)), random(number) {
  platform.chip = chip.secret;
  platform.maker = crypto::ed25519_public(world.party("maker").key.sign);
  platform.firmware = crypto::sha256(bytes_of("test firmware"));
  platform.peak = test_peak;
  client_ = std::make_unique<Client>(
      [this](ByteView request) -> Outcome<std::vector<Byte>> { return exchange(request); });
  EXPECT_TRUE(reboot());
}

Result<void> Device::reboot() {
  governor_ = std::make_unique<Governor>(platform, storage, random);
  return governor_->start(tick);
}

std::vector<Byte> Device::exchange(ByteView request) {
  std::vector<Byte> response(response_size_max);
  const auto answer = governor_->handle(tick, request, response);
  EXPECT_TRUE(answer) << describe(Failure(answer ? Error{} : answer.error()));
  response.resize(answer ? answer->size() : 0);
  return response;
}

void Device::wait(Millis span) {
  tick = tick + span;
  world.now = world.now + span;
}

void Device::live(Millis span) {
  constexpr Millis step = hours(6);
  while (span.value > 0) {
    wait(std::min(span, step));
    span = span - step;
    range();
  }
}

void Device::sleep(Millis span) {
  world.now = world.now + span;
  EXPECT_TRUE(reboot());
}

Outcome<ranging::Opened> open_session(World& world, Client& client, std::size_t beacon) {
  const auto index = static_cast<std::uint8_t>(beacon);
  DAYMARK_TRY(const std::vector<Byte> opening, client.open_ranging(index));
  DAYMARK_TRY(const ranging::Opened opened,
              ranging::accept_opening(opening, world.beacon_key(beacon), world.random()));
  DAYMARK_CHECK(client.accept_welcome(index, ByteView(opened.welcome).first(opened.welcome_size)));
  return opened;
}

Outcome<ClockReading> range_beacon(World& world, Client& client, std::size_t beacon,
                                   const SignedRanging& says) {
  const auto index = static_cast<std::uint8_t>(beacon);
  DAYMARK_TRY(const ranging::Opened opened, open_session(world, client, beacon));
  const ranging::Challenge challenge = world.random().draw<16>();
  DAYMARK_TRY(const ranging::AnswerTag tag, client.answer(index, 1, challenge));
  EXPECT_EQ(tag, ranging::answer(opened.key, 1, challenge));
  ranging::Receipt receipt;
  receipt.chip = opened.chip;
  receipt.chip_nonce = opened.chip_nonce;
  receipt.beacon_nonce = opened.beacon_nonce;
  receipt.place = world.charter().beacons.at(beacon).place;
  receipt.least_round_trip = says.round_trip;
  receipt.exchanges = 1;
  receipt.time = world.now + says.lie;
  receipt.radius = Millis{10};
  DAYMARK_TRY(const std::vector<Byte> message,
              ranging::sign_receipt(receipt, world.beacon_key(beacon)));
  return client.accept_receipt(index, message);
}

Outcome<ClockReading> Device::range_one(std::size_t beacon, RoundTripNanos round_trip, Millis lie) {
  return range_beacon(world, client(), beacon, {round_trip, lie});
}

void Device::range_with(const Beacons& beacons) {
  for (std::size_t i = 0; i < world.charter().beacon_count; ++i) {
    if ((beacons.answering >> i & 1U) == 0) continue;
    RoundTripNanos round_trip = beacons.round_trips.at(i);
    if (round_trip.value == 0) round_trip.value = 1'000'000;
    const auto done = range_one(i, round_trip, beacons.lies.at(i));
    EXPECT_EQ(verdict(done), "ok");
  }
}

Outcome<Signed<OrderReceipt>> Device::try_enrol() {
  DAYMARK_TRY(const Digest nonce, client().begin_enrolment());
  const Logged logged = world.prove(world.enrol(chip, nonce), {"owner", "authority"});
  return client().enrol(parts_of(logged), world.encoded_charter());
}

void Device::enrol() {
  const auto done = try_enrol();
  ASSERT_EQ(verdict(done), "ok");
}

LeafParts Device::make_leaf(ByteView request, const Terms& terms) {
  const State& state = governor().state();
  order::Leaf leaf = order::testing::licence_for(chip, order::request_hash(request),
                                                 world.now + terms.starts_in, terms.length);
  leaf.id = state.last_leaf + 1;
  leaf.fleet = terms.fleet.value_or(state.fleet);
  leaf.own = state.own;
  leaf.allowance = terms.allowance;
  leaf.cluster_max = terms.cluster_max;
  leaf.program_root = terms.program_root;
  leaf.level_least = terms.level_least;
  leaf.job_classes = terms.job_classes;
  leaf.has_fence = terms.fence.has_value();
  if (terms.fence) leaf.fence = *terms.fence;
  if (!terms.denial.empty()) {
    leaf.kind = order::LeafKind::denial;
    leaf.denial_reason = terms.denial;
    leaf.appeal_until = world.now + days(7);
  }
  const std::vector<std::vector<Byte>> leaves{order::testing::encoded(leaf),
                                              std::vector<Byte>{1, 2, 3}};
  std::vector<order::testing::LeafDelivery> deliveries;
  const Logged batch = world.prove(world.batch(leaves, deliveries), {"authority"});
  return {parts_of(batch), deliveries[0].leaf, LeafIndex{deliveries[0].index}, deliveries[0].path};
}

Outcome<LeafDecision> Device::try_license(const Terms& terms) {
  DAYMARK_TRY(const std::vector<Byte> request, client().request_renewal());
  return client().accept_leaf(make_leaf(request, terms));
}

void Device::license(const Terms& terms) {
  const auto done = try_license(terms);
  ASSERT_EQ(verdict(done), "ok");
}

Outcome<Signed<OrderReceipt>> Device::apply(const Logged& order) {
  return client().apply(parts_of(order));
}

Outcome<Signed<Permit>> Device::ask(const PermitRequest& request) {
  return client().permit(request);
}

Outcome<Signed<Permit>> Device::ask(std::uint32_t world_size) {
  return client().permit(job(1, world_size));
}

order::Target Device::target() {
  const order::StreamHead& own = governor().state().own;
  return {chip.id, own.seq + 1, own.hash};
}

Standing Device::standing() {
  EXPECT_TRUE(governor().advance(tick));
  return governor().judgement().standing;
}

Errc Device::reason() {
  EXPECT_TRUE(governor().advance(tick));
  return governor().judgement().reason;
}

OrderParts parts_of(const Logged& logged) {
  return {logged.envelope, logged.proof, logged.salt, logged.content};
}

PermitRequest job(std::uint8_t number, std::uint32_t world_size) {
  PermitRequest request;
  request.job.bytes.front() = number;
  request.program_name = "trainer";
  request.program = crypto::sha256(bytes_of("trainer program"));
  request.world_size = world_size;
  request.duration = hours(1);
  return request;
}

}  // namespace daymark::governor::testing
