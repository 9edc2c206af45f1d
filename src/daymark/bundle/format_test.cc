#include "daymark/bundle/format.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "daymark/base/error_table.h"
#include "daymark/bundle/errors.h"
#include "daymark/cbor/encode.h"

namespace daymark::bundle {
namespace {

std::vector<Byte> drawn_bytes(std::size_t least, std::size_t most) {
  const auto size = *rc::gen::inRange(least, most + 1);
  return *rc::gen::container<std::vector<Byte>>(size, rc::gen::arbitrary<Byte>());
}

std::vector<Part> drawn_parts() {
  std::vector<Part> out(*rc::gen::inRange<std::size_t>(0, 6));
  for (Part& part : out) {
    part.kind = static_cast<PartKind>(*rc::gen::inRange(1, part_kind_max + 1));
    part.name = "p" + *rc::gen::container<std::string>(rc::gen::elementOf(std::string("abz019 :")));
    part.name.resize(std::min<std::size_t>(part.name.size(), 96));
    part.content = drawn_bytes(1, 300);
  }
  return out;
}

RC_GTEST_PROP(BundleFormat, ReadsWhatItWrote, ()) {
  const std::vector<Part> parts = drawn_parts();
  const std::vector<Byte> bytes = print_bundle(parts);
  const auto read = parse_bundle(bytes);
  RC_ASSERT(read.has_value());
  RC_ASSERT(read->size() == parts.size());
  for (std::size_t i = 0; i < parts.size(); ++i) {
    RC_ASSERT((*read)[i].kind == parts[i].kind);
    RC_ASSERT((*read)[i].name == parts[i].name);
    RC_ASSERT((*read)[i].content == parts[i].content);
  }
  RC_ASSERT(print_bundle(*read) == bytes);
}

RC_GTEST_PROP(BundleFormat, NoByteChangesUnseen, ()) {
  std::vector<Byte> bytes = print_bundle(drawn_parts());
  const auto at = *rc::gen::inRange<std::size_t>(0, bytes.size());
  bytes[at] ^= static_cast<Byte>(*rc::gen::inRange(1, 256));
  const auto read = parse_bundle(bytes);
  RC_ASSERT(!read.has_value());
  RC_ASSERT(!read.error().subject.empty());
}

RC_GTEST_PROP(BundleFormat, NothingMayFollow, ()) {
  std::vector<Byte> bytes = print_bundle(drawn_parts());
  bytes.push_back(*rc::gen::arbitrary<Byte>());
  RC_ASSERT(!parse_bundle(bytes).has_value());
}

TEST(BundleFormat, AnAlteredPartIsNamed) {
  std::vector<Byte> bytes = print_bundle(
      {{PartKind::charter, "first", {1, 2, 3}}, {PartKind::order, "second", {4, 5, 6}}});
  bytes.back() ^= 1;
  const auto read = parse_bundle(bytes);
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().error.code, errc::bundle_part_altered);
  EXPECT_EQ(read.error().subject, "second");
}

TEST(BundleFormat, AKindOutsideTheListIsRefused) {
  for (const int kind : {0, part_kind_max + 1}) {
    const auto bytes = print_bundle({{static_cast<PartKind>(kind), "strange", {1}}});
    EXPECT_FALSE(parse_bundle(bytes)) << kind;
  }
}

TEST(BundleFormat, EmptyShortAndHugeInputsAreRefused) {
  const auto whole = print_bundle({{PartKind::charter, "charter", {1, 2, 3}}});
  for (std::size_t size = 0; size < whole.size(); ++size)
    EXPECT_FALSE(parse_bundle(ByteView(whole).first(size))) << size;
  const auto huge = parse_bundle(std::vector<Byte>(bundle_size_max + 1));
  ASSERT_FALSE(huge);
  EXPECT_EQ(huge.error().error.code, errc::bundle_malformed);
}

RC_GTEST_PROP(BundleFormat, OrderPartsReadBack, ()) {
  governor::OrderParts order;
  order.envelope = drawn_bytes(1, 200);
  order.proof = *rc::gen::container<std::string>(rc::gen::inRange(' ', '~'));
  order.salt.fill(*rc::gen::arbitrary<Byte>());
  order.content = drawn_bytes(0, 200);
  const std::vector<Byte> bytes = print_order_part(order);
  const auto read = parse_order_part(bytes);
  RC_ASSERT(read.has_value());
  RC_ASSERT(read->envelope == order.envelope);
  RC_ASSERT(read->proof == order.proof);
  RC_ASSERT(read->salt == order.salt);
  RC_ASSERT(read->content == order.content);
  std::vector<Byte> longer = bytes;
  longer.push_back(0);
  RC_ASSERT(!parse_order_part(longer).has_value());
  RC_ASSERT(!parse_order_part(ByteView(bytes).first(bytes.size() - 1)).has_value());
}

TEST(BundleFormat, EveryKindHasAName) {
  for (std::uint8_t kind = 1; kind <= part_kind_max; ++kind) {
    EXPECT_FALSE(name_of(static_cast<PartKind>(kind)).empty());
    EXPECT_NE(name_of(static_cast<PartKind>(kind)), "none");
  }
}

}  // namespace
}  // namespace daymark::bundle
