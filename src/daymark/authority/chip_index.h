// The enrolled chips in memory, for what comes too often to ask a database: whose key a message
// names, and which request of that chip is the newest. Host only.
#pragma once

#include <memory>
#include <vector>

#include "daymark/authority/records.h"

namespace daymark::authority {

/// The newest renewal request of a chip.
struct NewestRequest {
  std::uint64_t counter = 0;
  Digest hash{};         ///< order::request_hash; zero where there is none
  std::size_t size = 0;  ///< in bytes; 0 where there is none
};

/// One enrolled chip.
struct IndexedChip {
  crypto::PublicKey key;
  ChipId chip;
  KeyId key_id;
  NewestRequest newest;

  [[nodiscard]] bool has_asked() const { return newest.size != 0; }
};

/// Takes at most 104 bytes for a chip and 8 to 16 for its place in the table of keys. A chip once
/// indexed stays where it is, so that pointers to it stay good. Not thread-safe.
class ChipIndex {
 public:
  ChipIndex();

  /// Takes over the chips that the records hold beyond `size`; costs one short query where there
  /// are none. Enrolment is the only way in, and no chip changes its key: transfer and release
  /// leave key and slot as they are (PROTOCOL §2). Errors: errc::store_*.
  [[nodiscard]] Outcome<void> catch_up(Records& records);

  /// The chip with this id whose key has this id; null where none is enrolled. The signature is to
  /// be judged by its `key`: eight bytes of a key's hash prove nothing.
  [[nodiscard]] IndexedChip* find(const KeyId& key, const ChipId& wanted);
  [[nodiscard]] const IndexedChip* find(const KeyId& key, const ChipId& wanted) const;

  /// The chip of a slot; null where it is not indexed.
  [[nodiscard]] const IndexedChip* at(std::uint64_t slot) const;

  [[nodiscard]] std::size_t size() const { return size_; }

 private:
  static constexpr std::size_t block_size = 1024;
  using Block = std::array<IndexedChip, block_size>;

  [[nodiscard]] IndexedChip& chip(std::size_t slot) const;
  [[nodiscard]] IndexedChip* search(const KeyId& key, const ChipId& wanted) const;
  void add(const ChipRecord& record);
  void enter(std::uint32_t slot);
  void grow();

  std::vector<std::unique_ptr<Block>> blocks_;
  /// Open addressing by key id: slot + 1, or 0 for a free place. At most half of it is taken.
  std::vector<std::uint32_t> table_;
  std::size_t size_ = 0;
};

}  // namespace daymark::authority
