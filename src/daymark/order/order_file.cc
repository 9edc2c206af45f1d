#include "daymark/order/order_file.h"

#include <algorithm>

#include "daymark/cbor/encode.h"
#include "daymark/cbor/errors.h"
#include "daymark/cbor/reader.h"
#include "daymark/cbor/sign.h"
#include "daymark/order/errors.h"
#include "daymark/order/fields_internal.h"
#include "daymark/order/file_signatures_internal.h"

namespace daymark::order {

namespace {

using cbor::Reader;
using cbor::Writer;

/// Sig_structure around an order's payload.
constexpr std::size_t scratch_size = order_size_max + 256;

std::vector<Byte> copy_of(ByteView bytes) {
  return {bytes.begin(), bytes.end()};
}

Result<void> check_charter(const OrderFile& file, const Charter& charter) {
  DAYMARK_TRY(const Order order, parse_order(file.payload));
  const bool same = order.fleet == charter.fleet && order.charter == charter.hash;
  return same ? ok() : fail(errc::order_charter, field::charter);
}

/// Whether a signature by `key` may be added.
Result<void> check_room(const OrderFile& file, const Charter& charter, const KeyId& key) {
  DAYMARK_CHECK(check_charter(file, charter));
  std::vector<FileSignature> extended = file.signatures;
  extended.push_back({key, {}});
  if (extended.size() > cbor::signatures_max) return fail(errc::cose_signers);
  DAYMARK_CHECK(internal::signing_parties(extended, charter));
  return ok();
}

}  // namespace

Result<OrderFile> parse_order_file(ByteView encoded) {
  if (encoded.size() > order_file_size_max) return fail(errc::order_size);
  OrderFile out;
  Reader in(encoded);
  DAYMARK_CHECK(in.enter_array_of(5));
  DAYMARK_CHECK(internal::read_version(in, errc::order_malformed));
  DAYMARK_TRY(const ByteView payload, in.read_bytes(1, order_size_max));
  DAYMARK_TRY(out.signatures, internal::read_file_signatures(in));
  DAYMARK_TRY(out.salt, internal::read_digest(in, field::salt));
  DAYMARK_TRY(const ByteView content, in.read_bytes(0, content_size_max, field::content));
  DAYMARK_CHECK(in.expect_end());
  DAYMARK_TRY(const Order order, parse_order(payload));
  if (commit(out.salt, content) != order.commitment) {
    return fail(errc::order_commitment, field::commitment);
  }
  out.payload = copy_of(payload);
  out.content = copy_of(content);
  return out;
}

std::vector<Byte> print_order_file(const OrderFile& file) {
  return cbor::encode([&](Writer& out) {
    out.open_array(5);
    out.put_unsigned(1);
    out.put_bytes(file.payload);
    internal::put_file_signatures(file.signatures, out);
    out.put_bytes(file.salt);
    out.put_bytes(file.content);
  });
}

Result<void> sign_order(OrderFile& file, const Charter& charter, const crypto::KeyPair& key) {
  DAYMARK_CHECK(check_room(file, charter, crypto::key_id(crypto::ed25519_public(key.sign))));
  std::vector<Byte> scratch(scratch_size);
  DAYMARK_TRY(const cbor::SignerEntry entry,
              cbor::make_signer(file.payload, order_purpose, key.sign, scratch));
  file.signatures.push_back({entry.key, entry.signature});
  return ok();
}

Outcome<void> sign_order(OrderFile& file, const Charter& charter, crypto::Signer& signer) {
  DAYMARK_CHECK(check_room(file, charter, crypto::key_id(signer.public_key())));
  DAYMARK_TRY(const cbor::SignerEntry entry,
              cbor::make_signer(file.payload, order_purpose, signer));
  file.signatures.push_back({entry.key, entry.signature});
  return {};
}

Result<tlog::MemberSet> verify_signatures(const OrderFile& file, const Charter& charter) {
  DAYMARK_CHECK(check_charter(file, charter));
  DAYMARK_TRY(const tlog::MemberSet parties, internal::signing_parties(file.signatures, charter));
  std::vector<Byte> scratch(scratch_size);
  cbor::Sign message;
  message.payload = file.payload;
  for (const FileSignature& signature : file.signatures) {
    const auto index = charter.party_of(signature.key);
    if (!index) return fail(errc::order_signer_unknown, field::signers);
    const Party& party = charter.parties[*index];
    const bool by_key = crypto::key_id(party.key) == signature.key;
    DAYMARK_CHECK(cbor::verify_signer(message, {signature.key, signature.signature, {}},
                                      order_purpose, by_key ? party.key : party.spare, scratch));
  }
  return parties;
}

Result<std::vector<Byte>> envelope_of(const OrderFile& file) {
  std::vector<cbor::SignerEntry> signers;
  signers.reserve(file.signatures.size());
  for (const FileSignature& signature : file.signatures)
    signers.push_back({signature.key, signature.signature, {}});
  std::vector<Byte> out(order_size_max);
  const auto written = cbor::write_sign(file.payload, signers, out);
  if (!written) {
    const bool signed_by_some = written.error().code != errc::cose_signers;
    return fail(signed_by_some ? errc::order_size : errc::cose_signers, field::signers);
  }
  out.resize(written->size());
  return out;
}

}  // namespace daymark::order
