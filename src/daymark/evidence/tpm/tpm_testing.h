// A TPM of our own making, for the tests: keys, public areas, statements and logs that no vector
// shows.
#pragma once

#include <string_view>
#include <vector>

#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/rsa.h>

#include "daymark/evidence/pki/openssl_internal.h"
#include "daymark/evidence/tpm/tpm_fields_internal.h"
#include "daymark/evidence/tpm/tpm_hash_internal.h"
#include "daymark/evidence/tpm/tpm_public.h"
#include "daymark/evidence/tpm/tpm_quote.h"

namespace daymark::evidence {

using TestBytes = std::vector<Byte>;

template <class Unsigned>
void put_number(TestBytes& out, Unsigned value) {
  ByteArray<sizeof(Unsigned)> bytes{};
  put_big_endian(value, std::span(bytes));
  out.insert(out.end(), bytes.begin(), bytes.end());
}

inline void put_part(TestBytes& out, ByteView bytes) {
  out.insert(out.end(), bytes.begin(), bytes.end());
}

inline void put_sized_part(TestBytes& out, ByteView bytes) {
  put_number(out, static_cast<std::uint16_t>(bytes.size()));
  put_part(out, bytes);
}

/// Attributes of a key that is taken.
inline constexpr std::uint32_t good_attributes = 0x00050072;

/// An attestation key with its public area, as a TPM would have it.
class TestTpm {
 public:
  /// "P-256", "P-384" or "RSA".
  explicit TestTpm(std::string_view kind, std::uint32_t attributes = good_attributes)
      : kind_(kind),
        hash_(kind == "P-384" ? tpm_alg::sha384 : tpm_alg::sha256),
        key_(kind == "RSA" ? EVP_RSA_gen(2048) : EVP_EC_gen(kind_.c_str())) {
    put_number(area_, kind == "RSA" ? tpm_alg::rsa : tpm_alg::ecc);
    put_number(area_, tpm_alg::sha256);
    put_number(area_, attributes);
    put_number(area_, std::uint16_t{0});
    put_number(area_, tpm_alg::null);
    put_number(area_, kind == "RSA" ? tpm_alg::rsassa : tpm_alg::ecdsa);
    put_number(area_, hash_);
    kind == "RSA" ? put_rsa() : put_ecc();
  }

  [[nodiscard]] const TestBytes& area() const { return area_; }

  [[nodiscard]] std::uint16_t hash() const { return hash_; }

  [[nodiscard]] std::size_t coordinate() const { return kind_ == "P-384" ? 48 : 32; }

  /// SubjectPublicKeyInfo.
  [[nodiscard]] TestBytes spki() const {
    unsigned char* raw = nullptr;
    const int size = i2d_PUBKEY(key_.get(), &raw);
    const BytesOwner owner(raw);
    return {raw, raw + size};
  }

  /// The plain signature: PKCS #1, or DER.
  [[nodiscard]] TestBytes sign_plain(ByteView message) const {
    const DigestContextOwner context(EVP_MD_CTX_new());
    TestBytes out(1024);
    std::size_t size = out.size();
    EVP_DigestSignInit(context.get(), nullptr, tpm_hash(hash_), nullptr, key_.get());
    EVP_DigestSign(context.get(), out.data(), &size, message.data(), message.size());
    out.resize(size);
    return out;
  }

  /// r and s of full length.
  [[nodiscard]] TestBytes sign_raw(ByteView message) const {
    const TestBytes der = sign_plain(message);
    const EcdsaNumbers pair = parse_ecdsa_der(der).value();
    TestBytes out(2 * coordinate(), 0);
    copy_bytes(pair.r, MutableBytes(out).subspan(coordinate() - pair.r.size(), pair.r.size()));
    copy_bytes(pair.s, MutableBytes(out).last(pair.s.size()));
    return out;
  }

  /// TPMT_SIGNATURE.
  [[nodiscard]] TestBytes sign(ByteView message) const {
    TestBytes out;
    put_number(out, kind_ == "RSA" ? tpm_alg::rsassa : tpm_alg::ecdsa);
    put_number(out, hash_);
    const TestBytes plain = kind_ == "RSA" ? sign_plain(message) : sign_raw(message);
    if (kind_ == "RSA") {
      put_sized_part(out, plain);
    } else {
      put_sized_part(out, ByteView(plain).first(coordinate()));
      put_sized_part(out, ByteView(plain).subspan(coordinate()));
    }
    return out;
  }

