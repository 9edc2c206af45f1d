#include "daymark/governor/status.h"

#include "daymark/governor/fields_internal.h"
#include "daymark/governor/layouts_internal.h"
#include "daymark/governor/message.h"

namespace daymark::governor {

namespace {

using cbor::put_layout;
using cbor::read_layout;
using cbor::Reader;
using cbor::Writer;

constexpr std::size_t status_items = 23;
constexpr std::size_t announced_items = 5;

constexpr auto licence_layout = cbor::layout<HeldLicence>(
    cbor::items(8, field::licence), DAYMARK_MEMBER(HeldLicence, id, field::licence),
    DAYMARK_MEMBER(HeldLicence, not_before, field::licence),
    DAYMARK_MEMBER(HeldLicence, not_after, field::licence),
    DAYMARK_MEMBER(HeldLicence, allowance.value, field::licence),
    DAYMARK_MEMBER(HeldLicence, used.value, field::licence),
    DAYMARK_MEMBER(HeldLicence, cluster_max), DAYMARK_MEMBER(HeldLicence, fenced, field::licence),
    DAYMARK_MEMBER(HeldLicence, program_root, field::licence));

/// From the standing to the position in the chip's own stream.
constexpr auto front_layout = cbor::layout<Status>(
    DAYMARK_MEMBER(Status, standing, field::standing, standing_max), DAYMARK_MEMBER(Status, reason),
    DAYMARK_MEMBER(Status, next, no_field, internal::up_to(NextEvent::time_ages)),
    DAYMARK_MEMBER(Status, next_at), DAYMARK_MEMBER(Status, next_in), cbor::items(3, field::clock),
    DAYMARK_MEMBER(Status, clock.fresh, field::clock),
    DAYMARK_MEMBER(Status, clock.earliest, field::clock),
    DAYMARK_MEMBER(Status, clock.latest, field::clock), DAYMARK_MEMBER(Status, fleet),
    DAYMARK_MEMBER(Status, charter), cbor::items(2), DAYMARK_MEMBER(Status, fleet_head.seq),
    DAYMARK_MEMBER(Status, fleet_head.hash), cbor::items(2), DAYMARK_MEMBER(Status, own_head.seq),
    DAYMARK_MEMBER(Status, own_head.hash));

/// denial = [id, reason]; suspension = [order, until, budget left]; and to the count of refusals
constexpr auto limits_layout = cbor::layout<Status>(
    cbor::items(2), DAYMARK_MEMBER(Status, denied),
    DAYMARK_MEMBER(Status, denial_reason, no_field, order::reason_size_max), cbor::items(3),
    DAYMARK_MEMBER(Status, suspending), DAYMARK_MEMBER(Status, suspended_until),
    DAYMARK_MEMBER(Status, suspension_budget_left), DAYMARK_MEMBER(Status, grace_left),
    DAYMARK_MEMBER(Status, fence, no_field, internal::up_to(FenceResult::stale)),
    DAYMARK_MEMBER(Status, policy_root), DAYMARK_MEMBER(Status, request),
    DAYMARK_MEMBER(Status, job), DAYMARK_MEMBER(Status, counter),
    DAYMARK_MEMBER(Status, refusal_total));

Result<void> read_lists(Reader& in, Status& out) {
  DAYMARK_TRY(const std::size_t announced, in.enter_array(pending_max));
  for (; out.pending_count < announced; ++out.pending_count) {
    DAYMARK_CHECK(in.enter_array_of(announced_items));
    DAYMARK_CHECK(internal::read_announced(in, out.pending[out.pending_count]));
  }
  DAYMARK_TRY(const std::size_t refusals, in.enter_array(refusals_max));
  for (; out.refusal_count < refusals; ++out.refusal_count) {
    Refusal& refusal = out.refusals[out.refusal_count];
    DAYMARK_CHECK(read_layout(in, internal::refusal_layout, refusal));
  }
  return ok();
}

}  // namespace

void write_status(const Status& status, Writer& writer) {
  writer.open_array(status_items);
  put_layout(writer, front_layout, status);
  put_layout(writer, licence_layout, status.current);
  put_layout(writer, licence_layout, status.queued);
  put_layout(writer, limits_layout, status);
  writer.open_array(status.pending_count);
  for (const Announced& announced : std::span(status.pending).first(status.pending_count)) {
    writer.open_array(announced_items);
    put_layout(writer, internal::announced_layout, announced);
  }
  writer.open_array(status.refusal_count);
  for (const Refusal& refusal : std::span(status.refusals).first(status.refusal_count))
    put_layout(writer, internal::refusal_layout, refusal);
}

Result<Status> read_status(Reader& reader) {
  Status out;
  DAYMARK_CHECK(reader.enter_array_of(status_items));
  DAYMARK_CHECK(read_layout(reader, front_layout, out));
  DAYMARK_CHECK(read_layout(reader, licence_layout, out.current));
  DAYMARK_CHECK(read_layout(reader, licence_layout, out.queued));
  DAYMARK_CHECK(read_layout(reader, limits_layout, out));
  DAYMARK_CHECK(read_lists(reader, out));
  return out;
}

}  // namespace daymark::governor
