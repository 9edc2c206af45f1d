// Terms that are read make leaves that a chip reads back to the same: no batch is signed and logged
// before somebody finds that it can't be handed out.
#include <cstdlib>
#include <memory>
#include <vector>

#include "daymark/authority/batch_terms.h"
#include "daymark/order/charter.h"

namespace {

using namespace daymark;

constexpr UnixMillis now{1'772'366'400'000};

void require(bool rule) {
  if (!rule) std::abort();
}

/// Three beacons, two of one operator: all of a charter that terms look at.
order::Charter make_charter() {
  order::Charter out;
  for (const std::string_view name : {"north", "south", "south"}) {
    order::BeaconEntry& beacon = out.beacons[out.beacon_count++];
    beacon.name = name;
    beacon.operator_name = name;
    beacon.key.bytes.fill(static_cast<Byte>(out.beacon_count));
  }
  return out;
}

bool same_fence(const order::Fence& a, const order::Fence& b) {
  bool same = a.faults == b.faults && a.beacon_count == b.beacon_count &&
              a.alternative_count == b.alternative_count;
  for (std::size_t i = 0; same && i < a.alternative_count; ++i) {
    const order::FenceAlternative& one = a.alternatives[i];
    const order::FenceAlternative& other = b.alternatives[i];
    same = one.needed == other.needed && one.clause_count == other.clause_count;
    for (std::size_t j = 0; same && j < one.clause_count; ++j) {
      same = one.clauses[j].beacon == other.clauses[j].beacon &&
             one.clauses[j].round_trip_us_max == other.clauses[j].round_trip_us_max;
    }
  }
  return same;
}

void check_round_trip(const order::Leaf& leaf) {
  std::vector<Byte> space(order::leaf_size_max);
  const auto written = order::write_leaf(leaf, space);
  require(written.has_value());
  const auto read = order::parse_leaf(*written);
  require(read.has_value());
  require(read->kind == leaf.kind && read->not_before == leaf.not_before);
  require(read->not_after == leaf.not_after && read->allowance == leaf.allowance);
  require(read->cluster_max == leaf.cluster_max && read->job_classes == leaf.job_classes);
  require(read->level_least == leaf.level_least && read->program_root == leaf.program_root);
  require(read->denial_reason == leaf.denial_reason && read->finding == leaf.finding);
  require(read->appeal_until == leaf.appeal_until && read->has_fence == leaf.has_fence);
  if (leaf.has_fence) require(same_fence(read->fence, leaf.fence));
}

void check_licence(const authority::LicenceTerms& terms) {
  const auto leaf = std::make_unique<order::Leaf>();
  authority::grant(terms, now, *leaf);
  check_round_trip(*leaf);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const daymark::Byte* data, std::size_t size) {
  static const order::Charter charter = make_charter();
  const auto terms = authority::parse_terms(text_of({data, size}), charter);
  if (!terms) return 0;
  check_licence(terms->common);
  for (const auto& [chip, own] : terms->chips)
    check_licence(own);
  for (const auto& [chip, denial] : terms->denials) {
    const auto leaf = std::make_unique<order::Leaf>();
    authority::deny(denial, *leaf);
    check_round_trip(*leaf);
  }
  return 0;
}
