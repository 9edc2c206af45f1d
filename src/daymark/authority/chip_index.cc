#include "daymark/authority/chip_index.h"

#include "daymark/store/errors.h"

namespace daymark::authority {

namespace {

constexpr std::size_t first_table = 1024;
constexpr std::uint64_t index_page = 4096;
static_assert(sizeof(IndexedChip) <= 104);

/// Key ids are hashes already.
std::size_t place_in(const std::vector<std::uint32_t>& table, const KeyId& key) {
  return static_cast<std::size_t>(get_big_endian<std::uint64_t>(key.bytes)) & (table.size() - 1);
}

}  // namespace

ChipIndex::ChipIndex() : table_(first_table) {}

Outcome<void> ChipIndex::catch_up(Records& records) {
  while (true) {
    DAYMARK_TRY(const std::vector<ChipRecord> page, records.chips_page({size_, index_page}));
    for (const ChipRecord& record : page) {
      // Slots count up without gaps: what batches and this index rest on.
      if (record.slot != size_) return refuse(errc::store_constraint, "chips");
      add(record);
    }
    if (page.size() < index_page) return {};
  }
}

IndexedChip* ChipIndex::find(const KeyId& key, const ChipId& wanted) {
  return search(key, wanted);
}

const IndexedChip* ChipIndex::find(const KeyId& key, const ChipId& wanted) const {
  return search(key, wanted);
}

IndexedChip* ChipIndex::search(const KeyId& key, const ChipId& wanted) const {
  for (std::size_t at = place_in(table_, key); table_[at] != 0; at = (at + 1) % table_.size()) {
    IndexedChip& found = chip(table_[at] - 1);
    if (found.key_id == key && found.chip == wanted) return &found;
  }
  return nullptr;
}

const IndexedChip* ChipIndex::at(std::uint64_t slot) const {
  return slot < size_ ? &chip(static_cast<std::size_t>(slot)) : nullptr;
}

IndexedChip& ChipIndex::chip(std::size_t slot) const {
  return (*blocks_[slot / block_size])[slot % block_size];
}

void ChipIndex::add(const ChipRecord& record) {
  if (size_ % block_size == 0) blocks_.push_back(std::make_unique<Block>());
  IndexedChip& added = chip(size_);
  added.key = record.key;
  added.chip = record.chip;
  added.key_id = crypto::key_id(record.key);
  ++size_;
  if (2 * size_ > table_.size()) return grow();
  enter(static_cast<std::uint32_t>(size_ - 1));
}

void ChipIndex::enter(std::uint32_t slot) {
  std::size_t at = place_in(table_, chip(slot).key_id);
  while (table_[at] != 0)
    at = (at + 1) % table_.size();
  table_[at] = slot + 1;
}

void ChipIndex::grow() {
  table_.assign(2 * table_.size(), 0);
  for (std::size_t slot = 0; slot < size_; ++slot)
    enter(static_cast<std::uint32_t>(slot));
}

}  // namespace daymark::authority
