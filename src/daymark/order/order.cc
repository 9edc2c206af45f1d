#include "daymark/order/order.h"

#include "daymark/cbor/layout.h"
#include "daymark/crypto/ports.h"
#include "daymark/order/errors.h"
#include "daymark/order/fields_internal.h"

namespace daymark::order {

namespace {

using cbor::as;
using cbor::Form;
using cbor::Reader;

constexpr std::size_t order_items = 15;
/// A content key in a libsodium sealed box (crypto/seal.h).
constexpr std::size_t sealed_key_size = 80;
/// Nonce, tag and salt of the box around the content.
constexpr std::size_t box_overhead = 24 + 16 + 32;

Result<OrderKind> read_kind(Reader& in) {
  const std::uint32_t start = in.offset();
  DAYMARK_TRY(const std::uint64_t number, in.read_unsigned(field::kind));
  const auto kind = kind_numbered(number);
  if (!kind) return fail(errc::order_kind, field::kind, start);
  return *kind;
}

/// Behind the kind.
constexpr auto order_front_layout = cbor::layout<Order>(
    DAYMARK_MEMBER(Order, fleet, field::fleet), DAYMARK_MEMBER(Order, charter, field::charter),
    DAYMARK_MEMBER(Order, seq, field::sequence),
    cbor::option(1, DAYMARK_MEMBER(Order, has_prev, field::predecessor)),
    DAYMARK_MEMBER(Order, prev, field::predecessor),
    as(Form::unix_seconds, DAYMARK_MEMBER(Order, issued, field::issued)),
    as(Form::unix_seconds, DAYMARK_MEMBER(Order, expires, field::expires)),
    as(Form::unix_seconds, DAYMARK_MEMBER(Order, not_before, field::not_before)),
    as(Form::unix_seconds, DAYMARK_MEMBER(Order, until, field::until)),
    DAYMARK_MEMBER(Order, count, field::count),
    DAYMARK_MEMBER(Order, commitment, field::commitment),
    cbor::option(1, DAYMARK_MEMBER(Order, has_batch_root, field::batch_root)),
    DAYMARK_MEMBER(Order, batch_root, field::batch_root),
    cbor::at_least(box_overhead,
                   DAYMARK_MEMBER(Order, box, field::box, content_size_max + box_overhead)));

Result<void> read_seal(Reader& in, Order& out) {
  DAYMARK_TRY(out.sealed_key_count, in.enter_array(sealed_keys_max, field::seal_keys));
  for (std::size_t i = 0; i < out.sealed_key_count; ++i) {
    DAYMARK_TRY(out.sealed_keys[i],
                in.read_bytes(sealed_key_size, sealed_key_size, field::seal_keys));
  }
  return ok();
}

}  // namespace

Stream Order::stream() const {
  if (kind == OrderKind::license) return Stream::none;
  return has_prev ? Stream::fleet : Stream::chip;
}

std::uint64_t count_bucket(std::size_t chips) {
  if (chips == 0) return 0;
  std::uint64_t bucket = 1;
  while (bucket < chips)
    bucket *= 10;
  return bucket;
}

Result<Order> parse_order(ByteView payload) {
  Order out;
  DAYMARK_CHECK(parse_order_into(payload, out));
  return out;
}

Result<void> parse_order_into(ByteView payload, Order& out) {
  if (payload.size() > order_size_max) return fail(errc::order_size);
  Reader in(payload);
  DAYMARK_CHECK(in.enter_array_of(order_items));
  DAYMARK_CHECK(internal::read_version(in, errc::order_malformed));
  DAYMARK_TRY(out.kind, read_kind(in));
  DAYMARK_CHECK(cbor::read_layout(in, order_front_layout, out));
  DAYMARK_CHECK(read_seal(in, out));
  DAYMARK_CHECK(in.expect_end());
  out.payload = payload;
  out.hash = crypto::tagged_hash(order_purpose, payload);
  return ok();
}

Result<SignedOrder> parse_signed_order(ByteView envelope) {
  SignedOrder out;
  DAYMARK_CHECK(parse_signed_order_into(envelope, out));
  return out;
}

Result<void> parse_signed_order_into(ByteView envelope, SignedOrder& out) {
  if (envelope.size() > order_size_max) return fail(errc::order_size);
  DAYMARK_CHECK(cbor::parse_sign_into(envelope, out.envelope));
  return parse_order_into(out.envelope.payload, out.order);
}

Digest commit(const Digest& salt, ByteView content) {
  const ByteView parts[] = {salt, content};
  return crypto::tagged_hash("daymark content v1", parts);
}

}  // namespace daymark::order
