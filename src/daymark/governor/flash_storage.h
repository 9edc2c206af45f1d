// The governor's storage in NOR flash. Core.
//
//   slot sector    = record…   record = size (4) | all bits of size inverted (4) | seal | content
//   counter sector = base (8) | CRC-32 of base (4) | a cleared word for each step since base
//
// A slot's records follow one another, so that a sector is erased once in a dozen saves or more. A
// record's head is programmed last: without it nothing was stored. Of the two counter sectors the
// higher one counts; when it is full, the other one is erased and goes on from there.
#pragma once

#include "daymark/governor/flash.h"
#include "daymark/governor/ports.h"

namespace daymark::governor {

/// Not thread-safe. `flash` must outlive it and have flash_sectors sectors of one size.
class FlashStorage final : public Storage {
 public:
  explicit FlashStorage(Flash& flash) : flash_(flash) {}

  [[nodiscard]] Result<void> begin(unsigned index) override;
  [[nodiscard]] Result<void> append(ByteView piece) override;
  [[nodiscard]] ByteView appended() const override;
  [[nodiscard]] Result<void> finish(const Digest& seal) override;
  [[nodiscard]] Result<ByteView> load(unsigned index) override;
  [[nodiscard]] Result<std::uint64_t> counter() override;
  [[nodiscard]] Result<void> advance_counter() override;

 private:
  [[nodiscard]] Result<void> program(unsigned sector, std::size_t offset, ByteView bytes);
  [[nodiscard]] Result<void> open_counter(unsigned sector, std::uint64_t base);

  Flash& flash_;
  unsigned sector_ = 0;    ///< of the slot being replaced
  std::size_t start_ = 0;  ///< of its record
  std::size_t size_ = 0;   ///< of its content so far
};

}  // namespace daymark::governor
