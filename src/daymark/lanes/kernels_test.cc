// Points where rules of verification differ, and scalars that no hash would give.
#include <gtest/gtest.h>
#include <sodium.h>

#include "daymark/base/hex.h"
#include "daymark/lanes/lanes_testing.h"

namespace daymark::lanes {
namespace {

using internal::Task;
using testing::library_verdicts;
using testing::Signed;
using testing::valid_one;
using testing::verdicts;

using Encoding = ByteArray<32>;

Encoding hex32(std::string_view text) {
  return from_hex_fixed<32>(text).value();
}

/// All points of order 1, 2, 4 and 8, then their encodings that are not canonical.
std::vector<Encoding> torsion() {
  std::vector<Encoding> out;
  for (const std::string_view text :
       {"0100000000000000000000000000000000000000000000000000000000000000",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "0000000000000000000000000000000000000000000000000000000000000000",
        "0000000000000000000000000000000000000000000000000000000000000080",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
        "0100000000000000000000000000000000000000000000000000000000000080",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"})
    out.push_back(hex32(text));
  return out;
}

Encoding plus(const Encoding& p, const Encoding& q) {
  Encoding out{};
  EXPECT_EQ(crypto_core_ed25519_add(out.data(), p.data(), q.data()), 0);
  return out;
}

Encoding neutral() {
  return torsion().front();
}

/// [n]B, the neutral point included.
Encoding base_times(const Encoding& n) {
  if (n == Encoding{}) return neutral();
  Encoding out{};
  EXPECT_EQ(crypto_scalarmult_ed25519_base_noclamp(out.data(), n.data()), 0);
  return out;
}

Encoding scalar(std::uint64_t low, Byte top = 0) {
  Encoding out{};
  for (std::size_t i = 0; i < 8; ++i)
    out[i] = static_cast<Byte>(low >> (8 * i));
  out[31] = top;
  return out;
}

Encoding random_scalar(std::size_t n) {
  ByteArray<64> wide{};
  const Digest noise = crypto::sha256(bytes_of(std::to_string(n)));
  copy_bytes(noise, wide);
  Encoding out{};
  crypto_core_ed25519_scalar_reduce(out.data(), wide.data());
  return out;
}

Encoding multiply_scalars(const Encoding& a, const Encoding& b) {
  Encoding out{};
  crypto_core_ed25519_scalar_mul(out.data(), a.data(), b.data());
  return out;
}

Encoding challenge_of(const Encoding& commitment, const Encoding& key, ByteView message) {
  crypto_hash_sha512_state state;
  crypto_hash_sha512_init(&state);
  crypto_hash_sha512_update(&state, commitment.data(), 32);
  crypto_hash_sha512_update(&state, key.data(), 32);
  crypto_hash_sha512_update(&state, message.data(), message.size());
  ByteArray<64> digest{};
  crypto_hash_sha512_final(&state, digest.data());
  Encoding out{};
  crypto_core_ed25519_scalar_reduce(out.data(), digest.data());
  return out;
}

/// Signed as RFC 8032 says, but with torsion added to A and to R: valid by a rule with cofactor,
/// and without one only where [h] of the one cancels the other.
Signed mixed(std::size_t n, const Encoding& key_torsion, const Encoding& commitment_torsion) {
  const Encoding secret = random_scalar(n);
  const Encoding nonce = random_scalar(n + 100000);
  const Encoding key = plus(base_times(secret), key_torsion);
  const Encoding commitment = plus(base_times(nonce), commitment_torsion);
  Signed out{{key}, {static_cast<Byte>(n), static_cast<Byte>(n >> 8)}, {}};
  const Encoding product = multiply_scalars(challenge_of(commitment, key, out.message), secret);
  Encoding response{};
  crypto_core_ed25519_scalar_add(response.data(), nonce.data(), product.data());
  copy_bytes(commitment, out.signature.bytes);
  copy_bytes(response, MutableBytes(out.signature.bytes).last(32));
  return out;
}

class Points : public testing::EveryKernel {
 protected:
  std::size_t expect_same(const std::vector<Signed>& all) const {
    const std::vector<bool> given = verdicts(verifier(), all);
    EXPECT_EQ(given, library_verdicts(all));
    return static_cast<std::size_t>(std::ranges::count(given, true));
  }
};

TEST_P(Points, MixedOrderIsJudgedWithoutCofactor) {
  const std::vector<Encoding> points = torsion();
  std::vector<Signed> all;
  for (std::size_t a = 0; a < 8; ++a) {
    for (std::size_t r = 0; r < 8; ++r) {
      for (std::size_t n = 0; n < 4; ++n)
        all.push_back(mixed(32 * a + 4 * r + n, points[a], points[r]));
    }
  }
  const std::size_t valid = expect_same(all);
  // The four without torsion, and by chance some of the others.
  EXPECT_GT(valid, 4U);
  EXPECT_LT(valid, all.size() / 2);
}

TEST_P(Points, LowOrderAndForeignEncodingsAreRefused) {
  const Signed good = valid_one(5);
  std::vector<Signed> all;
  for (const Encoding& key : torsion()) {
    for (const Encoding& commitment : torsion()) {
      Signed none{{key}, good.message, {}};
      copy_bytes(commitment, none.signature.bytes);
      all.push_back(none);
    }
    Signed other_key = good;
    other_key.key.bytes = key;
    Signed other_commitment = good;
    copy_bytes(key, other_commitment.signature.bytes);
    all.push_back(other_key);
    all.push_back(other_commitment);
  }
  EXPECT_EQ(expect_same(all), 0U);
}

TEST_P(Points, ResponseAroundTheOrder) {
  const Encoding order = hex32("edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010");
  const Signed good = valid_one(6);
  std::vector<Signed> all(4, good);
  const MutableBytes less = MutableBytes(all[1].signature.bytes).last(32);
  copy_bytes(order, less);
  --less[0];
  copy_bytes(order, MutableBytes(all[2].signature.bytes).last(32));
  const MutableBytes beyond = MutableBytes(all[3].signature.bytes).last(32);
  unsigned carry = 0;
  for (std::size_t i = 0; i < 32; ++i) {
    carry += static_cast<unsigned>(beyond[i]) + order[i];
    beyond[i] = static_cast<Byte>(carry);
    carry >>= 8;
  }
  EXPECT_EQ(expect_same(all), 1U);
}

/// Factors that make digits of every size, all windows at their ends among them. `top` bounds the
/// highest byte of `size`.
std::vector<Encoding> edge_factors(std::size_t size, Byte top) {
  std::vector<Encoding> out = {scalar(1), scalar(2)};
  for (const unsigned byte :
       {0xf0U, 0x10U, 0x21U, 0x42U, 0x84U, 0x08U, 0x55U, 0xaaU, 0xffU, 0x80U, 0x7fU}) {
    Encoding repeated{};
    std::fill_n(repeated.begin(), size, static_cast<Byte>(byte));
    repeated[size - 1] = std::min(repeated[size - 1], top);
    out.push_back(repeated);
  }
  for (std::size_t bit = 0; bit < 8 * (size - 1); bit += 7) {
    Encoding one{};
    one[bit / 8] = static_cast<Byte>(1U << (bit % 8));
    out.push_back(one);
  }
  return out;
}

struct Factors {
  Encoding base;
  Encoding key;
  Encoding commitment;
  bool is_negative = false;
};

Encoding negated(const Encoding& a) {
  Encoding out{};
  crypto_core_ed25519_scalar_negate(out.data(), a.data());
  return out;
}

Encoding added(const Encoding& a, const Encoding& b) {
  Encoding out{};
  crypto_core_ed25519_scalar_add(out.data(), a.data(), b.data());
  return out;
}

/// A task that holds: R = (w - v a) / u times B for the key a B.
Task task_of(const Factors& factors, const Encoding& secret) {
  const Encoding rest = added(factors.base, negated(multiply_scalars(factors.key, secret)));
  Encoding inverse{};
  EXPECT_EQ(crypto_core_ed25519_scalar_invert(inverse.data(), factors.commitment.data()), 0);
  const Encoding quotient = multiply_scalars(rest, inverse);
  Task out{};
  copy_bytes(base_times(secret), out.key);
  copy_bytes(base_times(factors.is_negative ? negated(quotient) : quotient), out.commitment);
  copy_bytes(factors.base, out.base_factor);
  copy_bytes(factors.key, out.key_factor);
  copy_bytes(factors.commitment, out.commitment_factor);
  out.is_negative = factors.is_negative;
  return out;
}

class Scalars : public testing::EveryKernel {
 protected:
  Scalars() : base_(internal::base_table_words + 8) {}

  /// The kernel's table of the base point, aligned.
  const std::uint64_t* base() {
    const auto address = reinterpret_cast<std::uintptr_t>(base_.data());
    std::uint64_t* const aligned = base_.data() + (64 - address % 64) % 64 / 8;
    std::vector<internal::Multiple> multiples(internal::base_entries);
    internal::base_multiples(multiples.data());
    for (std::size_t i = 0; i < internal::base_entries; ++i)
      kernel().write_base_entry(multiples[i], aligned + i * internal::base_entry_words);
    return aligned;
  }

 private:
  std::vector<std::uint64_t> base_;
};

TEST_P(Scalars, AtTheirEnds) {
  const std::uint64_t* const table = base();
  const std::vector<Encoding> wide = edge_factors(32, 0x0f);
  const std::vector<Encoding> half = edge_factors(17, 0x3b);
  std::vector<Task> tasks;
  for (std::size_t i = 0; i < wide.size(); ++i) {
    const Encoding& one = half[i % half.size()];
    Encoding other = half[(5 * i + 1) % half.size()];
    other[0] |= 1;
    const bool odd = i % 2 != 0;
    tasks.push_back(task_of({wide[i], one, other, odd}, random_scalar(i)));
    tasks.push_back(task_of({wide[i], other, other, !odd}, random_scalar(i)));
    tasks.push_back(task_of({random_scalar(i + 7), one, other, odd}, scalar(1 + i)));
    // Summands that meet: the same point, and its negative.
    tasks.push_back(task_of({wide[i], one, other, odd}, scalar(1)));
    tasks.push_back(task_of({scalar(0), one, scalar(1), odd}, scalar(1)));
  }
  for (std::size_t from = 0; from < tasks.size(); from += internal::batch_max) {
    const std::size_t count = std::min(internal::batch_max, tasks.size() - from);
    bool valid[internal::batch_max] = {};
    kernel().verify(table, tasks.data() + from, count, valid);
    for (std::size_t i = 0; i < count; ++i)
      EXPECT_TRUE(valid[i]) << from + i;
    for (std::size_t i = 0; i < count; ++i)
      tasks[from + i].commitment[i % 32] ^= 1;
    kernel().verify(table, tasks.data() + from, count, valid);
    for (std::size_t i = 0; i < count; ++i)
      EXPECT_FALSE(valid[i]) << from + i;
  }
}

INSTANTIATE_TEST_SUITE_P(Lanes, Points, ::testing::ValuesIn(internal::built_kernels()),
                         testing::kernel_name);
INSTANTIATE_TEST_SUITE_P(Lanes, Scalars, ::testing::ValuesIn(internal::built_kernels()),
                         testing::kernel_name);

TEST(BaseTable, BothHalvesBeginWithTheNeutralPoint) {
  std::vector<internal::Multiple> multiples(internal::base_entries);
  internal::base_multiples(multiples.data());
  for (const std::size_t first : {std::size_t{0}, internal::base_half_entries}) {
    EXPECT_EQ(multiples[first].y_plus_x.limb[0], 1U);
    EXPECT_EQ(multiples[first].y_minus_x.limb[0], 1U);
    EXPECT_EQ(multiples[first].xy2d.limb[0], 0U);
  }
}

}  // namespace
}  // namespace daymark::lanes
