// Which of the kernel's stamps is of which sent datagram. Host only.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "daymark/net/udp.h"

namespace daymark::net {

/// The kernel numbers the datagrams of a socket as they are sent, from 0 and modulo 2^32
/// (SOF_TIMESTAMPING_OPT_ID), and its stamps come back in any order, late, or not at all. One page
/// of the book is one run of datagrams with consecutive numbers; what belongs to another page is
/// not taken.
class StampBook {
 public:
  /// A new page: `count` datagrams were sent, the first of which has the number that `next` said.
  void open(std::size_t count);

  /// The stamp of the datagram `number`. False where it is of no datagram of this page, or came
  /// twice: the first one counts.
  bool take(std::uint32_t number, const Stamp& stamp);

  /// Of the datagram at this place of the page.
  [[nodiscard]] const std::optional<Stamp>& at(std::size_t index) const { return stamps_[index]; }

  /// How many stamps of this page have not come.
  [[nodiscard]] std::size_t missing() const { return missing_; }

  /// The number that the next datagram will get.
  [[nodiscard]] std::uint32_t next() const { return next_; }

  /// The kernel begins to count anew; the page is closed.
  void restart(std::uint32_t next = 0);

 private:
  std::uint32_t first_ = 0;
  std::uint32_t next_ = 0;
  std::size_t missing_ = 0;
  std::vector<std::optional<Stamp>> stamps_;
};

}  // namespace daymark::net
