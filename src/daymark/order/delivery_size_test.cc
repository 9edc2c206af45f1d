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

void show(const char* name, const Delivery& sizes) {
  ::testing::Test::RecordProperty(name, std::to_string(sizes.demanded_parts()));
  std::printf("%s: leaf %zu, with path %zu, proof %zu, together %zu; order %zu\n", name, sizes.leaf,
              sizes.file, sizes.proof, sizes.demanded_parts(), sizes.order);
}

TEST(DeliverySize, UsualLeavesFitTheDemand) {
  for (const auto& [name, fence] : {std::pair{"without fence", Fence{}},
                                    {"3 beacons", fence_of(3, 1)},
                                    {"8 beacons", fence_of(8, 1)},
                                    {"8 beacons, 4 alternatives", fence_of(8, 4)}}) {
    const Delivery sizes = delivery_of(fenced(fence));
    show(name, sizes);
    EXPECT_LE(sizes.demanded_parts(), demanded) << name;
  }
}

/// The format allows leaves of 2 KiB, which a chip takes as well; they are beyond the demand.
TEST(DeliverySize, OnlyLeavesNearTheFormatsLimitExceedIt) {
  Leaf denial = fenced(fence_of(8, 8));
  denial.kind = LeafKind::denial;
  const std::string reason(reason_size_max, 'r');
  denial.denial_reason = reason;
  const Delivery largest = delivery_of(denial);
  show("largest", largest);
  EXPECT_GT(largest.demanded_parts(), demanded);
  const std::size_t rest = largest.demanded_parts() - largest.leaf;
  std::printf("what is not the leaf: %zu\n", rest);
  EXPECT_LE(rest, demanded - 1300) << "a leaf of 1300 bytes fits";
}

}  // namespace
}  // namespace daymark::order
