#include "daymark/order/draft.h"

#include <optional>

#include "daymark/cbor/encode.h"
#include "daymark/crypto/seal.h"
#include "daymark/order/errors.h"
#include "daymark/order/fields_internal.h"

namespace daymark::order {

namespace {

/// What the payload says about the content.
struct Outline {
  bool fleet = false;
  std::uint64_t count = 0;
  std::optional<Digest> root;
};

Result<Outline> outline_scope(ByteView content) {
  DAYMARK_TRY(const ScopeContent scope, parse_scope(content));
  return Outline{scope.target_count == 0, count_bucket(scope.target_count), {}};
}

Result<Outline> outline_batch(ByteView content) {
  DAYMARK_TRY(const BatchContent batch, parse_batch(content));
  return Outline{false, batch.leaves, batch.root};
}

Result<Outline> outline_fleet(OrderKind kind, ByteView content) {
  if (kind == OrderKind::policy) DAYMARK_CHECK(parse_policy(content));
  if (kind == OrderKind::firmware) DAYMARK_CHECK(parse_firmware(content));
  if (kind == OrderKind::amend) DAYMARK_CHECK(parse_charter(content));
  return Outline{true, 0, {}};
}

Result<Outline> outline_chip(OrderKind kind, ByteView content) {
  if (kind == OrderKind::enrol) DAYMARK_CHECK(parse_enrol(content));
  if (kind == OrderKind::transfer) DAYMARK_CHECK(parse_transfer(content));
  return Outline{false, count_bucket(1), {}};
}

Result<Outline> outline(OrderKind kind, ByteView content) {
  switch (kind) {
    case OrderKind::license: return outline_batch(content);
    case OrderKind::suspend:
    case OrderKind::resume:
    case OrderKind::release: return outline_scope(content);
    case OrderKind::policy:
    case OrderKind::firmware:
    case OrderKind::amend: return outline_fleet(kind, content);
    case OrderKind::enrol:
    case OrderKind::transfer: return outline_chip(kind, content);
  }
  return fail(errc::order_kind, field::kind);
}

std::vector<crypto::ExchangePublicKey> readers_of(const Charter& charter, OrderKind kind) {
  std::vector<crypto::ExchangePublicKey> out;
  for (const Party& party : charter.party_list()) {
    if ((party.reads >> static_cast<unsigned>(kind) & 1U) != 0) out.push_back(party.seal);
  }
  return out;
}

crypto::Sealed seal_content(const OrderFile& file, std::span<const crypto::ExchangePublicKey> to,
                            Random& random) {
  std::vector<Byte> plain(file.salt.begin(), file.salt.end());
  plain.insert(plain.end(), file.content.begin(), file.content.end());
  return crypto::seal(plain, to, random);
}

void put_optional(cbor::Writer& out, const std::optional<Digest>& digest) {
  if (digest) return out.put_bytes(*digest);
  out.put_null();
}

/// seq and prev.
void put_stream(cbor::Writer& out, const DraftRequest& request, const Outline& shape) {
  const bool batch = request.kind == OrderKind::license;
  out.put_unsigned(shape.fleet ? request.fleet_head.seq + 1 : batch ? request.batch_number : 0);
  put_optional(out, shape.fleet ? std::optional(request.fleet_head.hash) : std::nullopt);
}

void put_times(cbor::Writer& out, const DraftTimes& times) {
  for (const UnixMillis time : {times.issued, times.expires, times.not_before, times.until})
    internal::put_time(out, time);
}

void put_seal(cbor::Writer& out, const crypto::Sealed& sealed) {
  out.put_bytes(sealed.box);
  out.open_array(sealed.keys.size());
  for (const std::vector<Byte>& key : sealed.keys)
    out.put_bytes(key);
}

/// What is signed: order.h shows the items.
struct PayloadSource {
  const DraftRequest& request;
  const Charter& charter;
  const Outline& shape;
  const Digest& commitment;
  const crypto::Sealed& sealed;
};

std::vector<Byte> write_payload(const PayloadSource& source) {
  return cbor::encode([&](cbor::Writer& out) {
    out.open_array(15);
    out.put_unsigned(1);
    out.put_unsigned(static_cast<std::uint64_t>(source.request.kind));
    out.put_bytes(source.charter.fleet.view());
    out.put_bytes(source.charter.hash);
    put_stream(out, source.request, source.shape);
    put_times(out, source.request.times);
    out.put_unsigned(source.shape.count);
    out.put_bytes(source.commitment);
    put_optional(out, source.shape.root);
    put_seal(out, source.sealed);
  });
}

/// COSE_Sign around the payload, with the smallest set of signatures that may do.
constexpr std::size_t envelope_overhead = 16 + 2 * 90;

}  // namespace

Result<OrderFile> draft_order(const DraftRequest& request, const Charter& charter, Random& random) {
  if (request.content.size() > content_size_max) return fail(errc::order_size, field::content);
  DAYMARK_CHECK(quorum_of(charter, request.kind));
  DAYMARK_TRY(const Outline shape, outline(request.kind, request.content));
  OrderFile file;
  file.content.assign(request.content.begin(), request.content.end());
  file.salt = random.draw<sizeof(Digest)>();
  const Digest commitment = commit(file.salt, file.content);
  const auto readers = readers_of(charter, request.kind);
  const crypto::Sealed sealed = seal_content(file, readers, random);
  file.payload = write_payload({request, charter, shape, commitment, sealed});
  if (file.payload.size() + envelope_overhead > order_size_max) {
    return fail(errc::order_size, field::content);
  }
  return file;
}

}  // namespace daymark::order
