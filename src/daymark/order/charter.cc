#include "daymark/order/charter.h"

#include "daymark/cbor/layout.h"
#include "daymark/crypto/errors.h"
#include "daymark/crypto/low_order.h"
#include "daymark/order/errors.h"
#include "daymark/order/fields_internal.h"

namespace daymark::order {

namespace {

using cbor::as;
using cbor::Form;
using cbor::read_layout;
using cbor::Reader;
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

Result<void> read_name(Reader& in, std::string_view& out) {
  const std::uint32_t start = in.offset();
  DAYMARK_TRY(out, in.read_text(charter_size_max, field::name));
  return internal::is_party_name(out) ? ok() : fail(errc::charter_malformed, field::name, start);
}

Result<KindSet> read_reads(Reader& in, Role role) {
  const std::uint32_t start = in.offset();
  DAYMARK_TRY(const std::uint64_t reads, in.read_unsigned_up_to(all_kinds, field::reads));
  const auto set = static_cast<KindSet>(reads);
  // PROTOCOL §8: content is sealed to the owner always.
  const bool wrong = (set & ~all_kinds) != 0 || (role == Role::owner && set != all_kinds);
  return wrong ? fail(errc::charter_malformed, field::reads, start) : Result<KindSet>(set);
}

constexpr auto seal_layout = cbor::layout<Party>(DAYMARK_MEMBER(Party, seal, field::parties));

/// A key that signs. PROTOCOL §1.3: not one of low order.
Result<void> read_signing_key(Reader& in, FieldId name, crypto::PublicKey& out) {
  const std::uint32_t start = in.offset();
  DAYMARK_CHECK(internal::read_key_into(in, name, out));
  return crypto::is_low_order(out) ? fail(errc::key_invalid, name, start) : ok();
}

/// party = [name, role, key, spare, seal, reads]
Result<void> read_party(Reader& in, Party& out) {
  DAYMARK_CHECK(in.enter_array_of(6, field::parties));
  DAYMARK_CHECK(read_name(in, out.name));
  DAYMARK_TRY(out.role, read_role(in));
  DAYMARK_CHECK(read_signing_key(in, field::parties, out.key));
  DAYMARK_CHECK(read_signing_key(in, field::parties, out.spare));
  DAYMARK_CHECK(read_layout(in, seal_layout, out));
  DAYMARK_TRY(out.reads, read_reads(in, out.role));
  return ok();
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
    Party& party = out.parties[out.party_count];
    DAYMARK_CHECK(read_party(in, party));
    for (const Party& earlier : out.party_list()) {
      DAYMARK_CHECK(check_apart(earlier, party, start));
    }
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
Result<void> read_beacon(Reader& in, BeaconEntry& out) {
  DAYMARK_CHECK(in.enter_array_of(5, field::beacons));
  DAYMARK_CHECK(read_name(in, out.name));
  DAYMARK_CHECK(read_name(in, out.operator_name));
  DAYMARK_CHECK(read_signing_key(in, field::beacons, out.key));
  DAYMARK_TRY(out.place, internal::read_place(in, field::beacons));
  return ok();
}

Result<void> read_beacons(Reader& in, Charter& out) {
  DAYMARK_TRY(const std::size_t count, in.enter_array(beacons_max, field::beacons));
  for (out.beacon_count = 0; out.beacon_count < count; ++out.beacon_count) {
    const std::uint32_t start = in.offset();
    BeaconEntry& beacon = out.beacons[out.beacon_count];
    DAYMARK_CHECK(read_beacon(in, beacon));
    for (const BeaconEntry& earlier : out.beacon_list()) {
      // PROTOCOL §9.2: a beacon key serves one place.
      if (earlier.key == beacon.key) return fail(errc::charter_key_twice, field::beacons, start);
      if (earlier.name == beacon.name) return fail(errc::charter_malformed, field::name, start);
    }
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
constexpr auto bounds_layout = cbor::layout<Bounds>(
    cbor::items(10, field::bounds),
    as(Form::span_seconds, DAYMARK_MEMBER(Bounds, notice, field::bounds)),
    as(Form::span_seconds, DAYMARK_MEMBER(Bounds, grace, field::bounds)),
    as(Form::span_seconds, DAYMARK_MEMBER(Bounds, suspension_longest, field::bounds)),
    as(Form::span_seconds, DAYMARK_MEMBER(Bounds, suspension_budget, field::bounds)),
    as(Form::span_seconds, DAYMARK_MEMBER(Bounds, appeal, field::bounds)),
    as(Form::span_seconds, DAYMARK_MEMBER(Bounds, licence_longest, field::bounds)),
    as(Form::span_seconds, DAYMARK_MEMBER(Bounds, renewal, field::bounds)),
    as(Form::span_seconds, DAYMARK_MEMBER(Bounds, time_age, field::bounds)),
    as(Form::span_seconds, DAYMARK_MEMBER(Bounds, fence_age, field::bounds)));

Result<void> read_bounds(Reader& in, Bounds& out) {
  const std::uint32_t start = in.offset();
  DAYMARK_CHECK(read_layout(in, bounds_layout, out));
  DAYMARK_TRY(const std::uint64_t drift, in.read_unsigned_up_to(ppm_max, field::bounds));
  out.tick_drift_ppm = static_cast<std::uint32_t>(drift);
  return sane(out) ? ok() : fail(errc::charter_bounds, field::bounds, start);
}

/// silence = [action, longest in lapsed, sunset]
constexpr auto silence_layout = cbor::layout<Silence>(
    cbor::items(3, field::silence),
    DAYMARK_MEMBER(Silence, action, field::silence,
                   static_cast<std::size_t>(OnSilence::extended_grace)),
    as(Form::span_seconds, DAYMARK_MEMBER(Silence, lapsed_longest, field::silence)),
    as(Form::unix_seconds, DAYMARK_MEMBER(Silence, sunset, field::silence)));

Result<void> read_silence(Reader& in, Silence& out) {
  const std::uint32_t start = in.offset();
  DAYMARK_CHECK(read_layout(in, silence_layout, out));
  // PROTOCOL §4.2: silence is bounded; without a sunset it would not be.
  const bool bounded = out.lapsed_longest.value != 0 && out.sunset.value != 0;
  return bounded ? ok() : fail(errc::charter_bounds, field::silence, start);
}

constexpr auto policies_layout = cbor::layout<Charter>(
    DAYMARK_MEMBER(Charter, log_policy, field::log_policy, charter_size_max),
    DAYMARK_MEMBER(Charter, mirror_policy, field::mirror_policy, charter_size_max));

constexpr auto fleet_layout = cbor::layout<Charter>(DAYMARK_MEMBER(Charter, fleet, field::fleet));

Result<void> read_front(Reader& in, Charter& out) {
  DAYMARK_CHECK(in.enter_array_of(internal::charter_items, field::charter));
  DAYMARK_CHECK(internal::read_version(in, errc::charter_malformed));
  DAYMARK_CHECK(read_layout(in, fleet_layout, out));
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
  DAYMARK_CHECK(read_layout(in, policies_layout, out));
  DAYMARK_CHECK(read_beacons(in, out));
  DAYMARK_TRY(const std::uint64_t faults, in.read_unsigned_up_to(beacons_max, field::beacons));
  out.faults = static_cast<std::uint32_t>(faults);
  DAYMARK_CHECK(read_bounds(in, out.bounds));
  DAYMARK_CHECK(read_silence(in, out.silence));
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
