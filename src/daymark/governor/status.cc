#include "daymark/governor/status.h"

#include "daymark/governor/fields_internal.h"
#include "daymark/governor/message.h"

namespace daymark::governor {

namespace {

using cbor::Reader;
using cbor::Writer;

constexpr std::size_t status_items = 23;

void put_licence(const HeldLicence& licence, Writer& out) {
  out.open_array(8);
  out.put_unsigned(licence.id);
  internal::put_time(licence.not_before, out);
  internal::put_time(licence.not_after, out);
  out.put_unsigned(licence.allowance.value);
  out.put_unsigned(licence.used.value);
  out.put_unsigned(licence.cluster_max);
  out.put_bool(licence.fenced);
  out.put_bytes(licence.program_root);
}

Result<HeldLicence> read_licence(Reader& in) {
  HeldLicence out;
  DAYMARK_CHECK(in.enter_array_of(8, field::licence));
  DAYMARK_TRY(out.id, in.read_unsigned(field::licence));
  DAYMARK_TRY(out.not_before, internal::read_time(in, field::licence));
  DAYMARK_TRY(out.not_after, internal::read_time(in, field::licence));
  DAYMARK_TRY(out.allowance.value, in.read_unsigned(field::licence));
  DAYMARK_TRY(out.used.value, in.read_unsigned(field::licence));
  DAYMARK_TRY(out.cluster_max, internal::read_number<std::uint32_t>(in, 0xFFFFFFFF));
  DAYMARK_TRY(out.fenced, in.read_bool(field::licence));
  DAYMARK_TRY(out.program_root, internal::read_digest(in, field::licence));
  return out;
}

void put_announced(const Announced& announced, Writer& out) {
  out.open_array(5);
  internal::put_enum(announced.kind, out);
  internal::put_enum(announced.stream, out);
  out.put_bytes(announced.order);
  internal::put_time(announced.binds_at, out);
  internal::put_time(announced.until, out);
}

Result<Announced> read_announced(Reader& in) {
  Announced out;
  DAYMARK_CHECK(in.enter_array_of(5));
  DAYMARK_TRY(out.kind, internal::read_kind(in));
  DAYMARK_TRY(out.stream, internal::read_number<order::Stream>(
                              in, static_cast<std::uint64_t>(order::Stream::chip)));
  DAYMARK_TRY(out.order, internal::read_digest(in));
  DAYMARK_TRY(out.binds_at, internal::read_time(in));
  DAYMARK_TRY(out.until, internal::read_time(in));
  return out;
}

void put_refusal(const Refusal& refusal, Writer& out) {
  out.open_array(3);
  internal::put_enum(refusal.code, out);
  out.put_unsigned(refusal.op);
  internal::put_time(refusal.when, out);
}

Result<Refusal> read_refusal(Reader& in) {
  Refusal out;
  DAYMARK_CHECK(in.enter_array_of(3));
  DAYMARK_TRY(out.code, internal::read_code(in));
  DAYMARK_TRY(out.op, internal::read_number<std::uint8_t>(in, 0xFF));
  DAYMARK_TRY(out.when, internal::read_time(in));
  return out;
}

void put_standing(const Status& status, Writer& out) {
  internal::put_enum(status.standing, out);
  internal::put_enum(status.reason, out);
  internal::put_enum(status.next, out);
  internal::put_time(status.next_at, out);
  internal::put_span(status.next_in, out);
  write_clock(status.clock, out);
}

Result<void> read_standing_part(Reader& in, Status& out) {
  DAYMARK_TRY(out.standing, internal::read_standing(in));
  DAYMARK_TRY(out.reason, internal::read_code(in));
  DAYMARK_TRY(out.next, internal::read_number<NextEvent>(
                            in, static_cast<std::uint64_t>(NextEvent::time_ages)));
  DAYMARK_TRY(out.next_at, internal::read_time(in));
  DAYMARK_TRY(out.next_in, internal::read_span(in));
  DAYMARK_TRY(out.clock, read_clock(in));
  return ok();
}

/// denial = [id, reason]; suspension = [order, until, budget left]
void put_limits(const Status& status, Writer& out) {
  out.open_array(2);
  out.put_unsigned(status.denied);
  out.put_text(status.denial_reason);
  out.open_array(3);
  out.put_bytes(status.suspending);
  internal::put_time(status.suspended_until, out);
  internal::put_span(status.suspension_budget_left, out);
  internal::put_span(status.grace_left, out);
  internal::put_enum(status.fence, out);
}

Result<void> read_limits(Reader& in, Status& out) {
  DAYMARK_CHECK(in.enter_array_of(2));
  DAYMARK_TRY(out.denied, in.read_unsigned());
  DAYMARK_TRY(out.denial_reason, in.read_text(order::reason_size_max));
  DAYMARK_CHECK(in.enter_array_of(3));
  DAYMARK_TRY(out.suspending, internal::read_digest(in));
  DAYMARK_TRY(out.suspended_until, internal::read_time(in));
  DAYMARK_TRY(out.suspension_budget_left, internal::read_span(in));
  DAYMARK_TRY(out.grace_left, internal::read_span(in));
  DAYMARK_TRY(out.fence, internal::read_number<FenceResult>(
                             in, static_cast<std::uint64_t>(FenceResult::stale)));
  return ok();
}

Result<void> read_lists(Reader& in, Status& out) {
  DAYMARK_TRY(const std::size_t announced, in.enter_array(pending_max));
  for (; out.pending_count < announced; ++out.pending_count) {
    DAYMARK_TRY(out.pending[out.pending_count], read_announced(in));
  }
  DAYMARK_TRY(const std::size_t refusals, in.enter_array(refusals_max));
  for (; out.refusal_count < refusals; ++out.refusal_count) {
    DAYMARK_TRY(out.refusals[out.refusal_count], read_refusal(in));
  }
  return ok();
}

}  // namespace

void write_status(const Status& status, Writer& writer) {
  writer.open_array(status_items);
  put_standing(status, writer);
  writer.put_bytes(status.fleet.bytes);
  writer.put_bytes(status.charter);
  internal::put_head(status.fleet_head, writer);
  internal::put_head(status.own_head, writer);
  put_licence(status.current, writer);
  put_licence(status.queued, writer);
  put_limits(status, writer);
  writer.put_bytes(status.policy_root);
  writer.put_bytes(status.request);
  writer.put_bytes(status.job.bytes);
  writer.put_unsigned(status.counter);
  writer.put_unsigned(status.refusal_total);
  writer.open_array(status.pending_count);
  for (std::size_t i = 0; i < status.pending_count; ++i)
    put_announced(status.pending[i], writer);
  writer.open_array(status.refusal_count);
  for (std::size_t i = 0; i < status.refusal_count; ++i)
    put_refusal(status.refusals[i], writer);
}

Result<Status> read_status(Reader& reader) {
  Status out;
  DAYMARK_CHECK(reader.enter_array_of(status_items));
  DAYMARK_CHECK(read_standing_part(reader, out));
  DAYMARK_TRY(out.fleet, internal::read_id(reader, no_field, FleetId{}));
  DAYMARK_TRY(out.charter, internal::read_digest(reader));
  DAYMARK_TRY(out.fleet_head, internal::read_head(reader));
  DAYMARK_TRY(out.own_head, internal::read_head(reader));
  DAYMARK_TRY(out.current, read_licence(reader));
  DAYMARK_TRY(out.queued, read_licence(reader));
  DAYMARK_CHECK(read_limits(reader, out));
  DAYMARK_TRY(out.policy_root, internal::read_digest(reader));
  DAYMARK_TRY(out.request, internal::read_digest(reader));
  DAYMARK_TRY(out.job, internal::read_id(reader, no_field, JobId{}));
  DAYMARK_TRY(out.counter, reader.read_unsigned());
  DAYMARK_TRY(out.refusal_total, reader.read_unsigned());
  DAYMARK_CHECK(read_lists(reader, out));
  return out;
}

}  // namespace daymark::governor
