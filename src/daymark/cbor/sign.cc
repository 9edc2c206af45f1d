#include "daymark/cbor/sign.h"

#include "daymark/cbor/cose_internal.h"

namespace daymark::cbor {

namespace {

/// Heads, protected header and signature around a payload.
constexpr std::size_t message_overhead = 128;

Outcome<SignerEntry> entry_by(ByteView payload, std::string_view purpose, bool one_signer,
                              crypto::Signer& signer) {
  const KeyId key = crypto::key_id(signer.public_key());
  std::vector<Byte> scratch(payload.size() + purpose.size() + message_overhead);
  DAYMARK_TRY(const ByteView bytes,
              internal::to_be_signed(payload, {key, purpose, one_signer}, scratch));
  DAYMARK_TRY(const crypto::Signature signature, signer.sign(bytes));
  return SignerEntry{key, signature, {}};
}

}  // namespace

Outcome<std::vector<Byte>> sign1(ByteView payload, std::string_view purpose,
                                 crypto::Signer& signer) {
  DAYMARK_TRY(const SignerEntry entry, entry_by(payload, purpose, true, signer));
  std::vector<Byte> out(payload.size() + message_overhead);
  DAYMARK_TRY(const ByteView written, internal::write_sign1(payload, entry, out));
  out.resize(written.size());
  return out;
}

Outcome<SignerEntry> make_signer(ByteView payload, std::string_view purpose,
                                 crypto::Signer& signer) {
  return entry_by(payload, purpose, false, signer);
}

}  // namespace daymark::cbor
