#include "daymark/order/open_content.h"

#include "daymark/crypto/seal.h"
#include "daymark/order/errors.h"

namespace daymark::order {

namespace {

crypto::Sealed sealed_of(const Order& order) {
  crypto::Sealed out;
  out.box.assign(order.box.begin(), order.box.end());
  for (const ByteView key : std::span(order.sealed_keys).first(order.sealed_key_count))
    out.keys.emplace_back(key.begin(), key.end());
  return out;
}

}  // namespace

Result<OpenedContent> open_content(const Order& order, const crypto::ExchangeSecretKey& key) {
  DAYMARK_TRY(const std::vector<Byte> plain, crypto::open(sealed_of(order), key));
  OpenedContent out;
  if (plain.size() < out.salt.size()) return fail(errc::order_commitment, field::box);
  const ByteView all(plain);
  out.salt = array_of<sizeof(Digest)>(all.first(out.salt.size()));
  const ByteView content = all.subspan(out.salt.size());
  out.content.assign(content.begin(), content.end());
  const bool kept = commit(out.salt, out.content) == order.commitment;
  return kept ? Result<OpenedContent>(std::move(out))
              : fail(errc::order_commitment, field::commitment);
}

}  // namespace daymark::order
