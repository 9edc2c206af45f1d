#include "daymark/order/order_file.h"

#include <utility>

#include "daymark/cbor/sign.h"
#include "daymark/order/errors.h"
#include "daymark/order/signed_file_internal.h"

namespace daymark::order {

namespace {

/// Sig_structure around an order's payload.
constexpr std::size_t signing_scratch_size = order_size_max + 256;

Result<void> check_charter(const OrderFile& file, const Charter& charter) {
  DAYMARK_TRY(const Order order, parse_order(file.payload));
  const bool same = order.fleet == charter.fleet && order.charter == charter.hash;
  return same ? ok() : fail(errc::order_charter, field::charter);
}

Result<void> check_addition(const OrderFile& file, const Charter& charter,
                            const crypto::PublicKey& key) {
  DAYMARK_CHECK(check_charter(file, charter));
  return internal::check_room(file, charter, crypto::key_id(key));
}

}  // namespace

Result<OrderFile> parse_order_file(ByteView encoded) {
  if (encoded.size() > order_file_size_max) return fail(errc::order_size);
  DAYMARK_TRY(SignedFile file, internal::read_signed_file(encoded, errc::order_malformed));
  DAYMARK_TRY(const Order order, parse_order(file.payload));
  if (commit(file.salt, file.content) != order.commitment) {
    return fail(errc::order_commitment, field::commitment);
  }
  return OrderFile{std::move(file)};
}

std::vector<Byte> print_order_file(const OrderFile& file) {
  return internal::print_signed_file(file);
}

Result<void> sign_order(OrderFile& file, const Charter& charter, const crypto::KeyPair& key) {
  DAYMARK_CHECK(check_addition(file, charter, crypto::ed25519_public(key.sign)));
  std::vector<Byte> scratch(signing_scratch_size);
  DAYMARK_TRY(const cbor::SignerEntry entry,
              cbor::make_signer(file.payload, order_purpose, key.sign, scratch));
  file.signatures.push_back({entry.key, entry.signature});
  return ok();
}

Outcome<void> sign_order(OrderFile& file, const Charter& charter, crypto::Signer& signer) {
  DAYMARK_CHECK(check_addition(file, charter, signer.public_key()));
  DAYMARK_TRY(const cbor::SignerEntry entry,
              cbor::make_signer(file.payload, order_purpose, signer));
  file.signatures.push_back({entry.key, entry.signature});
  return {};
}

Result<tlog::MemberSet> verify_signatures(const OrderFile& file, const Charter& charter) {
  DAYMARK_CHECK(check_charter(file, charter));
  DAYMARK_TRY(const tlog::MemberSet parties, internal::signing_parties(file.signatures, charter));
  DAYMARK_CHECK(internal::check_signatures(file, charter, order_purpose));
  return parties;
}

Result<std::vector<Byte>> envelope_of(const OrderFile& file) {
  return internal::signed_envelope(file);
}

}  // namespace daymark::order
