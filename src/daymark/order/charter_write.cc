#include "daymark/cbor/writer.h"
#include "daymark/order/charter.h"
#include "daymark/order/fields_internal.h"

namespace daymark::order {

namespace {

using cbor::Writer;
using internal::put_span;

void put_party(Writer& out, const Party& party) {
  out.open_array(6);
  out.put_text(party.name);
  out.put_unsigned(static_cast<std::uint64_t>(party.role));
  out.put_bytes(party.key.bytes);
  out.put_bytes(party.spare.bytes);
  out.put_bytes(party.seal.bytes);
  out.put_unsigned(party.reads);
}

void put_quorums(Writer& out, const Charter& charter) {
  std::size_t count = 0;
  for (const std::string_view quorum : charter.quorums)
    count += quorum.empty() ? 0U : 1U;
  out.open_array(count);
  for (std::size_t kind = 1; kind <= order_kind_count; ++kind) {
    if (charter.quorums[kind].empty()) continue;
    out.open_array(2);
    out.put_unsigned(kind);
    out.put_text(charter.quorums[kind]);
  }
}

void put_beacon(Writer& out, const BeaconEntry& beacon) {
  out.open_array(5);
  out.put_text(beacon.name);
  out.put_text(beacon.operator_name);
  out.put_bytes(beacon.key.bytes);
  internal::put_place(out, beacon.place);
}

void put_bounds(Writer& out, const Bounds& b) {
  out.open_array(10);
  for (const Millis span : {b.notice, b.grace, b.suspension_longest, b.suspension_budget, b.appeal,
                            b.licence_longest, b.renewal, b.time_age, b.fence_age}) {
    put_span(out, span);
  }
  out.put_unsigned(b.tick_drift_ppm);
}

void put_silence(Writer& out, const Silence& silence) {
  out.open_array(3);
  out.put_unsigned(static_cast<std::uint64_t>(silence.action));
  put_span(out, silence.lapsed_longest);
  internal::put_time(out, silence.sunset);
}

}  // namespace

Result<ByteView> write_charter(const Charter& charter, MutableBytes out) {
  Writer writer(out);
  writer.open_array(internal::charter_items);
  writer.put_unsigned(1);
  writer.put_bytes(charter.fleet.view());
  writer.put_text(charter.name);
  writer.put_unsigned(charter.revision);
  writer.open_array(charter.party_count);
  for (const Party& party : charter.party_list())
    put_party(writer, party);
  put_quorums(writer, charter);
  writer.put_text(charter.log_policy);
  writer.put_text(charter.mirror_policy);
  writer.open_array(charter.beacon_count);
  for (const BeaconEntry& beacon : charter.beacon_list())
    put_beacon(writer, beacon);
  writer.put_unsigned(charter.faults);
  put_bounds(writer, charter.bounds);
  put_silence(writer, charter.silence);
  writer.put_unsigned(charter.emergency_chip_hours);
  return writer.finish();
}

}  // namespace daymark::order
