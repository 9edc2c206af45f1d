#include "virtio.h"

namespace daymark::firmware {

namespace {

constexpr std::uint32_t virtio_magic = 0x7472'6976;
constexpr std::uint32_t virtio_version = 2;

// Offsets of registers (VIRTIO 1.1 §4.2.2).
constexpr Address at_version = 0x04;
constexpr Address at_kind = 0x08;
constexpr Address at_features = 0x20;
constexpr Address at_features_half = 0x24;
constexpr Address at_queue = 0x30;
constexpr Address at_queue_size = 0x38;
constexpr Address at_queue_ready = 0x44;
constexpr Address at_notify = 0x50;
constexpr Address at_interrupt = 0x60;
constexpr Address at_acknowledge = 0x64;
constexpr Address at_status = 0x70;
constexpr Address at_descriptors = 0x80;
constexpr Address at_available = 0x90;
constexpr Address at_used = 0xA0;

constexpr std::uint32_t acknowledged = 1;
constexpr std::uint32_t driver = 2;
constexpr std::uint32_t driver_ok = 4;
constexpr std::uint32_t features_ok = 8;

bool is_kind(Address base, VirtioKind kind) {
  return word_at(base) == virtio_magic && word_at(base + at_version) == virtio_version &&
         word_at(base + at_kind) == static_cast<std::uint32_t>(kind);
}

}  // namespace

void VirtioQueue::post(Address buffer, std::size_t size, Direction direction) {
  descriptors_[0] = {buffer, static_cast<std::uint32_t>(size),
                     static_cast<std::uint16_t>(direction), 0};
  available_.ring[posted_ % slots] = 0;
  order_memory();
  ++posted_;
  available_.index = posted_;
  order_memory();
}

std::size_t VirtioQueue::take() {
  order_memory();
  const std::size_t size = used_.ring[taken_ % slots].size;
  ++taken_;
  // The device's word is no bound.
  return size < descriptors_[0].size ? size : descriptors_[0].size;
}

bool VirtioDevice::find(VirtioKind kind) {
  for (unsigned i = 0; i < virtio_count && base_ == 0; ++i) {
    const Address candidate = virtio_first + i * virtio_step;
    if (!is_kind(candidate, kind)) continue;
    base_ = candidate;
    interrupt_ = virtio_first_interrupt + i;
  }
  if (base_ == 0) return false;
  word_at(base_ + at_status) = 0;
  word_at(base_ + at_status) = acknowledged;
  word_at(base_ + at_status) = acknowledged | driver;
  // Bit 32, VIRTIO_F_VERSION_1, and nothing else.
  word_at(base_ + at_features_half) = 0;
  word_at(base_ + at_features) = 0;
  word_at(base_ + at_features_half) = 1;
  word_at(base_ + at_features) = 1;
  word_at(base_ + at_status) = acknowledged | driver | features_ok;
  return (word_at(base_ + at_status) & features_ok) != 0;
}

void VirtioDevice::set_address(Address at, const volatile void* memory) {
  const auto value = static_cast<std::uint64_t>(reinterpret_cast<Address>(memory));
  word_at(base_ + at) = static_cast<std::uint32_t>(value);
  word_at(base_ + at + 4) = static_cast<std::uint32_t>(value >> 32U);
}

void VirtioDevice::attach(unsigned index, VirtioQueue& queue) {
  word_at(base_ + at_queue) = index;
  word_at(base_ + at_queue_size) = VirtioQueue::slots;
  set_address(at_descriptors, queue.descriptors_);
  set_address(at_available, &queue.available_);
  set_address(at_used, &queue.used_);
  word_at(base_ + at_queue_ready) = 1;
}

void VirtioDevice::start() {
  word_at(base_ + at_status) = acknowledged | driver | features_ok | driver_ok;
}

void VirtioDevice::notify(unsigned index) {
  word_at(base_ + at_notify) = index;
}

void VirtioDevice::acknowledge() {
  word_at(base_ + at_acknowledge) = word_at(base_ + at_interrupt);
}

}  // namespace daymark::firmware
