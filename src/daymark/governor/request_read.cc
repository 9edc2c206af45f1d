// Requests as the chip reads them.
#include "daymark/governor/fields_internal.h"
#include "daymark/governor/message.h"

namespace daymark::governor {

namespace {

using cbor::as;
using cbor::at_least;
using cbor::Form;
using cbor::read_layout;
using cbor::Reader;

/// Number of arguments of each op, in the order of their numbers.
constexpr std::array<std::uint8_t, op_max + 1> argument_counts{0, 0, 0, 0, 1, 0, 1, 2, 1, 0, 4,
                                                               8, 1, 1, 5, 1, 2, 3, 2, 2, 1};
constexpr std::size_t program_name_max = 48;
constexpr std::uint8_t job_class_max = 31;
constexpr std::size_t path_bytes_max = tlog::path_max * sizeof(Digest);

/// order message = [envelope, proof, salt, content]
constexpr auto order_layout = cbor::layout<order::OrderMessage>(
    cbor::items(4, field::operation),
    at_least(1,
             DAYMARK_MEMBER(order::OrderMessage, envelope, field::envelope, order::order_size_max)),
    as(Form::raw,
       DAYMARK_MEMBER(order::OrderMessage, proof, field::log_proof, tlog::proof_size_max)),
    DAYMARK_MEMBER(order::OrderMessage, salt, field::commitment),
    DAYMARK_MEMBER(order::OrderMessage, content, field::content, order::content_size_max));

constexpr auto charter_layout = cbor::layout<EnrolRequest>(
    at_least(1, DAYMARK_MEMBER(EnrolRequest, charter, field::charter, order::charter_size_max)));

constexpr auto appeal_layout = cbor::layout<order::AppealMessage>(
    at_least(
        1, DAYMARK_MEMBER(order::AppealMessage, envelope, field::envelope, order::appeal_size_max)),
    as(Form::raw,
       DAYMARK_MEMBER(order::AppealMessage, proof, field::log_proof, tlog::proof_size_max)));

constexpr auto leaf_layout = cbor::layout<LeafRequest>(
    at_least(1, DAYMARK_MEMBER(LeafRequest, leaf, field::licence, order::leaf_size_max)),
    DAYMARK_MEMBER(LeafRequest, index.value, field::licence),
    DAYMARK_MEMBER(LeafRequest, path, field::path, path_bytes_max));

/// program proof = [index, size, path]
constexpr auto proof_layout = cbor::layout<ProgramProof>(
    cbor::items(3, field::program), DAYMARK_MEMBER(ProgramProof, index.value, field::program),
    DAYMARK_MEMBER(ProgramProof, size.value, field::program),
    DAYMARK_MEMBER(ProgramProof, path, field::path, path_bytes_max));

constexpr auto job_layout = cbor::layout<JobId>(cbor::field_at<JobId>(0, field::job));

constexpr auto program_layout = cbor::layout<PermitRequest>(
    DAYMARK_MEMBER(PermitRequest, job, field::job),
    DAYMARK_MEMBER(PermitRequest, program_name, field::program, program_name_max),
    DAYMARK_MEMBER(PermitRequest, program, field::program));

constexpr auto work_layout =
    cbor::layout<PermitRequest>(DAYMARK_MEMBER(PermitRequest, world_size, field::world_size),
                                DAYMARK_MEMBER(PermitRequest, job_class, field::job, job_class_max),
                                DAYMARK_MEMBER(PermitRequest, work.value, field::usage),
                                DAYMARK_MEMBER(PermitRequest, duration, field::time));

constexpr auto usage_layout = cbor::layout<UsageRequest>(
    DAYMARK_MEMBER(UsageRequest, start, field::time),
    DAYMARK_MEMBER(UsageRequest, end, field::time), cbor::items(4, field::usage),
    DAYMARK_MEMBER(UsageRequest, use.ops_low.value, field::usage),
    DAYMARK_MEMBER(UsageRequest, use.ops_high.value, field::usage),
    DAYMARK_MEMBER(UsageRequest, use.joules.value, field::usage),
    DAYMARK_MEMBER(UsageRequest, use.chip_millis.value, field::usage),
    DAYMARK_MEMBER(UsageRequest, level, no_field, level_max),
    DAYMARK_MEMBER(UsageRequest, job, field::job));

constexpr auto challenge_layout =
    cbor::layout<ChallengeRequest>(DAYMARK_MEMBER(ChallengeRequest, beacon, field::beacon),
                                   DAYMARK_MEMBER(ChallengeRequest, number, field::beacon),
                                   DAYMARK_MEMBER(ChallengeRequest, challenge, field::beacon));

/// What is left of a request: the fields of `layout` and no more.
template <class Request, std::size_t Count>
Result<void> read_last(Reader& in, const cbor::Layout<Request, Count>& layout, Request& out) {
  DAYMARK_CHECK(read_layout(in, layout, out));
  return in.expect_end();
}

template <class Request, std::size_t Count>
Result<Request> read_all(Reader& in, const cbor::Layout<Request, Count>& layout) {
  Request out;
  DAYMARK_CHECK(read_last(in, layout, out));
  return out;
}

}  // namespace

Result<Op> read_op(Reader& reader) {
  constexpr std::size_t items_max = 10;
  DAYMARK_TRY(const std::size_t items, reader.enter_array(items_max, field::operation));
  if (items < 2) return fail(errc::gov_message, field::operation);
  DAYMARK_TRY(const std::uint64_t version, reader.read_unsigned(field::operation));
  if (version != message_version) return fail(errc::gov_message, field::operation);
  const std::uint32_t offset = reader.offset();
  DAYMARK_TRY(const std::uint64_t op, reader.read_unsigned(field::operation));
  if (op == 0 || op > op_max) return fail(errc::gov_operation, field::operation, offset);
  if (items != std::size_t{2} + argument_counts[op]) {
    return fail(errc::gov_message, field::operation, offset);
  }
  return static_cast<Op>(op);
}

Result<EnrolRequest> read_enrol(Reader& reader) {
  EnrolRequest out;
  DAYMARK_CHECK(read_layout(reader, order_layout, out.order));
  DAYMARK_CHECK(read_last(reader, charter_layout, out));
  return out;
}

Result<order::OrderMessage> read_apply(Reader& reader) {
  return read_all(reader, order_layout);
}

Result<order::AppealMessage> read_appeal(Reader& reader) {
  return read_all(reader, appeal_layout);
}

Result<LeafRequest> read_leaf_request(Reader& reader) {
  LeafRequest out;
  DAYMARK_CHECK(read_layout(reader, order_layout, out.batch));
  DAYMARK_CHECK(read_last(reader, leaf_layout, out));
  return out;
}

Result<PermitRequest> read_permit_request(Reader& reader) {
  PermitRequest out;
  DAYMARK_CHECK(read_layout(reader, program_layout, out));
  DAYMARK_TRY(const std::size_t proofs, reader.enter_array(program_proofs_max, field::program));
  for (; out.proof_count < proofs; ++out.proof_count)
    DAYMARK_CHECK(read_layout(reader, proof_layout, out.proofs[out.proof_count]));
  DAYMARK_CHECK(read_last(reader, work_layout, out));
  return out;
}

Result<UsageRequest> read_usage_request(Reader& reader) {
  return read_all(reader, usage_layout);
}

Result<ChallengeRequest> read_challenge(Reader& reader) {
  return read_all(reader, challenge_layout);
}

Result<BeaconRequest> read_beacon_message(Reader& reader, std::size_t most) {
  BeaconRequest out;
  DAYMARK_TRY(out.beacon, internal::read_number<std::uint8_t>(reader, 0xFF, field::beacon));
  DAYMARK_TRY(out.message, reader.read_bytes(1, most, field::beacon));
  DAYMARK_CHECK(reader.expect_end());
  return out;
}

Result<JobId> read_job(Reader& reader) {
  return read_all(reader, job_layout);
}

Result<std::span<const Digest>> unpack_path(PathBytes bytes, PathSpace& storage) {
  constexpr std::size_t step = sizeof(Digest);
  const std::size_t count = bytes.size() / step;
  if (bytes.size() % step != 0 || count > storage.size()) {
    return fail(errc::gov_message, field::path);
  }
  for (std::size_t i = 0; i < count; ++i)
    storage[i] = array_of<32>(bytes.subspan(i * step, step));
  return std::span<const Digest>(storage).first(count);
}

}  // namespace daymark::governor
