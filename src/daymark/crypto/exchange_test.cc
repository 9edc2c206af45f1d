#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "daymark/crypto/errors.h"
#include "daymark/crypto/random.h"
#include "daymark/crypto/vectors_testing.h"

namespace daymark::crypto {
namespace {

using testing::hex;

std::string shared(std::string_view secret, std::string_view point) {
  return to_hex(x25519({hex<32>(secret)}, {hex<32>(point)}).value());
}

TEST(X25519, Rfc7748Vectors) {
  EXPECT_EQ(shared("a546e36bf0527c9d3b16154b82465edd62144c0ac1fc5a18506a2244ba449ac4",
                   "e6db6867583030db3594c1a424b15f7c726624ec26b3353b10a903a6d0ab1c4c"),
            "c3da55379de9c6908e94ea4df28d084f32eccf03491c71f754b4075577a28552");
  EXPECT_EQ(shared("4b66e9d4d1b4673c5ad22691957d6af5c11b6421e0ea01d42ca4169e7918ba0d",
                   "e5210f12786811d3f4b7959d0538ae2c31dbe7106fc03c3efc4cd549c715a493"),
            "95cbde9476e8907d7aade45cb4b873f88b595a68799fa152e6f8f7647aac7957");
}

/// RFC 7748 §5.2: k becomes the result and u the old k, a thousand times.
TEST(X25519, Rfc7748Iterated) {
  ByteArray<32> k{9};
  ByteArray<32> u{9};
  for (int i = 0; i < 1000; ++i) {
    const ByteArray<32> next = x25519({k}, {u}).value();
    u = k;
    k = next;
  }
  EXPECT_EQ(to_hex(k), "684cf59ba83309552800ef566f2f4d3c1c3887c49360e3875f2eb94d99532c51");
}

TEST(X25519, Rfc7748Agreement) {
  const ExchangeSecretKey alice{
      hex<32>("77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a")};
  const ExchangeSecretKey bob{
      hex<32>("5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb")};
  EXPECT_EQ(to_hex(x25519_public(alice).bytes),
            "8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a");
  EXPECT_EQ(to_hex(x25519_public(bob).bytes),
            "de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f");
  EXPECT_EQ(to_hex(x25519(alice, x25519_public(bob)).value()),
            "4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742");
}

RC_GTEST_PROP(X25519, BothSidesAgree, (std::uint64_t seed)) {
  SeededRandom random(seed);
  const ExchangeSecretKey mine{random.draw<32>()};
  const ExchangeSecretKey theirs{random.draw<32>()};
  RC_ASSERT(x25519(mine, x25519_public(theirs)).value() ==
            x25519(theirs, x25519_public(mine)).value());
}

TEST(X25519, LowOrderPointsAreRefused) {
  const ExchangeSecretKey mine{ByteArray<32>{1, 2, 3}};
  for (const std::string_view point :
       {"0000000000000000000000000000000000000000000000000000000000000000",
        "0100000000000000000000000000000000000000000000000000000000000000",
        "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
        "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"}) {
    const auto secret = x25519(mine, {hex<32>(point)});
    ASSERT_FALSE(secret) << point;
    EXPECT_EQ(secret.error().code, errc::key_invalid);
  }
}

}  // namespace
}  // namespace daymark::crypto
