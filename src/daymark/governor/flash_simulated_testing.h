// NOR flash in memory whose power fails at a chosen step. Tests only.
#pragma once

#include <cstdlib>
#include <optional>
#include <vector>

#include "daymark/governor/errors.h"
#include "daymark/governor/flash.h"

namespace daymark::governor::testing {

/// Steps are the words that are programmed and the quarters of an erase. Programming can't set
/// bits, so content that wasn't erased shows.
class SimulatedFlash final : public Flash {
 public:
  static constexpr std::size_t sector_size = std::size_t{64} << 10U;

  SimulatedFlash() : sectors(flash_sectors, std::vector<Byte>(sector_size, 0xFF)) {}

  [[nodiscard]] ByteView sector(unsigned index) const override { return sectors.at(index); }

  [[nodiscard]] Result<void> erase(unsigned index) override {
    ++erases;
    std::vector<Byte>& bytes = sectors.at(index);
    for (std::size_t quarter = 0; quarter < 4; ++quarter) {
      if (!step()) return fail(errc::gov_storage);
      const auto begin = bytes.begin() + static_cast<long>(quarter * sector_size / 4);
      std::fill(begin, begin + sector_size / 4, 0xFF);
    }
    return ok();
  }

  [[nodiscard]] Result<void> program(unsigned index, std::size_t offset, ByteView bytes) override {
    for (std::size_t i = 0; i < bytes.size(); ++i) {
      if (i % 4 == 0 && !step()) {
        // The word under way is half there.
        sectors.at(index).at(offset + i) &= static_cast<Byte>(bytes[i] | 0x0FU);
        return fail(errc::gov_storage);
      }
      sectors.at(index).at(offset + i) &= bytes[i];
    }
    return ok();
  }

  /// Power fails at the step `count` from now; from then on nothing is written.
  void cut_after(std::size_t count) { left = count; }

  void restore_power() { left.reset(); }

  std::vector<std::vector<Byte>> sectors;
  std::size_t steps = 0;
  unsigned erases = 0;

 private:
  [[nodiscard]] bool step() {
    ++steps;
    if (!left) return true;
    if (*left == 0) return false;
    --*left;
    return true;
  }

  std::optional<std::size_t> left;
};

}  // namespace daymark::governor::testing
