// The EAT of a governor: a CWT claims set. Keys ascend as RFC 8949 §4.2.1 demands.
#include "daymark/governor/documents.h"
#include "daymark/governor/fields_internal.h"
#include "daymark/governor/message.h"

namespace daymark::governor {

namespace {

using cbor::Reader;
using cbor::Writer;

// IANA CWT claims (RFC 9711 §4), then private ones (RFC 8392 §9.1: below -65536).
constexpr std::int64_t claim_nonce = 10;
constexpr std::int64_t claim_ueid = 256;
constexpr std::int64_t claim_profile = 265;
constexpr std::int64_t claim_submodules = 266;
constexpr std::int64_t claim_first_private = -70001;
constexpr std::size_t private_claims = 13;
constexpr std::size_t claim_count = 3 + private_claims;
/// Submodules, emergency time.
constexpr std::size_t optional_claims = 2;
/// IANA COSE Algorithms: SHA-256.
constexpr std::int64_t hash_sha256 = -16;

/// UEID of type RAND (RFC 9711 §4.2.1.1): here the chip's public key.
constexpr Byte ueid_random = 0x01;
constexpr std::size_t ueid_size = 33;

/// Private claims in their order: -70001, -70002, …
class PrivateClaims {
 public:
  void put_next(Writer& out) { out.put_integer(claim_first_private - given_++); }

  [[nodiscard]] Result<void> expect_next(Reader& in) {
    DAYMARK_TRY(const std::int64_t key, in.read_integer());
    return key == claim_first_private - given_++ ? ok() : fail(errc::gov_document);
  }

