#include "inbox.h"

#include <algorithm>

namespace daymark::firmware {

namespace {

constexpr std::size_t word = 4;
constexpr Byte erased = 0xFF;

constexpr std::size_t up_to_word(std::size_t offset) {
  return (offset + word - 1) / word * word;
}

/// The first offset behind everything that was ever written into an inbox's sector.
std::size_t end_of_use(ByteView sector) {
  std::size_t end = sector.size();
  while (end > 0 && sector[end - 1] == erased)
    --end;
  return up_to_word(end);
}

}  // namespace

ByteView Inbox::held() const {
  const ByteView all = spilled_ ? flash_->sector(governor::inbox_sector) : ByteView(memory_);
  return all.subspan(begin_, filled_ - begin_);
}

void Inbox::forget() {
  begin_ = 0;
  filled_ = 0;
  spilled_ = false;
}

void Inbox::done_with(std::size_t size) {
  begin_ += size;
}

/// Back to memory once it holds the rest; there, to its front.
void Inbox::compact() {
  const ByteView rest = held();
  if (begin_ == 0 || rest.size() >= memory_.size()) return;
  std::copy(rest.begin(), rest.end(), memory_.begin());
  begin_ = 0;
  filled_ = rest.size();
  spilled_ = false;
}

MutableBytes Inbox::room() {
  compact();
  if (!spilled_ && filled_ == memory_.size() && !spill()) forget();
  return spilled_ ? memory_ : memory_.subspan(filled_);
}

void Inbox::received(std::size_t size) {
  if (!spilled_) {
    filled_ += size;
  } else if (!append(memory_.first(size))) {
    forget();
  }
}

bool Inbox::find(FrameSearch& out) {
  while (true) {
    out = find_frame(held(), body_max_);
    done_with(out.end + (out.oversize ? 1 : 0));
    if (!out.oversize) return out.whole;
  }
}

/// What memory holds moves to the flash.
bool Inbox::spill() {
  if (flash_ == nullptr || !open_sector()) return false;
  const ByteView moved = memory_.first(filled_);
  begin_ = unused_;
  filled_ = begin_;
  spilled_ = true;
  return append(moved);
}

/// Makes the sector have room for a frame, and as much again behind it for what follows.
bool Inbox::open_sector() {
  const ByteView sector = flash_->sector(governor::inbox_sector);
  const std::size_t needed = 2 * (body_max_ + frame_overhead) + memory_.size();
  if (unused_ == unknown) unused_ = end_of_use(sector);
  if (sector.size() - unused_ >= needed) return true;
  unused_ = 0;
  return flash_->erase(governor::inbox_sector).has_value();
}

/// A word that was not full is programmed again with what follows: that only clears bits.
bool Inbox::append(ByteView bytes) {
  const ByteView sector = flash_->sector(governor::inbox_sector);
  if (bytes.size() > sector.size() - filled_) return false;
  const std::size_t partial = filled_ % word;
  if (partial != 0) {
    ByteArray<word> joined{};
    const ByteView front = bytes.first(std::min(bytes.size(), word - partial));
    copy_bytes(sector.subspan(filled_ - partial, partial), joined);
    copy_bytes(front, MutableBytes(joined).subspan(partial));
    if (!program(filled_ - partial, ByteView(joined).first(partial + front.size()))) return false;
    filled_ += front.size();
    bytes = bytes.subspan(front.size());
  }
  if (!bytes.empty() && !program(filled_, bytes)) return false;
  filled_ += bytes.size();
  return true;
}

/// Not read back: a frame's checksum is taken where it lies.
bool Inbox::program(std::size_t offset, ByteView bytes) {
  unused_ = up_to_word(offset + bytes.size());
  return flash_->program(governor::inbox_sector, offset, bytes).has_value();
}

}  // namespace daymark::firmware
