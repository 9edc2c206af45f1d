#include <algorithm>

#include "daymark/cbor/sign.h"
#include "daymark/order/errors.h"
#include "daymark/order/file_signatures_internal.h"

namespace daymark::order::internal {

namespace {

Result<FileSignature> read_file_signature(cbor::Reader& in) {
  FileSignature out;
  DAYMARK_CHECK(in.enter_array_of(2, field::signers));
  DAYMARK_TRY(out.key.bytes, in.read_array_of_bytes<KeyId::size>(field::signers));
  DAYMARK_TRY(out.signature.bytes, in.read_array_of_bytes<64>(field::signers));
  return out;
}

}  // namespace

Result<std::vector<FileSignature>> read_file_signatures(cbor::Reader& in) {
  DAYMARK_TRY(const std::size_t count, in.enter_array(cbor::signatures_max, field::signers));
  std::vector<FileSignature> out;
  for (std::size_t i = 0; i < count; ++i) {
    const std::uint32_t start = in.offset();
    DAYMARK_TRY(const FileSignature one, read_file_signature(in));
    if (std::ranges::find(out, one.key, &FileSignature::key) != out.end()) {
      return fail(errc::order_signer_duplicate, field::signers, start);
    }
    out.push_back(one);
  }
  return out;
}

void put_file_signatures(std::span<const FileSignature> signatures, cbor::Writer& out) {
  out.open_array(signatures.size());
  for (const FileSignature& signature : signatures) {
    out.open_array(2);
    out.put_bytes(signature.key.view());
    out.put_bytes(signature.signature.bytes);
  }
}

Result<tlog::MemberSet> signing_parties(std::span<const FileSignature> signatures,
                                        const Charter& charter) {
  tlog::MemberSet out = 0;
  for (const FileSignature& signature : signatures) {
    const auto index = charter.party_of(signature.key);
    if (!index) return fail(errc::order_signer_unknown, field::signers);
    const tlog::MemberSet bit = tlog::MemberSet{1} << *index;
    if ((out & bit) != 0) return fail(errc::order_signer_duplicate, field::signers);
    out |= bit;
  }
  return out;
}

}  // namespace daymark::order::internal
