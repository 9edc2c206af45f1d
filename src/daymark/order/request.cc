// Renewal requests: what a chip signs when it asks.
#include "daymark/cbor/layout.h"
#include "daymark/order/errors.h"
#include "daymark/order/fields_internal.h"
#include "daymark/order/leaf.h"

namespace daymark::order {

namespace {

constexpr std::size_t request_items = 10;

/// Behind the version.
constexpr auto request_layout =
    cbor::layout<RenewalRequest>(DAYMARK_MEMBER(RenewalRequest, chip, field::chip),
                                 DAYMARK_MEMBER(RenewalRequest, nonce, field::request),
                                 DAYMARK_MEMBER(RenewalRequest, fleet.seq, field::sequence),
                                 DAYMARK_MEMBER(RenewalRequest, fleet.hash, field::predecessor),
                                 DAYMARK_MEMBER(RenewalRequest, own.seq, field::sequence),
                                 DAYMARK_MEMBER(RenewalRequest, own.hash, field::predecessor),
                                 DAYMARK_MEMBER(RenewalRequest, ledger, field::request),
                                 DAYMARK_MEMBER(RenewalRequest, counter, field::count),
                                 DAYMARK_MEMBER(RenewalRequest, licence, field::licence));

}  // namespace

Result<RenewalRequest> parse_request(ByteView payload) {
  if (payload.size() > request_size_max) return fail(errc::request_malformed);
  RenewalRequest out;
  cbor::Reader in(payload);
  DAYMARK_CHECK(in.enter_array_of(request_items));
  DAYMARK_CHECK(internal::read_version(in, errc::request_malformed));
  DAYMARK_CHECK(cbor::read_layout(in, request_layout, out));
  DAYMARK_CHECK(in.expect_end());
  return out;
}

Result<ByteView> write_request(const RenewalRequest& request, MutableBytes out) {
  cbor::Writer writer(out);
  writer.open_array(request_items);
  writer.put_unsigned(1);
  cbor::put_layout(writer, request_layout, request);
  return writer.finish();
}

Digest request_hash(ByteView signed_request) {
  return crypto::tagged_hash("daymark request v1", signed_request);
}

}  // namespace daymark::order
