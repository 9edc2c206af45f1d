#include "machine.h"

#include <algorithm>
#include <string_view>

namespace daymark::explore {

namespace {

governor::Platform& the_platform() {
  static governor::Platform platform = [] {
    governor::Platform out;
    out.chip = order::testing::World::chip(1).secret;
    out.firmware = crypto::sha256(bytes_of("explored firmware"));
    out.peak = {TeraOps{1000}};
    return out;
  }();
  return platform;
}

void clear_bits(ByteView bytes, MutableBytes place) {
  for (std::size_t i = 0; i < bytes.size(); ++i)
    place[i] &= bytes[i];
}

std::uint64_t mixed(std::uint64_t x) {
  x ^= x >> 30U;
  x *= 0xBF58476D1CE4E5B9U;
  x ^= x >> 27U;
  x *= 0x94D049BB133111EBU;
  return x ^ (x >> 31U);
}

}  // namespace

const governor::Platform& platform() {
  return the_platform();
}

void set_maker(const crypto::PublicKey& maker) {
  the_platform().maker = maker;
}

Result<void> SmallFlash::erase(unsigned index) {
  if (steps_ != nullptr) steps_->push_back({true, index, 0, {}});
  sectors_.at(index - governor::counter_sector).fill(0xFF);
  return ok();
}

Result<void> SmallFlash::program(unsigned index, std::size_t offset, ByteView bytes) {
  if (steps_ != nullptr) steps_->push_back({false, index, offset, {bytes.begin(), bytes.end()}});
  clear_bits(bytes, std::span(sectors_.at(index - governor::counter_sector)).subspan(offset));
  return ok();
}

void SmallFlash::tear(const FlashStep& step) {
  const std::span sector(sectors_.at(step.sector - governor::counter_sector));
  if (step.erase) {
    std::ranges::fill(sector.first(sector_size / 2), 0xFF);
  } else {
    const std::size_t half = step.bytes.size() / 2;
    clear_bits(ByteView(step.bytes).first(half), sector.subspan(step.offset));
    sector[step.offset + half] &= static_cast<Byte>(step.bytes[half] | 0x0FU);
  }
}

void SmallFlash::redo(const FlashStep& step) {
  const std::span sector(sectors_.at(step.sector - governor::counter_sector));
  if (step.erase) {
    std::ranges::fill(sector, 0xFF);
  } else {
    clear_bits(step.bytes, sector.subspan(step.offset));
  }
}

void Stream::fill(MutableBytes out) {
  for (Byte& byte : out)
    byte = static_cast<Byte>(mixed(++drawn_ * 0x9E3779B97F4A7C15U));
}

void Machine::power_on() {
  host.booted = host.tick;
  host.suspended_known = host.tick;
  host.lapsed_before = false;
  host.ranged_once = false;
  host.permit_held = false;
  host.permit_until = TickMillis{};
  host.stage = SessionStage::closed;
}

Result<void> Machine::boot() {
  power_on();
  auto* const fresh = new (space_.data()) Governor(platform(), storage, random);
  return fresh->start(host.tick);
}

std::uint32_t Snapshots::block(ByteView bytes) {
  const std::uint64_t hash = std::hash<std::string_view>{}(text_of(bytes));
  const auto [first, last] = places_.equal_range(hash);
  for (auto i = first; i != last; ++i)
    if (equal(blocks_[i->second], bytes)) return i->second;
  const auto at = static_cast<std::uint32_t>(blocks_.size());
  copy_bytes(bytes, blocks_.emplace_back());
  places_.emplace(hash, at);
  return at;
}

Snapshots::Snapshot Snapshots::take(Machine& machine) {
  Snapshot out;
  ByteView rest = machine.bytes();
  ByteArray<block_size> last{};
  for (; rest.size() >= block_size; rest = rest.subspan(block_size))
    out.push_back(block(rest.first(block_size)));
  copy_bytes(rest, last);
  if (!rest.empty()) out.push_back(block(last));
  return out;
}

void Snapshots::put_back(const Snapshot& snapshot, Machine& machine) const {
  MutableBytes rest = machine.bytes();
  for (const std::uint32_t at : snapshot) {
    const std::size_t size = std::min(rest.size(), block_size);
    copy_bytes(ByteView(blocks_[at]).first(size), rest);
    rest = rest.subspan(size);
  }
}

}  // namespace daymark::explore
