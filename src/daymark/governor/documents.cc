#include "daymark/governor/documents.h"

#include "daymark/cbor/cose.h"
#include "daymark/governor/fields_internal.h"
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

Result<void> read_job_part(Reader& in, Permit& out) {
  DAYMARK_TRY(out.chip, internal::read_id(in, field::chip, ChipId{}));
  DAYMARK_TRY(out.boot, internal::read_id(in, no_field, BootId{}));
  DAYMARK_TRY(out.job, internal::read_id(in, field::job, JobId{}));
  DAYMARK_TRY(out.program, internal::read_digest(in, field::program));
  DAYMARK_TRY(out.world_size,
              internal::read_number<std::uint32_t>(in, 0xFFFFFFFF, field::world_size));
  DAYMARK_TRY(out.job_class, internal::read_number<std::uint8_t>(in, 0xFF, field::job));
  return ok();
}

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
  writer.put_bytes(permit.chip.bytes);
  writer.put_bytes(permit.boot.bytes);
  writer.put_bytes(permit.job.bytes);
  writer.put_bytes(permit.program);
  writer.put_unsigned(permit.world_size);
  writer.put_unsigned(permit.job_class);
  internal::put_enum(permit.standing, writer);
  internal::put_enum(permit.finding, writer);
  internal::put_time(permit.until, writer);
  internal::put_span(permit.life, writer);
  writer.put_unsigned(permit.licence);
  writer.put_unsigned(permit.link_megabytes_per_second);
  internal::put_enum(permit.level, writer);
  write_clock(permit.clock, writer);
  return writer.finish();
}

Result<Permit> parse_permit(ByteView payload) {
  Permit out;
  Reader in(payload);
  DAYMARK_CHECK(enter_document(in, 15));
  DAYMARK_CHECK(read_job_part(in, out));
  DAYMARK_TRY(out.standing, internal::read_standing(in));
  DAYMARK_TRY(out.finding, internal::read_code(in));
  DAYMARK_TRY(out.until, internal::read_time(in, field::permit));
  DAYMARK_TRY(out.life, internal::read_span(in, field::permit));
  DAYMARK_TRY(out.licence, in.read_unsigned(field::licence));
  DAYMARK_TRY(out.link_megabytes_per_second,
              internal::read_number<std::uint32_t>(in, 0xFFFFFFFF, field::licence));
  DAYMARK_TRY(out.level, internal::read_level(in));
  DAYMARK_TRY(out.clock, read_clock(in));
  DAYMARK_CHECK(in.expect_end());
  return out;
}

Result<ByteView> write_order_receipt(const OrderReceipt& receipt, MutableBytes out) {
  Writer writer(out);
  writer.open_array(12);
  writer.put_unsigned(document_version);
  writer.put_bytes(receipt.chip.bytes);
  writer.put_bytes(receipt.order);
  internal::put_enum(receipt.kind, writer);
  internal::put_enum(receipt.outcome, writer);
  internal::put_enum(receipt.standing, writer);
  internal::put_time(receipt.binds_at, writer);
  internal::put_time(receipt.ends_at, writer);
  internal::put_head(receipt.fleet, writer);
  internal::put_head(receipt.own, writer);
  write_clock(receipt.clock, writer);
  writer.put_unsigned(receipt.counter);
  return writer.finish();
}

Result<OrderReceipt> parse_order_receipt(ByteView payload) {
  OrderReceipt out;
  Reader in(payload);
  DAYMARK_CHECK(enter_document(in, 12));
  DAYMARK_TRY(out.chip, internal::read_id(in, field::chip, ChipId{}));
  DAYMARK_TRY(out.order, internal::read_digest(in));
  DAYMARK_TRY(out.kind, internal::read_kind(in));
  DAYMARK_TRY(out.outcome, internal::read_number<ApplyOutcome>(
                               in, static_cast<std::uint64_t>(ApplyOutcome::without_effect)));
  DAYMARK_TRY(out.standing, internal::read_standing(in));
  DAYMARK_TRY(out.binds_at, internal::read_time(in));
  DAYMARK_TRY(out.ends_at, internal::read_time(in));
  DAYMARK_TRY(out.fleet, internal::read_head(in));
  DAYMARK_TRY(out.own, internal::read_head(in));
  DAYMARK_TRY(out.clock, read_clock(in));
  DAYMARK_TRY(out.counter, in.read_unsigned());
  DAYMARK_CHECK(in.expect_end());
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
