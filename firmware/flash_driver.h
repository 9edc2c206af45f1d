// The machine's CFI flash (JEDEC CFI, Intel command set): two chips side by side, 32 bits wide.
#pragma once

#include "machine.h"

#include "daymark/governor/flash.h"

namespace daymark::firmware {

class CfiFlash final : public governor::Flash {
 public:
  [[nodiscard]] ByteView sector(unsigned index) const override;
  [[nodiscard]] Result<void> erase(unsigned index) override;
  [[nodiscard]] Result<void> program(unsigned index, std::size_t offset, ByteView bytes) override;
};

}  // namespace daymark::firmware
