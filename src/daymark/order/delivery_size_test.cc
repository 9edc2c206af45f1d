// How many bytes a chip is handed for its licence, in a batch of a million leaves and a log of a
// million entries.
#include <gtest/gtest.h>

#include "daymark/order/leaf_file.h"
#include "daymark/order/order_testing.h"

namespace daymark::order {
namespace {

using testing::Cosigning;
using testing::encoded;
using testing::Logged;
using testing::World;
using testing::world_start;

constexpr std::size_t demanded = 4096;
constexpr std::size_t path_of_a_million = 20;
constexpr std::size_t proof_line = 45;  ///< base64 of a hash and its end of line

/// As many beacons as given, each named in every alternative.
Fence fence_of(std::size_t beacons, std::size_t alternatives) {
  Fence out;
  out.faults = 1;
  out.beacon_count = beacons;
  out.alternative_count = alternatives;
  for (std::size_t i = 0; i < beacons; ++i)
    out.beacons[i] = {
        {{static_cast<Byte>(i)}}, static_cast<std::uint8_t>(i), {501'109'000, -1'086'821'000}};
  for (std::size_t at = 0; at < alternatives; ++at) {
    out.alternatives[at].needed = 2;
    out.alternatives[at].clause_count = beacons;
    for (std::size_t i = 0; i < beacons; ++i)
      out.alternatives[at].clauses[i] = {static_cast<std::uint8_t>(i), 20'000};
  }
  return out;
}

Leaf fenced(const Fence& fence) {
  Leaf out = testing::licence_for(World::chip(1), {4}, world_start, days(7));
  out.id = 520;
  out.has_fence = fence.beacon_count != 0;
  out.fence = fence;
  return out;
}

struct Delivery {
  std::size_t leaf = 0;   ///< encoded
  std::size_t file = 0;   ///< leaf and path
  std::size_t proof = 0;  ///< with all three witnesses and both mirrors
  std::size_t order = 0;  ///< envelope, salt and content beside it

  [[nodiscard]] std::size_t demanded_parts() const { return file + proof; }
};

Delivery delivery_of(const Leaf& leaf) {
  World world;
  std::vector<testing::LeafDelivery> deliveries;
  const std::vector<std::vector<Byte>> leaves{encoded(leaf)};
  const Logged logged = world.prove(world.batch(leaves, deliveries), {"authority"},
                                    Cosigning{.witnesses = 0b111, .mirrors = 0b11});
  const LeafFile file{leaves[0], {999'999}, {1'000'000}, std::vector<Digest>(path_of_a_million)};
  return {leaves[0].size(), print_leaf_file(file).size(),
          logged.proof.size() + path_of_a_million * proof_line,
          logged.envelope.size() + logged.salt.size() + logged.content.size()};
}

TEST(DeliverySize, UsualLeavesFitTheDemand) {
  for (const auto& [name, fence] : {std::pair{"without fence", Fence{}},
                                    {"3 beacons", fence_of(3, 1)},
                                    {"8 beacons", fence_of(8, 1)},
                                    {"8 beacons, 4 alternatives", fence_of(8, 4)}}) {
    const Delivery sizes = delivery_of(fenced(fence));
    EXPECT_LE(sizes.demanded_parts(), demanded) << name;
    EXPECT_LE(sizes.demanded_parts() + sizes.order, demanded) << name << ", order included";
  }
}

/// All that the format can say, each number as long as it gets.
Leaf largest_leaf(std::string_view reason) {
  constexpr auto most = ~std::uint64_t{0};
  constexpr auto most_32 = ~std::uint32_t{0};
  Leaf out = fenced(fence_of(beacons_max, fence_alternatives_max));
  for (FenceAlternative& alternative : out.fence.alternatives) {
    for (FenceClause& clause : alternative.clauses)
      clause.round_trip_us_max = most_32;
  }
  out.kind = LeafKind::denial;
  out.denial_reason = reason;
  out.id = out.fleet.seq = out.own.seq = out.allowance.value = most;
  out.cluster_max = out.link_megabytes_per_second = out.job_classes = most_32;
  out.not_before = out.not_after = out.appeal_until = {253'402'300'799'000};
  return out;
}

TEST(DeliverySize, TheLargestLeafFitsTheDemand) {
  const std::string reason(reason_size_max, 'r');
  const Delivery sizes = delivery_of(largest_leaf(reason));
  EXPECT_LE(sizes.leaf, leaf_size_max);
  EXPECT_LE(sizes.demanded_parts(), demanded);
}

}  // namespace
}  // namespace daymark::order