 private:
  [[nodiscard]] TestBytes number_of(const char* name, std::size_t size) const {
    BIGNUM* number = nullptr;
    EVP_PKEY_get_bn_param(key_.get(), name, &number);
    const BigNumberOwner owner(number);
    TestBytes out(size);
    BN_bn2binpad(number, out.data(), static_cast<int>(size));
    return out;
  }

  void put_rsa() {
    put_number(area_, std::uint16_t{2048});
    put_number(area_, std::uint32_t{0});
    put_sized_part(area_, number_of(OSSL_PKEY_PARAM_RSA_N, 256));
  }

  void put_ecc() {
    put_number(area_, kind_ == "P-384" ? tpm_curve::p384 : tpm_curve::p256);
    put_number(area_, tpm_alg::null);
    put_sized_part(area_, number_of(OSSL_PKEY_PARAM_EC_PUB_X, coordinate()));
    put_sized_part(area_, number_of(OSSL_PKEY_PARAM_EC_PUB_Y, coordinate()));
  }

  std::string kind_;
  std::uint16_t hash_;
  KeyOwner key_;
  TestBytes area_;
};

/// Head of a statement up to what belongs to its kind.
inline TestBytes statement_head(TpmStatementKind kind, ByteView nonce) {
  TestBytes out;
  put_number(out, tpm_magic);
  put_number(out, static_cast<std::uint16_t>(kind));
  TestBytes signer(34, 0x5A);
  signer[0] = 0;
  signer[1] = 0x0B;
  put_sized_part(out, signer);
  put_sized_part(out, nonce);
  put_number(out, std::uint64_t{123456});
  put_number(out, std::uint32_t{7});
  put_number(out, std::uint32_t{1});
  out.push_back(1);
  put_number(out, std::uint64_t{0x0001000200030004});
  return out;
}

struct TestBank {
  std::uint16_t hash;
  std::uint32_t mask;
};

/// A quote over these banks; the digest is by `hash`.
inline TestBytes quote_over(std::span<const TestBank> banks, const PcrBanks& values,
                            std::uint16_t hash, ByteView nonce) {
  TestBytes out = statement_head(TpmStatementKind::quote, nonce);
  put_number(out, static_cast<std::uint32_t>(banks.size()));
  TpmsQuote selection;
  for (const TestBank& bank : banks) {
    put_number(out, bank.hash);
    out.push_back(3);
    for (unsigned i = 0; i < 3; ++i)
      out.push_back(static_cast<Byte>(bank.mask >> (8 * i) & 0xFFU));
    selection.banks.push_back({bank.hash, {}, bank.mask});
  }
  put_sized_part(out, digest_of_selection(selection, values, hash).value());
  return out;
}

template <class Unsigned>
void put_little(TestBytes& out, Unsigned value) {
  for (std::size_t i = 0; i < sizeof(Unsigned); ++i)
    out.push_back(static_cast<Byte>(static_cast<std::uint64_t>(value) >> (8 * i) & 0xFFU));
}

struct TestEvent {
  std::uint32_t pcr;
  std::uint32_t type;
  TestBytes data;
  /// Also extended digests: by default of the data.
  Byte filler = 0;
};

/// The header of a log with these algorithms.
inline TestBytes log_header(std::span<const EventAlgorithm> algorithms,
                            std::string_view mark = {"Spec ID Event03\0", 16}) {
  TestBytes inner;
  put_part(inner, bytes_of(mark));
  put_part(inner, ByteArray<8>{0, 0, 0, 0, 0, 2, 0, 2});
  put_little(inner, static_cast<std::uint32_t>(algorithms.size()));
  for (const EventAlgorithm& one : algorithms) {
    put_little(inner, one.hash);
    put_little(inner, one.size);
  }
  inner.push_back(0);
  TestBytes out;
  put_little(out, std::uint32_t{0});
  put_little(out, std::uint32_t{3});
  out.resize(out.size() + 20, 0);
  put_little(out, static_cast<std::uint32_t>(inner.size()));
  put_part(out, inner);
  return out;
}

inline void put_event(TestBytes& out, const TestEvent& event,
                      std::span<const EventAlgorithm> algorithms) {
  put_little(out, event.pcr);
  put_little(out, event.type);
  put_little(out, static_cast<std::uint32_t>(algorithms.size()));
  for (const EventAlgorithm& one : algorithms) {
    put_little(out, one.hash);
    out.resize(out.size() + one.size, event.filler);
  }
  put_little(out, static_cast<std::uint32_t>(event.data.size()));
  put_part(out, event.data);
}

}  // namespace daymark::evidence
