// COSE_Sign1 and COSE_Sign of others (RFC 9052), with foreign headers and ES256, ES384, ES512 or
// EdDSA. Daymark's own messages are read by cbor/cose.h.
#pragma once

#include <optional>
#include <vector>

#include "daymark/base/bytes.h"
#include "daymark/base/result.h"
#include "daymark/evidence/tokens/cose_key.h"

namespace daymark::evidence {

/// Largest token, CoRIM or other COSE message that is looked at.
inline constexpr std::size_t token_size_max = 256UL << 10;
/// Most signatures of one COSE_Sign.
inline constexpr std::size_t cose_signatures_max = 16;

struct CoseSignature {
  /// The signer's protected header as it came; empty in a COSE_Sign1, whose header is the body's.
  ByteView protected_header;
  /// As the protected or the unprotected header names it. Which algorithm counts is decided by the
  /// key, so that an unprotected name can't do harm.
  SignatureAlgorithm algorithm{};
  std::optional<ByteView> key_id;
  ByteView signature;
};

struct CoseMessage {
  /// Tag 18; else tag 98.
  bool one_signer = true;
  /// False where tag 18 was missing.
  bool tagged = true;
  /// As it came; empty where it holds an empty map, which is signed as an empty string (§4.4).
  ByteView protected_header;
  /// Absent where the message is detached.
  std::optional<ByteView> payload;
  std::vector<CoseSignature> signatures;
};

/// Whether a COSE_Sign1 may come without its tag.
enum class Untagged : std::uint8_t { refused, allowed };

/// Verifies nothing. Views point into `message`. A tag 61 (CWT) may stand before tag 18.
/// Errors: any errc::cbor_*; errc::cose_malformed for other tags and shapes; errc::cose_mac;
/// errc::cose_algorithm for none or one that is not verified here; errc::cose_critical for any
/// critical parameter but alg, content type and key id; errc::cose_signers;
/// errc::cbor_key_duplicate where a label stands in both headers.
[[nodiscard]] Result<CoseMessage> parse_cose(ByteView message, Untagged untagged);

/// What the signature with this number covers: Sig_structure (§4.4).
[[nodiscard]] std::vector<Byte> cose_signed_bytes(const CoseMessage& message, std::size_t signature,
                                                  ByteView external_aad);

/// Content whose signature held. Only verify_cose makes one.
class VerifiedContent {
 public:
  /// A view into the message.
  [[nodiscard]] ByteView content() const { return content_; }

  /// Which signature it was.
  [[nodiscard]] std::size_t signature() const { return signature_; }

 private:
  friend Result<VerifiedContent> verify_cose(const CoseMessage& message, const VerifyingKey& key,
                                             ByteView external_aad);

  VerifiedContent(ByteView content, std::size_t signature)
      : content_(content), signature_(signature) {}

  ByteView content_;
  std::size_t signature_;
};

/// That one of the signatures is by `key` and names its algorithm.
/// Errors: errc::cose_detached; errc::cose_key_algorithm where none names it; errc::cose_signature.
[[nodiscard]] Result<VerifiedContent> verify_cose(const CoseMessage& message,
                                                  const VerifyingKey& key,
                                                  ByteView external_aad = {});

}  // namespace daymark::evidence
