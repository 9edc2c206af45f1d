// A chip's life in memory as the parts of its bundle, put together by the builder. Tests only; link
// daymark_governor_testing.
#pragma once

#include <string>
#include <vector>

#include "daymark/bundle/builder.h"
#include "daymark/governor/governor_testing.h"

namespace daymark::bundle::testing {

/// Enrolled, under two policies and an announced stop, licensed, ranged by two beacons, attested;
/// with recorded evidence of an accelerator beside it. Two orders more came after the attestation.
class Life {
 public:
  explicit Life(std::uint64_t chip = 1);

  [[nodiscard]] Digest fingerprint() const { return world.charter().hash; }

  /// Empty where there is none of this name; the test that asks fails then.
  [[nodiscard]] std::size_t place_of(const std::string& name) const;

  [[nodiscard]] const Part& part(const std::string& name) const { return parts[place_of(name)]; }

  order::testing::World world;
  governor::testing::Device device;
  std::vector<Part> parts;
  std::vector<Byte> early_attestation;  ///< with the same heads, before the licence

 private:
  void enrol();
  void apply(const order::testing::Logged& order);
  void license();
  void range(std::size_t beacon);
  [[nodiscard]] std::vector<Byte> attest();
  void add_device();
  void add_order(const order::testing::Logged& order,
                 const Outcome<governor::Signed<governor::OrderReceipt>>& receipt);

  Builder builder_;
};

}  // namespace daymark::bundle::testing
