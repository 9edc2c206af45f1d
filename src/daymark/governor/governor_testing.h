// A chip in a world: everything that governor tests and those of its users need. Tests only; link
// daymark_governor_testing.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "daymark/governor/client.h"
#include "daymark/governor/governor.h"
#include "daymark/order/order_testing.h"

namespace daymark::governor::testing {

using order::testing::Chip;
using order::testing::Logged;
using order::testing::World;

/// Storage in memory that loses power at a chosen step. A store has two steps: half of the content
/// is there, all of it is there; the counter has one.
class MemoryStorage final : public Storage {
 public:
  [[nodiscard]] Result<void> begin(unsigned index) override;
  [[nodiscard]] Result<void> append(ByteView piece) override;

  [[nodiscard]] ByteView appended() const override {
    return ByteView(content_).subspan(sizeof(Digest));
  }

  [[nodiscard]] Result<void> finish(const Digest& seal) override;

  [[nodiscard]] Result<ByteView> load(unsigned index) override { return slots.at(index); }

  [[nodiscard]] Result<std::uint64_t> counter() override { return count; }

  [[nodiscard]] Result<void> advance_counter() override;

  /// Power fails at the step `steps` from now; from then on every write fails.
  void cut_after(unsigned steps) { left = steps; }

  void restore_power() { left.reset(); }

  std::array<std::vector<Byte>, 2> slots;
  std::uint64_t count = 0;
  unsigned stores = 0;

 private:
  [[nodiscard]] bool step();

  std::optional<unsigned> left;
  unsigned index_ = 0;
  std::vector<Byte> content_;
  std::vector<Byte> before_;  ///< still viewed
};

/// What a licence shall say; the rest comes from the chip's request and state.
struct Terms {
  Millis length = days(7);
  Millis starts_in{0};
  TeraOps allowance{1'000'000'000};
  std::uint32_t cluster_max = 64;
  Digest program_root{};
  std::optional<order::Fence> fence{};
  std::uint8_t level_least = 0;
  std::uint32_t job_classes = 1;
  std::string denial{};                      ///< not empty: a denial with this reason
  std::optional<order::StreamHead> fleet{};  ///< none: where the chip is
};

/// One chip with its governor. Time is the world's: `wait` moves it and the chip's tick together.
class Device {
 public:
  explicit Device(World& world, std::uint64_t number = 1);

  Device(const Device&) = delete;
  Device& operator=(const Device&) = delete;

  World& world;
  Chip chip;
  MemoryStorage storage;
  Platform platform;
  crypto::SeededRandom random;
  TickMillis tick{1'000};

  [[nodiscard]] Governor& governor() { return *governor_; }

  [[nodiscard]] Client& client() { return *client_; }

  /// Loses all that isn't saved and starts again.
  [[nodiscard]] Result<void> reboot();
  /// One raw exchange.
  [[nodiscard]] std::vector<Byte> exchange(ByteView request);

  /// Powered time.
  void wait(Millis span);
  /// Powered time with beacons in reach: ranges every few hours and at the end.
  void live(Millis span);
  /// Time without power, then a start.
  void sleep(Millis span);

  // Ranging with all beacons of the world's charter, each answering with the world's time.
  void range() { range_with({}); }

  struct Beacons {
    std::array<RoundTripNanos, order::beacons_max> round_trips{};
    std::array<Millis, order::beacons_max> lies{};  ///< added to the time that each one signs
    unsigned answering = ~0U;                       ///< bit i: beacon i
  };

  void range_with(const Beacons& beacons);
  [[nodiscard]] Outcome<ClockReading> range_one(std::size_t beacon, RoundTripNanos round_trip,
                                                Millis lie);

  // Steps of the life of a chip; each fails the test where it is refused.
  void enrol();
  void license(const Terms& terms = {});

  // The same, with an answer.
  [[nodiscard]] Outcome<LeafDecision> try_license(const Terms& terms = {});
  [[nodiscard]] LeafParts make_leaf(ByteView request, const Terms& terms);
  [[nodiscard]] Outcome<Signed<OrderReceipt>> apply(const Logged& order);
  [[nodiscard]] Outcome<Signed<OrderReceipt>> try_enrol();
  [[nodiscard]] Outcome<Signed<Permit>> ask(const PermitRequest& request);
  [[nodiscard]] Outcome<Signed<Permit>> ask(std::uint32_t world_size = 1);

  /// This chip as the target of its stream's next order.
  [[nodiscard]] order::Target target();
  [[nodiscard]] Standing standing();
  [[nodiscard]] Errc reason();

 private:
  std::unique_ptr<Governor> governor_;
  std::unique_ptr<Client> client_;
};

/// A session of `client` with a beacon of the world's charter, up to the agreed key.
[[nodiscard]] Outcome<ranging::Opened> open_session(World& world, Client& client,
                                                    std::size_t beacon);

/// What a beacon signs after a session in a test.
struct SignedRanging {
  RoundTripNanos round_trip{1'000'000};
  Millis lie{};  ///< added to the time that is signed
};

/// A whole session: one challenge, answered rightly, and the receipt.
[[nodiscard]] Outcome<ClockReading> range_beacon(World& world, Client& client, std::size_t beacon,
                                                 const SignedRanging& says = {});

[[nodiscard]] OrderParts parts_of(const Logged& logged);
/// A request for one chip and an hour.
[[nodiscard]] PermitRequest job(std::uint8_t number, std::uint32_t world_size = 1);

/// "ok" or the name of the error.
template <class T>
[[nodiscard]] std::string_view verdict(const Outcome<T>& outcome) {
  return outcome ? "ok" : entry_of(outcome.error().error.code).name;
}

}  // namespace daymark::governor::testing
