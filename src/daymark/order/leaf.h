// Licence leaves, renewal requests and batches (PROTOCOL §3, §4). Core.
//
//   leaf = [1, kind, chip, licence id, request hash, fleet seq, fleet head, chip seq, chip head,
//           not before, not after, allowance, cluster, link, fence, program root, least level,
//           job classes, salt, denial / null]
//   fence = null / [f, [[beacon key, operator index, lat e7, lon e7]…], [[k, [[beacon index, rtt
//   us]…]]…]] denial = [reason, finding hash, appeal until]
#pragma once

#include <array>
#include <string_view>

#include "daymark/base/bytes.h"
#include "daymark/base/ids.h"
#include "daymark/base/result.h"
#include "daymark/base/units.h"
#include "daymark/cbor/writer.h"
#include "daymark/crypto/ports.h"
#include "daymark/order/charter.h"
#include "daymark/order/proven.h"

namespace daymark::order {

inline constexpr std::string_view renewal_purpose = "daymark renewal v1";
inline constexpr std::size_t leaf_size_max = 2048;
inline constexpr std::size_t request_size_max = 512;
inline constexpr std::size_t fence_alternatives_max = 8;
inline constexpr std::size_t fence_clauses_max = 8;

/// payload = [1, chip, nonce, fleet seq, fleet head, chip seq, chip head, ledger head, counter,
/// licence id]
struct RenewalRequest {
  ChipId chip;
  Digest nonce{};
  StreamHead fleet;
  StreamHead own;
  Digest ledger{};
  std::uint64_t counter = 0;
  std::uint64_t licence = 0;  ///< id of the licence it holds, 0 for none
};

/// Errors: errc::request_malformed, errc::cbor_*.
[[nodiscard]] Result<RenewalRequest> parse_request(ByteView payload);
[[nodiscard]] Result<ByteView> write_request(const RenewalRequest& request, MutableBytes out);
/// What a leaf answers: tagged_hash("daymark request v1", the whole COSE_Sign1).
[[nodiscard]] Digest request_hash(ByteView signed_request);

struct FenceClause {
  std::uint8_t beacon = 0;  ///< index into Fence::beacons
  std::uint32_t round_trip_us_max = 0;
};

/// "At least `needed` of these": PROTOCOL §9.5.
struct FenceAlternative {
  std::uint8_t needed = 0;
  std::array<FenceClause, fence_clauses_max> clauses{};
  std::size_t clause_count = 0;
};

struct FenceBeacon {
  crypto::PublicKey key;
  std::uint8_t operator_index = 0;
  PlaceE7 place;
};

struct Fence {
  std::uint8_t faults = 0;
  std::size_t beacon_count = 0;
  std::size_t alternative_count = 0;
  std::array<FenceBeacon, beacons_max> beacons{};
  std::array<FenceAlternative, fence_alternatives_max> alternatives{};
};

enum class LeafKind : std::uint8_t { licence = 0, denial = 1 };

struct Leaf {
  LeafKind kind = LeafKind::licence;
  ChipId chip;
  std::uint64_t id = 0;  ///< rises with every leaf of this chip
  Digest request{};
  StreamHead fleet;  ///< positions that the chip must have reached
  StreamHead own;
  UnixMillis not_before;
  UnixMillis not_after;
  TeraOps allowance;
  std::uint32_t cluster_max = 0;
  std::uint32_t link_megabytes_per_second = 0;
  bool has_fence = false;
  Digest program_root{};
  std::uint8_t level_least = 0;
  std::uint32_t job_classes = 0;
  ByteArray<16> salt{};
  std::string_view denial_reason;
  Digest finding{};
  UnixMillis appeal_until;
  Fence fence;
};

/// Errors: errc::leaf_malformed, errc::cbor_*.
[[nodiscard]] Result<Leaf> parse_leaf(ByteView encoded);
/// The same into a place of the caller. On an error `out` is unspecified.
[[nodiscard]] Result<void> parse_leaf_into(ByteView encoded, Leaf& out);
[[nodiscard]] Result<ByteView> write_leaf(const Leaf& leaf, MutableBytes out);
/// The same as the next item.
void put_leaf(const Leaf& leaf, cbor::Writer& out);

/// Where a leaf stands in its batch.
struct LeafPath {
  LeafIndex index;
  std::span<const Digest> path;
};

/// A leaf that a proven batch commits to: made only by prove_leaf.
class ProvenLeaf {
 public:
  [[nodiscard]] const Leaf& leaf() const { return *leaf_; }

  [[nodiscard]] const Digest& hash() const { return hash_; }

 private:
  ProvenLeaf() = default;
  friend Result<ProvenLeaf> prove_leaf(ByteView encoded, const LeafPath& where,
                                       const ProvenOrder& batch, Leaf& storage);

  const Leaf* leaf_ = nullptr;
  Digest hash_{};
};

/// Parses `encoded` into `storage` and checks its path against the batch's root and count
/// (batch_tree). The bounds of the charter on a licence (longest validity) are the governor's to
/// check. Errors: errc::leaf_*, errc::tlog_*, errc::order_kind where `batch` is no licence.
[[nodiscard]] Result<ProvenLeaf> prove_leaf(ByteView encoded, const LeafPath& where,
                                            const ProvenOrder& batch, Leaf& storage);

}  // namespace daymark::order
