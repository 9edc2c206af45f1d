#include "daymark/order/charter_spec.h"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "daymark/order/charter_draft_internal.h"
#include "daymark/order/errors.h"

namespace daymark::order {

namespace {

using internal::CharterDraft;

using Names = std::vector<std::string>;

Names names_with(const CharterSpec& spec, std::initializer_list<Role> roles) {
  Names out;
  for (const PartySpec& party : spec.parties) {
    if (std::ranges::find(roles, party.role) != roles.end()) out.push_back(party.key.name);
  }
  return out;
}

/// `threshold` of the names, or the only name there is.
std::string quorum_over(std::string_view threshold, const Names& names) {
  if (names.empty()) return {};
  if (names.size() == 1) return fmt::format("quorum {}", names.front());
  return fmt::format("group signers {} {}\nquorum signers", threshold, fmt::join(names, " "));
}

/// The owner and any one of the others.
std::string owner_and_any(const CharterSpec& spec, std::initializer_list<Role> roles) {
  const Names owner = names_with(spec, {Role::owner});
  const Names others = names_with(spec, roles);
  if (owner.empty() || others.empty()) return {};
  return fmt::format("group others any {}\ngroup both all {} others\nquorum both",
                     fmt::join(others, " "), owner.front());
}

std::string log_policy_of(const CharterSpec& spec) {
  std::string out;
  for (const WitnessSpec& log : spec.logs)
    out += fmt::format("log {}{}{}\n", log.vkey, log.url.empty() ? "" : " ", log.url);
  return out + internal::witness_policy(spec.witnesses, spec.witnesses.size() / 2 + 1);
}

Outcome<void> add_parties(const CharterSpec& spec, CharterDraft& draft) {
  if (spec.parties.size() > parties_max) return refuse(errc::charter_malformed, "parties");
  for (const PartySpec& party : spec.parties) {
    draft.charter.parties[draft.charter.party_count++] = {
        .name = party.key.name,
        .role = party.role,
        .key = party.key.sign,
        .spare = party.spare ? party.spare->sign : party.key.sign,
        .seal = party.key.seal,
        .reads = party.role == Role::owner ? all_kinds : party.reads};
  }
  return {};
}

Outcome<void> add_beacons(const CharterSpec& spec, CharterDraft& draft) {
  if (spec.beacons.size() > beacons_max) return refuse(errc::charter_malformed, "beacons");
  for (const BeaconSpec& beacon : spec.beacons) {
    draft.charter.beacons[draft.charter.beacon_count++] = {beacon.name, beacon.operator_name,
                                                           beacon.key, beacon.place};
  }
  return {};
}

void add_quorums(const CharterSpec& spec, CharterDraft& draft) {
  for (std::size_t number = 1; number <= order_kind_count; ++number) {
    const auto kind = static_cast<OrderKind>(number);
    const auto given = spec.quorums.find(kind);
    draft.charter.quorums[number] =
        draft.keep(given == spec.quorums.end() ? default_quorum(kind, spec) : given->second);
  }
}

}  // namespace

namespace internal {

std::string witness_policy(std::span<const WitnessSpec> witnesses, std::size_t threshold) {
  std::string out;
  Names names;
  for (const WitnessSpec& witness : witnesses) {
    out += fmt::format("witness {} {}{}{}\n", witness.name, witness.vkey,
                       witness.url.empty() ? "" : " ", witness.url);
    names.push_back(witness.name);
  }
  // Without members no quorum can be named; the checker reports the policy that can't be read.
  if (names.empty()) return out;
  return out + fmt::format("group enough {} {}\nquorum enough", threshold, fmt::join(names, " "));
}

Outcome<std::vector<Byte>> finish(const Charter& charter) {
  std::vector<Byte> out(2 * charter_size_max);
  const auto written = write_charter(charter, out);
  if (!written || written->size() > charter_size_max) return refuse(errc::charter_size, "charter");
  out.resize(written->size());
  const auto parsed = parse_charter(out);
  if (!parsed) return refuse(parsed.error().code, std::string(label_of(parsed.error().field)));
  return out;
}

}  // namespace internal

Bounds default_bounds() {
  return {.notice = days(3),
          .grace = days(1),
          .suspension_longest = days(14),
          .suspension_budget = days(30),
          .appeal = days(7),
          .licence_longest = days(7),
          .renewal = days(4),
          .time_age = days(2),
          .fence_age = days(2),
          .tick_drift_ppm = 200};
}

std::string default_quorum(OrderKind kind, const CharterSpec& spec) {
  const auto open = {Role::owner, Role::regulator};
  switch (kind) {
    case OrderKind::enrol: return owner_and_any(spec, {Role::authority});
    case OrderKind::license:
      return quorum_over("any", names_with(spec, {Role::authority, Role::regulator}));
    case OrderKind::resume:
    case OrderKind::release: return quorum_over("any", names_with(spec, open));
    case OrderKind::suspend:
      return quorum_over("2", names_with(spec, {Role::owner, Role::maker, Role::regulator}));
    case OrderKind::firmware: return owner_and_any(spec, {Role::maker});
    case OrderKind::policy:
    case OrderKind::transfer:
    case OrderKind::amend: return owner_and_any(spec, {Role::maker, Role::regulator});
  }
  return {};
}

Outcome<std::vector<Byte>> charter_new(const CharterSpec& spec, Random& random) {
  CharterDraft draft;
  Charter& charter = draft.charter;
  charter.fleet = spec.fleet ? *spec.fleet : FleetId{random.draw<FleetId::size>()};
  charter.name = spec.name;
  charter.revision = spec.revision;
  DAYMARK_CHECK(add_parties(spec, draft));
  add_quorums(spec, draft);
  charter.log_policy = draft.keep(log_policy_of(spec));
  charter.mirror_policy = draft.keep(internal::witness_policy(spec.mirrors, 1));
  DAYMARK_CHECK(add_beacons(spec, draft));
  charter.faults = spec.faults;
  charter.bounds = spec.bounds;
  charter.silence = spec.silence;
  charter.emergency_chip_hours = spec.emergency_chip_hours;
  return internal::finish(charter);
}

}  // namespace daymark::order