 private:
  std::int64_t given_ = 0;
};

void put_standard(const Attestation& in, Writer& out) {
  out.put_integer(claim_nonce);
  out.put_bytes(in.nonce);
  ByteArray<ueid_size> ueid{ueid_random};
  copy_bytes(in.chip.bytes, MutableBytes(ueid).subspan(1));
  out.put_integer(claim_ueid);
  out.put_bytes(ueid);
  out.put_integer(claim_profile);
  out.put_text(eat_profile);
}

Result<void> expect_key(Reader& in, std::int64_t wanted) {
  DAYMARK_TRY(const std::int64_t key, in.read_integer());
  return key == wanted ? ok() : fail(errc::gov_document);
}

Result<void> read_standard(Reader& in, Attestation& out) {
  DAYMARK_CHECK(expect_key(in, claim_nonce));
  DAYMARK_TRY(out.nonce, in.read_bytes(8, 64, field::nonce));
  DAYMARK_CHECK(expect_key(in, claim_ueid));
  DAYMARK_TRY(const auto ueid, in.read_array_of_bytes<ueid_size>(field::chip));
  if (ueid[0] != ueid_random) return fail(errc::gov_document, field::chip);
  out.chip.bytes = array_of<32>(ByteView(ueid).subspan(1));
  DAYMARK_CHECK(expect_key(in, claim_profile));
  DAYMARK_TRY(const std::string_view profile, in.read_text(eat_profile.size()));
  return profile == eat_profile ? ok() : fail(errc::gov_document);
}

void put_submodules(const Attestation& in, Writer& out) {
  if (in.submodules.empty()) return;
  out.put_integer(claim_submodules);
  out.put_raw(in.submodules);
}

/// Whether the claim stands there.
Result<bool> read_optional_submodules(Reader& in, Attestation& out) {
  Reader ahead = in;
  DAYMARK_TRY(const std::int64_t key, ahead.read_integer());
  if (key != claim_submodules) return false;
  in = ahead;
  DAYMARK_TRY(out.submodules, read_submodules(in));
  return true;
}

/// -70001 [fleet, charter]; -70002 [fleet head, own head]; -70003 [licence id, chain];
/// -70004 [checkpoint size, root]; -70005 ledger
void put_history(const Attestation& in, PrivateClaims& keys, Writer& out) {
  keys.put_next(out);
  out.open_array(2);
  out.put_bytes(in.fleet.bytes);
  out.put_bytes(in.charter);
  keys.put_next(out);
  out.open_array(2);
  internal::put_head(in.fleet_head, out);
  internal::put_head(in.own_head, out);
  keys.put_next(out);
  out.open_array(2);
  out.put_unsigned(in.licence);
  out.put_bytes(in.licence_chain);
  keys.put_next(out);
  out.open_array(2);
  out.put_unsigned(in.checkpoint.size.value);
  out.put_bytes(in.checkpoint.root);
  keys.put_next(out);
  internal::put_ledger(in.ledger, out);
}

Result<void> read_history(Reader& in, PrivateClaims& keys, Attestation& out) {
  DAYMARK_CHECK(keys.expect_next(in));
  DAYMARK_CHECK(in.enter_array_of(2));
  DAYMARK_TRY(out.fleet, internal::read_id(in, field::fleet, FleetId{}));
  DAYMARK_TRY(out.charter, internal::read_digest(in, field::charter));
  DAYMARK_CHECK(keys.expect_next(in));
  DAYMARK_CHECK(in.enter_array_of(2));
  DAYMARK_TRY(out.fleet_head, internal::read_head(in));
  DAYMARK_TRY(out.own_head, internal::read_head(in));
  DAYMARK_CHECK(keys.expect_next(in));
  DAYMARK_CHECK(in.enter_array_of(2));
  DAYMARK_TRY(out.licence, in.read_unsigned(field::licence));
  DAYMARK_TRY(out.licence_chain, internal::read_digest(in, field::licence));
  DAYMARK_CHECK(keys.expect_next(in));
  DAYMARK_CHECK(in.enter_array_of(2));
  DAYMARK_TRY(out.checkpoint.size.value, in.read_unsigned());
  DAYMARK_TRY(out.checkpoint.root, internal::read_digest(in));
  DAYMARK_CHECK(keys.expect_next(in));
  DAYMARK_TRY(out.ledger, internal::read_ledger(in));
  return ok();
}

/// -70006 [standing, reason]; -70007 clock; -70008 firmware digest; -70009 [counter, refusals];
/// -70010 fence; -70011 level; -70012 boot
void put_present(const Attestation& in, PrivateClaims& keys, Writer& out) {
  keys.put_next(out);
  out.open_array(2);
  internal::put_enum(in.standing, out);
  internal::put_enum(in.reason, out);
  keys.put_next(out);
  write_clock(in.clock, out);
  keys.put_next(out);
  out.put_bytes(in.firmware);
  keys.put_next(out);
  out.open_array(2);
  out.put_unsigned(in.counter);
  out.put_unsigned(in.refusals);
  keys.put_next(out);
  internal::put_enum(in.fence, out);
  keys.put_next(out);
  internal::put_enum(in.level, out);
  keys.put_next(out);
  out.put_bytes(in.boot.bytes);
}

Result<void> read_present(Reader& in, PrivateClaims& keys, Attestation& out) {
  DAYMARK_CHECK(keys.expect_next(in));
  DAYMARK_CHECK(in.enter_array_of(2));
  DAYMARK_TRY(out.standing, internal::read_standing(in));
  DAYMARK_TRY(out.reason, internal::read_code(in));
  DAYMARK_CHECK(keys.expect_next(in));
  DAYMARK_TRY(out.clock, read_clock(in));
  DAYMARK_CHECK(keys.expect_next(in));
  DAYMARK_TRY(out.firmware, internal::read_digest(in));
  DAYMARK_CHECK(keys.expect_next(in));
  DAYMARK_CHECK(in.enter_array_of(2));
  DAYMARK_TRY(out.counter, in.read_unsigned(field::counter));
  DAYMARK_TRY(out.refusals, in.read_unsigned(field::counter));
  DAYMARK_CHECK(keys.expect_next(in));
  DAYMARK_TRY(out.fence, internal::read_number<FenceResult>(
                             in, static_cast<std::uint64_t>(FenceResult::stale)));
  DAYMARK_CHECK(keys.expect_next(in));
  DAYMARK_TRY(out.level, internal::read_level(in));
  DAYMARK_CHECK(keys.expect_next(in));
  DAYMARK_TRY(out.boot, internal::read_id(in, no_field, BootId{}));
  return ok();
}

/// -70013 [[beacon, time, radius, age]…]
void put_times(const Attestation& in, PrivateClaims& keys, Writer& out) {
  keys.put_next(out);
  out.open_array(in.time_count);
  for (std::size_t i = 0; i < in.time_count; ++i) {
    out.open_array(4);
    out.put_unsigned(in.times[i].beacon);
    internal::put_time(in.times[i].time, out);
    internal::put_span(in.times[i].radius, out);
    internal::put_span(in.times[i].age, out);
  }
}

Result<TimeWitness> read_time_witness(Reader& in) {
  TimeWitness out;
  DAYMARK_CHECK(in.enter_array_of(4, field::clock));
  DAYMARK_TRY(out.beacon, internal::read_number<std::uint8_t>(in, 0xFF, field::beacon));
  DAYMARK_TRY(out.time, internal::read_time(in, field::clock));
  DAYMARK_TRY(out.radius, internal::read_span(in, field::clock));
  DAYMARK_TRY(out.age, internal::read_span(in, field::clock));
  return out;
}

/// -70014 [granted since the last licence, total]; there where the owner ever granted any
void put_emergency(const Attestation& in, PrivateClaims& keys, Writer& out) {
  if (in.emergency_total.value == 0) return;
  keys.put_next(out);
  out.open_array(2);
  internal::put_span(in.emergency_granted, out);
  internal::put_span(in.emergency_total, out);
}

Result<void> read_emergency(Reader& in, PrivateClaims& keys, Attestation& out) {
  DAYMARK_CHECK(keys.expect_next(in));
  DAYMARK_CHECK(in.enter_array_of(2));
  DAYMARK_TRY(out.emergency_granted, internal::read_span(in));
  DAYMARK_TRY(out.emergency_total, internal::read_span(in));
  return out.emergency_total.value != 0 ? ok() : fail(errc::gov_document);
}

}  // namespace

Result<Submodule> read_submodule(Reader& reader) {
  Submodule out;
  DAYMARK_TRY(out.name, reader.read_text(submodule_name_max));
  DAYMARK_CHECK(reader.enter_array_of(2));
  DAYMARK_TRY(const std::int64_t algorithm, reader.read_integer());
  if (algorithm != hash_sha256) return fail(errc::gov_document);
  DAYMARK_TRY(out.digest, reader.read_bytes(sizeof(Digest), sizeof(Digest)));
  return out;
}

Result<ByteView> read_submodules(Reader& reader) {
  Reader names = reader;
  DAYMARK_TRY(const ByteView all, reader.read_item());
  DAYMARK_TRY(std::size_t left, names.enter_map(submodules_max));
  if (left == 0) return fail(errc::gov_document);
  for (; left > 0; --left)
    DAYMARK_CHECK(read_submodule(names));
  return all;
}

Result<ByteView> write_attestation(const Attestation& claims, MutableBytes out) {
  Writer writer(out);
  PrivateClaims keys;
  writer.open_map(claim_count + (claims.emergency_total.value == 0 ? 0 : 1) +
                  (claims.submodules.empty() ? 0 : 1));
  put_standard(claims, writer);
  put_submodules(claims, writer);
  put_history(claims, keys, writer);
  put_present(claims, keys, writer);
  put_times(claims, keys, writer);
  put_emergency(claims, keys, writer);
  return writer.finish();
}

Result<Attestation> parse_attestation(ByteView payload) {
  Attestation out;
  Reader in(payload);
  PrivateClaims keys;
  DAYMARK_TRY(std::size_t pairs, in.enter_map(claim_count + optional_claims));
  DAYMARK_CHECK(read_standard(in, out));
  DAYMARK_TRY(const bool submodules, read_optional_submodules(in, out));
  if (submodules) --pairs;
  DAYMARK_CHECK(read_history(in, keys, out));
  DAYMARK_CHECK(read_present(in, keys, out));
  DAYMARK_CHECK(keys.expect_next(in));
  DAYMARK_TRY(const std::size_t times, in.enter_array(time_witnesses_max, field::clock));
  for (; out.time_count < times; ++out.time_count) {
    DAYMARK_TRY(out.times[out.time_count], read_time_witness(in));
  }
  if (pairs == claim_count + 1) {
    DAYMARK_CHECK(read_emergency(in, keys, out));
    --pairs;
  }
  DAYMARK_CHECK(in.expect_end());
  return pairs == claim_count ? Result<Attestation>(out) : fail(errc::gov_document);
}

}  // namespace daymark::governor
