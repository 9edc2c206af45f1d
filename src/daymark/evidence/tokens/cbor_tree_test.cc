#include "daymark/evidence/tokens/cbor_tree.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "daymark/cbor/errors.h"
#include "daymark/evidence/tokens/token_testing.h"

namespace daymark::evidence {
namespace {

TEST(CborTree, ReadsEveryKind) {
  // {1: -7, "a": h'0102', 3: [true, null, 18("x")], 4: _ [1]}
  const auto input = hex_bytes("a4012661614201020383f5f6d26178049f01ff");
  const auto tree = CborTree::parse(input);
  ASSERT_TRUE(tree);
  const CborItem root = tree->root();
  EXPECT_EQ(root.find(1)->integer(), -7);
  const auto pairs = root.pairs();
  ASSERT_EQ(pairs->size(), 4U);
  EXPECT_EQ((*pairs)[1].key.text(9), "a");
  EXPECT_EQ((*pairs)[1].value.bytes(2, 2)->back(), 2);
  const auto items = root.find(3)->items();
  ASSERT_EQ(items->size(), 3U);
  EXPECT_EQ((*items)[0].boolean(), true);
  EXPECT_TRUE((*items)[1].is_null());
  EXPECT_EQ((*items)[2].tag(), 18U);
  EXPECT_EQ((*items)[2].content().text(9), "x");
  EXPECT_EQ(root.find(4)->items()->size(), 1U);
  EXPECT_FALSE(root.find(5));
  EXPECT_EQ(cbor_words(*root.find(3)), "[true, null, 18(\"x\")]");
}

TEST(CborTree, RefusesOtherTypesWithTheirPlace) {
  const auto input = hex_bytes("82015f4101ff");
  const auto tree = CborTree::parse(input);
  ASSERT_TRUE(tree);
  const auto items = *tree->root().items();
  EXPECT_EQ(refusal_of(items[0].text(9)), errc::cbor_type);
  EXPECT_EQ(items[0].text(9).error().offset, 1U);
  EXPECT_EQ(refusal_of(items[1].bytes(0, 9)), errc::cbor_indefinite);
  EXPECT_EQ(refusal_of(tree->root().pairs()), errc::cbor_type);
  EXPECT_EQ(refusal_of(items[0].boolean()), errc::cbor_type);
}

TEST(CborTree, RefusesWhatTheForeignProfileRefuses) {
  EXPECT_EQ(refusal_of(CborTree::parse(hex_bytes("a201020103"))), errc::cbor_key_duplicate);
  EXPECT_EQ(refusal_of(CborTree::parse(hex_bytes("a20102180103"))), errc::cbor_key_duplicate);
  EXPECT_EQ(refusal_of(CborTree::parse(hex_bytes("0000"))), errc::cbor_trailing);
  EXPECT_EQ(refusal_of(CborTree::parse({})), errc::cbor_truncated);
}

// A count that lies: array of 2^28 in six bytes, for which libraries take gigabytes.
TEST(CborTree, RefusesABombBeforeAnyAllocation) {
  for (const std::string_view bomb : {"9a1000000000", "ba1000000000", "9b0fffffffffffffff00",
                                      "5a7fffffff00", "818181819a10000000"}) {
    EXPECT_EQ(refusal_of(CborTree::parse(hex_bytes(bomb))), errc::cbor_truncated) << bomb;
  }
}

TEST(CborTree, MemoryIsBoundedByTheInput) {
  std::vector<Byte> input{0x99, 0x40, 0x00};
  input.resize(input.size() + 0x4000, 0x01);
  const auto tree = CborTree::parse(input);
  ASSERT_TRUE(tree);
  EXPECT_LE(tree->memory(), 64 * input.size());
}

RC_GTEST_PROP(CborTree, TreesCoverTheirInput, (std::vector<std::string> texts)) {
  const auto input = cbor::encode([&texts](cbor::Writer& out) {
    out.open_array(texts.size());
    for (const std::string& text : texts)
      out.put_bytes(bytes_of(text));
  });
  const auto tree = CborTree::parse(input);
  RC_ASSERT(tree.has_value());
  const auto items = *tree->root().items();
  RC_ASSERT(items.size() == texts.size());
  for (std::size_t i = 0; i < items.size(); ++i)
    RC_ASSERT(text_of(*items[i].bytes(0, input.size())) == texts[i]);
}

}  // namespace
}  // namespace daymark::evidence
