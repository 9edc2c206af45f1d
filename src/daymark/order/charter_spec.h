// Makes charters from key files and a few decisions; what is left out gets fair defaults. Host
// only.
//
//   CharterSpec spec;
//   spec.name = "Example fleet";
//   spec.parties = {{Role::owner, owner_keys, owner_spare}, …};
//   const auto encoded = charter_new(spec, random);   // then check_charter
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "daymark/base/failure.h"
#include "daymark/base/random.h"
#include "daymark/crypto/key_file.h"
#include "daymark/order/charter.h"

namespace daymark::order {

/// A party from its public key files. Its name is that of `key`; without a spare, losing the key
/// silences it.
struct PartySpec {
  Role role = Role::owner;
  crypto::PublicKeys key;
  std::optional<crypto::PublicKeys> spare;
  KindSet reads = all_kinds;
};

/// A log, witness or mirror by its verifier key (C2SP signed-note); `name` is used for witnesses
/// and mirrors only and says who runs it (check.h).
struct WitnessSpec {
  std::string name;
  std::string vkey;
  std::string url;
};

struct BeaconSpec {
  std::string name;
  std::string operator_name;
  crypto::PublicKey key;
  PlaceE7 place;
};

/// N 3 d, G 1 d, one suspension 14 d, S 30 d a year, appeal 7 d, V 7 d, R 4 d, time_age and
/// fence_age 2 d, 200 ppm: a set that the checker passes.
[[nodiscard]] Bounds default_bounds();

struct CharterSpec {
  std::string name;
  std::optional<FleetId> fleet;  ///< drawn where it is missing
  std::uint32_t revision = 1;
  std::vector<PartySpec> parties;
  std::vector<WitnessSpec> logs;  ///< main, standby
  std::vector<WitnessSpec> witnesses;
  std::vector<WitnessSpec> mirrors;
  std::vector<BeaconSpec> beacons;
  std::uint32_t faults = 0;
  /// Policy text per kind; default_quorum for kinds that are missing.
  std::map<OrderKind, std::string> quorums;
  Bounds bounds = default_bounds();
  Silence silence;
  std::uint32_t emergency_chip_hours = 0;
};

/// A quorum over the parties of `spec` by their roles:
/// license: the authority, or any regulator. enrol: owner and authority. resume, release: the owner
/// or any regulator. suspend: two of owner, maker and regulators. firmware: owner and maker.
/// policy, amend, transfer: the owner and one of the others.
[[nodiscard]] std::string default_quorum(OrderKind kind, const CharterSpec& spec);

/// The encoded charter. The log policy asks for a majority of the witnesses, the mirror policy for
/// one mirror. Failures name what of the spec is wrong: errc::charter_*, errc::policy_*.
[[nodiscard]] Outcome<std::vector<Byte>> charter_new(const CharterSpec& spec, Random& random);

}  // namespace daymark::order
