// The contents of the nine kinds, one parser each.
#include "daymark/cbor/reader.h"
#include "daymark/order/errors.h"
#include "daymark/order/fields_internal.h"
#include "daymark/order/order.h"

namespace daymark::order {

namespace {

using cbor::Reader;
using internal::read_digest;
using internal::read_key;

constexpr std::size_t statement_size_max = 512;
constexpr std::size_t commit_size_max = 64;
constexpr std::uint64_t level_max = 4;

/// target = [chip, seq, prev]
Result<Target> read_target(Reader& in) {
  Target out;
  DAYMARK_CHECK(in.enter_array_of(3, field::targets));
  DAYMARK_TRY(out.chip.bytes, in.read_array_of_bytes<ChipId::size>(field::chip));
  DAYMARK_TRY(out.seq, in.read_unsigned(field::sequence));
  DAYMARK_TRY(out.prev, read_digest(in, field::predecessor));
  return out;
}

Result<void> read_targets(Reader& in, ScopeContent& out) {
  DAYMARK_TRY(const std::size_t count, in.enter_array(targets_max, field::targets));
  for (; out.target_count < count; ++out.target_count) {
    const std::uint32_t start = in.offset();
    DAYMARK_TRY(const Target target, read_target(in));
    const std::size_t i = out.target_count;
    if (i > 0 && !(out.targets[i - 1].chip < target.chip)) {
      return fail(errc::order_content, field::targets, start);
    }
    out.targets[i] = target;
  }
  return ok();
}

Result<std::string_view> read_reason(Reader& in) {
  const std::uint32_t start = in.offset();
  DAYMARK_TRY(const std::string_view reason, in.read_text(reason_size_max, field::reason));
  if (!internal::is_plain_text(reason)) return fail(errc::order_content, field::reason, start);
  return reason;
}

Result<ByteView> read_finding(Reader& in) {
  if (!in.next_is_null()) return in.read_bytes(sizeof(Digest), sizeof(Digest), field::finding);
  DAYMARK_CHECK(in.read_null(field::finding));
  return ByteView();
}

Result<ByteView> read_statement(Reader& in, FieldId field) {
  return in.read_bytes(1, statement_size_max, field);
}

}  // namespace

Result<ScopeContent> parse_scope(ByteView content) {
  ScopeContent out;
  DAYMARK_CHECK(parse_scope_into(content, out));
  return out;
}

Result<void> parse_scope_into(ByteView content, ScopeContent& out) {
  Reader in(content);
  DAYMARK_TRY(const std::size_t items, in.enter_array(4, field::content));
  if (items < 3) return fail(errc::order_content, field::content);
  DAYMARK_CHECK(read_targets(in, out));
  DAYMARK_TRY(out.reason, read_reason(in));
  DAYMARK_TRY(out.finding, read_finding(in));
  if (items == 4) {
    DAYMARK_TRY(out.appeal, in.read_bytes(sizeof(Digest), sizeof(Digest), field::appealed));
  }
  return in.expect_end();
}

Result<EnrolContent> parse_enrol(ByteView content) {
  EnrolContent out;
  Reader in(content);
  DAYMARK_CHECK(in.enter_array_of(6, field::content));
  DAYMARK_TRY(out.chip, read_key(in, field::chip));
  DAYMARK_TRY(out.owner, read_key(in, field::parties));
  DAYMARK_TRY(out.voucher, read_statement(in, field::voucher));
  DAYMARK_TRY(out.consent, read_statement(in, field::consent));
  DAYMARK_TRY(out.nonce, read_digest(in, field::answer));
  DAYMARK_TRY(out.answer, read_statement(in, field::answer));
  DAYMARK_CHECK(in.expect_end());
  return out;
}

Result<BatchContent> parse_batch(ByteView content) {
  BatchContent out;
  Reader in(content);
  DAYMARK_CHECK(in.enter_array_of(2, field::content));
  DAYMARK_TRY(out.root, read_digest(in, field::batch_root));
  DAYMARK_TRY(out.leaves, in.read_unsigned(field::count));
  DAYMARK_CHECK(in.expect_end());
  return out;
}

Result<PolicyContent> parse_policy(ByteView content) {
  PolicyContent out;
  Reader in(content);
  DAYMARK_CHECK(in.enter_array_of(4, field::content));
  DAYMARK_TRY(out.program_root, read_digest(in, field::programs));
  DAYMARK_TRY(out.programs, in.read_item(field::programs));
  DAYMARK_TRY(const std::uint64_t level, in.read_unsigned_up_to(level_max, field::content));
  out.level_least = static_cast<std::uint8_t>(level);
  DAYMARK_TRY(out.reporting, internal::read_span(in, field::content));
  DAYMARK_CHECK(in.expect_end());
  return out;
}

Result<FirmwareContent> parse_firmware(ByteView content) {
  FirmwareContent out;
  Reader in(content);
  DAYMARK_CHECK(in.enter_array_of(4, field::content));
  DAYMARK_TRY(out.image, read_digest(in, field::content));
  DAYMARK_TRY(out.version, in.read_unsigned(field::version));
  DAYMARK_TRY(out.commit, in.read_text(commit_size_max, field::content));
  DAYMARK_CHECK(in.enter_array_of(2, field::attestation));
  for (ByteView& attestation : out.attestations) {
    DAYMARK_TRY(attestation, read_statement(in, field::attestation));
  }
  DAYMARK_CHECK(in.expect_end());
  if (!internal::is_plain_text(out.commit)) return fail(errc::order_content, field::content);
  return out;
}

Result<TransferContent> parse_transfer(ByteView content) {
  TransferContent out;
  Reader in(content);
  DAYMARK_CHECK(in.enter_array_of(4, field::content));
  DAYMARK_TRY(out.target, read_target(in));
  DAYMARK_TRY(out.fleet.bytes, in.read_array_of_bytes<FleetId::size>(field::fleet));
  DAYMARK_TRY(out.charter, in.read_bytes(1, content_size_max, field::charter));
  DAYMARK_TRY(out.consent, read_statement(in, field::consent));
  DAYMARK_CHECK(in.expect_end());
  return out;
}

Result<AmendContent> parse_amend(ByteView content) {
  // The content is the charter itself; parse_charter judges its form.
  if (content.empty()) return fail(errc::order_content, field::charter);
  return AmendContent{content};
}

}  // namespace daymark::order
