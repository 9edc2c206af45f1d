// Messages and documents: what is written reads back, and nothing else does.
#include "daymark/governor/message.h"

#include <algorithm>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "daymark/base/error_table.h"
#include "daymark/cbor/encode.h"
#include "daymark/governor/documents.h"
#include "daymark/governor/errors.h"
#include "daymark/governor/governor_testing.h"
#include "daymark/governor/status.h"

namespace daymark::governor {
namespace {

using namespace daymark::governor::testing;
using Bytes = std::vector<Byte>;

template <std::size_t N>
ByteArray<N> draw_bytes() {
  const auto drawn = *rc::gen::container<Bytes>(N, rc::gen::arbitrary<Byte>());
  return array_of<N>(drawn);
}

Bytes draw_some(std::size_t most) {
  const auto size = *rc::gen::inRange<std::size_t>(0, most);
  return *rc::gen::container<Bytes>(size, rc::gen::arbitrary<Byte>());
}

template <class Number>
Number draw(std::uint64_t most) {
  return static_cast<Number>(*rc::gen::inRange<std::uint64_t>(0, most));
}

UnixMillis draw_time() {
  return {draw<std::int64_t>(4'000'000'000'000)};
}

order::StreamHead draw_head() {
  return {draw<std::uint64_t>(1000), draw_bytes<32>()};
}

ClockReading draw_clock() {
  return {*rc::gen::arbitrary<bool>(), draw_time(), draw_time()};
}

/// Whether `read` takes the request after its op and another round of writing gives the same bytes.
template <class Read, class Write>
void check_round_trip(Op op, const Bytes& request, Read read, Write write) {
  cbor::Reader in(request);
  const auto read_back = read_op(in);
  RC_ASSERT(read_back.has_value());
  RC_ASSERT(*read_back == op);
  const auto arguments = read(in);
  RC_ASSERT(arguments.has_value());
  const Bytes again = cbor::encode([&](cbor::Writer& w) { write(*arguments, w); });
  RC_ASSERT(again == request);
}

RC_GTEST_PROP(MessageTest, OrdersAndLeavesReadBack, ()) {
  const Bytes envelope = draw_some(300);
  RC_PRE(!envelope.empty());
  const Bytes proof = draw_some(300);
  const Bytes content = draw_some(300);
  const order::OrderMessage message{envelope, text_of(proof), draw_bytes<32>(), content};
  check_round_trip(Op::apply, cbor::encode([&](cbor::Writer& w) { write_apply(message, w); }),
                   read_apply, write_apply);
  check_round_trip(Op::enrol,
                   cbor::encode([&](cbor::Writer& w) { write_enrol({message, envelope}, w); }),
                   read_enrol, write_enrol);
  const order::AppealMessage appeal{envelope, text_of(proof)};
  check_round_trip(Op::appeal, cbor::encode([&](cbor::Writer& w) { write_appeal(appeal, w); }),
                   read_appeal, write_appeal);
  const auto path = draw_bytes<96>();
  const LeafRequest leaf{message, envelope, LeafIndex{draw<std::uint64_t>(99)}, path};
  check_round_trip(Op::accept_leaf,
                   cbor::encode([&](cbor::Writer& w) { write_leaf_request(leaf, w); }),
                   read_leaf_request, write_leaf_request);
}

RC_GTEST_PROP(MessageTest, PermitsAndUsageReadBack, ()) {
  const auto path = draw_bytes<64>();
  PermitRequest permit;
  permit.job.bytes = draw_bytes<16>();
  permit.program_name = "trainer";
  permit.program = draw_bytes<32>();
  permit.proof_count = draw<std::size_t>(program_proofs_max + 1);
  for (std::size_t i = 0; i < permit.proof_count; ++i)
    permit.proofs.at(i) = {LeafIndex{i}, TreeSize{7}, path};
  permit.world_size = draw<std::uint32_t>(0xFFFFFFFF);
  permit.job_class = draw<std::uint8_t>(32);
  permit.work.value = draw<std::uint64_t>(~std::uint64_t{0});
  permit.duration.value = draw<std::int64_t>(1'000'000'000);
  check_round_trip(Op::permit,
                   cbor::encode([&](cbor::Writer& w) { write_permit_request(permit, w); }),
                   read_permit_request, write_permit_request);
  UsageRequest usage;
  usage.start = draw_time();
  usage.end = draw_time();
  usage.use.ops_high.value = draw<std::uint64_t>(~std::uint64_t{0});
  usage.level = draw<Level>(level_max + 1);
  usage.job.bytes = draw_bytes<16>();
  check_round_trip(Op::record_usage,
                   cbor::encode([&](cbor::Writer& w) { write_usage_request(usage, w); }),
                   read_usage_request, write_usage_request);
}

TEST(MessageTest, WrongRequestsAreNamed) {
  const auto answer = [](std::initializer_list<std::uint64_t> items) {
    const Bytes request = cbor::encode([&](cbor::Writer& w) {
      w.open_array(items.size());
      for (const std::uint64_t item : items)
        w.put_unsigned(item);
    });
    cbor::Reader in(request);
    return order::testing::verdict(read_op(in));
  };
  EXPECT_EQ(answer({1, 1}), "ok");
  EXPECT_EQ(answer({1}), "gov_message");
  EXPECT_EQ(answer({2, 1}), "gov_message");
  EXPECT_EQ(answer({1, 0}), "gov_operation");
  EXPECT_EQ(answer({1, 21}), "gov_operation");
  EXPECT_EQ(answer({1, 1, 1}), "gov_message") << "identify has no argument";
  std::array<Digest, tlog::path_max> storage{};
  EXPECT_FALSE(unpack_path(ByteArray<33>{}, storage));
  EXPECT_FALSE(unpack_path(Bytes(64 * 32), storage));
  EXPECT_EQ(unpack_path(Bytes(63 * 32), storage)->size(), 63U);
}

TEST(MessageTest, ARefusalComesBackAsItWas) {
  Bytes space(64);
  const Error refused{errc::gov_cluster, field::world_size, 7};
  const auto written = write_refusal(refused, space);
  ASSERT_TRUE(written);
  cbor::Reader in(*written);
  const auto read = read_response(in);
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error(), refused);
}

struct Documents {
  Chip chip = World::chip(1);
  DocumentScratch scratch{};

