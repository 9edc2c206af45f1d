// Signed renewal requests of the world's chips, and a desk for them in memory. Tests only; link
// daymark_order_testing.
#pragma once

#include <memory>
#include <vector>

#include "daymark/authority/records_testing.h"
#include "daymark/authority/renewal_desk.h"
#include "daymark/cbor/encode.h"
#include "daymark/order/order_testing.h"
#include "daymark/tlog/log_testing.h"

namespace daymark::authority::testing {

/// What a request says; `variant` tells apart two with one counter.
struct Asking {
  std::uint64_t chip = 1;
  std::uint64_t counter = 1;
  std::uint64_t variant = 0;
};

[[nodiscard]] inline std::vector<Byte> request_payload(const Asking& asking) {
  order::RenewalRequest request;
  request.chip = order::testing::World::chip(asking.chip).id;
  request.counter = asking.counter;
  request.licence = asking.variant;
  std::vector<Byte> space(order::request_size_max);
  space.resize(order::write_request(request, space)->size());
  return space;
}

/// Signed by chip number `asking.chip`.
[[nodiscard]] inline std::vector<Byte> signed_request(const Asking& asking) {
  return cbor::sign1(request_payload(asking), order::renewal_purpose,
                     order::testing::World::chip(asking.chip).secret);
}

[[nodiscard]] inline std::vector<ByteView> views_of(const std::vector<std::vector<Byte>>& all) {
  return {all.begin(), all.end()};
}

/// Puts chips 1 to `count` into slots 0 on.
inline void enrol_chips(Records& records, std::uint64_t count) {
  for (std::uint64_t i = 1; i <= count; ++i) {
    const order::testing::Chip chip = order::testing::World::chip(i);
    (void)records.put_chip({chip.id, chip.key, i - 1, "", "", false});
  }
}

/// Chips 1 to 3, a desk, and what outlives it.
class RenewalOffice {
 public:
  RenewalOffice() {
    enrol_chips(records, 3);
    reopen();
  }

  void reopen() {
    desk.reset();
    auto opened = RenewalDesk::open({&records, std::make_unique<tlog::testing::MemoryDisk>(platter),
                                     lanes::library_verifier(), segment_bytes});
    desk = std::move(opened).value();
  }

  [[nodiscard]] const NewestRequest& newest(std::uint64_t chip) const {
    return desk->chips().at(chip - 1)->newest;
  }

  MemoryRecords records;
  std::shared_ptr<tlog::testing::Platter> platter = std::make_shared<tlog::testing::Platter>();
  std::uint64_t segment_bytes = request_segment_bytes;
  std::unique_ptr<RenewalDesk> desk;
};

}  // namespace daymark::authority::testing
