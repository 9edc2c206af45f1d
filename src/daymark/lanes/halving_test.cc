// Half scalars by OpenSSL's big integers.
#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <openssl/bn.h>
#include <sodium.h>

#include "daymark/crypto/ports.h"
#include "daymark/lanes/halving_internal.h"

namespace daymark::lanes::internal {
namespace {

using Scalar = ByteArray<32>;
using Big = std::unique_ptr<BIGNUM, decltype(&BN_free)>;

Big big() {
  return {BN_new(), &BN_free};
}

Big number(const Scalar& bytes) {
  return {BN_lebin2bn(bytes.data(), static_cast<int>(bytes.size()), nullptr), &BN_free};
}

Big number(const char* hex) {
  BIGNUM* out = nullptr;
  EXPECT_NE(BN_hex2bn(&out, hex), 0);
  return {out, &BN_free};
}

Scalar scalar_of(const BIGNUM& value) {
  Scalar out{};
  EXPECT_EQ(BN_bn2lebinpad(&value, out.data(), static_cast<int>(out.size())), 32);
  return out;
}

const char* const order = "1000000000000000000000000000000014def9dea2f79cd65812631a5cf5d3ed";

/// Whether u and v are what they should be for h.
::testing::AssertionResult holds(const Scalar& challenge, const Halves& halves) {
  const std::unique_ptr<BN_CTX, decltype(&BN_CTX_free)> context(BN_CTX_new(), &BN_CTX_free);
  const Big modulus = number(order);
  BN_lshift(modulus.get(), modulus.get(), 3);
  const Big u = number(halves.multiplier);
  const Big v = number(halves.product);
  if (BN_is_odd(u.get()) == 0) return ::testing::AssertionFailure() << "u is even";
  const Big bound = number("3c00000000000000000000000000000000");
  if (BN_cmp(u.get(), bound.get()) >= 0 || BN_cmp(v.get(), bound.get()) >= 0) {
    return ::testing::AssertionFailure() << "too long";
  }
  if (halves.is_negative) BN_set_negative(u.get(), 1);
  const Big product = big();
  BN_mod_mul(product.get(), u.get(), number(challenge).get(), modulus.get(), context.get());
  const Big difference = big();
  BN_mod_sub(difference.get(), product.get(), v.get(), modulus.get(), context.get());
  if (BN_is_zero(difference.get()) == 0) return ::testing::AssertionFailure() << "v is not u h";
  return ::testing::AssertionSuccess();
}

Scalar hashed(std::size_t n) {
  ByteArray<64> wide{};
  copy_bytes(crypto::sha256(bytes_of(std::to_string(n))), wide);
  copy_bytes(crypto::sha256(bytes_of(std::to_string(n) + "b")), MutableBytes(wide).last(32));
  Scalar out{};
  crypto_core_ed25519_scalar_reduce(out.data(), wide.data());
  return out;
}

TEST(Halving, NearlyEveryHashHasHalves) {
  std::size_t without = 0;
  for (std::size_t n = 0; n < 20'000; ++n) {
    const Scalar challenge = hashed(n);
    const auto halves = halve(challenge);
    if (!halves) {
      ++without;
      continue;
    }
    ASSERT_TRUE(holds(challenge, *halves)) << n;
  }
  EXPECT_LT(without, 10U);
}

TEST(Halving, WhatNoHashWouldGiveHasRightHalvesOrNone) {
  std::vector<Scalar> all;
  const Big last = number(order);
  for (int i = 0; i < 40; ++i) {
    BN_sub_word(last.get(), 1);
    all.push_back(scalar_of(*last));
  }
  const Big power = number("1");
  for (int bit = 0; bit < 252; ++bit) {
    all.push_back(scalar_of(*power));
    const Big less = number("0");
    BN_sub(less.get(), power.get(), BN_value_one());
    all.push_back(scalar_of(*less));
    BN_lshift1(power.get(), power.get());
  }
  std::size_t with_halves = 0;
  for (const Scalar& challenge : all) {
    const auto halves = halve(challenge);
    if (!halves) continue;
    ++with_halves;
    EXPECT_TRUE(holds(challenge, *halves));
  }
  EXPECT_GT(with_halves, all.size() / 2);
}

}  // namespace
}  // namespace daymark::lanes::internal