  template <class Write>
  [[nodiscard]] Bytes sign(Write write, std::string_view purpose) const {
    Bytes space(document_size_max);
    const auto payload = write(MutableBytes(space));
    EXPECT_TRUE(payload);
    return cbor::sign1(payload ? *payload : ByteView(), purpose, chip.secret);
  }
};

RC_GTEST_PROP(DocumentsTest, PermitsReadBack, ()) {
  Documents documents;
  Permit permit;
  permit.chip = documents.chip.id;
  permit.boot.bytes = draw_bytes<16>();
  permit.job.bytes = draw_bytes<16>();
  permit.program = draw_bytes<32>();
  permit.world_size = draw<std::uint32_t>(0xFFFFFFFF);
  permit.standing = draw<Standing>(standing_max + 1);
  permit.finding = Errc{draw<std::uint16_t>(0xFFFF)};
  permit.until = draw_time();
  permit.life.value = draw<std::int64_t>(1'000'000);
  permit.licence = draw<std::uint64_t>(~std::uint64_t{0});
  permit.clock = draw_clock();
  const auto write = [&](MutableBytes out) { return write_permit(permit, out); };
  const Bytes bytes = documents.sign(write, permit_purpose);
  const auto read = verify_permit(bytes, documents.chip.key, documents.scratch);
  RC_ASSERT(read.has_value());
  Bytes again(document_size_max);
  const auto rewritten = write_permit(*read, again);
  RC_ASSERT(rewritten.has_value());
  RC_ASSERT(cbor::sign1(*rewritten, permit_purpose, documents.chip.secret) == bytes);
}

RC_GTEST_PROP(DocumentsTest, OrderReceiptsReadBack, ()) {
  Documents documents;
  OrderReceipt receipt;
  receipt.chip = documents.chip.id;
  receipt.order = draw_bytes<32>();
  receipt.kind = order::OrderKind::suspend;
  receipt.outcome = draw<ApplyOutcome>(3);
  receipt.standing = draw<Standing>(standing_max + 1);
  receipt.binds_at = draw_time();
  receipt.ends_at = draw_time();
  receipt.fleet = draw_head();
  receipt.own = draw_head();
  receipt.clock = draw_clock();
  receipt.counter = draw<std::uint64_t>(~std::uint64_t{0});
  const auto write = [&](MutableBytes out) { return write_order_receipt(receipt, out); };
  const Bytes bytes = documents.sign(write, order_receipt_purpose);
  const auto read = verify_order_receipt(bytes, documents.chip.key, documents.scratch);
  RC_ASSERT(read.has_value());
  RC_ASSERT(read->order == receipt.order);
  RC_ASSERT(read->own == receipt.own);
  RC_ASSERT(read->clock == receipt.clock);
  RC_ASSERT(read->counter == receipt.counter);
}

class AttestationTest : public ::testing::Test {
 protected:
  void SetUp() override {
    claims.nonce = nonce;
    claims.chip = documents.chip.key;
    claims.own_head = {2, crypto::sha256(bytes_of("own"))};
    claims.time_count = 2;
    claims.times[1] = {1, {1000}, Millis{5}, Millis{7}};
    bytes = documents.sign([&](MutableBytes out) { return write_attestation(claims, out); },
                           attestation_purpose);
  }

