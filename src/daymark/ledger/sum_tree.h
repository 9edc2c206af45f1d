// The usage ledger: an append-only tree whose nodes carry sums (PROTOCOL §10). Core.
//
//   H(x)  = SHA-256("daymark ledger v1" || 00 || x)
//   leaf  = H(00 || encoded record)
//   node  = H(01 || left hash || left sums || right hash || right sums)
//   head  = H(02 || size || root hash || sums)
//
// Sums are four big-endian 64-bit numbers: low and high bound of 10^12 operations, joules,
// chip-milliseconds. The shape is that of RFC 6962 §2.1. Because a node hashes the sums of both its
// children, a path fixes the sums on both sides of each of its steps: no sum can be moved, dropped
// or lowered by wrapping.
//
// A path shows that a record is counted, and discloses the sums of the spans beside it. That every
// record is counted it does not show: that rests on the governor's signature at its level.
#pragma once

#include <array>
#include <span>

#include "daymark/cbor/writer.h"
#include "daymark/ledger/record.h"

namespace daymark::ledger {

/// Hash and sums of a leaf or of a whole subtree.
struct Node {
  Digest hash{};
  Sums sums;

  friend constexpr bool operator==(const Node&, const Node&) = default;
};

/// The leaf of a record. Errors: those of encode.
[[nodiscard]] Result<Node> leaf_of(const UsageRecord& record);

/// The parent of two nodes. Errors: errc::ledger_overflow.
[[nodiscard]] Result<Node> parent_of(const Node& left, const Node& right);

/// The whole ledger in one value: number of records, root, totals. The ledger of no records has
/// a root of zeros and no use.
struct Head {
  TreeSize size;
  Digest root{};
  Sums totals;

  friend constexpr bool operator==(const Head&, const Head&) = default;
};

/// What attestations carry and receipts sign: binds size, root and totals.
[[nodiscard]] Digest head_hash(const Head& head);

/// The accumulator that a chip keeps: logarithmic state, no heap. Not thread-safe.
class SumTree {
 public:
  /// Room for 2^32 - 1 records: eight thousand years of one a minute.
  static constexpr std::size_t height_max = 32;
  static constexpr std::size_t node_size = 64;
  /// Longest saved state.
  static constexpr std::size_t state_size_max = 8 + height_max * node_size;

  explicit SumTree(Peak peak) : peak_(peak) {}

  /// Counts one more record, or changes nothing. Whether records follow one another in sequence and
  /// time is for the caller to rule.
  /// Errors: those of check_plausible, errc::ledger_overflow, errc::ledger_full.
  [[nodiscard]] Result<void> append(const UsageRecord& record);

  [[nodiscard]] Head head() const;

  /// What has been counted so far: the totals of head(), without its hashing.
  [[nodiscard]] const Sums& totals() const { return totals_; }

  [[nodiscard]] TreeSize size() const { return {size_}; }

  /// Writes the state into the front of `out`: size, then hash and sums of each full subtree from
  /// the oldest to the newest. Errors: errc::buffer_too_small.
  [[nodiscard]] Result<ByteView> save(MutableBytes out) const;
  /// The same as one byte string.
  void save(cbor::Writer& out) const;

  /// Restores a saved state. It is not authenticated: the caller guards it.
  /// Errors: errc::ledger_state, errc::ledger_overflow.
  [[nodiscard]] static Result<SumTree> load(ByteView state, Peak peak);
  /// The same into this tree. On an error it is unspecified.
  [[nodiscard]] Result<void> restore(ByteView state, Peak peak);

 private:
  [[nodiscard]] std::size_t state_size() const;
  void put_state(cbor::Writer& out) const;

  Peak peak_;
  std::uint64_t size_ = 0;
  Sums totals_;
  // subtrees_[h] is in use where bit h of size_ is set; it then holds 2^h records.
  std::array<Node, height_max> subtrees_{};
};

/// Where a record stands, and the nodes beside its way to the root, from the leaf upwards.
struct Path {
  LeafIndex index;
  std::span<const Node> nodes;
};

/// That the head counts `record`, and the record can be true of a chip with this peak.
/// Errors: those of check_plausible, errc::ledger_path for a path of another length or place,
/// errc::ledger_overflow, errc::ledger_not_counted where another head comes out.
[[nodiscard]] Result<void> verify_counted(const UsageRecord& record, const Path& path,
                                          const Head& head, Peak peak);

}  // namespace daymark::ledger
