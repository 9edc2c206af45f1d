// COSE_Sign1 and COSE_Sign (RFC 9052) as Daymark uses them: Ed25519, a key id in the protected
// header, and a purpose string as external_aad, so that no signature serves two purposes. Core.
//
//   COSE_Sign1 = 18([ << {1: -8, 4: kid} >>, {}, payload, signature ])
//   COSE_Sign  = 98([ << {} >> as h'', {}, payload, [ + [ << {1: -8, 4: kid} >>, {}, signature ] ]
//   ])
//
// These are the deterministic forms that Daymark writes and the only ones it accepts for its own
// messages. COSE of others (ES256, ES384, foreign headers) is read by the evidence module.
#pragma once

#include <array>
#include <string_view>

#include "daymark/base/bytes.h"
#include "daymark/base/ids.h"
#include "daymark/base/result.h"
#include "daymark/crypto/ports.h"

namespace daymark::cbor {

inline constexpr std::size_t signatures_max = 16;
/// Bytes that Sig_structure needs beside payload, aad and headers.
inline constexpr std::size_t sig_structure_overhead = 64;

struct Sign1 {
  KeyId key{};
  ByteView payload;
  crypto::Signature signature;
  ByteView protected_header;
};

struct SignerEntry {
  KeyId key{};
  crypto::Signature signature;
  ByteView protected_header;
};

struct Sign {
  ByteView payload;
  std::array<SignerEntry, signatures_max> signers{};
  std::size_t signer_count = 0;

  [[nodiscard]] std::span<const SignerEntry> signer_list() const {
    return std::span(signers).first(signer_count);
  }
};

/// Parses; verifies nothing. Errors: errc::cose_*, errc::cbor_*.
[[nodiscard]] Result<Sign1> parse_sign1(ByteView message);
[[nodiscard]] Result<Sign> parse_sign(ByteView message);
/// The same into a place of the caller. On an error `out` is unspecified.
[[nodiscard]] Result<void> parse_sign_into(ByteView message, Sign& out);

/// What the signature of `message` covers, Sig_structure (RFC 9052 §4.4), written into `out`: for
/// those who verify many at once. Never longer than the whole message and `purpose` together.
/// Errors: errc::buffer_too_small.
[[nodiscard]] Result<ByteView> signed_bytes(const Sign1& message, std::string_view purpose,
                                            MutableBytes out);

/// Verifies one signature over Sig_structure (RFC 9052 §4.4), which is built in `scratch` (payload
/// + purpose + 64 + header bytes). The message must name `key`. Errors: errc::cose_signature,
/// errc::buffer_too_small.
[[nodiscard]] Result<void> verify_sign1(const Sign1& message, std::string_view purpose,
                                        const crypto::PublicKey& key, MutableBytes scratch);
[[nodiscard]] Result<void> verify_signer(const Sign& message, const SignerEntry& signer,
                                         std::string_view purpose, const crypto::PublicKey& key,
                                         MutableBytes scratch);

/// The same without building Sig_structure anywhere: what chips do. Errors: errc::cose_signature.
[[nodiscard]] Result<void> verify_sign1(const Sign1& message, std::string_view purpose,
                                        const crypto::PublicKey& key);
[[nodiscard]] Result<void> verify_signer(const Sign& message, const SignerEntry& signer,
                                         std::string_view purpose, const crypto::PublicKey& key);
[[nodiscard]] Result<ByteView> make_sign1(ByteView payload, std::string_view purpose,
                                          const crypto::SecretKey& key, MutableBytes out);

/// Signs `payload` and writes the COSE_Sign1 into `out`. Errors: errc::buffer_too_small.
[[nodiscard]] Result<ByteView> make_sign1(ByteView payload, std::string_view purpose,
                                          const crypto::SecretKey& key, MutableBytes out,
                                          MutableBytes scratch);

/// One signature for a COSE_Sign over `payload`.
[[nodiscard]] Result<SignerEntry> make_signer(ByteView payload, std::string_view purpose,
                                              const crypto::SecretKey& key, MutableBytes scratch);

/// Writes the COSE_Sign of `payload` and `signers` into `out`; protected headers are derived from
/// the key ids. Errors: errc::buffer_too_small, errc::cose_signers.
[[nodiscard]] Result<ByteView> write_sign(ByteView payload, std::span<const SignerEntry> signers,
                                          MutableBytes out);

}  // namespace daymark::cbor
