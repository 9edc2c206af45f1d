#include "daymark/beacon/delay_line.h"

namespace daymark::beacon {

bool DelayLine::push(std::int64_t due_nanos, const Route& route, ByteView content) {
  if (packets_.size() >= packets_max_) return false;
  packets_.push({due_nanos, next_sequence_++, route, {content.begin(), content.end()}});
  return true;
}

std::optional<std::int64_t> DelayLine::next_due() const {
  if (packets_.empty()) return std::nullopt;
  return packets_.top().due_nanos;
}

std::optional<DelayedPacket> DelayLine::pop_due(std::int64_t now_nanos) {
  if (packets_.empty() || packets_.top().due_nanos > now_nanos) return std::nullopt;
  DelayedPacket first = packets_.top();
  packets_.pop();
  return first;
}

}  // namespace daymark::beacon
