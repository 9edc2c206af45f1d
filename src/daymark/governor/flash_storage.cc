#include "daymark/governor/flash_storage.h"

#include <algorithm>
#include <optional>

#include "daymark/base/frame.h"
#include "daymark/governor/errors.h"

namespace daymark::governor {

namespace {

constexpr std::size_t word = 4;
constexpr std::size_t record_head = 8;
constexpr std::size_t counter_head = 12;
constexpr Byte erased = 0xFF;

std::uint32_t word_of(ByteView sector, std::size_t offset) {
  return get_big_endian<std::uint32_t>(sector.subspan(offset).first<word>());
}

constexpr std::size_t padded(std::size_t size) {
  return (size + word - 1) / word * word;
}

/// Bytes of the record at `offset`, seal and content; nothing where there is none.
std::optional<ByteView> record_at(ByteView sector, std::size_t offset) {
  if (sector.size() - offset < record_head) return std::nullopt;
  const std::size_t size = word_of(sector, offset);
  const bool sound = word_of(sector, offset + word) == ~static_cast<std::uint32_t>(size);
  if (!sound || size > slot_size_max || size > sector.size() - offset - record_head) {
    return std::nullopt;
  }
  return sector.subspan(offset + record_head, size);
}

struct Records {
  ByteView newest;
  std::size_t end = 0;
};

Records scan_records(ByteView sector) {
  Records out;
  while (const auto record = record_at(sector, out.end)) {
    out.newest = *record;
    out.end += record_head + padded(record->size());
  }
  return out;
}

bool is_erased(ByteView bytes) {
  return std::ranges::all_of(bytes, [](Byte byte) { return byte == erased; });
}

/// Steps counted behind the head of a counter sector: its words are used up from the front.
std::size_t steps_in(ByteView sector) {
  std::size_t low = 0;
  std::size_t high = (sector.size() - counter_head) / word;
  while (low < high) {
    const std::size_t middle = (low + high) / 2;
    if (is_erased(sector.subspan(counter_head + middle * word, word))) {
      high = middle;
    } else {
      low = middle + 1;
    }
  }
  return low;
}

/// What a counter sector says; nothing where its head is torn or erased.
std::optional<std::uint64_t> count_of(ByteView sector) {
  if (crc32(sector.first(8)) != word_of(sector, 8)) return std::nullopt;
  return get_big_endian<std::uint64_t>(sector.first<8>()) + steps_in(sector);
}

}  // namespace

/// What was programmed is read back: worn flash is noticed where it happens.
Result<void> FlashStorage::program(unsigned sector, std::size_t offset, ByteView bytes) {
  DAYMARK_CHECK(flash_.program(sector, offset, bytes));
  const ByteView held = flash_.sector(sector).subspan(offset, bytes.size());
  return equal(held, bytes) ? ok() : fail(errc::gov_storage);
}

Result<void> FlashStorage::begin(unsigned index) {
  sector_ = slot_sector + index;
  size_ = 0;
  const ByteView sector = flash_.sector(sector_);
  start_ = scan_records(sector).end;
  const std::size_t needed = record_head + slot_size_max;
  if (sector.size() - start_ >= needed && is_erased(sector.subspan(start_, needed))) return ok();
  start_ = 0;
  return flash_.erase(sector_);
}

/// Pieces of other lengths than a multiple of 4 must be the last.
Result<void> FlashStorage::append(ByteView piece) {
  const std::size_t offset = start_ + record_head + sizeof(Digest) + size_;
  if (size_ % word != 0 || size_ + piece.size() > slot_size_max - sizeof(Digest)) {
    return fail(errc::gov_storage);
  }
  size_ += piece.size();
  return program(sector_, offset, piece);
}

ByteView FlashStorage::appended() const {
  return flash_.sector(sector_).subspan(start_ + record_head + sizeof(Digest), size_);
}

Result<void> FlashStorage::finish(const Digest& seal) {
  DAYMARK_CHECK(program(sector_, start_ + record_head, seal));
  ByteArray<record_head> head{};
  const auto size = static_cast<std::uint32_t>(sizeof(Digest) + size_);
  put_big_endian(size, std::span(head).first<word>());
  put_big_endian(~size, std::span(head).last<word>());
  return program(sector_, start_, head);
}

Result<ByteView> FlashStorage::load(unsigned index) {
  return scan_records(flash_.sector(slot_sector + index)).newest;
}

Result<std::uint64_t> FlashStorage::counter() {
  const auto first = count_of(flash_.sector(counter_sector));
  const auto second = count_of(flash_.sector(counter_sector + 1));
  return std::max(first.value_or(0), second.value_or(0));
}

/// The head is programmed with its checksum last, so that a torn one counts for nothing.
Result<void> FlashStorage::open_counter(unsigned sector, std::uint64_t base) {
  if (!is_erased(flash_.sector(sector))) DAYMARK_CHECK(flash_.erase(sector));
  ByteArray<counter_head> head{};
  put_big_endian(base, std::span(head).first<8>());
  put_big_endian(crc32(ByteView(head).first(8)), std::span(head).last<word>());
  return program(sector, 0, head);
}

Result<void> FlashStorage::advance_counter() {
  const auto first = count_of(flash_.sector(counter_sector));
  const auto second = count_of(flash_.sector(counter_sector + 1));
  const bool second_leads = second.value_or(0) > first.value_or(0) || (second && !first);
  const unsigned leader = counter_sector + (second_leads ? 1 : 0);
  if (!first && !second) return open_counter(counter_sector, 1);
  const ByteView sector = flash_.sector(leader);
  const std::size_t steps = steps_in(sector);
  if (steps == (sector.size() - counter_head) / word) {
    const unsigned other = counter_sector + (second_leads ? 0 : 1);
    return open_counter(other, std::max(first.value_or(0), second.value_or(0)) + 1);
  }
  constexpr ByteArray<word> step{};
  return program(leader, counter_head + steps * word, step);
}

}  // namespace daymark::governor
