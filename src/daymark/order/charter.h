// The charter: who may do what to a fleet, and within which bounds (PROTOCOL §1). Core.
//
// A charter is one deterministic CBOR array of at most 4 KiB; its SHA-256 is pinned in the
// governor. docs/formats/charter.md shows an example and the grammar. A parsed Charter holds views
// into the bytes it came from, which must outlive it.
#pragma once

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>

#include "daymark/base/arena.h"
#include "daymark/base/bytes.h"
#include "daymark/base/ids.h"
#include "daymark/base/result.h"
#include "daymark/base/units.h"
#include "daymark/crypto/ports.h"
#include "daymark/order/kind.h"
#include "daymark/tlog/policy.h"

namespace daymark::order {

inline constexpr std::size_t charter_size_max = 4096;
inline constexpr std::size_t parties_max = 16;
inline constexpr std::size_t beacons_max = 8;

/// What a party is; the checker wants an owner and judges who is independent of whom by it.
enum class Role : std::uint8_t { owner = 1, maker = 2, regulator = 3, authority = 4, auditor = 5 };

/// Bit 1 << kind: the party may read contents of this kind.
using KindSet = std::uint32_t;
inline constexpr KindSet all_kinds = (1U << (order_kind_count + 1)) - 2U;

/// One party with its key, its spare key, and the key that content is sealed to.
struct Party {
  std::string_view name;
  Role role = Role::owner;
  crypto::PublicKey key;
  crypto::PublicKey spare;  ///< equal to `key` where the party has none
  crypto::ExchangePublicKey seal;
  KindSet reads = all_kinds;  ///< what is disclosed to it; everything to the owner
};

/// A place in units of 10^-7 degree on WGS-84 (about 1 cm).
struct PlaceE7 {
  std::int32_t latitude = 0;
  std::int32_t longitude = 0;
  friend constexpr bool operator==(const PlaceE7&, const PlaceE7&) = default;
};

/// A landmark: one key serves one place.
struct BeaconEntry {
  std::string_view name;
  std::string_view operator_name;
  crypto::PublicKey key;
  PlaceE7 place;
};

/// Bounds that no order may exceed. All spans in milliseconds, whole seconds on the wire.
struct Bounds {
  Millis notice;                     ///< N: from public to binding
  Millis grace;                      ///< G: powered time after a licence ended
  Millis suspension_longest;         ///< of one suspension
  Millis suspension_budget;          ///< S: in any 365 days
  Millis appeal;                     ///< a suspension not confirmed within it ends
  Millis licence_longest;            ///< V
  Millis renewal;                    ///< R
  Millis time_age;                   ///< oldest time proof that still counts
  Millis fence_age;                  ///< oldest receipt that still counts
  std::uint32_t tick_drift_ppm = 0;  ///< stated error of a chip's tick
};

enum class OnSilence : std::uint8_t { observe = 0, lapse = 1, extended_grace = 2 };

/// PROTOCOL §4.2.
struct Silence {
  OnSilence action = OnSilence::lapse;
  Millis lapsed_longest;  ///< after so long in `lapsed` the governor only observes
  UnixMillis sunset;      ///< the governor is released after it unless the charter was renewed
};

/// Room for one policy at a time, or for the path of a leaf.
using PolicySpace = Arena<std::max(sizeof(tlog::Policy), tlog::path_max * sizeof(Digest))>;

struct Charter {
  ByteView encoded;
  Digest hash{};
  FleetId fleet{};
  std::string_view name;
  std::uint32_t revision = 0;  ///< rises with every amendment
  std::uint32_t faults = 0;    ///< f: operators of beacons that may lie
  Bounds bounds;
  Silence silence;
  std::uint32_t emergency_chip_hours = 0;  ///< PROTOCOL §3.4; 0 = none
  std::string_view log_policy;     ///< C2SP tlog-policy: logs (main, standby), witnesses, quorum
  std::string_view mirror_policy;  ///< witness lines of mirrors and their quorum
  /// Policy text per kind over the names of the parties; empty where the kind is not allowed.
  std::array<std::string_view, order_kind_count + 1> quorums{};
  std::size_t party_count = 0;
  std::size_t beacon_count = 0;
  std::array<BeaconEntry, beacons_max> beacons{};
  std::array<Party, parties_max> parties{};

  [[nodiscard]] std::span<const Party> party_list() const {
    return std::span(parties).first(party_count);
  }

  [[nodiscard]] std::span<const BeaconEntry> beacon_list() const {
    return std::span(beacons).first(beacon_count);
  }

  /// The party that holds `key` as key or spare.
  [[nodiscard]] std::optional<std::size_t> party_of(const KeyId& key) const;
  [[nodiscard]] const Party* owner() const;
};

/// Form and bounds of one charter; fairness is judged by check.h, on the host. The policies are
/// read when they are used (quorum_of) or by check_policies.
/// Errors: errc::charter_*, errc::cbor_*, errc::key_invalid for a key of low order.
[[nodiscard]] Result<Charter> parse_charter(ByteView encoded);

/// The same into a place of the caller, whose stack stays small. On an error `out` is unspecified.
[[nodiscard]] Result<void> parse_charter_into(ByteView encoded, Charter& out);

/// Makes the views of `charter` point into `encoded`: the same bytes at another place.
void rebase(Charter& charter, ByteView encoded);

/// That every policy of the charter can be read, so that whoever pins it is not locked out by a
/// misspelt line. `scratch` is working memory. Errors: errc::policy_*, errc::note_vkey.
[[nodiscard]] Result<void> check_policies(const Charter& charter, PolicySpace& scratch);

/// The quorum policy of one kind over the charter's parties.
/// Errors: errc::order_kind_forbidden where the charter has none, errc::policy_*.
[[nodiscard]] Result<tlog::Policy> quorum_of(const Charter& charter, OrderKind kind);

/// Writes the same bytes that parse_charter reads. Errors: errc::buffer_too_small.
[[nodiscard]] Result<ByteView> write_charter(const Charter& charter, MutableBytes out);

}  // namespace daymark::order
