// Packets that wait until they are due. Host only.
#pragma once

#include <cstdint>
#include <optional>
#include <queue>
#include <vector>

#include "daymark/base/bytes.h"

namespace daymark::beacon {

/// Where a delayed packet goes: a client of a pair of the relay, up to the beacon or down again.
struct Route {
  std::size_t pair = 0;
  std::uint64_t client = 0;
  bool up = true;
};

struct DelayedPacket {
  std::int64_t due_nanos = 0;
  std::uint64_t sequence = 0;
  Route route;
  std::vector<Byte> content;
};

/// A bounded queue by due time; packets due at the same time keep their order. Not thread-safe.
class DelayLine {
 public:
  explicit DelayLine(std::size_t packets_max) : packets_max_(packets_max) {}

  /// False, and the packet is lost, where the line is full.
  bool push(std::int64_t due_nanos, const Route& route, ByteView content);
  [[nodiscard]] std::optional<std::int64_t> next_due() const;
  /// Takes off the first packet that is due at `now_nanos`, if any.
  [[nodiscard]] std::optional<DelayedPacket> pop_due(std::int64_t now_nanos);

  [[nodiscard]] std::size_t size() const { return packets_.size(); }

 private:
  struct Later {
    bool operator()(const DelayedPacket& a, const DelayedPacket& b) const {
      return a.due_nanos != b.due_nanos ? a.due_nanos > b.due_nanos : a.sequence > b.sequence;
    }
  };

  std::size_t packets_max_;
  std::uint64_t next_sequence_ = 0;
  std::priority_queue<DelayedPacket, std::vector<DelayedPacket>, Later> packets_;
};

}  // namespace daymark::beacon
