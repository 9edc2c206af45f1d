// What a beacon signs at the end of ranging sessions: round trip, place and time in one. Core.
//
// Beacons sign batches: what each session measured is a leaf of a Merkle tree, and one root is
// signed for all, with the time (as Roughtime does it). A receipt is a leaf, its path and the root.
//
//   receipt = [leaf, index, path, root]        path: nodes of 32 bytes in one string, leaf first
//   leaf    = [1, chip key, chip nonce, beacon nonce, least round trip ns, exchanges, quality]
//   root    = COSE_Sign1 by the beacon, "daymark receipt root v1":
//             [1, root hash, leaves, lat e7, lon e7, time ms, radius ms]
//
// The tree is that of RFC 6962 under tlog::receipt_tree. PROTOCOL §9.2. The chip's residence time
// is never subtracted from the round trip.
#pragma once

#include <cstdint>
#include <string_view>

#include "daymark/base/bytes.h"
#include "daymark/base/result.h"
#include "daymark/base/units.h"
#include "daymark/crypto/ports.h"
#include "daymark/order/charter.h"

namespace daymark::ranging {

inline constexpr std::string_view receipt_root_purpose = "daymark receipt root v1";
/// Longest path of a receipt, and the largest batch that such paths reach.
inline constexpr std::size_t receipt_nodes_max = 12;
inline constexpr std::size_t batch_receipts_max = std::size_t{1} << receipt_nodes_max;
inline constexpr std::size_t receipt_leaf_size_max = 128;
inline constexpr std::size_t receipt_root_size_max = 160;
inline constexpr std::size_t receipt_size_max = 672;

/// How good the beacon's time stamps are; stated, never assumed.
enum class StampQuality : std::uint8_t { user_space = 0, kernel_software = 1, hardware = 2 };

/// What one session measured: a leaf.
struct ReceiptLeaf {
  crypto::PublicKey chip;
  Digest chip_nonce{};
  Digest beacon_nonce{};
  RoundTripNanos least_round_trip;
  std::uint32_t exchanges = 0;
  StampQuality quality = StampQuality::user_space;
};

/// What a beacon says once for a whole batch.
struct BatchStatement {
  order::PlaceE7 place;
  UnixMillis time;  ///< the beacon's clock when it signed
  Millis radius;    ///< true time is within time ± radius
};

/// A leaf and what was signed for its batch.
struct Receipt : ReceiptLeaf, BatchStatement {
  KeyId beacon;  ///< the key that the root names
};

struct BatchRoot : BatchStatement {
  TreeSize size;
  Digest hash{};
};

/// Views of one receipt.
struct ReceiptParts {
  ByteView leaf;
  LeafIndex index;
  ByteView path;  ///< whole nodes
  ByteView root;  ///< COSE_Sign1
};

// Form alone; who signed and whether the path leads to the root is not judged.
// Errors: errc::receipt_malformed, errc::cbor_*, errc::cose_*.
[[nodiscard]] Result<ReceiptParts> split_receipt(ByteView message);
[[nodiscard]] Result<ReceiptLeaf> parse_receipt_leaf(ByteView leaf);
[[nodiscard]] Result<BatchRoot> parse_batch_root(ByteView payload);
/// What a receipt claims.
[[nodiscard]] Result<Receipt> parse_receipt(ByteView message);

/// A root whose signature has been checked under one beacon's key; made only by check_root.
class CheckedRoot {
 public:
  [[nodiscard]] const BatchRoot& root() const { return root_; }

  [[nodiscard]] const crypto::PublicKey& beacon() const { return beacon_; }

 private:
  CheckedRoot() = default;
  friend Result<CheckedRoot> check_root(ByteView root, const crypto::PublicKey& beacon);

  BatchRoot root_;
  crypto::PublicKey beacon_;
};

/// Errors: errc::receipt_beacon where the root names another key, errc::receipt_malformed,
/// errc::cose_*, errc::cbor_*.
[[nodiscard]] Result<CheckedRoot> check_root(ByteView root, const crypto::PublicKey& beacon);

/// Whose receipt is expected: the beacon's pinned entry, the chip, and the nonce of its session.
struct ReceiptExpectation {
  const order::BeaconEntry* beacon = nullptr;
  crypto::PublicKey chip;
  Digest chip_nonce{};
};

/// A receipt whose root, path, beacon, place, chip and nonce have been checked; made only by
/// verify_receipt and verify_under.
class VerifiedReceipt {
 public:
  [[nodiscard]] const Receipt& receipt() const { return receipt_; }

 private:
  VerifiedReceipt() = default;
  friend Result<VerifiedReceipt> verify_under(const CheckedRoot& root, const ReceiptParts& parts,
                                              const ReceiptExpectation& expected);

  Receipt receipt_;
};

/// One path: leaf, index and path of `parts` against a root that was checked before; the root in
/// `parts` is not looked at. Errors: errc::receipt_beacon, errc::receipt_place, errc::receipt_chip,
/// errc::receipt_nonce, errc::receipt_round_trip (none measured), errc::tlog_index,
/// errc::tlog_path_length, errc::tlog_root, errc::receipt_malformed, errc::cbor_*.
[[nodiscard]] Result<VerifiedReceipt> verify_under(const CheckedRoot& root,
                                                   const ReceiptParts& parts,
                                                   const ReceiptExpectation& expected);

/// One signature and one path. Errors: those of split_receipt, check_root and verify_under.
[[nodiscard]] Result<VerifiedReceipt> verify_receipt(ByteView message,
                                                     const ReceiptExpectation& expected);

}  // namespace daymark::ranging
