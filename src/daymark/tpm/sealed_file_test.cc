#include "daymark/tpm/sealed_file.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "daymark/tpm/verdict_testing.h"

namespace daymark::tpm {
namespace {

using testing::verdict;

const SealedFile example{{0x80, {1, 2, 3}, {4, 5}}, 0x01500016};

TEST(SealedFileTest, RoundTripsAndRefusesEverythingElse) {
  const std::vector<Byte> encoded = print_sealed_file(example);
  const auto parsed = parse_sealed_file(encoded);
  ASSERT_EQ(verdict(parsed), "ok");
  EXPECT_EQ(parsed->key.pcrs, example.key.pcrs);
  EXPECT_EQ(parsed->key.public_area, example.key.public_area);
  EXPECT_EQ(parsed->key.private_area, example.key.private_area);
  EXPECT_EQ(parsed->index, example.index);
  for (std::size_t size = 0; size < encoded.size(); ++size)
    EXPECT_EQ(verdict(parse_sealed_file(ByteView(encoded).first(size))), "tpm_sealed_malformed");
  std::vector<Byte> longer = encoded;
  longer.push_back(0);
  EXPECT_EQ(verdict(parse_sealed_file(longer)), "tpm_sealed_malformed");
  std::vector<Byte> newer = encoded;
  newer[1] = 2;
  EXPECT_EQ(verdict(parse_sealed_file(newer)), "tpm_sealed_malformed");
}

TEST(SealedFileTest, SecretsHaveOneLength) {
  const ByteArray<40> joined = join_secrets({{{1, 2, 3}}, 77});
  const auto split = split_secrets(joined);
  ASSERT_EQ(verdict(split), "ok");
  EXPECT_EQ(split->base, 77U);
  EXPECT_EQ(split->chip.seed, (ByteArray<32>{1, 2, 3}));
  EXPECT_EQ(verdict(split_secrets(ByteView(joined).first(39))), "tpm_sealed_malformed");
}

TEST(SealedFileTest, EachChipHasACounterSecretOfItsOwn) {
  const CounterKey one = counter_key(1, {{1}});
  const CounterKey two = counter_key(1, {{2}});
  EXPECT_NE(one.secret, two.secret);
  EXPECT_NE(one.secret, (Digest{1}));
}

RC_GTEST_PROP(SealedFileProp, WhatParsesPrintsTheSame, (const std::vector<Byte>& noise)) {
  const auto parsed = parse_sealed_file(noise);
  if (parsed) RC_ASSERT(print_sealed_file(*parsed) == noise);
}

}  // namespace
}  // namespace daymark::tpm
