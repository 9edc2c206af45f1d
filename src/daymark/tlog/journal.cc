#include "daymark/tlog/journal.h"

#include <algorithm>
#include <optional>

#include <fmt/format.h>

#include "daymark/tlog/text_internal.h"

namespace daymark::tlog {

namespace {

const std::string journal_folder = "journal";
constexpr std::size_t name_length = 20;
/// A segment is read as one file, so that it must not grow without end.
constexpr std::uint64_t segment_max = 16UL << 20;

std::string segment_name(std::uint64_t number) {
  return fmt::format("{}/{:020}", journal_folder, number);
}

std::optional<std::uint64_t> segment_number(std::string_view name) {
  if (name.size() != name_length) return std::nullopt;
  while (name.size() > 1 && name.front() == '0')
    name.remove_prefix(1);
  return parse_decimal(name);
}

template <class Unsigned>
std::optional<Unsigned> cut_number(ByteView& rest) {
  if (rest.size() < sizeof(Unsigned)) return std::nullopt;
  const auto value = get_big_endian<Unsigned>(rest.first<sizeof(Unsigned)>());
  rest = rest.subspan(sizeof(Unsigned));
  return value;
}

template <class Unsigned>
void add_number(std::vector<Byte>& out, Unsigned value) {
  ByteArray<sizeof(Unsigned)> bytes{};
  put_big_endian(value, bytes);
  out.insert(out.end(), bytes.begin(), bytes.end());
}

/// A length and as many bytes.
std::optional<ByteView> cut_content(ByteView& rest) {
  const auto length = cut_number<std::uint32_t>(rest);
  if (!length || rest.size() < *length) return std::nullopt;
  const ByteView out = rest.first(*length);
  rest = rest.subspan(*length);
  return out;
}

std::optional<JournalRecord> cut_group(ByteView& rest) {
  const auto first = cut_number<std::uint64_t>(rest);
  const auto bundle = first ? cut_content(rest) : std::nullopt;
  if (!bundle || rest.size() < sizeof(Digest)) return std::nullopt;
  JournalRecord out;
  out.first = {*first};
  out.bundle = *bundle;
  out.root = array_of<sizeof(Digest)>(rest.first(sizeof(Digest)));
  rest = rest.subspan(sizeof(Digest));
  return out;
}

std::optional<JournalRecord> cut_record(ByteView& rest) {
  const Byte kind = rest.front();
  rest = rest.subspan(1);
  if (kind == 'e') return cut_group(rest);
  if (kind != 'h') return std::nullopt;
  const auto note = cut_content(rest);
  if (!note) return std::nullopt;
  JournalRecord out;
  out.kind = RecordKind::head;
  out.note = text_of(*note);
  return out;
}

}  // namespace

std::vector<JournalRecord> parse_journal(ByteView segment) {
  std::vector<JournalRecord> out;
  while (!segment.empty()) {
    const auto record = cut_record(segment);
    if (!record) break;
    out.push_back(*record);
  }
  return out;
}

std::vector<Byte> group_record(LeafIndex first, ByteView bundle, const Digest& root) {
  std::vector<Byte> out;
  out.reserve(bundle.size() + 64);
  out.push_back('e');
  add_number(out, first.value);
  add_number(out, static_cast<std::uint32_t>(bundle.size()));
  out.insert(out.end(), bundle.begin(), bundle.end());
  out.insert(out.end(), root.begin(), root.end());
  return out;
}

std::vector<Byte> head_record(std::string_view note) {
  std::vector<Byte> out{'h'};
  add_number(out, static_cast<std::uint32_t>(note.size()));
  const ByteView bytes = bytes_of(note);
  out.insert(out.end(), bytes.begin(), bytes.end());
  return out;
}

Outcome<std::vector<std::string>> Journal::open(LogDisk& disk) {
  DAYMARK_TRY(const std::vector<std::string> names, disk.list(journal_folder));
  segments_.clear();
  for (const std::string& name : names) {
    const auto number = segment_number(name);
    if (!number) continue;
    number_ = std::max(number_, *number);
    segments_.push_back(segment_name(*number));
  }
  is_open_ = false;
  return segments_;
}

Outcome<void> Journal::add(LogDisk& disk, ByteView record) {
  if (!is_open_ || segment_bytes_ >= segment_max) {
    ++number_;
    segment_bytes_ = 0;
    segments_.push_back(segment_name(number_));
  }
  const Outcome<void> added = disk.append(segments_.back(), record);
  is_open_ = added.has_value();
  segment_bytes_ += record.size();
  bytes_ += record.size();
  return added;
}

void Journal::clear(LogDisk& disk) {
  is_open_ = false;
  bytes_ = 0;
  std::erase_if(segments_, [&](const std::string& name) { return disk.remove(name).has_value(); });
}

}  // namespace daymark::tlog
