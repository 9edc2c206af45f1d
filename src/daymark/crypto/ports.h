// The cryptography that the core needs, as plain functions that are defined at link time: on the
// host by libsodium and OpenSSL (host.cc), in firmware by libsodium built for the target.
//
// Ed25519 is verified by one rule everywhere (PROTOCOL §1.3, libsodium's): cofactorless, S < L, no
// low-order or non-canonical A or R. All functions are pure and safe from several threads.
#pragma once

#include <span>

#include "daymark/base/bytes.h"
#include "daymark/base/ids.h"
#include "daymark/base/result.h"

namespace daymark::crypto {

struct PublicKey {
  ByteArray<32> bytes{};
  friend constexpr auto operator<=>(const PublicKey&, const PublicKey&) = default;
};

struct Signature {
  ByteArray<64> bytes{};
  friend constexpr bool operator==(const Signature&, const Signature&) = default;
};

/// The 32-byte seed of RFC 8032; erased by its owner when no longer needed.
struct SecretKey {
  ByteArray<32> seed{};
};

struct ExchangePublicKey {
  ByteArray<32> bytes{};
  friend constexpr auto operator<=>(const ExchangePublicKey&, const ExchangePublicKey&) = default;
};

struct ExchangeSecretKey {
  ByteArray<32> bytes{};
};

/// SHA-256 of the parts in order, as if they were one string (FIPS 180-4).
[[nodiscard]] Digest sha256(std::span<const ByteView> parts);

[[nodiscard]] inline Digest sha256(ByteView bytes) {
  return sha256(std::span<const ByteView>(&bytes, 1));
}

/// SHA-256 with a purpose before the content: SHA-256(purpose || 0x00 || parts…).
[[nodiscard]] Digest tagged_hash(std::string_view purpose, std::span<const ByteView> parts);

[[nodiscard]] inline Digest tagged_hash(std::string_view purpose, ByteView bytes) {
  return tagged_hash(purpose, std::span<const ByteView>(&bytes, 1));
}

/// RFC 8032 with the rule above, over the parts in order, as if they were one string; at most
/// signed_parts_max. Errors: errc::signature_invalid.
[[nodiscard]] Result<void> ed25519_verify(const PublicKey& key, std::span<const ByteView> parts,
                                          const Signature& signature);
[[nodiscard]] Signature ed25519_sign(const SecretKey& key, std::span<const ByteView> parts);

inline constexpr std::size_t signed_parts_max = 4;

[[nodiscard]] inline Result<void> ed25519_verify(const PublicKey& key, ByteView message,
                                                 const Signature& signature) {
  return ed25519_verify(key, std::span<const ByteView>(&message, 1), signature);
}

[[nodiscard]] inline Signature ed25519_sign(const SecretKey& key, ByteView message) {
  return ed25519_sign(key, std::span<const ByteView>(&message, 1));
}

[[nodiscard]] PublicKey ed25519_public(const SecretKey& key);

/// X25519 (RFC 7748). Errors: errc::key_invalid where the shared secret is all zero (low-order
/// point).
[[nodiscard]] Result<ByteArray<32>> x25519(const ExchangeSecretKey& mine,
                                           const ExchangePublicKey& theirs);
[[nodiscard]] ExchangePublicKey x25519_public(const ExchangeSecretKey& key);

/// SipHash-2-4 with a 128-bit key: the tag of ranging packets and of short-lived cookies.
[[nodiscard]] ByteArray<8> siphash(const ByteArray<16>& key, ByteView message);

/// HMAC-SHA-256 (RFC 2104).
[[nodiscard]] Digest hmac_sha256(ByteView key, std::span<const ByteView> parts);

/// Equality in time that depends on the length alone.
[[nodiscard]] bool equal_secret(ByteView a, ByteView b);

/// Overwrites a secret in a way that the compiler can't remove.
void erase(MutableBytes secret);

/// The first 8 bytes of SHA-256(key): names a key inside signatures, proves nothing.
[[nodiscard]] KeyId key_id(const PublicKey& key);

/// The chip that holds `key` (base/ids.h).
[[nodiscard]] ChipId chip_id(const PublicKey& key);

}  // namespace daymark::crypto
