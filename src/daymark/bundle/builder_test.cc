#include "daymark/bundle/builder.h"

#include <algorithm>

#include <gtest/gtest.h>

#include "daymark/bundle/bundle_testing.h"
#include "daymark/bundle/verify.h"

namespace daymark::bundle {
namespace {

const testing::Life& built_life() {
  static const testing::Life shared;
  return shared;
}

std::ptrdiff_t count_of(PartKind kind) {
  return std::ranges::count(built_life().parts, kind, &Part::kind);
}

TEST(BundleBuilder, OrdersThatCameAfterTheAttestationAreLeftOut) {
  EXPECT_EQ(count_of(PartKind::order), 4);
  EXPECT_EQ(count_of(PartKind::receipt), 4);
  const BundleVerdict verdict =
      verify_bundle(print_bundle(built_life().parts), built_life().fingerprint());
  EXPECT_EQ(name_of(verdict.result), "verified") << verdict.detail;
}

TEST(BundleBuilder, TheAttestedLicenceNamesTheLeaf) {
  const auto first = attested_licence(built_life().early_attestation);
  ASSERT_TRUE(first);
  EXPECT_EQ(*first, 0U);
  const auto newest = attested_licence(built_life().part("attestation").content);
  ASSERT_TRUE(newest);
  EXPECT_NE(*newest, 0U);
}

TEST(BundleBuilder, AnAttestationThatCannotBeReadIsNamed) {
  const auto refused = attested_licence(bytes_of("nonsense"));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().subject, "attestation");
}

TEST(BundleBuilder, AnOrderThatCannotBeReadIsNamed) {
  auto builder = Builder::begin(built_life().part("charter").content);
  ASSERT_TRUE(builder);
  governor::OrderParts order;
  order.envelope = {1, 2, 3};
  const auto refused = builder->add_order(order);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().subject, "order 1");
}

}  // namespace
}  // namespace daymark::bundle
