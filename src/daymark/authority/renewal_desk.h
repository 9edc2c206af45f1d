// Takes renewal requests of chips, one or thousands at once: read strictly, verified together,
// made durable as one group, each with a verdict of its own. Host only.
#pragma once

#include <array>
#include <memory>
#include <span>
#include <vector>

#include "daymark/authority/chip_index.h"
#include "daymark/authority/request_book.h"
#include "daymark/lanes/verifier.h"
#include "daymark/order/leaf.h"

namespace daymark::authority {

/// Most requests of one group.
inline constexpr std::size_t renewal_group_max = 4096;
/// Longest signed request: its payload, key id, signature and the heads around them.
inline constexpr std::size_t signed_request_max = order::request_size_max + 128;
static_assert(signed_request_max <= booked_request_max);

/// The hash of a request that is durable now, or why it was refused.
using RenewalVerdict = Result<Digest>;

/// Keeps the newest request of each chip: one with a later counter replaces it, the same again is
/// no replay, and of two with one counter the second is a copy's. The answer to a group is the same
/// as if its requests had come one by one. Not thread-safe.
class RenewalDesk {
 public:
  /// What a desk works on; `records` outlives it.
  struct Parts {
    Records* records = nullptr;
    std::unique_ptr<tlog::LogDisk> disk;  ///< of the book of requests
    std::unique_ptr<lanes::Verifier> verifier;
    std::uint64_t segment_bytes = request_segment_bytes;
  };

  /// Reads chips and requests into memory: about 110 bytes for a chip. Errors: errc::store_*,
  /// errc::file_not_read, errc::authority_requests_damaged.
  [[nodiscard]] static Outcome<std::unique_ptr<RenewalDesk>> open(Parts parts);

  /// One verdict for each message, in their order: errc::cose_*, errc::cbor_*,
  /// errc::request_malformed, errc::authority_chip_unknown, errc::authority_document_old where a
  /// request with a later counter was taken, or another one with the same. A refused message leaves
  /// the others accepted. Errors of the whole group, of which nothing is acknowledged then:
  /// errc::file_not_written, errc::store_*, errc::cbor_length for more than `renewal_group_max`.
  [[nodiscard]] Outcome<std::vector<RenewalVerdict>> take(std::span<const ByteView> messages);

  /// A group of one.
  [[nodiscard]] Outcome<Digest> take_one(ByteView message);

  /// Chips and their newest requests.
  [[nodiscard]] const ChipIndex& chips() const { return chips_; }

  [[nodiscard]] const RequestBook& book() const { return book_; }

 private:
  struct Asked;

  /// What a chip's entry held before a group.
  struct Former {
    IndexedChip* chip = nullptr;
    NewestRequest newest;
  };

  explicit RenewalDesk(Parts parts);

  void recall(ByteView request);
  [[nodiscard]] bool is_newest(ByteView request) const;
  [[nodiscard]] Result<Asked> read(ByteView message, MutableBytes& space);
  void verify(std::span<const Asked> asked, std::span<bool> valid) const;
  [[nodiscard]] RenewalVerdict settle(const Asked& asked);
  void replace(IndexedChip& chip, const NewestRequest& newest);
  [[nodiscard]] Outcome<void> write();
  void undo();

  Records& records_;
  std::unique_ptr<lanes::Verifier> verifier_;
  ChipIndex chips_;
  RequestBook book_;
  std::uint64_t live_bytes_ = 0;  ///< of all newest requests
  std::vector<Byte> space_;       ///< what signatures cover
  std::unique_ptr<std::array<bool, renewal_group_max>> valid_ =
      std::make_unique<std::array<bool, renewal_group_max>>();
  std::vector<ByteView> fresh_;  ///< requests of the group that are to be written
  std::vector<Former> former_;
};

}  // namespace daymark::authority
