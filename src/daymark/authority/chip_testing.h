// A chip with its governor, enrolled at an authority in memory. Tests only; link
// daymark_governor_testing.
#pragma once

#include "daymark/authority/authority_testing.h"
#include "daymark/governor/governor_testing.h"

namespace daymark::authority::testing {

[[nodiscard]] inline governor::OrderParts parts_of(const HandedOrder& handed) {
  return {handed.envelope, handed.proof, handed.salt, handed.content};
}

/// An office and chips that go through its desk. Each step fails the test where it is refused.
class Fleet {
 public:
  /// Enrols chip number `i` at office and governor.
  governor::testing::Device& enrol(std::uint64_t i) {
    devices_.push_back(std::make_unique<governor::testing::Device>(office.world, i));
    governor::testing::Device& device = *devices_.back();
    const Digest nonce = device.client().begin_enrolment().value();
    const auto done = office.submit(office.world.enrol(device.chip, nonce), {"owner", "authority"});
    EXPECT_EQ(verdict(done), "ok");
    const auto feed = office.desk->feed(device.chip.id, ~std::uint64_t{0} >> 1U, 0);
    EXPECT_EQ(feed->size(), 1U);
    const auto receipt =
        device.client().enrol(parts_of(feed->front()), office.world.encoded_charter());
    EXPECT_EQ(verdict(receipt), "ok");
    receipts.push_back(receipt->bytes);
    device.range();
    return device;
  }

  Office office;
  std::vector<std::vector<Byte>> receipts;  ///< of the enrolments

 private:
  std::vector<std::unique_ptr<governor::testing::Device>> devices_;
};

}  // namespace daymark::authority::testing
