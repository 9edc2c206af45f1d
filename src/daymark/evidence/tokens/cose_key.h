// Public keys of others, each bound to the one algorithm that it is used with, so that no message
// can choose another.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "daymark/base/bytes.h"
#include "daymark/base/result.h"

namespace daymark::evidence {

/// Largest file of a key.
inline constexpr std::size_t key_text_max = 16384;

enum class KeyKind : std::uint8_t { p256, p384, p521, ed25519 };

/// Numbers of the IANA registry "COSE Algorithms" (RFC 9053 §2).
enum class SignatureAlgorithm : std::int16_t { es256 = -7, eddsa = -8, es384 = -35, es512 = -36 };

/// "ES256", "ES384", "ES512", "EdDSA": the names of JOSE.
[[nodiscard]] std::string_view name_of(SignatureAlgorithm algorithm);

/// A public key for P-256 with SHA-256, P-384 with SHA-384, P-521 with SHA-512 or Ed25519 (by the
/// rule of crypto/ports.h). Copies share it. Safe from several threads.
class VerifyingKey {
 public:
  /// DER of SubjectPublicKeyInfo: named curve, uncompressed point on the curve.
  /// Errors: errc::verifying_key, from all of these.
  [[nodiscard]] static Result<VerifyingKey> from_spki(ByteView der);
  /// A text with one block "PUBLIC KEY" (RFC 7468); text before the block is passed over.
  [[nodiscard]] static Result<VerifyingKey> from_pem(std::string_view text);
  /// RFC 7517: kty EC or OKP. `alg` must fit the key where it is there; other members, among them
  /// private ones, are not read.
  [[nodiscard]] static Result<VerifyingKey> from_jwk(std::string_view json);
  /// Whichever of the two it is.
  [[nodiscard]] static Result<VerifyingKey> from_text(std::string_view text);
  /// Coordinates, most significant byte first; `y` empty for Ed25519.
  [[nodiscard]] static Result<VerifyingKey> from_coordinates(KeyKind kind, ByteView x, ByteView y);

  [[nodiscard]] KeyKind kind() const;
  /// The one algorithm that the key is used with.
  [[nodiscard]] SignatureAlgorithm algorithm() const;
  [[nodiscard]] ByteView spki() const;
  /// The canonical text: 64 characters a line.
  [[nodiscard]] std::string pem() const;
  /// SHA-256 of the DER.
  [[nodiscard]] Digest thumbprint() const;

  /// `signature` is r then s of fixed width (RFC 9053 §2.1), or 64 bytes of Ed25519.
  [[nodiscard]] bool verifies(ByteView message, ByteView signature) const;
  /// The same with r and s as strict DER; Ed25519 as above.
  [[nodiscard]] bool verifies_der(ByteView message, ByteView signature) const;

 private:
  struct Parts;

  explicit VerifyingKey(std::shared_ptr<const Parts> parts) : parts_(std::move(parts)) {}

  std::shared_ptr<const Parts> parts_;
};

}  // namespace daymark::evidence
