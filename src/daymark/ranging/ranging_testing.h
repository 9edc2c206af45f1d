// Keys and small helpers of the ranging tests.
#pragma once

#include <vector>

#include "daymark/crypto/ports.h"
#include "daymark/crypto/random.h"
#include "daymark/ranging/receipt_batch.h"
#include "daymark/ranging/session.h"

namespace daymark::ranging::testing {

/// A chip and a beacon that have agreed on a session.
struct Pair {
  crypto::SeededRandom random{7};
  crypto::SecretKey chip_secret{random.draw<32>()};
  crypto::SecretKey beacon_secret{random.draw<32>()};
  crypto::PublicKey chip = crypto::ed25519_public(chip_secret);
  crypto::PublicKey beacon = crypto::ed25519_public(beacon_secret);
  ChipSession session;
  ByteArray<opening_size_max> opening{};
  std::size_t opening_size = 0;

  [[nodiscard]] ByteView open() {
    const Result<ByteView> message = session.open(chip_secret, beacon, random, opening);
    opening_size = message ? message->size() : 0;
    return ByteView(opening).first(opening_size);
  }
};

[[nodiscard]] inline std::vector<Byte> copy_of(ByteView bytes) {
  return {bytes.begin(), bytes.end()};
}

/// `bytes` with one bit turned over.
[[nodiscard]] inline std::vector<Byte> flipped(ByteView bytes, std::size_t bit) {
  std::vector<Byte> out = copy_of(bytes);
  out[bit / 8] = static_cast<Byte>(out[bit / 8] ^ (1U << (bit % 8)));
  return out;
}

/// The first `opened.welcome_size` bytes.
[[nodiscard]] inline ByteView welcome_of(const Opened& opened) {
  return ByteView(opened.welcome).first(opened.welcome_size);
}

/// One batch of a beacon: chip i has the i-th leaf, and round trips differ.
struct Batch {
  explicit Batch(std::size_t size, std::uint64_t seed = 7) : random(seed), leaves(size) {
    std::int64_t next = 1'000'000;
    for (ReceiptLeaf& leaf : leaves) {
      random.fill(leaf.chip.bytes);
      random.fill(leaf.chip_nonce);
      random.fill(leaf.beacon_nonce);
      leaf.least_round_trip = {++next};
      leaf.exchanges = 4;
    }
    sign_with(crypto::SecretKey{{42}});
  }

  void sign_with(const crypto::SecretKey& key) {
    secret = key;
    beacon.key = crypto::ed25519_public(key);
    receipts = sign_batch(leaves, statement, secret).value_or(std::vector<std::vector<Byte>>{});
  }

  [[nodiscard]] ReceiptExpectation expected(std::size_t i) const {
    return {&beacon, leaves[i].chip, leaves[i].chip_nonce};
  }

  crypto::SeededRandom random;
  std::vector<ReceiptLeaf> leaves;
  BatchStatement statement{{223'379'000, 1'142'642'000}, {1'772'366'400'000}, {20}};
  order::BeaconEntry beacon{"b", "o", {}, statement.place};
  crypto::SecretKey secret;
  std::vector<std::vector<Byte>> receipts;
};

}  // namespace daymark::ranging::testing
