#include <algorithm>
#include <optional>
#include <set>

#include <fmt/format.h>

#include "daymark/order/check_internal.h"
#include "daymark/order/errors.h"
#include "daymark/order/signer_sets.h"

namespace daymark::order::internal {

namespace {

using tlog::MemberSet;

constexpr std::size_t mirrors_least = 2;

/// Parties that sign any kind of order, and the authority: the ones that witnesses watch.
MemberSet watched(const Charter& charter) {
  MemberSet out = 0;
  for (std::size_t number = 1; number <= order_kind_count; ++number) {
    for (const MemberSet set : minimal_signers(charter, static_cast<OrderKind>(number)))
      out |= set;
  }
  for (std::size_t i = 0; i < charter.party_count; ++i) {
    if (charter.parties[i].role == Role::authority) out |= MemberSet{1} << i;
  }
  return out;
}

bool is_named_after(std::string_view name, std::string_view party) {
  if (!name.starts_with(party)) return false;
  return name.size() == party.size() || name[party.size()] == '.';
}

bool holds_key(const Party& party, const crypto::PublicKey& key) {
  return party.key == key || party.spare == key;
}

/// Members of a witness policy that a watched party or the log itself controls.
MemberSet controlled(const Charter& charter, const tlog::Policy& policy,
                     const tlog::Policy& log_policy) {
  const MemberSet parties = watched(charter);
  MemberSet out = 0;
  for (std::size_t i = 0; i < policy.member_count(); ++i) {
    const crypto::PublicKey& key = policy.witness_key(i).key;
    bool held = std::ranges::any_of(log_policy.logs(),
                                    [&](const tlog::VerifierKey& log) { return log.key == key; });
    for (std::size_t p = 0; p < charter.party_count; ++p) {
      const Party& party = charter.parties[p];
      if ((parties >> p & 1U) == 0) continue;
      held = held || is_named_after(policy.member_name(i), party.name) || holds_key(party, key);
    }
    if (held) out |= MemberSet{1} << i;
  }
  return out;
}

std::string member_names(const tlog::Policy& policy, MemberSet members) {
  std::string out;
  for (std::size_t i = 0; i < policy.member_count(); ++i) {
    if ((members >> i & 1U) == 0) continue;
    if (!out.empty()) out += " + ";
    out += policy.member_name(i);
  }
  return out.empty() ? "none" : out;
}

std::optional<tlog::Policy> readable(std::string_view text, std::string_view which, Findings& out) {
  const auto policy = tlog::Policy::parse(text);
  if (policy) return *policy;
  out.push_back({errc::charter_quorum_unreachable,
                 fmt::format("{}: {}", which, entry_of(policy.error().code).name)});
  return std::nullopt;
}

void check_witnesses(const Charter& charter, const tlog::Policy& policy, Findings& out) {
  if (policy.logs().empty()) out.push_back({errc::charter_quorum_unreachable, "log: -"});
  const MemberSet held = controlled(charter, policy, policy);
  if (!policy.met_by(held)) return;
  out.push_back({errc::charter_no_independent_witness, member_names(policy, held)});
}

/// PROTOCOL §7: at least two independent mirrors; none of all can be needed, or it had a veto.
void check_mirrors(const Charter& charter, const tlog::Policy& mirrors,
                   const tlog::Policy& log_policy, Findings& out) {
  const MemberSet all = (MemberSet{1} << mirrors.member_count()) - 1;
  const MemberSet held = controlled(charter, mirrors, log_policy);
  std::set<std::string_view> operators;
  for (std::size_t i = 0; i < mirrors.member_count(); ++i) {
    if ((held >> i & 1U) == 0) operators.insert(operator_of(mirrors.member_name(i)));
  }
  if (mirrors.met_by(held) || operators.size() < mirrors_least) {
    out.push_back({errc::charter_no_independent_mirror, member_names(mirrors, all & ~held)});
    return;
  }
  for (std::size_t i = 0; i < mirrors.member_count(); ++i) {
    if (mirrors.met_by(all & ~(MemberSet{1} << i))) continue;
    out.push_back({errc::charter_no_independent_mirror, std::string(mirrors.member_name(i))});
  }
}

}  // namespace

std::string_view operator_of(std::string_view name) {
  return name.substr(0, name.find('.'));
}

void check_log(const Charter& charter, Findings& out) {
  const auto log = readable(charter.log_policy, "log", out);
  const auto mirrors = readable(charter.mirror_policy, "mirrors", out);
  if (log) check_witnesses(charter, *log, out);
  if (log && mirrors) check_mirrors(charter, *mirrors, *log, out);
}

}  // namespace daymark::order::internal
