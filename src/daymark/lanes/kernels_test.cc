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

Encoding minus(const Encoding& p, const Encoding& q) {
  Encoding out{};
  EXPECT_EQ(crypto_core_ed25519_sub(out.data(), p.data(), q.data()), 0);
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

/// Scalars that make digits of every size, all windows at their ends among them.
std::vector<Encoding> edge_scalars() {
  const Encoding order = hex32("edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010");
  Encoding last = order;
  --last[0];
  std::vector<Encoding> out = {scalar(0), scalar(1), scalar(2), scalar(0, 0x10), last};
  for (const char* digits : {"f0", "10", "21", "42", "84", "08", "55", "aa", "ff", "80", "7f"}) {
    Encoding repeated = from_hex_fixed<32>([&] {
                          std::string text;
                          for (int i = 0; i < 32; ++i)
                            text += digits;
                          return text;
                        }())
                            .value();
    repeated[31] &= 0x0f;
    out.push_back(repeated);
  }
  for (std::size_t bit = 0; bit < 252; bit += 7) {
    Encoding one{};
    one[bit / 8] = static_cast<Byte>(1U << (bit % 8));
    out.push_back(one);
  }
  return out;
}

/// A task that holds: R = [S]B - [h]A.
Task task_of(const Encoding& response, const Encoding& challenge, const Encoding& secret) {
  const Encoding key = base_times(secret);
  const Encoding product = multiply_scalars(challenge, secret);
  const Encoding commitment = minus(base_times(response), base_times(product));
  Task out{};
  copy_bytes(key, out.key);
  copy_bytes(commitment, out.commitment);
  copy_bytes(response, out.response);
  copy_bytes(challenge, out.challenge);
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
  const std::vector<Encoding> edges = edge_scalars();
  std::vector<Task> tasks;
  for (std::size_t i = 0; i < edges.size(); ++i) {
    tasks.push_back(task_of(edges[i], edges[(i + 1) % edges.size()], random_scalar(i)));
    tasks.push_back(task_of(edges[i], edges[i], random_scalar(i)));
    tasks.push_back(task_of(random_scalar(i + 7), edges[i], scalar(1 + i)));
    // Summands that meet: the same point, and its negative.
    tasks.push_back(task_of(edges[i], edges[i], scalar(1)));
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

/// Neighbours in the table differ by the base point, and entry 0 is the neutral point.
TEST(BaseTable, BeginsWithTheNeutralPoint) {
  std::vector<internal::Multiple> multiples(internal::base_entries);
  internal::base_multiples(multiples.data());
  EXPECT_EQ(multiples[0].y_plus_x.limb[0], 1U);
  EXPECT_EQ(multiples[0].y_minus_x.limb[0], 1U);
  EXPECT_EQ(multiples[0].xy2d.limb[0], 0U);
}

}  // namespace
}  // namespace daymark::lanes
