// The governor as a chip's whole program: one core, one channel, one flash, sleep in between.
#include <new>

#include "board.h"
#include "channel.h"
#include "entropy.h"
#include "flash_driver.h"

#include "daymark/governor/errors.h"
#include "daymark/governor/flash_storage.h"
#include "daymark/governor/governor.h"

extern "C" {
extern const daymark::Byte image_begin[];
extern const daymark::Byte image_end[];
}

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

/// The chip's own key: drawn at the first start, when the flash holds none.
Result<crypto::SecretKey> load_or_draw_key(governor::Flash& flash, Random& random) {
  if (const auto held = governor::read_key_page(flash.sector(governor::key_sector))) return held;
  // A chip with a state had a key: without it, it is no new chip.
  governor::FlashStorage storage(flash);
  DAYMARK_TRY(const std::uint64_t count, storage.counter());
  if (count != 0) return fail(errc::gov_state_lost);
  crypto::SecretKey drawn;
  random.fill(drawn.seed);
  DAYMARK_CHECK(flash.erase(governor::key_sector));
  DAYMARK_CHECK(flash.program(governor::key_sector, 0, governor::write_key_page(drawn)));
  return governor::read_key_page(flash.sector(governor::key_sector));
}

/// What runs measures itself: this binds a program that says the truth, and no other one.
Digest measure_image() {
  return crypto::sha256({image_begin, static_cast<std::size_t>(image_end - image_begin)});
}

[[gnu::noinline]] Result<governor::Governor*> start_governor(governor::Flash& flash,
                                                             Random& random) {
  DAYMARK_TRY(const governor::MakerPage page,
              governor::read_maker_page(flash.sector(governor::maker_sector)));
  governor::Platform platform;
  DAYMARK_TRY(platform.chip, load_or_draw_key(flash, random));
  platform.maker = page.maker;
  platform.peak = page.peak;
  platform.firmware = measure_image();
  platform.level = Level::host_signed;  // a simulated machine: its host reads flash and memory
  auto* const storage = new (storage_space) governor::FlashStorage(flash);
  auto* const chip = new (governor_space) governor::Governor(platform, *storage, random);
  crypto::erase(platform.chip.seed);
  DAYMARK_CHECK(chip->start(tick_now()));
  return chip;
}

/// `chip` is null where the device could not start: it says why to whoever asks.
void answer(Channel& channel, governor::Governor* chip, Error fault, ByteView request) {
  const auto response = chip != nullptr ? chip->handle(tick_now(), request, response_space)
                                        : governor::write_refusal(fault, response_space);
  channel.send(response ? *response : ByteView());
}

[[noreturn]] void run() {
  auto* const random = new (random_space) DeviceRandom;
  auto* const flash = new (flash_space) CfiFlash;
  auto* const channel = new (channel_space) Channel(frame_space, flash, request_room);
  if (!random->open() || !channel->open()) reset_machine();
  const Result<governor::Governor*> started = start_governor(*flash, *random);
  governor::Governor* const chip = started ? *started : nullptr;
  const Error fault = started ? Error{} : started.error();
  while (true) {
    ByteView request;
    if (channel->receive(tick_now() + idle_period, request)) {
      answer(*channel, chip, fault, request);
    } else if (chip != nullptr) {
      // A failed save is remembered by the governor itself: it refuses everything from then on.
      static_cast<void>(chip->advance(tick_now()));
    }
  }
}

}  // namespace

}  // namespace daymark::firmware

extern "C" [[noreturn]] void firmware_main();

extern "C" void firmware_main() {
  daymark::firmware::run();
}
