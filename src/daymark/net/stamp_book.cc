#include "daymark/net/stamp_book.h"

namespace daymark::net {

void StampBook::open(std::size_t count) {
  first_ = next_;
  next_ += static_cast<std::uint32_t>(count);
  stamps_.assign(count, std::nullopt);
  missing_ = count;
}

bool StampBook::take(std::uint32_t number, const Stamp& stamp) {
  // Modulo 2^32, as the kernel counts.
  const std::size_t index = number - first_;
  if (index >= stamps_.size() || stamps_[index]) return false;
  stamps_[index] = stamp;
  --missing_;
  return true;
}

void StampBook::restart(std::uint32_t next) {
  next_ = next;
  open(0);
}

}  // namespace daymark::net
