#include <memory>

#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <rapidcheck/gtest.h>

#include "daymark/crypto/errors.h"
#include "daymark/crypto/low_order.h"
#include "daymark/crypto/vectors_testing.h"

namespace daymark::crypto {
namespace {

using testing::hex;
using testing::with_bit_flipped;

struct Vector {
  std::string_view secret;
  std::string_view public_key;
  std::string_view message;
  std::string_view signature;
};

/// RFC 8032 §7.1, tests 1 to 3.
constexpr Vector rfc8032[] = {
    {"9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
     "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
     "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701c"
     "f9b46bd25bf5f0595bbe24655141438e7a100b"},
    {"4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
     "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
     "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0"
     "f11d8c387b2eaeb4302aeeb00d291612bb0c00"},
    {"c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
     "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
     "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f76098"
     "4dc6594a7c15e9716ed28dc027beceea1ec40a"}};

/// Every encoding of a point of low order, the non-canonical ones included.
constexpr std::string_view low_order[] = {
    "0000000000000000000000000000000000000000000000000000000000000000",
    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "0000000000000000000000000000000000000000000000000000000000000080",
    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
    "0100000000000000000000000000000000000000000000000000000000000000",
    "0100000000000000000000000000000000000000000000000000000000000080",
    "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"};

/// L, the order of the base point, least significant byte first.
constexpr std::string_view group_order =
    "edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010";

using EvpKey = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;
using EvpContext = std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)>;

Signature openssl_sign(const SecretKey& secret, ByteView message) {
  const EvpKey key(EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr, secret.seed.data(), 32),
                   &EVP_PKEY_free);
  const EvpContext context(EVP_MD_CTX_new(), &EVP_MD_CTX_free);
  Signature out;
  std::size_t size = out.bytes.size();
  EXPECT_EQ(EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, key.get()), 1);
  EXPECT_EQ(EVP_DigestSign(context.get(), out.bytes.data(), &size, message.data(), message.size()),
            1);
  return out;
}

Signature signature_of(const Vector& vector) {
  return {hex<64>(vector.signature)};
}

TEST(Ed25519, Rfc8032Vectors) {
  for (const Vector& vector : rfc8032) {
    const SecretKey secret{hex<32>(vector.secret)};
    const std::vector<Byte> message = from_hex(vector.message).value();
    EXPECT_EQ(to_hex(ed25519_public(secret).bytes), vector.public_key);
    EXPECT_EQ(to_hex(ed25519_sign(secret, message).bytes), vector.signature);
    EXPECT_TRUE(ed25519_verify({hex<32>(vector.public_key)}, message, signature_of(vector)));
  }
}

TEST(Ed25519, EveryFlippedBitIsRefused) {
  const Vector& vector = rfc8032[2];
  const PublicKey key{hex<32>(vector.public_key)};
  const ByteArray<2> message = hex<2>(vector.message);
  const Signature signature = signature_of(vector);
  for (std::size_t bit = 0; bit < 512; ++bit) {
    const auto verdict = ed25519_verify(key, message, {with_bit_flipped(signature.bytes, bit)});
    ASSERT_FALSE(verdict) << bit;
    EXPECT_EQ(verdict.error().code, errc::signature_invalid);
  }
  for (std::size_t bit = 0; bit < 16; ++bit)
    EXPECT_FALSE(ed25519_verify(key, with_bit_flipped(message, bit), signature)) << bit;
  for (std::size_t bit = 0; bit < 256; ++bit)
    EXPECT_FALSE(ed25519_verify({with_bit_flipped(key.bytes, bit)}, message, signature)) << bit;
}

TEST(Ed25519, LowOrderKeysAreRefused) {
  // R = identity or A, S = 0: who ignores the order of A accepts some of these for any message.
  for (const std::string_view key : low_order) {
    for (const std::string_view point : low_order) {
      Signature signature;
      copy_bytes(hex<32>(point), signature.bytes);
      EXPECT_FALSE(ed25519_verify({hex<32>(key)}, bytes_of("any"), signature)) << key << point;
    }
  }
}

TEST(Ed25519, KnowsKeysOfLowOrder) {
  for (const std::string_view key : low_order) {
    EXPECT_TRUE(is_low_order({hex<32>(key)})) << key;
    for (std::size_t bit = 8; bit < 16; ++bit)
      EXPECT_FALSE(is_low_order({with_bit_flipped(hex<32>(key), bit)})) << key << " bit " << bit;
  }
  for (const Vector& vector : rfc8032)
    EXPECT_FALSE(is_low_order({hex<32>(vector.public_key)}));
}

TEST(Ed25519, LowOrderCommitmentsAreRefused) {
  const Vector& vector = rfc8032[0];
  for (const std::string_view point : low_order) {
    Signature signature = signature_of(vector);
    copy_bytes(hex<32>(point), signature.bytes);
    EXPECT_FALSE(ed25519_verify({hex<32>(vector.public_key)}, ByteView(), signature)) << point;
  }
}

TEST(Ed25519, ScalarBeyondTheOrderIsRefused) {
  const Vector& vector = rfc8032[0];
  Signature signature = signature_of(vector);
  const ByteArray<32> order = hex<32>(group_order);
  unsigned carry = 0;
  for (std::size_t i = 0; i < 32; ++i) {
    carry += signature.bytes[32 + i] + static_cast<unsigned>(order[i]);
    signature.bytes[32 + i] = static_cast<Byte>(carry & 0xFF);
    carry >>= 8;
  }
  ASSERT_EQ(carry, 0U);
  EXPECT_FALSE(ed25519_verify({hex<32>(vector.public_key)}, ByteView(), signature));
}

RC_GTEST_PROP(Ed25519, SignsAsOpensslAndVerifies, (const std::vector<Byte>& message)) {
  SecretKey secret;
  for (Byte& byte : secret.seed)
    byte = *rc::gen::arbitrary<Byte>();
  const Signature signature = ed25519_sign(secret, message);
  RC_ASSERT(signature == openssl_sign(secret, message));
  RC_ASSERT(ed25519_verify(ed25519_public(secret), message, signature).has_value());
  std::vector<Byte> longer = message;
  longer.push_back(0);
  RC_ASSERT(!ed25519_verify(ed25519_public(secret), longer, signature).has_value());
}

RC_GTEST_PROP(Ed25519, PartsAreOneMessage, (const std::vector<Byte>& message)) {
  const SecretKey secret{};
  const ByteView all(message);
  const std::size_t cut = *rc::gen::inRange<std::size_t>(0, message.size() + 1);
  const std::array<ByteView, 3> parts{all.first(cut), ByteView(), all.subspan(cut)};
  const Signature signature = ed25519_sign(secret, message);
  RC_ASSERT(ed25519_sign(secret, parts) == signature);
  RC_ASSERT(ed25519_verify(ed25519_public(secret), parts, signature).has_value());
  const std::array<ByteView, 2> more{all, bytes_of("x")};
  RC_ASSERT(!ed25519_verify(ed25519_public(secret), more, signature).has_value());
}

}  // namespace
}  // namespace daymark::crypto
