#include "daymark/authority/request_book.h"

#include <algorithm>
#include <charconv>
#include <numeric>
#include <optional>

#include <fmt/format.h>

#include "daymark/authority/errors.h"
#include "daymark/base/errors.h"
#include "daymark/crypto/ports.h"

namespace daymark::authority {

namespace {

const std::string requests_folder = "requests";
constexpr std::size_t segment_name_length = 20;
constexpr std::size_t group_head = 1 + sizeof(std::uint32_t) + sizeof(Digest);
constexpr std::size_t request_head = sizeof(std::uint16_t);
/// Segments of few bytes, as starts leave them, that are let be.
constexpr std::uint64_t short_segments_max = 16;

std::string segment_path(std::uint64_t number) {
  return fmt::format("{}/{:020}", requests_folder, number);
}

std::optional<std::uint64_t> number_of_segment(std::string_view name) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), number);
  const bool whole = error == std::errc{} && end == name.data() + name.size();
  return whole && name.size() == segment_name_length ? std::optional(number) : std::nullopt;
}

template <class Unsigned>
void append_number(std::vector<Byte>& out, Unsigned value) {
  ByteArray<sizeof(Unsigned)> bytes{};
  put_big_endian(value, bytes);
  out.insert(out.end(), bytes.begin(), bytes.end());
}

/// Takes a request off the front of a group's content.
std::optional<ByteView> cut_request(ByteView& content) {
  if (content.size() < request_head) return std::nullopt;
  const std::size_t length = get_big_endian<std::uint16_t>(content.first<request_head>());
  if (content.size() - request_head < length) return std::nullopt;
  const ByteView out = content.subspan(request_head, length);
  content = content.subspan(request_head + length);
  return out;
}

/// Adds the requests of a whole group; false, and nothing added, where its content is no list.
bool read_content(ByteView content, std::vector<ByteView>& out) {
  const std::size_t before = out.size();
  while (!content.empty()) {
    const auto request = cut_request(content);
    if (!request) {
      out.resize(before);
      return false;
    }
    out.push_back(*request);
  }
  return true;
}

struct FoundGroup {
  ByteView content;
  bool is_whole = false;  ///< as its digest says
};

/// The group at the front; none where not all of it is there.
std::optional<FoundGroup> find_group(ByteView segment) {
  if (segment.size() < group_head || segment.front() != 'g') return std::nullopt;
  const auto length = get_big_endian<std::uint32_t>(segment.subspan<1, sizeof(std::uint32_t)>());
  if (segment.size() - group_head < length) return std::nullopt;
  const ByteView digest = segment.subspan(group_head - sizeof(Digest), sizeof(Digest));
  const ByteView content = segment.subspan(group_head, length);
  return FoundGroup{content, equal(crypto::sha256(content), digest)};
}

/// Fills `out` with a group of these requests.
void write_group(std::span<const ByteView> requests, std::vector<Byte>& out) {
  out.assign(group_head, 0);
  for (const ByteView request : requests) {
    append_number(out, static_cast<std::uint16_t>(request.size()));
    out.insert(out.end(), request.begin(), request.end());
  }
  const ByteView content = ByteView(out).subspan(group_head);
  const Digest digest = crypto::sha256(content);
  out[0] = 'g';
  put_big_endian(static_cast<std::uint32_t>(content.size()),
                 std::span(out).subspan<1, sizeof(std::uint32_t)>());
  copy_bytes(digest, MutableBytes(out).subspan(group_head - digest.size()));
}

}  // namespace

SegmentPart parse_segment(ByteView segment) {
  SegmentPart out;
  while (const auto group = find_group(segment)) {
    segment = segment.subspan(group_head + group->content.size());
    if (!group->is_whole || !read_content(group->content, out.requests)) {
      // A torn head may give any length: what it leads to is a group by chance alone never.
      const auto next = find_group(segment);
      out.is_damaged = next && next->is_whole;
      break;
    }
  }
  return out;
}

Outcome<void> RequestBook::open(const Visit& visit) {
  DAYMARK_TRY(const std::vector<std::string> names, disk_->list(requests_folder));
  for (const std::string& name : names) {
    if (const auto number = number_of_segment(name)) segments_.push_back({*number, 0});
  }
  for (Segment& segment : segments_) {
    last_number_ = std::max(last_number_, segment.number);
    DAYMARK_TRY(const std::vector<Byte> content, disk_->read(segment_path(segment.number)));
    segment.bytes = content.size();
    const SegmentPart part = parse_segment(content);
    if (part.is_damaged) {
      return refuse(errc::authority_requests_damaged, segment_path(segment.number));
    }
    std::ranges::for_each(part.requests, visit);
  }
  return {};
}

Outcome<void> RequestBook::add(std::span<const ByteView> requests) {
  const auto fits = [](ByteView request) { return request.size() <= booked_request_max; };
  if (!std::ranges::all_of(requests, fits)) {
    return refuse(errc::file_too_large, requests_folder);
  }
  write_group(requests, group_);
  if (!is_open_ || segments_.back().bytes >= segment_bytes_) {
    segments_.push_back({++last_number_, 0});
  }
  segments_.back().bytes += group_.size();
  const Outcome<void> added = disk_->append(segment_path(segments_.back().number), group_);
  is_open_ = added.has_value();
  return added;
}

bool RequestBook::worth_cleaning(std::uint64_t live) const {
  if (segments_.size() < 2) return false;
  const std::uint64_t all = bytes();
  return all > 2 * live + 2 * segment_bytes_ ||
         segments_.size() > short_segments_max + 4 * (all / segment_bytes_);
}

Outcome<void> RequestBook::clean(const Keeps& keeps) {
  const std::string oldest = segment_path(segments_.front().number);
  // A segment that failed from its first byte on may be no file at all.
  if (disk_->exists(oldest)) {
    DAYMARK_TRY(const std::vector<Byte> content, disk_->read(oldest));
    SegmentPart part = parse_segment(content);
    std::erase_if(part.requests, [&](ByteView request) { return !keeps(request); });
    if (segments_.size() == 1) is_open_ = false;
    if (!part.requests.empty()) DAYMARK_CHECK(add(part.requests));
    // A crash may bring the segment back: then its requests are there twice.
    DAYMARK_CHECK(disk_->remove(oldest));
  }
  segments_.erase(segments_.begin());
  return {};
}

std::uint64_t RequestBook::bytes() const {
  return std::accumulate(
      segments_.begin(), segments_.end(), std::uint64_t{0},
      [](std::uint64_t sum, const Segment& segment) { return sum + segment.bytes; });
}

}  // namespace daymark::authority
