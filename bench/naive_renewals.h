// Renewals as one would write them first: OpenSSL verifies each request and signs each licence.
#pragma once

#include <memory>

#include "chip_swarm.h"

#include "daymark/authority/chip_index.h"
#include "daymark/authority/request_book.h"

namespace daymark::bench {

/// Seconds of processor time by step.
struct NaiveSteps {
  double verify = 0;
  double append = 0;  ///< the group durable
  double sign = 0;    ///< leaf written and signed
};

/// The same checks, groups and contents as the authority's, and a licence of its own for each chip
/// in place of a batch. Not thread-safe.
class NaiveDesk {
 public:
  /// Chips are the swarm's; requests go to a book on `disk`.
  NaiveDesk(const ChipSwarm& swarm, std::unique_ptr<tlog::LogDisk> disk);
  NaiveDesk(const NaiveDesk&) = delete;
  NaiveDesk& operator=(const NaiveDesk&) = delete;
  NaiveDesk(NaiveDesk&&) = delete;
  NaiveDesk& operator=(NaiveDesk&&) = delete;
  ~NaiveDesk();

  /// Requests to signed licences; all must be good. Returns the bytes of the licences.
  std::size_t serve(std::span<const ByteView> messages);

  [[nodiscard]] const NaiveSteps& steps() const { return steps_; }

 private:
  struct Key;

  authority::IndexedChip& check(ByteView message);
  [[nodiscard]] std::size_t licence(const authority::IndexedChip& chip) const;

  authority::ChipIndex chips_;
  authority::RequestBook book_;
  std::unique_ptr<Key> key_;
  NaiveSteps steps_;
};

}  // namespace daymark::bench
