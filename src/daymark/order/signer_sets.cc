#include "daymark/order/signer_sets.h"

#include <algorithm>
#include <bit>
#include <utility>

namespace daymark::order {

namespace {

bool is_minimal(const tlog::Policy& policy, tlog::MemberSet set) {
  if (!policy.met_by(set)) return false;
  // Quorums are monotone: if a smaller set suffices, so does one with a single member fewer.
  for (tlog::MemberSet left = set; left != 0; left &= left - 1) {
    const tlog::MemberSet lowest = left & (~left + 1);
    if (policy.met_by(set & ~lowest)) return false;
  }
  return true;
}

}  // namespace

std::vector<tlog::MemberSet> minimal_sets(const tlog::Policy& policy, std::size_t members) {
  std::vector<tlog::MemberSet> out;
  for (tlog::MemberSet set = 0; set < tlog::MemberSet{1} << members; ++set) {
    if (is_minimal(policy, set)) out.push_back(set);
  }
  std::ranges::sort(out, {},
                    [](tlog::MemberSet set) { return std::pair(std::popcount(set), set); });
  return out;
}

std::vector<tlog::MemberSet> minimal_signers(const Charter& charter, OrderKind kind) {
  const auto policy = quorum_of(charter, kind);
  if (!policy) return {};
  return minimal_sets(*policy, charter.party_count);
}

std::string names_of(const Charter& charter, tlog::MemberSet parties) {
  std::string out;
  for (std::size_t i = 0; i < charter.party_count; ++i) {
    if ((parties >> i & 1U) == 0) continue;
    if (!out.empty()) out += " + ";
    out += charter.parties[i].name;
  }
  return out;
}

}  // namespace daymark::order
