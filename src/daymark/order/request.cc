// Renewal requests: what a chip signs when it asks.
#include "daymark/cbor/reader.h"
#include "daymark/order/errors.h"
#include "daymark/order/fields_internal.h"
#include "daymark/order/leaf.h"

namespace daymark::order {

namespace {

constexpr std::size_t request_items = 10;

}  // namespace

Result<RenewalRequest> parse_request(ByteView payload) {
  if (payload.size() > request_size_max) return fail(errc::request_malformed);
  RenewalRequest out;
  cbor::Reader in(payload);
  DAYMARK_CHECK(in.enter_array_of(request_items));
  DAYMARK_CHECK(internal::read_version(in, errc::request_malformed));
  DAYMARK_TRY(out.chip.bytes, in.read_array_of_bytes<ChipId::size>(field::chip));
  DAYMARK_TRY(out.nonce, internal::read_digest(in, field::request));
  DAYMARK_TRY(out.fleet, internal::read_head(in));
  DAYMARK_TRY(out.own, internal::read_head(in));
  DAYMARK_TRY(out.ledger, internal::read_digest(in, field::request));
  DAYMARK_TRY(out.counter, in.read_unsigned(field::count));
  DAYMARK_TRY(out.licence, in.read_unsigned(field::licence));
  DAYMARK_CHECK(in.expect_end());
  return out;
}

Result<ByteView> write_request(const RenewalRequest& request, MutableBytes out) {
  cbor::Writer writer(out);
  writer.open_array(request_items);
  writer.put_unsigned(1);
  writer.put_bytes(request.chip.view());
  writer.put_bytes(request.nonce);
  internal::put_head(writer, request.fleet);
  internal::put_head(writer, request.own);
  writer.put_bytes(request.ledger);
  writer.put_unsigned(request.counter);
  writer.put_unsigned(request.licence);
  return writer.finish();
}

Digest request_hash(ByteView signed_request) {
  return crypto::tagged_hash("daymark request v1", signed_request);
}

}  // namespace daymark::order
