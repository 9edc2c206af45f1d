#include "daymark/order/check.h"

#include <algorithm>
#include <bit>
#include <optional>
#include <set>

#include <fmt/format.h>

#include "daymark/base/time.h"
#include "daymark/order/check_internal.h"
#include "daymark/order/errors.h"
#include "daymark/order/order.h"
#include "daymark/order/signer_sets.h"

namespace daymark::order {

namespace {

using internal::Findings;
using tlog::MemberSet;

/// Kinds without which a charter is a trap: nobody could license, free or amend.
constexpr std::array<OrderKind, 5> kinds_needed = {
    OrderKind::enrol, OrderKind::license, OrderKind::resume, OrderKind::amend, OrderKind::release};

MemberSet everybody(const Charter& charter) {
  return (MemberSet{1} << charter.party_count) - 1;
}

MemberSet bit(std::size_t i) {
  return MemberSet{1} << i;
}

std::string about(OrderKind kind, std::string_view what) {
  return fmt::format("{}: {}", name_of(kind), what);
}

/// The quorum of `kind`, if it can be read; else a finding.
std::optional<tlog::Policy> readable_quorum(const Charter& charter, OrderKind kind, Findings& out) {
  if (charter.quorums[static_cast<std::size_t>(kind)].empty()) {
    if (std::ranges::find(kinds_needed, kind) != kinds_needed.end()) {
      out.push_back({errc::charter_quorum_unreachable, about(kind, "-")});
    }
    return std::nullopt;
  }
  auto policy = quorum_of(charter, kind);
  if (policy) return *policy;
  const std::string_view why = entry_of(policy.error().code).name;
  out.push_back({errc::charter_quorum_unreachable, about(kind, why)});
  return std::nullopt;
}

void check_one_party(const Charter& charter, OrderKind kind, const tlog::Policy& policy,
                     Findings& out) {
  if (policy.met_by(0)) {
    out.push_back({errc::charter_one_party_restricts, about(kind, "none")});
    return;
  }
  for (std::size_t i = 0; i < charter.party_count; ++i) {
    if (!policy.met_by(bit(i))) continue;
    out.push_back({errc::charter_one_party_restricts, about(kind, charter.parties[i].name)});
  }
}

/// Says whose signatures amend without party `owner`.
void report_without_owner(const Charter& charter, std::size_t owner, Findings& out) {
  const auto sets = minimal_signers(charter, OrderKind::amend);
  const auto without =
      std::ranges::find_if(sets, [&](MemberSet set) { return (set & bit(owner)) == 0; });
  out.push_back(
      {errc::charter_amend_without_owner, about(OrderKind::amend, names_of(charter, *without))});
}

void check_amend(const Charter& charter, const tlog::Policy& policy, Findings& out) {
  for (std::size_t i = 0; i < charter.party_count; ++i) {
    const Party& party = charter.parties[i];
    const bool reachable_without = policy.met_by(everybody(charter) & ~bit(i));
    if (party.role == Role::owner && reachable_without) {
      report_without_owner(charter, i, out);
    }
    // A party with a spare can lose either key and still sign. The owner signs every amendment.
    const bool needed = !reachable_without || party.role == Role::owner;
    if (party.spare == party.key && needed) {
      out.push_back({errc::charter_amend_fragile, about(OrderKind::amend, party.name)});
    }
  }
}

void check_quorums(const Charter& charter, Findings& out) {
  for (std::size_t number = 1; number <= order_kind_count; ++number) {
    const auto kind = static_cast<OrderKind>(number);
    const auto policy = readable_quorum(charter, kind, out);
    if (!policy) continue;
    if (!policy->met_by(everybody(charter))) {
      out.push_back({errc::charter_quorum_unreachable, about(kind, "all")});
    }
    if (is_restriction(kind)) check_one_party(charter, kind, *policy, out);
    if (kind == OrderKind::amend) check_amend(charter, *policy, out);
  }
}

/// One way to a stop, and how long it takes.
struct StopPath {
  std::string_view name;
  Millis length;
};

/// PROTOCOL §1.2: no path to a stop is shorter than the notice.
void check_notice(const Bounds& b, Findings& out) {
  const std::array<StopPath, 3> paths = {{{"V-R+G", b.licence_longest - b.renewal + b.grace},
                                          {"time_age+G", b.time_age + b.grace},
                                          {"fence_age+G", b.fence_age + b.grace}}};
  for (const StopPath& path : paths) {
    if (path.length >= b.notice) continue;
    out.push_back(
        {errc::charter_stop_before_notice,
         fmt::format("{} = {} < N = {}", path.name, to_words(path.length), to_words(b.notice))});
  }
}

/// PROTOCOL §5: time and place rest on 2f+1 operators.
void check_beacons(const Charter& charter, Findings& out) {
  std::set<std::string_view> operators;
  for (const BeaconEntry& beacon : charter.beacon_list())
    operators.insert(beacon.operator_name);
  const std::size_t needed = 2 * std::size_t{charter.faults} + 1;
  if (operators.size() >= needed) return;
  out.push_back({errc::charter_beacons, fmt::format("{} < 2f+1 = {}", operators.size(), needed)});
}

/// Whether an amend order with a charter of this size still fits into 4 KiB.
void check_size(const Charter& charter, Findings& out) {
  constexpr std::size_t payload_overhead = 256;
  constexpr std::size_t box_overhead = 72;
  constexpr std::size_t sealed_key = 82;
  constexpr std::size_t signature = 90;
  std::size_t readers = 0;
  for (const Party& party : charter.party_list())
    readers += (party.reads >> static_cast<unsigned>(OrderKind::amend)) & 1U;
  const auto sets = minimal_signers(charter, OrderKind::amend);
  const std::size_t signers =
      sets.empty() ? 0 : static_cast<std::size_t>(std::popcount(sets.front()));
  const std::size_t size = charter.encoded.size() + payload_overhead + box_overhead +
                           readers * sealed_key + signers * signature;
  if (size <= order_size_max && charter.encoded.size() <= content_size_max) return;
  out.push_back({errc::charter_amend_size, fmt::format("{} B > {} B", size, order_size_max)});
}

}  // namespace

std::vector<CharterFinding> check_charter(const Charter& charter) {
  Findings out;
  check_quorums(charter, out);
  internal::check_log(charter, out);
  check_notice(charter.bounds, out);
  check_beacons(charter, out);
  check_size(charter, out);
  return out;
}

std::string print_finding(const CharterFinding& finding, Language language) {
  return fmt::format("{}: {} ({})", entry_of(finding.rule).name, sentence(finding.rule, language),
                     finding.detail);
}

}  // namespace daymark::order
