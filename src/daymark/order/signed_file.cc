#include <algorithm>

#include "daymark/cbor/errors.h"
#include "daymark/cbor/sign.h"
#include "daymark/order/errors.h"
#include "daymark/order/fields_internal.h"
#include "daymark/order/signed_file_internal.h"

namespace daymark::order::internal {

namespace {

/// Sig_structure around a payload.
constexpr std::size_t scratch_size = order_size_max + 256;

Result<FileSignature> read_file_signature(cbor::Reader& in) {
  FileSignature out;
  DAYMARK_CHECK(in.enter_array_of(2, field::signers));
  DAYMARK_TRY(out.key.bytes, in.read_array_of_bytes<KeyId::size>(field::signers));
  DAYMARK_TRY(out.signature.bytes, in.read_array_of_bytes<64>(field::signers));
  return out;
}

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

}  // namespace

Result<SignedFile> read_signed_file(ByteView encoded, Errc malformed) {
  SignedFile out;
  cbor::Reader in(encoded);
  DAYMARK_CHECK(in.enter_array_of(5));
  DAYMARK_CHECK(read_version(in, malformed));
  DAYMARK_TRY(const ByteView payload, in.read_bytes(1, order_size_max));
  DAYMARK_TRY(out.signatures, read_file_signatures(in));
  DAYMARK_TRY(out.salt, read_digest(in, field::salt));
  DAYMARK_TRY(const ByteView content, in.read_bytes(0, content_size_max, field::content));
  DAYMARK_CHECK(in.expect_end());
  out.payload.assign(payload.begin(), payload.end());
  out.content.assign(content.begin(), content.end());
  return out;
}

std::vector<Byte> print_signed_file(const SignedFile& file) {
  return cbor::encode([&](cbor::Writer& out) {
    out.open_array(5);
    out.put_unsigned(1);
    out.put_bytes(file.payload);
    put_file_signatures(file.signatures, out);
    out.put_bytes(file.salt);
    out.put_bytes(file.content);
  });
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

Result<void> check_room(const SignedFile& file, const Charter& charter, const KeyId& key) {
  std::vector<FileSignature> extended = file.signatures;
  extended.push_back({key, {}});
  if (extended.size() > cbor::signatures_max) return fail(errc::cose_signers);
  DAYMARK_CHECK(signing_parties(extended, charter));
  return ok();
}

Result<void> check_signatures(const SignedFile& file, const Charter& charter,
                              std::string_view purpose) {
  std::vector<Byte> scratch(scratch_size);
  cbor::Sign message;
  message.payload = file.payload;
  for (const FileSignature& signature : file.signatures) {
    const auto index = charter.party_of(signature.key);
    if (!index) return fail(errc::order_signer_unknown, field::signers);
    const Party& party = charter.parties[*index];
    const bool by_key = crypto::key_id(party.key) == signature.key;
    DAYMARK_CHECK(cbor::verify_signer(message, {signature.key, signature.signature, {}}, purpose,
                                      by_key ? party.key : party.spare, scratch));
  }
  return ok();
}

Result<std::vector<Byte>> signed_envelope(const SignedFile& file) {
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

}  // namespace daymark::order::internal
