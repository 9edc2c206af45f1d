#include "daymark/bundle/verify.h"

#include <algorithm>

#include <gtest/gtest.h>

#include "daymark/bundle/arrangement.h"
#include "daymark/bundle/bundle_testing.h"
#include "daymark/bundle/errors.h"
#include "daymark/cbor/encode.h"
#include "daymark/crypto/random.h"
#include "daymark/order/errors.h"
#include "daymark/ranging/receipt_batch.h"
#include "daymark/tlog/merkle.h"

namespace daymark::bundle {
namespace {

using testing::Life;

/// One life serves all tests: none of them changes it.
const Life& life() {
  static const Life shared;
  return shared;
}

BundleVerdict judge(const std::vector<Part>& parts) {
  return verify_bundle(print_bundle(parts), life().fingerprint());
}

/// Named as if the part had never been there.
std::vector<Part> without(const std::string& name) {
  std::vector<Part> parts = life().parts;
  parts.erase(parts.begin() + static_cast<std::ptrdiff_t>(life().place_of(name)));
  EXPECT_TRUE(arrange(parts));
  return parts;
}

/// With one part more, in the place that its kind gives it.
std::vector<Part> plus(const Part& part) {
  std::vector<Part> parts = life().parts;
  parts.push_back(part);
  EXPECT_TRUE(arrange(parts));
  return parts;
}

std::vector<Part> with(const std::string& name, const std::vector<Byte>& content) {
  std::vector<Part> parts = life().parts;
  parts[life().place_of(name)].content = content;
  return parts;
}

void expect_refused(const BundleVerdict& verdict, Errc reason, const std::string& part) {
  EXPECT_EQ(name_of(verdict.result), "refused");
  EXPECT_EQ(entry_of(verdict.reason).name, entry_of(reason).name);
  EXPECT_EQ(verdict.part, part);
  EXPECT_TRUE(verdict.statements.empty());
}

TEST(VerifyBundle, AWholeLifeIsVerified) {
  const BundleVerdict verdict = judge(life().parts);
  EXPECT_EQ(name_of(verdict.result), "verified") << verdict.part << " " << verdict.detail;
  EXPECT_EQ(verdict.reason, errc::bundle_verified);
  EXPECT_EQ(verdict.charter, life().fingerprint());
  EXPECT_TRUE(verdict.part.empty());
  // Four orders, the attestation, the licence, two round trips, the device.
  EXPECT_EQ(verdict.statements.size(), 9U);
}

TEST(VerifyBundle, WithoutTrustItIsConsistentOnly) {
  const BundleVerdict verdict = verify_bundle(print_bundle(life().parts), std::nullopt);
  EXPECT_EQ(name_of(verdict.result), "consistent");
  EXPECT_EQ(verdict.reason, errc::bundle_untrusted);
  EXPECT_EQ(verdict.charter, life().fingerprint());
}

TEST(VerifyBundle, AnotherFingerprintIsRefused) {
  Digest other = life().fingerprint();
  other.back() ^= 1;
  const BundleVerdict verdict = verify_bundle(print_bundle(life().parts), other);
  EXPECT_EQ(name_of(verdict.result), "refused");
  EXPECT_EQ(verdict.reason, errc::bundle_trust);
  EXPECT_EQ(verdict.part, "charter");
}

TEST(VerifyBundle, IsSmall) {
  EXPECT_LE(print_bundle(life().parts).size(), 32'768U);
}

TEST(VerifyBundle, EveryFlippedByteIsRefusedAndPlaced) {
  const std::vector<Byte> whole = print_bundle(life().parts);
  crypto::SeededRandom random(11);
  for (int i = 0; i < 200; ++i) {
    const auto draw = random.draw<5>();
    const std::size_t at = (static_cast<std::size_t>(draw[0]) << 16U |
                            static_cast<std::size_t>(draw[1]) << 8U | draw[2]) %
                           whole.size();
    std::vector<Byte> bytes = whole;
    bytes[at] ^= draw[3] == 0 ? Byte{1} : draw[3];
    const BundleVerdict verdict = verify_bundle(bytes, life().fingerprint());
    EXPECT_EQ(name_of(verdict.result), "refused") << at;
    EXPECT_FALSE(verdict.part.empty()) << at;
  }
}

TEST(VerifyBundle, AMissingOrderIsRefused) {
  expect_refused(judge(without("order 1: enrol")), errc::bundle_part_missing, "order 3: suspend");
  expect_refused(judge(without("order 2: policy")), errc::order_stream, "order 2: policy");
  expect_refused(judge(without("order 3: policy")), errc::bundle_heads, "attestation");
  expect_refused(judge(without("order 4: suspend")), errc::bundle_heads, "attestation");
}

TEST(VerifyBundle, SwappedOrdersAreRefused) {
  std::vector<Part> parts = life().parts;
  std::swap(parts[life().place_of("order 2: policy")].content,
            parts[life().place_of("order 3: policy")].content);
  expect_refused(judge(parts), errc::order_stream, "order 2: policy");
}

TEST(VerifyBundle, AnOrderTwiceIsRefused) {
  expect_refused(judge(plus(life().part("order 2: policy"))), errc::order_stream,
                 "order 5: policy");
  expect_refused(judge(plus(life().part("order 1: enrol"))), errc::bundle_part_twice,
                 "order 5: enrol");
}

/// A beacon may put one session at two places of its tree; its receipts are still of one session.
TEST(VerifyBundle, ASessionAtTwoPlacesOfATreeCountsOnce) {
  const crypto::SecretKey& key = life().world.beacon_key(0);
  const auto claimed = ranging::parse_receipt(life().part("ranging 1").content).value();
  ByteArray<ranging::receipt_leaf_size_max> leaf_space{};
  const ByteView leaf = ranging::write_receipt_leaf(claimed, leaf_space).value();
  const Digest node = tlog::hash_leaf(leaf, tlog::receipt_tree);
  const Digest hash = tlog::hash_node(node, node, tlog::receipt_tree);
  ByteArray<ranging::receipt_root_size_max> payload_space{};
  const auto root = cbor::sign1(*ranging::write_batch_root({claimed, {2}, hash}, payload_space),
                                ranging::receipt_root_purpose, key);
  const auto part_at = [&](std::uint64_t index) {
    ByteArray<ranging::receipt_size_max> space{};
    const ByteView made = ranging::write_receipt({leaf, {index}, node, root}, space).value();
    return Part{PartKind::ranging, "ranging 1", {made.begin(), made.end()}};
  };
  std::vector<Part> parts = without("ranging 2");
  const std::size_t at = life().place_of("ranging 1");
  parts[at] = part_at(0);
  EXPECT_EQ(judge(parts).result, BundleResult::verified);
  parts.insert(parts.begin() + static_cast<std::ptrdiff_t>(at + 1), part_at(1));
  ASSERT_TRUE(arrange(parts));
  expect_refused(judge(parts), errc::bundle_part_twice, "ranging 2");
}

TEST(VerifyBundle, PartsThatMustBeThereOnceAre) {
  for (const char* name : {"charter", "attestation"}) {
    expect_refused(judge(without(name)), errc::bundle_part_missing, name);
    expect_refused(judge(plus(life().part(name))), errc::bundle_part_twice, name);
  }
  expect_refused(judge(without("batch")), errc::bundle_part_missing, "batch");
  expect_refused(judge(without("leaf")), errc::bundle_part_missing, "leaf");
  expect_refused(judge(without("device report")), errc::bundle_part_missing, "device report");
  expect_refused(judge(without("device chain")), errc::bundle_part_missing, "device chain");
}

TEST(VerifyBundle, ALeafNewerThanTheAttestationIsRefused) {
  expect_refused(judge(with("attestation", life().early_attestation)), errc::bundle_licence,
                 "leaf");
}

TEST(VerifyBundle, WhatAnotherChipSignedIsRefused) {
  const Life other(2);
  for (const char* name : {"attestation", "receipt 2"}) {
    const BundleVerdict verdict = judge(with(name, other.part(name).content));
    EXPECT_EQ(name_of(verdict.result), "refused") << name;
    EXPECT_EQ(verdict.part, name);
  }
  expect_refused(judge(with("order 4: suspend", other.part("order 4: suspend").content)),
                 errc::bundle_chip, "order 4: suspend");
}

TEST(VerifyBundle, AnotherChipsLeafIsRefused) {
  const Life other(2);
  std::vector<Part> parts = with("leaf", other.part("leaf").content);
  parts[life().place_of("batch")].content = other.part("batch").content;
  expect_refused(judge(parts), errc::bundle_chip, "leaf");
}

TEST(VerifyBundle, AReceiptOfAnOrderThatIsNotThereIsRefused) {
  // A second life of the same chip under the same charter enrols by another order.
  Life again;
  const auto logged = again.world.prove(again.world.policy({}), {"owner", "regulator-a"});
  const auto receipt = again.device.apply(logged);
  ASSERT_EQ(governor::testing::verdict(receipt), "ok");
  expect_refused(judge(plus({PartKind::receipt, {}, receipt->bytes})), errc::bundle_receipt,
                 "receipt 5");
}

TEST(VerifyBundle, TextAndJsonNameVerdictAndPart) {
  const BundleVerdict good = judge(life().parts);
  EXPECT_TRUE(to_text(good).starts_with("verified:")) << to_text(good);
  EXPECT_NE(to_json(good).find("\"verdict\": \"verified\""), std::string::npos);
  const BundleVerdict bad = judge(without("order 2: policy"));
  EXPECT_TRUE(to_text(bad).starts_with("refused [order 2: policy]:")) << to_text(bad);
  EXPECT_NE(to_json(bad).find("\"part\": \"order 2: policy\""), std::string::npos);
}

}  // namespace
}  // namespace daymark::bundle
