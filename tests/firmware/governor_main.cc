// The least image that uses the whole governor: its memory is static, its ports are empty. It is
// linked, never run; link_test.sh judges what it needs and how large it is.
#include <new>

#include "daymark/governor/governor.h"

namespace {

using namespace daymark;  // NOLINT(google-build-using-namespace)

class NoStorage final : public governor::Storage {
 public:
  Result<void> store(unsigned index, ByteView content) override;
  Result<ByteView> load(unsigned index, MutableBytes out) override;

  Result<std::uint64_t> counter() override { return count_; }

  Result<void> advance_counter() override;

 private:
  std::uint64_t count_ = 0;
};

Result<void> NoStorage::store(unsigned /*index*/, ByteView /*content*/) {
  return ok();
}

Result<ByteView> NoStorage::load(unsigned /*index*/, MutableBytes out) {
  return ByteView(out).first(0);
}

Result<void> NoStorage::advance_counter() {
  ++count_;
  return ok();
}

class NoRandom final : public Random {
 public:
  void fill(MutableBytes out) override;
};

void NoRandom::fill(MutableBytes out) {
  for (Byte& byte : out)
    byte = 0;
}

alignas(governor::Governor) Byte governor_space[sizeof(governor::Governor)];
Byte request_space[governor::request_size_max];
Byte response_space[governor::response_size_max];

}  // namespace

extern "C" {
// The channel of a real image: where requests come from and responses go. Volatile, so that nothing
// of the governor can be left out.
volatile std::uint64_t channel_tick;
volatile std::uint32_t channel_length;
volatile std::uint32_t channel_result;

#ifdef DAYMARK_PLANTED
void daymark_planted_symbol();
#endif

void image_start() {
  NoStorage storage;
  NoRandom random;
  const governor::Platform platform;
  auto* const chip = new (governor_space) governor::Governor(platform, storage, random);
  const TickMillis start{static_cast<std::int64_t>(channel_tick)};
  if (!chip->start(start)) return;
  while (true) {
    const TickMillis tick{static_cast<std::int64_t>(channel_tick)};
    const ByteView request = ByteView(request_space).first(channel_length % sizeof request_space);
    const auto response = chip->handle(tick, request, response_space);
    channel_result = response ? static_cast<std::uint32_t>(response->size()) : 0;
#ifdef DAYMARK_PLANTED
    daymark_planted_symbol();
#endif
  }
}
}
