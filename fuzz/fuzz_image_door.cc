// The image's doors: whatever is sent, an answer is well-formed, the running image's slot and the
// book of records stay as they are, and documents that check are those of the chip.
#include <cstdlib>
#include <vector>

#include "daymark/governor/flash_simulated_testing.h"
#include "daymark/governor/image_client.h"

namespace {

using namespace daymark;            // NOLINT(google-build-using-namespace)
using namespace daymark::governor;  // NOLINT(google-build-using-namespace)

Handover running() {
  Handover out;
  out.mark = handover_mark;
  out.slot = image_sector;
  out.image = Digest{1};
  return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const ByteView input(data + 1, size - 1);
  testing::SimulatedFlash flash;
  const Handover from = running();
  const crypto::PublicKey chip{};
  const BootId boot{};
  ImageDoor door(flash, from, chip, boot);
  const ApprovedFirmware approved{data[0] % 2U, Digest{2}};
  std::vector<Byte> response(response_size_max);
  if (is_for_image_door(input)) {
    const auto answer = door.handle(input, approved, response);
    if (!answer) std::abort();
    cbor::Reader reader(*answer);
    const auto result = read_response(reader);
    const std::vector<Byte> blank(testing::SimulatedFlash::sector_size, 0xFF);
    for (unsigned sector = 0; sector < flash_sectors; ++sector) {
      const bool may = sector == image_sector + 1 && result && approved.version == 1;
      if (!may && flash.sectors[sector] != blank) std::abort();
    }
  }
  const std::size_t half = input.size() / 2;
  const ImageStatement documents{{input.begin(), input.begin() + static_cast<long>(half)},
                                 {input.begin() + static_cast<long>(half), input.end()}};
  // Nobody can sign by chance.
  if (check_image_statement(documents, Digest{})) std::abort();
  return 0;
}
