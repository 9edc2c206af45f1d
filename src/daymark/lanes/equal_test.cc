// Every kernel's verdicts against crypto::ed25519_verify.
#include <cfenv>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "daymark/base/file.h"
#include "daymark/base/hex.h"
#include "daymark/base/json_internal.h"
#include "daymark/lanes/lanes_testing.h"

namespace daymark::lanes {
namespace {

using testing::kernel_name;
using testing::library_verdicts;
using testing::Signed;
using testing::valid_one;
using testing::valid_ones;
using testing::verdicts;

class Verdicts : public testing::EveryKernel {
 protected:
  /// How many of them are valid.
  std::size_t expect_same(const std::vector<Signed>& all) const {
    const std::vector<bool> expected = library_verdicts(all);
    const std::vector<bool> given = verdicts(verifier(), all);
    for (std::size_t i = 0; i < all.size(); ++i) {
      EXPECT_EQ(given[i], expected[i]) << i << " key " << to_hex(all[i].key.bytes) << " signature "
                                       << to_hex(all[i].signature.bytes);
    }
    return static_cast<std::size_t>(std::ranges::count(given, true));
  }
};

template <std::size_t N>
void flip(ByteArray<N>& bytes, std::size_t bit) {
  bytes[bit / 8] = static_cast<Byte>(bytes[bit / 8] ^ (1U << (bit % 8)));
}

/// The vectors of Wycheproof whose keys and signatures have their lengths.
std::vector<Signed> wycheproof() {
  const std::string text =
      read_text(DAYMARK_SOURCE_DIR "/tests/vectors/crypto/ed25519_test.json").value();
  const auto file = daymark::internal::parse_json(text).value();
  std::vector<Signed> out;
  for (const auto& group : file["testGroups"]) {
    const auto key = from_hex_fixed<32>(group["publicKey"]["pk"].get<std::string>()).value();
    for (const auto& test : group["tests"]) {
      const auto signature = from_hex_fixed<64>(test["sig"].get<std::string>());
      if (!signature) continue;
      out.push_back({{key}, from_hex(test["msg"].get<std::string>()).value(), {*signature}});
    }
  }
  return out;
}

TEST_P(Verdicts, WycheproofAgrees) {
  const std::vector<Signed> all = wycheproof();
  const std::size_t valid = expect_same(all);
  EXPECT_GT(valid, 5U);
  EXPECT_LT(valid, all.size());
}

TEST_P(Verdicts, GroupsOfEverySize) {
  for (std::size_t count = 0; count <= 2 * kernel().lanes + 1; ++count)
    EXPECT_EQ(expect_same(valid_ones(count)), count);
  // More than one batch.
  EXPECT_EQ(expect_same(valid_ones(internal::batch_max + 3)), internal::batch_max + 3);
}

TEST_P(Verdicts, OneBadLaneIsFoundAndNoOtherBlamed) {
  const std::size_t count = 2 * kernel().lanes;
  for (std::size_t bad = 0; bad < count; ++bad) {
    for (const std::size_t bit : {3U, 255U, 260U, 500U}) {
      std::vector<Signed> all = valid_ones(count);
      flip(all[bad].signature.bytes, bit);
      EXPECT_EQ(expect_same(all), count - 1) << bad << " " << bit;
    }
  }
}

TEST_P(Verdicts, KeysThatAreNoPointsDisturbNobody) {
  const std::vector<Signed> all = valid_ones(4 * kernel().lanes);
  for (std::size_t i = 0; i < all.size(); i += 3) {
    // About every second y has no x.
    for (Byte step = 1; step < 6; ++step) {
      std::vector<Signed> some = all;
      some[i].key.bytes[0] = static_cast<Byte>(some[i].key.bytes[0] + step);
      EXPECT_EQ(expect_same(some), all.size() - 1);
    }
  }
}

TEST_P(Verdicts, EveryBitOfASignedMessageCounts) {
  const Signed good = valid_one(3, 2);
  std::vector<Signed> all(1, good);
  for (std::size_t bit = 0; bit < 512; ++bit) {
    all.push_back(good);
    flip(all.back().signature.bytes, bit);
    if (bit < 256) {
      all.push_back(good);
      flip(all.back().key.bytes, bit);
    }
    if (bit < 16) {
      all.push_back(good);
      all.back().message[bit / 8] = static_cast<Byte>(good.message[bit / 8] ^ (1U << (bit % 8)));
    }
  }
  EXPECT_EQ(expect_same(all), 1U);
}

TEST_P(Verdicts, RandomBytesAgree) {
  std::vector<Signed> all = valid_ones(64);
  for (std::size_t i = 0; i < all.size(); i += 2) {
    const Digest noise = crypto::sha256(bytes_of(std::to_string(i)));
    const MutableBytes where = i % 3 == 0   ? MutableBytes(all[i].key.bytes)
                               : i % 3 == 1 ? MutableBytes(all[i].signature.bytes).first(32)
                                            : MutableBytes(all[i].signature.bytes).last(32);
    copy_bytes(noise, where);
  }
  EXPECT_EQ(expect_same(all), 32U);
}

TEST_P(Verdicts, SpansOfDifferentLengths) {
  const Signed one = valid_one(1);
  const std::vector<SignedMessage> messages(2, {&one.key, one.message, &one.signature});
  bool valid[4] = {false, true, true, true};
  verifier().verify(messages, valid);
  EXPECT_TRUE(valid[0] && valid[1]);
  EXPECT_FALSE(valid[2] || valid[3]);
  bool first = false;
  verifier().verify(messages, {&first, 1});
  EXPECT_TRUE(first);
}

TEST_P(Verdicts, RoundingOfTheCallerNeitherMattersNorChanges) {
  std::vector<Signed> all = valid_ones(kernel().lanes + 1);
  flip(all.front().signature.bytes, 77);
  const std::vector<bool> expected = library_verdicts(all);
  for (const int rounding : {FE_UPWARD, FE_DOWNWARD, FE_TOWARDZERO}) {
    ASSERT_EQ(std::fesetround(rounding), 0);
    const std::vector<bool> given = verdicts(verifier(), all);
    const int after = std::fegetround();
    ASSERT_EQ(std::fesetround(FE_TONEAREST), 0);
    EXPECT_EQ(after, rounding);
    EXPECT_EQ(given, expected);
  }
}

INSTANTIATE_TEST_SUITE_P(Lanes, Verdicts, ::testing::ValuesIn(internal::built_kernels()),
                         kernel_name);

RC_GTEST_PROP(Verifiers, AllAgree, ()) {
  static const std::vector<std::unique_ptr<Verifier>> all = all_verifiers();
  std::vector<Signed> some;
  const auto count = *rc::gen::inRange<std::size_t>(0, 20);
  for (std::size_t i = 0; i < count; ++i) {
    some.push_back(valid_one(*rc::gen::inRange<std::size_t>(0, 1000), i));
    const auto change = *rc::gen::inRange<std::size_t>(0, 1536);
    if (change < 512) flip(some.back().signature.bytes, change);
    if (change >= 512 && change < 768) flip(some.back().key.bytes, change - 512);
  }
  for (const auto& verifier : all)
    RC_ASSERT(verdicts(*verifier, some) == library_verdicts(some));
}

TEST(Verifiers, FastestIsWiderThanTheLibraryWhereItCan) {
  const auto fastest = fastest_verifier();
  const bool any = std::ranges::any_of(internal::built_kernels(), [](const auto* kernel) {
    return kernel->faster_than_library && internal::runs_here(*kernel);
  });
  EXPECT_EQ(fastest->name() != "library", any);
  // Rests of a group, which go to the library, are judged all the same.
  for (std::size_t count = 0; count <= 18; ++count) {
    std::vector<Signed> all = valid_ones(count);
    if (count > 0) flip(all.back().signature.bytes, 9);
    EXPECT_EQ(verdicts(*fastest, all), library_verdicts(all));
  }
}

TEST(Verifiers, LibraryIsFirstOfAll) {
  const auto all = all_verifiers();
  ASSERT_GE(all.size(), 3U);
  EXPECT_EQ(all.front()->name(), "library");
}

}  // namespace
}  // namespace daymark::lanes
