// The first stage as a machine's read-only start: measures, derives, locks the secret, starts.
#include <new>

#include "board.h"
#include "entropy.h"
#include "flash_driver.h"

#include "daymark/governor/first_stage.h"

extern "C" {
extern const daymark::Byte image_begin[];
extern const daymark::Byte image_end[];
extern daymark::governor::Handover handover;  // firmware/first_stage.ld.in

/// Makes the region unreachable, wipes memory, starts the image (firmware/leave.S).
[[noreturn]] void leave_first_stage(daymark::firmware::Address image,
                                    daymark::firmware::Address protect);
}

namespace daymark::firmware {

namespace {

/// Where images are linked to run, and how much memory is theirs.
constexpr Address image_base = 0x8000'0000;
constexpr std::size_t image_room = std::size_t{512} << 10U;

alignas(CfiFlash) Byte flash_space[sizeof(CfiFlash)];
alignas(DeviceRandom) Byte random_space[sizeof(DeviceRandom)];
alignas(governor::FirstStage) Byte stage_space[sizeof(governor::FirstStage)];

/// Address and size of a region as PMP's naturally aligned powers of two say them.
constexpr Address protected_region(Address base, std::size_t size) {
  return (base >> 2U) | ((size >> 3U) - 1);
}

[[noreturn]] void run() {
  auto* const random = new (random_space) DeviceRandom;
  auto* const flash = new (flash_space) CfiFlash;
  if (!random->open()) reset_machine();
  const Digest own =
      crypto::sha256({image_begin, static_cast<std::size_t>(image_end - image_begin)});
  const MutableBytes space(reinterpret_cast<Byte*>(image_base), image_room);
  auto* const stage = new (stage_space) governor::FirstStage(*flash, *random, own, space);
  if (!stage->prepare(handover)) reset_machine();
  const Address secret = flash_base + governor::key_sector * flash_sector_size;
  leave_first_stage(image_base, protected_region(secret, flash_sector_size));
}

}  // namespace

}  // namespace daymark::firmware

extern "C" [[noreturn]] void firmware_main();

extern "C" void firmware_main() {
  daymark::firmware::run();
}
