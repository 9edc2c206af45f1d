// The governor as a chip's whole program: one core, one channel, one flash, sleep in between.
#include <new>

#include "board.h"
#include "channel.h"
#include "entropy.h"
#include "flash_driver.h"

#include "daymark/governor/errors.h"
#include "daymark/governor/flash_storage.h"
#include "daymark/governor/governor.h"
#include "daymark/governor/image_door.h"

extern "C" daymark::governor::Handover handover;  // firmware/image.ld.in

namespace daymark::firmware {

namespace {

/// How often time is looked at without a request.
constexpr Millis idle_period = seconds(1);

/// The longest request: an enrolment or a leaf with everything at its bound, and what CBOR adds.
/// What memory does not hold is read where it lies in the flash.
constexpr std::size_t request_room = std::size_t{20} << 10U;
constexpr std::size_t request_memory = std::size_t{1} << 10U;
constexpr std::size_t cbor_room = 128;
constexpr std::size_t order_most =
    order::order_size_max + tlog::proof_size_max + order::content_size_max + sizeof(Digest);
static_assert(order_most + order::charter_size_max + cbor_room <= request_room);
static_assert(order_most + order::leaf_size_max + tlog::path_max * sizeof(Digest) + cbor_room <=
              request_room);

// All memory there is beside the stack. Objects are made in place: a static constructor would run
// unseen, and a destructor never.
alignas(16) Byte frame_space[request_memory + frame_overhead];
Byte response_space[governor::response_size_max];
alignas(CfiFlash) Byte flash_space[sizeof(CfiFlash)];
alignas(DeviceRandom) Byte random_space[sizeof(DeviceRandom)];
alignas(Channel) Byte channel_space[sizeof(Channel)];
alignas(governor::FlashStorage) Byte storage_space[sizeof(governor::FlashStorage)];
alignas(governor::Governor) Byte governor_space[sizeof(governor::Governor)];
alignas(governor::ImageDoor) Byte door_space[sizeof(governor::ImageDoor)];

[[gnu::noinline]] Result<governor::Governor*> start_governor(governor::Flash& flash,
                                                             Random& random) {
  DAYMARK_TRY(const governor::MakerPage page,
              governor::read_maker_page(flash.sector(governor::maker_sector)));
  governor::Platform platform;
  platform.chip = handover.chip;
  crypto::erase(handover.chip.seed);
  platform.maker = page.maker;
  platform.peak = page.peak;
  platform.firmware = handover.image;
  platform.level = Level::host_signed;  // a simulated machine: its host reads flash and memory
  auto* const storage = new (storage_space) governor::FlashStorage(flash);
  auto* const chip = new (governor_space) governor::Governor(platform, *storage, random);
  crypto::erase(platform.chip.seed);
  DAYMARK_CHECK(chip->start(tick_now()));
  return chip;
}

/// Of a chip that could start.
struct Started {
  governor::Governor& chip;
  governor::ImageDoor& door;
};

Result<ByteView> respond(const Started& started, ByteView request) {
  const governor::ApprovedFirmware& approved = started.chip.state().firmware;
  return governor::is_for_image_door(request)
             ? started.door.handle(request, approved, response_space)
             : started.chip.handle(tick_now(), request, response_space);
}

/// A record that can't be sealed now is tried again after the next request.
void serve(Channel& channel, const Started& started, ByteView request) {
  const Result<ByteView> response = respond(started, request);
  channel.send(response ? *response : ByteView());
  static_cast<void>(started.door.confirm());
  static_cast<void>(started.door.note(started.chip.state().firmware));
}

[[noreturn]] void run_chip(Channel& channel, const Started& started) {
  while (true) {
    ByteView request;
    if (channel.receive(tick_now() + idle_period, request)) {
      serve(channel, started, request);
    } else {
      // A failed save is remembered by the governor itself: it refuses everything from then on.
      static_cast<void>(started.chip.advance(tick_now()));
      static_cast<void>(started.door.note(started.chip.state().firmware));
    }
  }
}

/// The device could not start: it says why to whoever asks.
[[noreturn]] void run_refusing(Channel& channel, Error fault) {
  while (true) {
    ByteView request;
    if (!channel.receive(tick_now() + idle_period, request)) continue;
    const Result<ByteView> response = governor::write_refusal(fault, response_space);
    channel.send(response ? *response : ByteView());
  }
}

[[noreturn]] void run() {
  // Started by something else than the first stage: there is no key to run with.
  if (handover.mark != governor::handover_mark) reset_machine();
  auto* const random = new (random_space) DeviceRandom;
  auto* const flash = new (flash_space) CfiFlash;
  auto* const channel = new (channel_space) Channel(frame_space, flash, request_room);
  if (!random->open() || !channel->open()) reset_machine();
  const Result<governor::Governor*> chip = start_governor(*flash, *random);
  if (!chip) run_refusing(*channel, chip.error());
  auto* const door =
      new (door_space) governor::ImageDoor(*flash, handover, (*chip)->chip_key(), (*chip)->boot());
  run_chip(*channel, {**chip, *door});
}

}  // namespace

}  // namespace daymark::firmware

extern "C" [[noreturn]] void firmware_main();

extern "C" void firmware_main() {
  daymark::firmware::run();
}
