#include "daymark/governor/documents.h"

#include "daymark/cbor/cose.h"
#include "daymark/governor/fields_internal.h"
#include "daymark/governor/layouts_internal.h"
#include "daymark/governor/message.h"

namespace daymark::governor {

namespace {

using cbor::Reader;
using cbor::Writer;

constexpr std::uint64_t document_version = 1;

Result<void> enter_document(Reader& in, std::size_t items) {
  DAYMARK_CHECK(in.enter_array_of(items));
  DAYMARK_TRY(const std::uint64_t version, in.read_unsigned());
  return version == document_version ? ok() : fail(errc::gov_document);
}

constexpr auto permit_layout = cbor::layout<Permit>(
    DAYMARK_MEMBER(Permit, chip, field::chip), DAYMARK_MEMBER(Permit, boot),
    DAYMARK_MEMBER(Permit, job, field::job), DAYMARK_MEMBER(Permit, program, field::program),
    DAYMARK_MEMBER(Permit, world_size, field::world_size),
    DAYMARK_MEMBER(Permit, job_class, field::job),
    DAYMARK_MEMBER(Permit, standing, field::standing, standing_max),
    DAYMARK_MEMBER(Permit, finding), DAYMARK_MEMBER(Permit, until, field::permit),
    DAYMARK_MEMBER(Permit, life, field::permit), DAYMARK_MEMBER(Permit, licence, field::licence),
    DAYMARK_MEMBER(Permit, link_megabytes_per_second, field::licence),
    DAYMARK_MEMBER(Permit, level, no_field, level_max));

/// Up to the clock. The reader checks the kind behind it.
constexpr auto order_receipt_layout = cbor::layout<OrderReceipt>(
    DAYMARK_MEMBER(OrderReceipt, chip, field::chip), DAYMARK_MEMBER(OrderReceipt, order),
    DAYMARK_MEMBER(OrderReceipt, kind, no_field, order::order_kind_count),
    DAYMARK_MEMBER(OrderReceipt, outcome, no_field, internal::up_to(ApplyOutcome::without_effect)),
    DAYMARK_MEMBER(OrderReceipt, standing, field::standing, standing_max),
    DAYMARK_MEMBER(OrderReceipt, binds_at), DAYMARK_MEMBER(OrderReceipt, ends_at), cbor::items(2),
    DAYMARK_MEMBER(OrderReceipt, fleet.seq), DAYMARK_MEMBER(OrderReceipt, fleet.hash),
    cbor::items(2), DAYMARK_MEMBER(OrderReceipt, own.seq), DAYMARK_MEMBER(OrderReceipt, own.hash));

Result<ByteView> open(ByteView message, std::string_view purpose, const crypto::PublicKey& chip,
                      DocumentScratch& scratch) {
  DAYMARK_TRY(const cbor::Sign1 signed_document, cbor::parse_sign1(message));
  DAYMARK_CHECK(cbor::verify_sign1(signed_document, purpose, chip, scratch));
  return signed_document.payload;
}

}  // namespace

Result<ByteView> write_permit(const Permit& permit, MutableBytes out) {
  Writer writer(out);
  writer.open_array(15);
  writer.put_unsigned(document_version);
  cbor::put_layout(writer, permit_layout, permit);
  write_clock(permit.clock, writer);
  return writer.finish();
}

Result<Permit> parse_permit(ByteView payload) {
  Permit out;
  Reader in(payload);
  DAYMARK_CHECK(enter_document(in, 15));
  DAYMARK_CHECK(cbor::read_layout(in, permit_layout, out));
  DAYMARK_TRY(out.clock, read_clock(in));
  DAYMARK_CHECK(in.expect_end());
  return out;
}

Result<ByteView> write_order_receipt(const OrderReceipt& receipt, MutableBytes out) {
  Writer writer(out);
  writer.open_array(12);
  writer.put_unsigned(document_version);
  cbor::put_layout(writer, order_receipt_layout, receipt);
  write_clock(receipt.clock, writer);
  writer.put_unsigned(receipt.counter);
  return writer.finish();
}

Result<OrderReceipt> parse_order_receipt(ByteView payload) {
  OrderReceipt out;
  Reader in(payload);
  DAYMARK_CHECK(enter_document(in, 12));
  DAYMARK_CHECK(cbor::read_layout(in, order_receipt_layout, out));
  DAYMARK_TRY(out.clock, read_clock(in));
  DAYMARK_TRY(out.counter, in.read_unsigned());
  DAYMARK_CHECK(in.expect_end());
  const bool known = order::kind_numbered(static_cast<std::uint64_t>(out.kind)).has_value();
  if (!known) return fail(errc::gov_document);
  return out;
}

Digest chain_licence(const Digest& before, const Digest& leaf) {
  const std::array<ByteView, 2> parts{before, leaf};
  return crypto::tagged_hash("daymark licence chain v1", parts);
}

Result<Permit> verify_permit(ByteView message, const crypto::PublicKey& chip,
                             DocumentScratch& scratch) {
  DAYMARK_TRY(const ByteView payload, open(message, permit_purpose, chip, scratch));
  DAYMARK_TRY(const Permit permit, parse_permit(payload));
  if (permit.chip != crypto::chip_id(chip)) return fail(errc::gov_document_chip, field::chip);
  return permit;
}

Result<OrderReceipt> verify_order_receipt(ByteView message, const crypto::PublicKey& chip,
                                          DocumentScratch& scratch) {
  DAYMARK_TRY(const ByteView payload, open(message, order_receipt_purpose, chip, scratch));
  DAYMARK_TRY(const OrderReceipt receipt, parse_order_receipt(payload));
  if (receipt.chip != crypto::chip_id(chip)) return fail(errc::gov_document_chip, field::chip);
  return receipt;
}

Result<Attestation> verify_attestation(ByteView message, const crypto::PublicKey& chip,
                                       DocumentScratch& scratch) {
  DAYMARK_TRY(const ByteView payload, open(message, attestation_purpose, chip, scratch));
  DAYMARK_TRY(const Attestation claims, parse_attestation(payload));
  if (claims.chip != chip) return fail(errc::gov_document_chip, field::chip);
  return claims;
}

}  // namespace daymark::governor
