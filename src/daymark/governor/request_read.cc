// Requests as the chip reads them.
#include "daymark/governor/fields_internal.h"
#include "daymark/governor/message.h"

namespace daymark::governor {

namespace {

using cbor::Reader;

/// Number of arguments of each op, in the order of their numbers.
constexpr std::array<std::uint8_t, op_max + 1> argument_counts{0, 0, 0, 0, 1, 0, 1, 2, 1, 0, 4,
                                                               8, 1, 1, 5, 1, 2, 3, 2, 2, 1};
constexpr std::size_t program_name_max = 48;
constexpr std::uint8_t job_class_max = 31;
constexpr std::size_t path_bytes_max = tlog::path_max * sizeof(Digest);

/// order message = [envelope, proof, salt, content]
Result<order::OrderMessage> read_order_message(Reader& in) {
  order::OrderMessage out;
  DAYMARK_CHECK(in.enter_array_of(4, field::operation));
  DAYMARK_TRY(out.envelope, in.read_bytes(1, order::order_size_max, field::envelope));
  DAYMARK_TRY(const ByteView proof, in.read_bytes(0, tlog::proof_size_max, field::log_proof));
  out.proof = text_of(proof);
  DAYMARK_TRY(out.salt, internal::read_digest(in, field::commitment));
  DAYMARK_TRY(out.content, in.read_bytes(0, order::content_size_max, field::content));
  return out;
}

Result<PathBytes> read_path(Reader& in) {
  return in.read_bytes(0, path_bytes_max, field::path);
}

/// program proof = [index, size, path]
Result<ProgramProof> read_program_proof(Reader& in) {
  ProgramProof out;
  DAYMARK_CHECK(in.enter_array_of(3, field::program));
  DAYMARK_TRY(out.index.value, in.read_unsigned(field::program));
  DAYMARK_TRY(out.size.value, in.read_unsigned(field::program));
  DAYMARK_TRY(out.path, read_path(in));
  return out;
}

Result<void> read_program(Reader& in, PermitRequest& out) {
  DAYMARK_TRY(out.program_name, in.read_text(program_name_max, field::program));
  DAYMARK_TRY(out.program, internal::read_digest(in, field::program));
  DAYMARK_TRY(const std::size_t proofs, in.enter_array(program_proofs_max, field::program));
  for (; out.proof_count < proofs; ++out.proof_count) {
    DAYMARK_TRY(out.proofs[out.proof_count], read_program_proof(in));
  }
  return ok();
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
  DAYMARK_TRY(out.order, read_order_message(reader));
  DAYMARK_TRY(out.charter, reader.read_bytes(1, order::charter_size_max, field::charter));
  DAYMARK_CHECK(reader.expect_end());
  return out;
}

Result<order::OrderMessage> read_apply(Reader& reader) {
  DAYMARK_TRY(const order::OrderMessage out, read_order_message(reader));
  DAYMARK_CHECK(reader.expect_end());
  return out;
}

Result<order::AppealMessage> read_appeal(Reader& reader) {
  order::AppealMessage out;
  DAYMARK_TRY(out.envelope, reader.read_bytes(1, order::appeal_size_max, field::envelope));
  DAYMARK_TRY(const ByteView proof, reader.read_bytes(0, tlog::proof_size_max, field::log_proof));
  out.proof = text_of(proof);
  DAYMARK_CHECK(reader.expect_end());
  return out;
}

Result<LeafRequest> read_leaf_request(Reader& reader) {
  LeafRequest out;
  DAYMARK_TRY(out.batch, read_order_message(reader));
  DAYMARK_TRY(out.leaf, reader.read_bytes(1, order::leaf_size_max, field::licence));
  DAYMARK_TRY(out.index.value, reader.read_unsigned(field::licence));
  DAYMARK_TRY(out.path, read_path(reader));
  DAYMARK_CHECK(reader.expect_end());
  return out;
}

Result<PermitRequest> read_permit_request(Reader& reader) {
  PermitRequest out;
  DAYMARK_TRY(out.job, internal::read_id(reader, field::job, JobId{}));
  DAYMARK_CHECK(read_program(reader, out));
  DAYMARK_TRY(out.world_size,
              internal::read_number<std::uint32_t>(reader, 0xFFFFFFFF, field::world_size));
  DAYMARK_TRY(out.job_class,
              internal::read_number<std::uint8_t>(reader, job_class_max, field::job));
  DAYMARK_TRY(out.work.value, reader.read_unsigned(field::usage));
  DAYMARK_TRY(out.duration, internal::read_span(reader, field::time));
  DAYMARK_CHECK(reader.expect_end());
  return out;
}

Result<UsageRequest> read_usage_request(Reader& reader) {
  UsageRequest out;
  DAYMARK_TRY(out.start, internal::read_time(reader, field::time));
  DAYMARK_TRY(out.end, internal::read_time(reader, field::time));
  DAYMARK_TRY(out.use, internal::read_sums(reader));
  DAYMARK_TRY(out.level, internal::read_level(reader));
  DAYMARK_TRY(out.job, internal::read_id(reader, field::job, JobId{}));
  DAYMARK_CHECK(reader.expect_end());
  return out;
}

Result<ChallengeRequest> read_challenge(Reader& reader) {
  ChallengeRequest out;
  DAYMARK_TRY(out.beacon, internal::read_number<std::uint8_t>(reader, 0xFF, field::beacon));
  DAYMARK_TRY(out.number, internal::read_number<std::uint32_t>(reader, 0xFFFFFFFF, field::beacon));
  DAYMARK_TRY(out.challenge, reader.read_array_of_bytes<16>(field::beacon));
  DAYMARK_CHECK(reader.expect_end());
  return out;
}

Result<BeaconRequest> read_beacon_message(Reader& reader, std::size_t most) {
  BeaconRequest out;
  DAYMARK_TRY(out.beacon, internal::read_number<std::uint8_t>(reader, 0xFF, field::beacon));
  DAYMARK_TRY(out.message, reader.read_bytes(1, most, field::beacon));
  DAYMARK_CHECK(reader.expect_end());
  return out;
}

Result<JobId> read_job(Reader& reader) {
  DAYMARK_TRY(const JobId job, internal::read_id(reader, field::job, JobId{}));
  DAYMARK_CHECK(reader.expect_end());
  return job;
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
