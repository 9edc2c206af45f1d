// One chip as bytes: flash, entropy, governor and what the world around it remembers. All of it
// lies in one object without heap or outside pointers, so that a copy of its bytes, put back at the
// same address, is the same chip again.
#pragma once

#include <deque>
#include <new>
#include <unordered_map>
#include <vector>

#include "daymark/governor/flash.h"
#include "daymark/governor/flash_storage.h"
#include "daymark/governor/governor.h"
#include "daymark/order/order_testing.h"
#include "daymark/ranging/session.h"

namespace daymark::explore {

using governor::Governor;

/// One step of the flash: an erase, or one call of `program`.
struct FlashStep {
  bool erase = false;
  unsigned sector = 0;
  std::size_t offset = 0;
  std::vector<Byte> bytes;
};

/// NOR flash just large enough that each save erases its slot.
class SmallFlash final : public governor::Flash {
 public:
  static constexpr std::size_t sector_size = (std::size_t{20} << 10U) + 64;

  SmallFlash() {
    for (auto& sector : sectors_)
      sector.fill(0xFF);
  }

  [[nodiscard]] ByteView sector(unsigned index) const override {
    return sectors_.at(index - governor::counter_sector);
  }

  [[nodiscard]] Result<void> erase(unsigned index) override;
  [[nodiscard]] Result<void> program(unsigned index, std::size_t offset, ByteView bytes) override;

  /// Every step from now on is noted there too; null: nowhere.
  void record(std::vector<FlashStep>* steps) { steps_ = steps; }

  /// Does the first half of a step, as a loss of power leaves it.
  void tear(const FlashStep& step);
  void redo(const FlashStep& step);

 private:
  std::array<ByteArray<sector_size>, governor::flash_sectors - governor::counter_sector> sectors_{};
  std::vector<FlashStep>* steps_ = nullptr;
};

/// Reproducible bytes out of two words, so that they come back with a copy.
class Stream final : public Random {
 public:
  void fill(MutableBytes out) override;

 private:
  std::uint64_t drawn_ = 0;
};

enum class SessionStage : std::uint8_t { closed, open, keyed };

/// What the world knows of the chip's past. Plain bytes.
struct Host {
  UnixMillis now = order::testing::world_start;  ///< the true time
  TickMillis tick{1000};
  TickMillis booted{1000};
  TickMillis ranged;           ///< when all beacons last answered
  bool ranged_once = false;    ///< since the start
  TickMillis suspended_known;  ///< since when this boot has known the suspension
  TickMillis lapsed_known;     ///< since when this boot has been lapsed
  bool lapsed_before = false;
  SessionStage stage = SessionStage::closed;  ///< of the session with beacon 0
  ranging::Opened session;
  Millis radius;  ///< that the beacons stated then
  bool permit_held = false;
  TickMillis permit_until;
  int withheld = -1;   ///< an order that the host keeps back
  int last = -1;       ///< the order that the chip obeyed last
  Millis grace_spent;  ///< in grace with power, since the last licence
  Millis grace_lost;   ///< reserved and lost by resets since then
  Millis grace_granted;
};

/// Who the chip is, the same in every state.
[[nodiscard]] const governor::Platform& platform();
void set_maker(const crypto::PublicKey& maker);

/// Not thread-safe; large. Errors of the governor's start are kept in `started`.
class Machine {
 public:
  Machine() = default;
  Machine(const Machine&) = delete;
  Machine& operator=(const Machine&) = delete;
  Machine(Machine&&) = delete;
  Machine& operator=(Machine&&) = delete;
  ~Machine() = default;

  /// Power on, with what the flash holds.
  [[nodiscard]] Result<void> boot();
  /// What a start changes of the world's memory.
  void power_on();

  [[nodiscard]] Governor& governor() {
    return *std::launder(reinterpret_cast<Governor*>(space_.data()));
  }

  /// All bytes, for copies.
  [[nodiscard]] MutableBytes bytes() { return {reinterpret_cast<Byte*>(this), sizeof(Machine)}; }

  SmallFlash flash;
  Stream random;
  governor::FlashStorage storage{flash};
  Host host;

 private:
  alignas(Governor) std::array<Byte, sizeof(Governor)> space_{};
};

/// The states of a machine as lists of blocks; equal blocks are kept once.
class Snapshots {
 public:
  static constexpr std::size_t block_size = 512;
  using Snapshot = std::vector<std::uint32_t>;

  [[nodiscard]] Snapshot take(Machine& machine);
  void put_back(const Snapshot& snapshot, Machine& machine) const;

  [[nodiscard]] std::size_t bytes() const { return blocks_.size() * block_size; }

 private:
  [[nodiscard]] std::uint32_t block(ByteView bytes);

  std::deque<ByteArray<block_size>> blocks_;
  std::unordered_multimap<std::uint64_t, std::uint32_t> places_;
};

}  // namespace daymark::explore
