// Sequences of requests to one governor, new or with a saved state.
//
//   input = state size (2 bytes, 0: a new device) state, then steps: a head of 2 bytes; with its
//   top bit set so many seconds pass, else a request of that length follows
//
// Whatever comes: every request is answered by a well-formed response, streams never move (no
// signature of a party can be in the input), nothing is suspended that was not announced in the
// saved state, released stays free, and the device starts again from what it saved.
#include <algorithm>
#include <cstdlib>
#include <memory>
#include <optional>
#include <vector>

#include "daymark/cbor/reader.h"
#include "daymark/crypto/random.h"
#include "daymark/governor/governor.h"

namespace {

using namespace daymark;  // NOLINT(google-build-using-namespace)

constexpr ledger::Peak peak{TeraOps{1000}};

class Memory final : public governor::Storage {
 public:
  Result<void> begin(unsigned index) override {
    index_ = index;
    before_.swap(content_);
    content_.assign(sizeof(Digest), 0);
    return ok();
  }

  Result<void> append(ByteView piece) override {
    content_.insert(content_.end(), piece.begin(), piece.end());
    return ok();
  }

  [[nodiscard]] ByteView appended() const override {
    return ByteView(content_).subspan(sizeof(Digest));
  }

  Result<void> finish(const Digest& seal) override {
    copy_bytes(seal, content_);
    slots_.at(index_) = content_;
    return ok();
  }

  Result<ByteView> load(unsigned index) override { return slots_.at(index); }

  Result<std::uint64_t> counter() override { return counter_; }

  Result<void> advance_counter() override {
    ++counter_;
    return ok();
  }

 private:
  std::array<std::vector<Byte>, 2> slots_;
  std::vector<Byte> content_;
  std::vector<Byte> before_;  // still viewed
  unsigned index_ = 0;
  std::uint64_t counter_ = 0;
};

void require(bool holds) {
  if (!holds) std::abort();
}

/// The front of the input, at most `size` bytes.
ByteView take(ByteView& input, std::size_t size) {
  const ByteView front = input.first(std::min(size, input.size()));
  input = input.subspan(front.size());
  return front;
}

std::optional<unsigned> take_head(ByteView& input) {
  if (input.size() < 2) return {};
  return get_big_endian<std::uint16_t>(take(input, 2).first<2>());
}

/// [1, 0, result] or [1, code, field, offset], nothing behind it.
void check_response(ByteView response) {
  require(cbor::check_item(response, cbor::Profile::deterministic).has_value());
  cbor::Reader reader(response);
  if (!governor::read_response(reader)) return;
  require(reader.read_item().has_value());
  require(reader.expect_end().has_value());
}

class Device {
 public:
  Device() {
    platform_.chip.seed[0] = 1;
    platform_.peak = peak;
  }

  /// False where the bytes are no state, or one whose charter can't be read.
  bool begin(ByteView saved) {
    if (!saved.empty() && !plant(saved)) return false;
    if (!start()) return false;
    remember();
    return true;
  }

  void step(unsigned head, ByteView& input) {
    if ((head & 0x8000U) != 0) {
      tick_ = tick_ + seconds(head & 0x7FFFU);
      require(chip_->advance(tick_).has_value());
    } else {
      const auto answer = chip_->handle(tick_, take(input, head), response_);
      require(answer.has_value());
      check_response(*answer);
    }
    check();
  }

  void restart() { require(start()); }

 private:
  bool start() {
    chip_ = std::make_unique<governor::Governor>(platform_, storage_, random_);
    return chip_->start(tick_).has_value();
  }

  bool plant(ByteView saved) {
    const auto state = std::make_unique<governor::State>(peak);
    if (!governor::read_state(saved, peak, *state)) return false;
    state->counter = 0;
    governor::Journal journal(storage_, platform_.chip);
    return journal.save(*state).has_value();
  }

  void remember() {
    const governor::State& state = chip_->state();
    fleet_ = state.fleet;
    own_ = state.own;
    released_ = state.life == governor::Life::released;
    for (const governor::Pending& pending : state.pending_list()) {
      announced_.push_back(pending.what.order);
      moves_ |= pending.what.kind == order::OrderKind::transfer;
    }
    announced_.push_back(state.suspension.order);
  }

  void check() const {
    const governor::State& state = chip_->state();
    require(moves_ || state.fleet == fleet_);
    require(state.own == own_);
    require(!released_ || state.life == governor::Life::released);
    const bool known = std::ranges::find(announced_, state.suspension.order) != announced_.end();
    require(!state.suspension.active || known);
  }

  governor::Platform platform_;
  Memory storage_;
  crypto::SeededRandom random_{1};
  std::unique_ptr<governor::Governor> chip_;
  std::vector<Byte> response_ = std::vector<Byte>(governor::response_size_max);
  TickMillis tick_{0};
  order::StreamHead fleet_;
  order::StreamHead own_;
  std::vector<Digest> announced_;
  bool released_ = false;
  bool moves_ = false;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  ByteView input(data, size);
  const auto state_size = take_head(input);
  if (!state_size) return 0;
  Device device;
  if (!device.begin(take(input, *state_size))) return 0;
  while (const auto head = take_head(input))
    device.step(*head, input);
  device.restart();
  return 0;
}
