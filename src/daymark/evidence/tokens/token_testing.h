// Keys and tokens made up for tests. Test only.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <openssl/pem.h>

#include "daymark/base/hex.h"
#include "daymark/cbor/encode.h"
#include "daymark/evidence/pki/openssl_internal.h"
#include "daymark/evidence/tokens/cose_message.h"

namespace daymark::evidence {

/// A private key that tests sign with.
class TestKey {
 public:
  /// "P-256", "P-384", "P-521" or "Ed25519".
  explicit TestKey(const char* curve = "P-256") {
    const bool edwards = std::string_view(curve) == "Ed25519";
    key_.reset(edwards ? EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519")
                       : EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", curve));
  }

  [[nodiscard]] VerifyingKey verifying() const {
    unsigned char* der = nullptr;
    const int size = i2d_PUBKEY(key_.get(), &der);
    const BytesOwner owner(der);
    return *VerifyingKey::from_spki({der, static_cast<std::size_t>(size)});
  }

  /// r and s as DER, or Ed25519's 64 bytes.
  [[nodiscard]] std::vector<Byte> sign_der(ByteView message) const {
    const auto kind = verifying().kind();
    const EVP_MD* digest = EVP_sha512();
    if (kind == KeyKind::p256) digest = EVP_sha256();
    if (kind == KeyKind::p384) digest = EVP_sha384();
    if (kind == KeyKind::ed25519) digest = nullptr;
    const DigestContextOwner context(EVP_MD_CTX_new());
    std::size_t size = 256;
    std::vector<Byte> out(size);
    EXPECT_EQ(EVP_DigestSignInit(context.get(), nullptr, digest, nullptr, key_.get()), 1);
    EXPECT_EQ(EVP_DigestSign(context.get(), out.data(), &size, message.data(), message.size()), 1);
    out.resize(size);
    return out;
  }

  /// r then s of fixed width.
  [[nodiscard]] std::vector<Byte> sign(ByteView message) const {
    const std::vector<Byte> der = sign_der(message);
    const auto kind = verifying().kind();
    if (kind == KeyKind::ed25519) return der;
    const int width = kind == KeyKind::p256 ? 32 : kind == KeyKind::p384 ? 48 : 66;
    const unsigned char* at = der.data();
    const EcdsaOwner pair(d2i_ECDSA_SIG(nullptr, &at, static_cast<long>(der.size())));
    std::vector<Byte> out(2 * static_cast<std::size_t>(width));
    BN_bn2binpad(ECDSA_SIG_get0_r(pair.get()), out.data(), width);
    BN_bn2binpad(ECDSA_SIG_get0_s(pair.get()), out.data() + width, width);
    return out;
  }

  /// The private key as PKCS#8 PEM.
  [[nodiscard]] std::string private_pem() const {
    const std::unique_ptr<BIO, Freed<BIO_free_all>> memory(BIO_new(BIO_s_mem()));
    PEM_write_bio_PKCS8PrivateKey(memory.get(), key_.get(), nullptr, nullptr, 0, nullptr, nullptr);
    char* text = nullptr;
    const long size = BIO_get_mem_data(memory.get(), &text);
    return {text, static_cast<std::size_t>(size)};
  }

  [[nodiscard]] EVP_PKEY* get() const { return key_.get(); }

 private:
  KeyOwner key_;
};

using PutValue = std::function<void(cbor::Writer&)>;
/// Claims by label; a test changes some and takes others away.
using TestClaims = std::map<std::int64_t, PutValue>;

inline PutValue bytes_value(std::size_t size, Byte fill, Byte first = 0) {
  std::vector<Byte> value(size, fill);
  if (first != 0) value.front() = first;
  return [value](cbor::Writer& out) { out.put_bytes(value); };
}

inline PutValue number_value(std::int64_t value) {
  return [value](cbor::Writer& out) { out.put_integer(value); };
}

inline PutValue text_value(std::string value) {
  return [value = std::move(value)](cbor::Writer& out) { out.put_text(value); };
}

inline std::vector<Byte> encode_claims(const TestClaims& claims) {
  return cbor::encode([&claims](cbor::Writer& out) {
    out.open_map(claims.size());
    for (const auto& [label, put] : claims) {
      out.put_integer(label);
      put(out);
    }
  });
}

/// {1: algorithm} as bytes.
inline std::vector<Byte> header_of(std::int64_t algorithm) {
  return cbor::encode([algorithm](cbor::Writer& out) {
    out.open_map(1);
    out.put_integer(1);
    out.put_integer(algorithm);
  });
}

/// A COSE_Sign1 with these headers. `unprotected` is an encoded map, empty for none.
inline std::vector<Byte> sign1_by(const TestKey& key, ByteView payload, ByteView header,
                                  ByteView unprotected = {}) {
  CoseMessage message;
  message.protected_header = header;
  message.payload = payload;
  const auto signature = key.sign(cose_signed_bytes(message, 0, {}));
  return cbor::encode([&](cbor::Writer& out) {
    out.put_tag(18);
    out.open_array(4);
    out.put_bytes(header);
    if (unprotected.empty()) {
      out.open_map(0);
    } else {
      out.put_raw(unprotected);
    }
    out.put_bytes(payload);
    out.put_bytes(signature);
  });
}

inline std::vector<Byte> sign1_by(const TestKey& key, ByteView payload) {
  return sign1_by(key, payload, header_of(static_cast<std::int64_t>(key.verifying().algorithm())));
}

/// The bytes of a literal in hexadecimal.
inline std::vector<Byte> hex_bytes(std::string_view hex) {
  return from_hex(hex).value_or(std::vector<Byte>{});
}

template <class T>
Errc refusal_of(const Result<T>& result) {
  return result ? Errc{} : result.error().code;
}

}  // namespace daymark::evidence
