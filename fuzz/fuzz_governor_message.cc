// Sequences of requests to one governor. The input is cut into requests by two-byte lengths; a
// length with its top bit set lets time pass instead. Whatever comes: every request is answered by
// a well-formed response, nothing unproven changes streams or standing, and the state stays one
// that can be saved and read.
#include <cstdlib>
#include <memory>

#include "daymark/cbor/reader.h"
#include "daymark/crypto/random.h"
#include "daymark/governor/governor.h"

namespace {

using namespace daymark;  // NOLINT(google-build-using-namespace)

class Memory final : public governor::Storage {
 public:
  Result<void> store(unsigned index, ByteView content) override {
    slots_.at(index).assign(content.begin(), content.end());
    return ok();
  }

  Result<ByteView> load(unsigned index, MutableBytes out) override {
    copy_bytes(slots_.at(index), out);
    return ByteView(out).first(slots_.at(index).size());
  }

  Result<std::uint64_t> counter() override { return counter_; }

  Result<void> advance_counter() override {
    ++counter_;
    return ok();
  }

 private:
  std::array<std::vector<Byte>, 2> slots_;
  std::uint64_t counter_ = 0;
};

void require(bool holds) {
  if (!holds) std::abort();
}

/// [1, 0, result] or [1, code, field, offset], nothing behind it.
void check_response(ByteView response) {
  require(cbor::check_item(response, cbor::Profile::deterministic).has_value());
  cbor::Reader reader(response);
  const auto answer = governor::read_response(reader);
  if (answer) require(reader.read_item().has_value());
  if (answer) require(reader.expect_end().has_value());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  ByteView input(data, size);
  Memory storage;
  crypto::SeededRandom random(1);
  governor::Platform platform;
  platform.chip.seed[0] = 1;
  platform.peak = {TeraOps{1000}};
  auto chip = std::make_unique<governor::Governor>(platform, storage, random);
  require(chip->start(TickMillis{0}).has_value());
  std::vector<Byte> response(governor::response_size_max);
  TickMillis tick{0};
  while (input.size() >= 2) {
    const unsigned head = get_big_endian<std::uint16_t>(input.first<2>());
    input = input.subspan(2);
    if ((head & 0x8000U) != 0) {
      tick = tick + seconds(head & 0x7FFFU);
      require(chip->advance(tick).has_value());
      continue;
    }
    const ByteView request = input.first(std::min<std::size_t>(head, input.size()));
    input = input.subspan(request.size());
    const auto answer = chip->handle(tick, request, response);
    require(answer.has_value());
    check_response(*answer);
    // No signature by the maker or a party can be in the input: nothing is ever enrolled.
    require(chip->judgement().standing == governor::Standing::unprovisioned);
    require(chip->state().own == order::StreamHead{} && chip->state().pending_count == 0);
  }
  auto again = std::make_unique<governor::Governor>(platform, storage, random);
  require(again->start(tick).has_value());
  return 0;
}
