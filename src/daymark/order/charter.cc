#include "daymark/order/charter.h"

#include "daymark/cbor/reader.h"
#include "daymark/crypto/errors.h"
#include "daymark/crypto/low_order.h"
#include "daymark/order/errors.h"
#include "daymark/order/fields_internal.h"

namespace daymark::order {

namespace {

using cbor::Reader;
using internal::read_key;
using internal::read_span;
using internal::read_unsigned_32;

constexpr std::size_t charter_name_max = 64;
constexpr std::uint32_t ppm_max = 100'000;
/// An upper bound of emergency permits that is still a bound: 100 years of one chip.
constexpr std::uint32_t chip_hours_max = 876'600;

Result<Role> read_role(Reader& in) {
  const std::uint32_t start = in.offset();
  constexpr auto most = static_cast<std::uint64_t>(Role::auditor);
  DAYMARK_TRY(const std::uint64_t number, in.read_unsigned_up_to(most, field::role));
  if (number == 0) return fail(errc::charter_malformed, field::role, start);
  return static_cast<Role>(number);
}

Result<std::string_view> read_name(Reader& in) {
  const std::uint32_t start = in.offset();
  DAYMARK_TRY(const std::string_view name, in.read_text(charter_size_max, field::name));
  if (!internal::is_party_name(name)) return fail(errc::charter_malformed, field::name, start);
  return name;
}

Result<KindSet> read_reads(Reader& in, Role role) {
  const std::uint32_t start = in.offset();
  DAYMARK_TRY(const std::uint64_t reads, in.read_unsigned_up_to(all_kinds, field::reads));
  const auto set = static_cast<KindSet>(reads);
  // PROTOCOL §8: content is sealed to the owner always.
  const bool wrong = (set & ~all_kinds) != 0 || (role == Role::owner && set != all_kinds);
  return wrong ? fail(errc::charter_malformed, field::reads, start) : Result<KindSet>(set);
}

/// A key that signs. PROTOCOL §1.3: not one of low order.
Result<crypto::PublicKey> read_signing_key(Reader& in, FieldId name) {
  const std::uint32_t start = in.offset();
  DAYMARK_TRY(const crypto::PublicKey key, read_key(in, name));
  return crypto::is_low_order(key) ? fail(errc::key_invalid, name, start)
                                   : Result<crypto::PublicKey>(key);
}

/// party = [name, role, key, spare, seal, reads]
Result<Party> read_party(Reader& in) {
  Party out;
  DAYMARK_CHECK(in.enter_array_of(6, field::parties));
  DAYMARK_TRY(out.name, read_name(in));
  DAYMARK_TRY(out.role, read_role(in));
  DAYMARK_TRY(out.key, read_signing_key(in, field::parties));
  DAYMARK_TRY(out.spare, read_signing_key(in, field::parties));
  DAYMARK_TRY(out.seal.bytes, in.read_array_of_bytes<32>(field::parties));
  DAYMARK_TRY(out.reads, read_reads(in, out.role));
  return out;
}

bool holds_key(const Party& party, const crypto::PublicKey& key) {
  const KeyId id = crypto::key_id(key);
  return crypto::key_id(party.key) == id || crypto::key_id(party.spare) == id;
}

/// That two parties share neither a name nor a key id: else a signature wouldn't name one party.
Result<void> check_apart(const Party& a, const Party& b, std::uint32_t offset) {
  if (a.name == b.name) return fail(errc::charter_malformed, field::name, offset);
  const bool shared = holds_key(a, b.key) || holds_key(a, b.spare);
  return shared ? fail(errc::charter_key_twice, field::parties, offset) : ok();
}

Result<void> read_parties(Reader& in, Charter& out) {
  DAYMARK_TRY(const std::size_t count, in.enter_array(parties_max, field::parties));
  for (out.party_count = 0; out.party_count < count; ++out.party_count) {
    const std::uint32_t start = in.offset();
    DAYMARK_TRY(const Party party, read_party(in));
    for (const Party& earlier : out.party_list()) {
      DAYMARK_CHECK(check_apart(earlier, party, start));
    }
    out.parties[out.party_count] = party;
  }
  std::size_t owners = 0;
  for (const Party& party : out.party_list())
    owners += party.role == Role::owner ? 1 : 0;
  return owners == 1 ? ok() : fail(errc::charter_no_owner, field::parties, in.offset());
}

/// quorums = [[kind, policy]…], ascending by kind, each kind at most once.
Result<void> read_quorums(Reader& in, Charter& out) {
  DAYMARK_TRY(const std::size_t count, in.enter_array(order_kind_count, field::quorums));
  std::uint64_t last = 0;
  for (std::size_t i = 0; i < count; ++i) {
    const std::uint32_t start = in.offset();
    DAYMARK_CHECK(in.enter_array_of(2, field::quorums));
    DAYMARK_TRY(const std::uint64_t kind, in.read_unsigned_up_to(order_kind_count, field::kind));
    if (kind <= last) return fail(errc::charter_malformed, field::kind, start);
    last = kind;
    DAYMARK_TRY(out.quorums[kind], in.read_text(charter_size_max, field::quorums));
    if (out.quorums[kind].empty()) return fail(errc::charter_malformed, field::quorums, start);
  }
  return ok();
}

/// beacon = [name, operator, key, lat e7, lon e7]
Result<BeaconEntry> read_beacon(Reader& in) {
  BeaconEntry out;
  DAYMARK_CHECK(in.enter_array_of(5, field::beacons));
  DAYMARK_TRY(out.name, read_name(in));
  DAYMARK_TRY(out.operator_name, read_name(in));
  DAYMARK_TRY(out.key, read_signing_key(in, field::beacons));
  DAYMARK_TRY(out.place, internal::read_place(in, field::beacons));
  return out;
}

Result<void> read_beacons(Reader& in, Charter& out) {
  DAYMARK_TRY(const std::size_t count, in.enter_array(beacons_max, field::beacons));
  for (out.beacon_count = 0; out.beacon_count < count; ++out.beacon_count) {
    const std::uint32_t start = in.offset();
    DAYMARK_TRY(const BeaconEntry beacon, read_beacon(in));
    for (const BeaconEntry& earlier : out.beacon_list()) {
      // PROTOCOL §9.2: a beacon key serves one place.
      if (earlier.key == beacon.key) return fail(errc::charter_key_twice, field::beacons, start);
      if (earlier.name == beacon.name) return fail(errc::charter_malformed, field::name, start);
    }
    out.beacons[out.beacon_count] = beacon;
  }
  return ok();
}

/// That no bound is zero where zero would stop chips or hide a stop, and none contradicts another.
bool sane(const Bounds& b) {
  const bool positive = b.notice.value > 0 && b.grace.value > 0 && b.suspension_longest.value > 0 &&
                        b.appeal.value > 0 && b.licence_longest.value > 0 && b.renewal.value > 0 &&
                        b.time_age.value > 0 && b.fence_age.value > 0;
  return positive && b.suspension_longest <= b.suspension_budget &&
         b.suspension_budget <= days(365) && b.renewal <= b.licence_longest;
}

/// bounds = [N, G, longest suspension, S, appeal, V, R, time_age, fence_age, drift ppm]
Result<Bounds> read_bounds(Reader& in) {
  const std::uint32_t start = in.offset();
  Bounds out;
  DAYMARK_CHECK(in.enter_array_of(10, field::bounds));
  for (Millis* const span :
       {&out.notice, &out.grace, &out.suspension_longest, &out.suspension_budget, &out.appeal,
        &out.licence_longest, &out.renewal, &out.time_age, &out.fence_age}) {
    DAYMARK_TRY(*span, read_span(in, field::bounds));
  }
  DAYMARK_TRY(const std::uint64_t drift, in.read_unsigned_up_to(ppm_max, field::bounds));
  out.tick_drift_ppm = static_cast<std::uint32_t>(drift);
  if (!sane(out)) return fail(errc::charter_bounds, field::bounds, start);
  return out;
}

/// silence = [action, longest in lapsed, sunset]
Result<Silence> read_silence(Reader& in) {
  const std::uint32_t start = in.offset();
  Silence out;
  DAYMARK_CHECK(in.enter_array_of(3, field::silence));
  constexpr auto most = static_cast<std::uint64_t>(OnSilence::extended_grace);
  DAYMARK_TRY(const std::uint64_t action, in.read_unsigned_up_to(most, field::silence));
  out.action = static_cast<OnSilence>(action);
  DAYMARK_TRY(out.lapsed_longest, read_span(in, field::silence));
  DAYMARK_TRY(out.sunset, internal::read_time(in, field::silence));
  // PROTOCOL §4.2: silence is bounded; without a sunset it would not be.
  if (out.lapsed_longest.value == 0 || out.sunset.value == 0) {
    return fail(errc::charter_bounds, field::silence, start);
  }
  return out;
}

Result<void> read_front(Reader& in, Charter& out) {
  DAYMARK_CHECK(in.enter_array_of(internal::charter_items, field::charter));
  DAYMARK_CHECK(internal::read_version(in, errc::charter_malformed));
  DAYMARK_TRY(out.fleet.bytes, in.read_array_of_bytes<FleetId::size>(field::fleet));
  const std::uint32_t start = in.offset();
  DAYMARK_TRY(out.name, in.read_text(charter_name_max, field::name));
  if (!internal::is_plain_text(out.name)) return fail(errc::charter_malformed, field::name, start);
  DAYMARK_TRY(out.revision, read_unsigned_32(in, field::revision));
  return ok();
}

}  // namespace

Result<void> parse_charter_into(ByteView encoded, Charter& out) {
  if (encoded.size() > charter_size_max) return fail(errc::charter_size, field::charter);
  out.quorums.fill({});
  Reader in(encoded);
  DAYMARK_CHECK(read_front(in, out));
  DAYMARK_CHECK(read_parties(in, out));
  DAYMARK_CHECK(read_quorums(in, out));
  DAYMARK_TRY(out.log_policy, in.read_text(charter_size_max, field::log_policy));
  DAYMARK_TRY(out.mirror_policy, in.read_text(charter_size_max, field::mirror_policy));
  DAYMARK_CHECK(read_beacons(in, out));
  DAYMARK_TRY(const std::uint64_t faults, in.read_unsigned_up_to(beacons_max, field::beacons));
  out.faults = static_cast<std::uint32_t>(faults);
  DAYMARK_TRY(out.bounds, read_bounds(in));
  DAYMARK_TRY(out.silence, read_silence(in));
  DAYMARK_TRY(const std::uint64_t hours, in.read_unsigned_up_to(chip_hours_max, field::bounds));
  out.emergency_chip_hours = static_cast<std::uint32_t>(hours);
  DAYMARK_CHECK(in.expect_end());
  out.encoded = encoded;
  out.hash = crypto::sha256(encoded);
  return ok();
}

namespace {

/// The same part of the same bytes at another place.
struct Move {
  ByteView from;
  ByteView to;

  void operator()(std::string_view& part) const {
    if (part.empty()) return;
    const auto at = static_cast<std::size_t>(bytes_of(part).data() - from.data());
    part = text_of(to.subspan(at, part.size()));
  }
};

}  // namespace

void rebase(Charter& charter, ByteView encoded) {
  const Move move{charter.encoded, encoded};
  move(charter.name);
  for (Party& party : std::span(charter.parties).first(charter.party_count))
    move(party.name);
  for (std::string_view& quorum : charter.quorums)
    move(quorum);
  move(charter.log_policy);
  move(charter.mirror_policy);
  for (BeaconEntry& beacon : std::span(charter.beacons).first(charter.beacon_count)) {
    move(beacon.name);
    move(beacon.operator_name);
  }
  charter.encoded = encoded;
}

Result<Charter> parse_charter(ByteView encoded) {
  Charter out;
  DAYMARK_CHECK(parse_charter_into(encoded, out));
  return out;
}

}  // namespace daymark::order
