#include "daymark/crypto/seal.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>
#include <sodium.h>

#include "daymark/crypto/errors.h"
#include "daymark/crypto/random.h"

namespace daymark::crypto {
namespace {

class Seal : public ::testing::Test {
 protected:
  Seal() {
    for (ExchangeSecretKey& key : secrets_) {
      key.bytes = random_.draw<32>();
      readers_.push_back(x25519_public(key));
    }
  }

  [[nodiscard]] Sealed sealed(std::string_view content = "the content") {
    return seal(bytes_of(content), readers_, random_);
  }

  SeededRandom random_{1};
  std::array<ExchangeSecretKey, 3> secrets_{};
  std::vector<ExchangePublicKey> readers_;
};

TEST_F(Seal, OpensForEveryReader) {
  for (const std::string_view content : {"the content", "", "x"}) {
    const Sealed box = sealed(content);
    ASSERT_EQ(box.keys.size(), 3U);
    for (const ExchangeSecretKey& key : secrets_) {
      const auto opened = open(box, key);
      ASSERT_TRUE(opened);
      EXPECT_EQ(text_of(*opened), content);
    }
  }
}

TEST_F(Seal, KeysAreLibsodiumSealedBoxes) {
  const Sealed box = sealed();
  ByteArray<32> key{};
  ASSERT_EQ(box.keys[1].size(), 80U);
  ASSERT_EQ(crypto_box_seal_open(key.data(), box.keys[1].data(), box.keys[1].size(),
                                 readers_[1].bytes.data(), secrets_[1].bytes.data()),
            0);
  std::string content(box.box.size() - 40, '\0');
  EXPECT_EQ(crypto_secretbox_open_easy(reinterpret_cast<unsigned char*>(content.data()),
                                       box.box.data() + 24, box.box.size() - 24, box.box.data(),
                                       key.data()),
            0);
  EXPECT_EQ(content, "the content");
}

TEST_F(Seal, OpensWhatLibsodiumSealed) {
  Sealed box = sealed();
  ByteArray<32> key{};
  ASSERT_EQ(crypto_box_seal_open(key.data(), box.keys[0].data(), 80, readers_[0].bytes.data(),
                                 secrets_[0].bytes.data()),
            0);
  ASSERT_EQ(crypto_box_seal(box.keys[0].data(), key.data(), 32, readers_[0].bytes.data()), 0);
  EXPECT_TRUE(open(box, secrets_[0]));
}

TEST_F(Seal, AStrangerOpensNothing) {
  const auto refused = open(sealed(), {random_.draw<32>()});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, errc::seal_not_opened);
}

TEST_F(Seal, ErasedKeyOpensNothingMore) {
  Sealed box = sealed();
  box.keys.erase(box.keys.begin());
  EXPECT_FALSE(open(box, secrets_[0]));
  EXPECT_TRUE(open(box, secrets_[1]));
  box.keys.clear();
  EXPECT_FALSE(open(box, secrets_[1]));
}

TEST_F(Seal, EveryFlippedBitIsRefused) {
  const Sealed box = sealed();
  for (std::size_t i = 0; i < box.box.size() * 8; ++i) {
    Sealed changed = box;
    changed.box[i / 8] = static_cast<Byte>(changed.box[i / 8] ^ 1U << i % 8);
    EXPECT_FALSE(open(changed, secrets_[0])) << i;
  }
  for (std::size_t i = 0; i < 80; ++i) {
    Sealed changed = box;
    changed.keys[0][i] = static_cast<Byte>(changed.keys[0][i] ^ 1U);
    EXPECT_FALSE(open(changed, secrets_[0])) << i;
    EXPECT_TRUE(open(changed, secrets_[2])) << i;
  }
}

TEST_F(Seal, WrongLengthsAreRefused) {
  const Sealed box = sealed();
  for (std::size_t size = 0; size < box.box.size(); ++size) {
    Sealed changed = box;
    changed.box.resize(size);
    EXPECT_FALSE(open(changed, secrets_[0])) << size;
  }
  for (const std::size_t size : {0U, 1U, 79U, 81U}) {
    Sealed changed = box;
    changed.keys[0].resize(size);
    EXPECT_FALSE(open(changed, secrets_[0])) << size;
  }
}

TEST_F(Seal, SameSeedSameBox) {
  SeededRandom a(9);
  SeededRandom b(9);
  const Sealed first = seal(bytes_of("x"), readers_, a);
  const Sealed second = seal(bytes_of("x"), readers_, b);
  EXPECT_EQ(first.box, second.box);
  EXPECT_EQ(first.keys, second.keys);
  // Later boxes of one stream share neither key nor nonce.
  EXPECT_NE(seal(bytes_of("x"), readers_, a).box, first.box);
}

TEST_F(Seal, ReaderOfLowOrderShutsNobodyElseOut) {
  readers_.insert(readers_.begin(), ExchangePublicKey{});
  const Sealed box = sealed();
  EXPECT_EQ(box.keys[0], std::vector<Byte>(80));
  EXPECT_TRUE(open(box, secrets_[0]));
}

RC_GTEST_PROP(SealProperty, Returns, (const std::vector<Byte>& content, std::uint64_t seed)) {
  SeededRandom random(seed);
  const ExchangeSecretKey key{random.draw<32>()};
  const std::array readers{x25519_public(key)};
  const auto opened = open(seal(content, readers, random), key);
  RC_ASSERT(opened.has_value());
  RC_ASSERT(*opened == content);
}

}  // namespace
}  // namespace daymark::crypto