  Documents documents;
  Bytes nonce = Bytes(16, 9);
  Attestation claims;
  Bytes bytes;
};

TEST_F(AttestationTest, IsADeterministicClaimsSetWithTheRegisteredKeys) {
  const auto message = cbor::parse_sign1(bytes);
  ASSERT_TRUE(message);
  EXPECT_TRUE(cbor::check_item(message->payload, cbor::Profile::deterministic));
  // RFC 9711: nonce 10, ueid 256 (33 bytes, type 01), eat_profile 265.
  const Bytes start{0xB0, 0x0A, 0x50};
  EXPECT_TRUE(equal(message->payload.first(start.size()), start));
  const Bytes ueid{0x19, 0x01, 0x00, 0x58, 33, 0x01};
  EXPECT_TRUE(equal(message->payload.subspan(19, ueid.size()), ueid));
  const auto read = verify_attestation(bytes, documents.chip.key, documents.scratch);
  ASSERT_TRUE(read);
  EXPECT_EQ(read->own_head, claims.own_head);
  EXPECT_EQ(read->time_count, 2U);
  EXPECT_EQ(read->times[1].age, Millis{7});
}

TEST_F(AttestationTest, EveryFlippedBitIsRefused) {
  for (std::size_t bit = 0; bit < bytes.size() * 8; bit += 3) {
    Bytes bad = bytes;
    bad[bit / 8] = static_cast<Byte>(bad[bit / 8] ^ (1U << (bit % 8)));
    EXPECT_FALSE(verify_attestation(bad, documents.chip.key, documents.scratch)) << bit;
  }
}

TEST_F(AttestationTest, AnotherKeyPurposeOrChipIsRefused) {
  EXPECT_FALSE(verify_attestation(bytes, World::chip(2).key, documents.scratch));
  const auto as_permit = documents.sign(
      [&](MutableBytes out) { return write_attestation(claims, out); }, permit_purpose);
  EXPECT_EQ(
      order::testing::verdict(verify_attestation(as_permit, documents.chip.key, documents.scratch)),
      "cose_signature");
  claims.chip = World::chip(2).key;
  const auto about_another = documents.sign(
      [&](MutableBytes out) { return write_attestation(claims, out); }, attestation_purpose);
  EXPECT_EQ(order::testing::verdict(
                verify_attestation(about_another, documents.chip.key, documents.scratch)),
            "gov_document_chip");
}

/// {name => [algorithm, digest of `size` bytes]}
Bytes submodules_of(const std::vector<std::string>& names, std::int64_t algorithm = -16,
                    std::size_t size = 32) {
  return cbor::encode([&](cbor::Writer& out) {
    out.open_map(names.size());
    for (const std::string& name : names) {
      out.put_text(name);
      out.open_array(2);
      out.put_integer(algorithm);
      out.put_bytes(Bytes(size, 7));
    }
  });
}

TEST_F(AttestationTest, NamesSubmodulesAsTheStandardSays) {
  const Bytes named = submodules_of({"tpm", "gpu-0"});
  claims.submodules = named;
  claims.emergency_total = Millis{5};
  const Bytes with = documents.sign(
      [&](MutableBytes out) { return write_attestation(claims, out); }, attestation_purpose);
  const auto read = verify_attestation(with, documents.chip.key, documents.scratch);
  ASSERT_TRUE(read);
  EXPECT_TRUE(equal(read->submodules, named));
  EXPECT_EQ(read->emergency_total, Millis{5});
  const auto message = cbor::parse_sign1(with);
  ASSERT_TRUE(message);
  EXPECT_TRUE(cbor::check_item(message->payload, cbor::Profile::deterministic));
  // RFC 9711: submods is claim 266, behind 265.
  const Bytes key{0x19, 0x01, 0x0A, 0xA2, 0x63, 't', 'p', 'm', 0x82, 0x2F, 0x58, 0x20};
  EXPECT_NE(std::ranges::search(message->payload, key).begin(), message->payload.end());
}

TEST_F(AttestationTest, TheLongestFitsIntoADocument) {
  claims.nonce = nonce = Bytes(nonce_most, 9);
  const Bytes named =
      submodules_of({std::string(submodule_name_max, 'a'), std::string(submodule_name_max, 'b'),
                     std::string(submodule_name_max, 'c'), std::string(submodule_name_max, 'd')});
  claims.submodules = named;
  constexpr std::uint64_t most = ~std::uint64_t{0};
  claims.fleet_head.seq = claims.own_head.seq = claims.licence = claims.counter = most;
  claims.refusals = claims.checkpoint.size.value = claims.ledger.size.value = most;
  claims.reason = Errc{65535};
  claims.emergency_granted = claims.emergency_total = Millis{INT64_MAX};
  claims.time_count = time_witnesses_max;
  claims.times.fill({255, {INT64_MAX}, Millis{INT64_MAX}, Millis{INT64_MAX}});
  Bytes space(document_size_max);
  const auto payload = write_attestation(claims, space);
  ASSERT_TRUE(payload);
  EXPECT_LE(cbor::sign1(*payload, attestation_purpose, World::chip(1).secret).size(),
            document_size_max);
}

TEST(SubmodulesTest, AreFewDifferentAndBySha256) {
  const auto verdict_of = [](const Bytes& bytes) {
    cbor::Reader in(bytes);
    const auto read = read_submodules(in);
    return std::string(order::testing::verdict(read));
  };
  const std::string longest(submodule_name_max, 'x');
  EXPECT_EQ(verdict_of(submodules_of({"tpm"})), "ok");
  EXPECT_EQ(verdict_of(submodules_of({"a", "b", "c", longest})), "ok");
  EXPECT_EQ(verdict_of(submodules_of({"a", "b", "c", "d", "e"})), "cbor_length");
  EXPECT_EQ(verdict_of(submodules_of({longest + "x"})), "cbor_length");
  EXPECT_EQ(verdict_of(submodules_of({})), "gov_document");
  EXPECT_EQ(verdict_of(submodules_of({"a", "a"})), "cbor_key_duplicate");
  EXPECT_EQ(verdict_of(submodules_of({"b", "a"})), "cbor_key_order");
  EXPECT_EQ(verdict_of(submodules_of({"aa", "b"})), "cbor_key_order");
  EXPECT_EQ(verdict_of(submodules_of({"a"}, -43)), "gov_document");
  EXPECT_EQ(verdict_of(submodules_of({"a"}, -16, 31)), "cbor_length");
  EXPECT_EQ(verdict_of({0xA1, 0x61, 'a', 0xA0}), "cbor_type");
  EXPECT_EQ(verdict_of({0xA1, 0x01, 0x82, 0x2F, 0x40}), "cbor_type");
}

TEST(StatusTest, TheLongestFitsAndReadsBack) {
  const auto status = std::make_unique<Status>();
  status->pending_count = pending_max;
  status->refusal_count = refusals_max;
  for (auto& refusal : status->refusals)
    refusal = {Errc{65535}, 255, {4'000'000'000'000}};
  const std::string reason(order::reason_size_max, 'x');
  status->denial_reason = reason;
  Bytes space(response_size_max - 16);
  cbor::Writer writer(space);
  write_status(*status, writer);
  const auto written = writer.finish();
  ASSERT_TRUE(written);
  cbor::Reader in(*written);
  const auto read = read_status(in);
  ASSERT_TRUE(read);
  EXPECT_EQ(read->refusal_count, refusals_max);
  EXPECT_EQ(read->pending_count, pending_max);
  EXPECT_EQ(read->denial_reason, reason);
}

}  // namespace
}  // namespace daymark::governor
