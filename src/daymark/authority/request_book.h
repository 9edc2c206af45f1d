// The renewal requests of all chips on disk, as they came: groups that are appended and synced as
// one, read again at the start. Host only.
//
//   requests/00000000000000000001   a segment: groups, one after the other
//
//   group   = "g" length(4) digest(32) content(length)   digest: SHA-256 of the content
//   content = [ length(2) request(length) ]*
//
// A segment takes no group after one that failed, so only its last group can be damaged by a crash,
// and that one was never acknowledged. The book knows nothing of what a request says: which one of
// a chip is the newest is told by the counters in them, whatever their order in the book.
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "daymark/tlog/log_disk.h"

namespace daymark::authority {

/// A segment that is this long takes no more groups.
inline constexpr std::uint64_t request_segment_bytes = 8UL << 20;
/// Longest request that a book takes, which keeps a segment readable as one file.
inline constexpr std::size_t booked_request_max = 1024;

/// A part of a segment that reads as a sequence of whole groups.
struct SegmentPart {
  std::vector<ByteView> requests;  ///< views into the segment
  bool is_damaged = false;  ///< a group is wrong and another stands behind it: no crash does that
};

/// The requests of a segment up to the first group that is not whole.
[[nodiscard]] SegmentPart parse_segment(ByteView segment);

/// Not thread-safe.
class RequestBook {
 public:
  using Visit = std::function<void(ByteView request)>;
  using Keeps = std::function<bool(ByteView request)>;

  explicit RequestBook(std::unique_ptr<tlog::LogDisk> disk,
                       std::uint64_t segment_bytes = request_segment_bytes)
      : disk_(std::move(disk)), segment_bytes_(segment_bytes) {}

  /// Shows every request in the book, oldest first. Call it once, before all else.
  /// Errors: errc::file_not_read, errc::authority_requests_damaged.
  [[nodiscard]] Outcome<void> open(const Visit& visit);

  /// Adds a group. All of it is durable when it returns; with errc::file_not_written a crash may
  /// keep all of it or nothing.
  [[nodiscard]] Outcome<void> add(std::span<const ByteView> requests);

  /// Whether so much of the book has been replaced that `clean` is worth its time; `live` is the
  /// number of bytes of all newest requests.
  [[nodiscard]] bool worth_cleaning(std::uint64_t live) const;

  /// Frees the oldest segment: what `keeps` says yes to is added anew first. Once for each group is
  /// enough. Errors: errc::file_*; nothing is lost then.
  [[nodiscard]] Outcome<void> clean(const Keeps& keeps);

  /// Bytes on disk.
  [[nodiscard]] std::uint64_t bytes() const;

  [[nodiscard]] std::size_t segments() const { return segments_.size(); }

 private:
  struct Segment {
    std::uint64_t number = 0;
    std::uint64_t bytes = 0;
  };

  std::unique_ptr<tlog::LogDisk> disk_;
  std::uint64_t segment_bytes_;
  std::vector<Segment> segments_;  ///< oldest first
  std::uint64_t last_number_ = 0;
  bool is_open_ = false;     ///< whether the newest segment takes groups
  std::vector<Byte> group_;  ///< of `add`, kept for its space
};

}  // namespace daymark::authority
