// Requests as the host writes them.
#include "daymark/governor/fields_internal.h"
#include "daymark/governor/message.h"

namespace daymark::governor {

namespace {

using cbor::Writer;

void open_request(Op op, std::size_t arguments, Writer& out) {
  out.open_array(2 + arguments);
  out.put_unsigned(message_version);
  internal::put_enum(op, out);
}

void put_order_message(const order::OrderMessage& message, Writer& out) {
  out.open_array(4);
  out.put_bytes(message.envelope);
  out.put_bytes(bytes_of(message.proof));
  out.put_bytes(message.salt);
  out.put_bytes(message.content);
}

}  // namespace

void write_plain(Op op, Writer& writer) {
  open_request(op, 0, writer);
}

void write_bytes_request(Op op, ByteView argument, Writer& writer) {
  open_request(op, 1, writer);
  writer.put_bytes(argument);
}

void write_attest(ByteView nonce, ByteView submodules, Writer& writer) {
  if (submodules.empty()) return write_bytes_request(Op::attest, nonce, writer);
  open_request(Op::attest, 1, writer);
  writer.open_array(2);
  writer.put_bytes(nonce);
  writer.put_raw(submodules);
}

void write_enrol(const EnrolRequest& request, Writer& writer) {
  open_request(Op::enrol, 2, writer);
  put_order_message(request.order, writer);
  writer.put_bytes(request.charter);
}

void write_apply(const order::OrderMessage& request, Writer& writer) {
  open_request(Op::apply, 1, writer);
  put_order_message(request, writer);
}

void write_appeal(const order::AppealMessage& request, Writer& writer) {
  open_request(Op::appeal, 2, writer);
  writer.put_bytes(request.envelope);
  writer.put_bytes(bytes_of(request.proof));
}

void write_leaf_request(const LeafRequest& request, Writer& writer) {
  open_request(Op::accept_leaf, 4, writer);
  put_order_message(request.batch, writer);
  writer.put_bytes(request.leaf);
  writer.put_unsigned(request.index.value);
  writer.put_bytes(request.path);
}

void write_permit_request(const PermitRequest& request, Writer& writer) {
  open_request(Op::permit, 8, writer);
  writer.put_bytes(request.job.bytes);
  writer.put_text(request.program_name);
  writer.put_bytes(request.program);
  writer.open_array(request.proof_count);
  for (std::size_t i = 0; i < request.proof_count; ++i) {
    writer.open_array(3);
    writer.put_unsigned(request.proofs[i].index.value);
    writer.put_unsigned(request.proofs[i].size.value);
    writer.put_bytes(request.proofs[i].path);
  }
  writer.put_unsigned(request.world_size);
  writer.put_unsigned(request.job_class);
  writer.put_unsigned(request.work.value);
  internal::put_span(request.duration, writer);
}

void write_usage_request(const UsageRequest& request, Writer& writer) {
  open_request(Op::record_usage, 5, writer);
  internal::put_time(request.start, writer);
  internal::put_time(request.end, writer);
  internal::put_sums(request.use, writer);
  internal::put_enum(request.level, writer);
  writer.put_bytes(request.job.bytes);
}

void write_range_open(std::uint8_t beacon, Writer& writer) {
  open_request(Op::range_open, 1, writer);
  writer.put_unsigned(beacon);
}

void write_challenge(const ChallengeRequest& request, Writer& writer) {
  open_request(Op::range_answer, 3, writer);
  writer.put_unsigned(request.beacon);
  writer.put_unsigned(request.number);
  writer.put_bytes(request.challenge);
}

void write_beacon_message(Op op, const BeaconRequest& request, Writer& writer) {
  open_request(op, 2, writer);
  writer.put_unsigned(request.beacon);
  writer.put_bytes(request.message);
}

}  // namespace daymark::governor
