// The contents of the nine kinds, one parser each.
#include "daymark/cbor/layout.h"
#include "daymark/order/errors.h"
#include "daymark/order/fields_internal.h"
#include "daymark/order/order.h"

namespace daymark::order {

namespace {

using cbor::as;
using cbor::at_least;
using cbor::read_layout;
using cbor::Reader;

constexpr std::size_t statement_size_max = 512;
constexpr std::size_t commit_size_max = 64;
constexpr std::size_t level_max = 4;

/// target = [chip, seq, prev]
constexpr auto target_layout = cbor::layout<Target>(
    cbor::items(3, field::targets), DAYMARK_MEMBER(Target, chip, field::chip),
    DAYMARK_MEMBER(Target, seq, field::sequence), DAYMARK_MEMBER(Target, prev, field::predecessor));

constexpr auto enrol_layout = cbor::layout<EnrolContent>(
    cbor::items(6, field::content), DAYMARK_MEMBER(EnrolContent, chip, field::chip),
    DAYMARK_MEMBER(EnrolContent, owner, field::parties),
    at_least(1, DAYMARK_MEMBER(EnrolContent, voucher, field::voucher, statement_size_max)),
    at_least(1, DAYMARK_MEMBER(EnrolContent, consent, field::consent, statement_size_max)),
    DAYMARK_MEMBER(EnrolContent, nonce, field::answer),
    at_least(1, DAYMARK_MEMBER(EnrolContent, answer, field::answer, statement_size_max)));

constexpr auto batch_layout = cbor::layout<BatchContent>(
    cbor::items(2, field::content), DAYMARK_MEMBER(BatchContent, root, field::batch_root),
    DAYMARK_MEMBER(BatchContent, leaves, field::count));

constexpr auto policy_front_layout = cbor::layout<PolicyContent>(
    cbor::items(4, field::content), DAYMARK_MEMBER(PolicyContent, program_root, field::programs));
constexpr auto policy_end_layout = cbor::layout<PolicyContent>(
    DAYMARK_MEMBER(PolicyContent, level_least, field::content, level_max),
    as(cbor::Form::span_seconds, DAYMARK_MEMBER(PolicyContent, reporting, field::content)));

consteval cbor::Field attestation(std::size_t index) {
  const std::size_t offset = offsetof(FirmwareContent, attestations) + index * sizeof(ByteView);
  return at_least(1, cbor::field_at<ByteView>(offset, field::attestation, statement_size_max));
}

constexpr auto firmware_layout = cbor::layout<FirmwareContent>(
    cbor::items(4, field::content), DAYMARK_MEMBER(FirmwareContent, image, field::content),
    DAYMARK_MEMBER(FirmwareContent, version, field::version),
    DAYMARK_MEMBER(FirmwareContent, commit, field::content, commit_size_max),
    cbor::items(2, field::attestation), attestation(0), attestation(1));

constexpr auto transfer_layout = cbor::layout<TransferContent>(
    cbor::items(4, field::content), cbor::items(3, field::targets),
    DAYMARK_MEMBER(TransferContent, target.chip, field::chip),
    DAYMARK_MEMBER(TransferContent, target.seq, field::sequence),
    DAYMARK_MEMBER(TransferContent, target.prev, field::predecessor),
    DAYMARK_MEMBER(TransferContent, fleet, field::fleet),
    at_least(1, DAYMARK_MEMBER(TransferContent, charter, field::charter, content_size_max)),
    at_least(1, DAYMARK_MEMBER(TransferContent, consent, field::consent, statement_size_max)));

/// A content that is its fields and nothing else.
template <class Content, std::size_t Count>
Result<Content> parse_fields(ByteView content, const cbor::Layout<Content, Count>& layout) {
  Content out;
  Reader in(content);
  DAYMARK_CHECK(read_layout(in, layout, out));
  DAYMARK_CHECK(in.expect_end());
  return out;
}

Result<void> read_targets(Reader& in, ScopeContent& out) {
  DAYMARK_TRY(const std::size_t count, in.enter_array(targets_max, field::targets));
  for (; out.target_count < count; ++out.target_count) {
    const std::uint32_t start = in.offset();
    const std::size_t i = out.target_count;
    DAYMARK_CHECK(read_layout(in, target_layout, out.targets[i]));
    if (i > 0 && !(out.targets[i - 1].chip < out.targets[i].chip)) {
      return fail(errc::order_content, field::targets, start);
    }
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
  return parse_fields(content, enrol_layout);
}

Result<BatchContent> parse_batch(ByteView content) {
  return parse_fields(content, batch_layout);
}

Result<PolicyContent> parse_policy(ByteView content) {
  PolicyContent out;
  Reader in(content);
  DAYMARK_CHECK(read_layout(in, policy_front_layout, out));
  DAYMARK_TRY(out.programs, in.read_item(field::programs));
  DAYMARK_CHECK(read_layout(in, policy_end_layout, out));
  DAYMARK_CHECK(in.expect_end());
  return out;
}

Result<FirmwareContent> parse_firmware(ByteView content) {
  DAYMARK_TRY(const FirmwareContent out, parse_fields(content, firmware_layout));
  if (!internal::is_plain_text(out.commit)) return fail(errc::order_content, field::content);
  return out;
}

Result<TransferContent> parse_transfer(ByteView content) {
  return parse_fields(content, transfer_layout);
}

Result<AmendContent> parse_amend(ByteView content) {
  // The content is the charter itself; parse_charter judges its form.
  if (content.empty()) return fail(errc::order_content, field::charter);
  return AmendContent{content};
}

}  // namespace daymark::order
