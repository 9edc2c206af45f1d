// Certificate chains and reports of our own making, for the tests: what no vector shows.
#pragma once

#include <array>
#include <string>
#include <vector>

#include <openssl/asn1.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include "daymark/base/hex.h"
#include "daymark/evidence/nvidia/chain.h"
#include "daymark/evidence/pki/openssl_internal.h"

namespace daymark::evidence {

/// Within the validity of all chains here, real ones included: 2026-02-25.
inline constexpr UnixMillis test_time{1'772'000'000'000};

/// A raw extension for a certificate under test.
struct RawExtension {
  std::string identifier;
  bool critical = false;
  std::vector<Byte> content;
};

struct CertificatePlan {
  std::string name;
  std::string constraints;  // OpenSSL's words; empty for none
  std::string usage;
  std::time_t not_before = 1'600'000'000;
  std::time_t not_after = 4'000'000'000;
  std::string curve = "P-384";
  std::string digest = "SHA384";
  std::vector<RawExtension> extensions;
  /// Signs with a key that is not the issuer's.
  bool forged = false;
  /// Names another issuer.
  std::string issuer_name;
};

inline constexpr std::string_view certified_fwid_hex =
    "11111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111"
    "1111";

/// CompositeDeviceID with the identity of certified_fwid_hex.
inline RawExtension composite_fwid() {
  const std::string text =
      "3044020101"
      "3000"
      "303d0609608648016503040202"
      "0430" +
      std::string(certified_fwid_hex);
  return {"2.23.133.5.4.1", false, *from_hex(text)};
}

inline CertificatePlan plan_of(std::string name, std::string constraints, std::string usage) {
  CertificatePlan out;
  out.name = std::move(name);
  out.constraints = std::move(constraints);
  out.usage = std::move(usage);
  return out;
}

/// Leaf first, as NVIDIA issues them.
inline std::array<CertificatePlan, chain_certificates> good_plan() {
  const std::string authority = "critical,CA:TRUE";
  const std::string issuing = "critical,keyCertSign,cRLSign";
  std::array<CertificatePlan, chain_certificates> out{
      plan_of("TEST FMC LF", "", "critical,digitalSignature"),
      plan_of("GH100 TEST BROM", authority, "critical,keyCertSign"),
      plan_of("Test Provisioner", authority, issuing),
      plan_of("Test Identity", authority, issuing),
      plan_of("Test Root", authority, issuing),
  };
  out[0].extensions.push_back(composite_fwid());
  return out;
}

class TestChain {
 public:
  explicit TestChain(const std::array<CertificatePlan, chain_certificates>& plan) {
    for (std::size_t i = chain_certificates; i-- > 0;)
      make(plan, i);
  }

  [[nodiscard]] std::string pem(std::size_t first = 0, std::size_t end = chain_certificates) const {
    std::string out;
    for (std::size_t i = first; i < end; ++i)
      out += certificates_.at(i);
    return out;
  }

  [[nodiscard]] std::string root() const { return certificates_.back(); }

  [[nodiscard]] EVP_PKEY* leaf_key() const { return keys_.front().get(); }

  [[nodiscard]] EVP_PKEY* key(std::size_t number) const { return keys_.at(number).get(); }

  [[nodiscard]] X509Owner certificate(std::size_t number) const {
    const std::string& text = certificates_.at(number);
    const std::unique_ptr<BIO, Freed<BIO_free_all>> memory(
        BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
    return X509Owner(PEM_read_bio_X509(memory.get(), nullptr, nullptr, nullptr));
  }

  /// r then s, as reports carry it.
  [[nodiscard]] std::vector<Byte> sign(ByteView message, std::size_t number = 0) const {
    std::vector<Byte> der(256);
    std::size_t size = der.size();
    const DigestContextOwner context(EVP_MD_CTX_new());
    EVP_DigestSignInit(context.get(), nullptr, EVP_sha384(), nullptr, key(number));
    EVP_DigestSign(context.get(), der.data(), &size, message.data(), message.size());
    const unsigned char* at = der.data();
    const EcdsaOwner pair(d2i_ECDSA_SIG(nullptr, &at, static_cast<long>(size)));
    std::vector<Byte> out(96);
    BN_bn2binpad(ECDSA_SIG_get0_r(pair.get()), out.data(), 48);
    BN_bn2binpad(ECDSA_SIG_get0_s(pair.get()), out.data() + 48, 48);
    return out;
  }

 private:
  static X509_NAME* set_name(X509_NAME* name, const std::string& text) {
    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8,
                               reinterpret_cast<const unsigned char*>(text.c_str()), -1, -1, 0);
    return name;
  }

  static void add(X509* certificate, int kind, const std::string& words) {
    if (words.empty()) return;
    X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, nullptr, kind, words.c_str());
    X509_add_ext(certificate, extension, -1);
    X509_EXTENSION_free(extension);
  }

  static void add(X509* certificate, const RawExtension& raw) {
    ASN1_OBJECT* identifier = OBJ_txt2obj(raw.identifier.c_str(), 1);
    ASN1_OCTET_STRING* content = ASN1_OCTET_STRING_new();
    ASN1_OCTET_STRING_set(content, raw.content.data(), static_cast<int>(raw.content.size()));
    X509_EXTENSION* extension =
        X509_EXTENSION_create_by_OBJ(nullptr, identifier, raw.critical ? 1 : 0, content);
    X509_add_ext(certificate, extension, -1);
    X509_EXTENSION_free(extension);
    ASN1_OCTET_STRING_free(content);
    ASN1_OBJECT_free(identifier);
  }

  void make(const std::array<CertificatePlan, chain_certificates>& plan, std::size_t number) {
    const CertificatePlan& mine = plan.at(number);
    const std::size_t issuer = std::min(number + 1, chain_certificates - 1);
    keys_.at(number).reset(EVP_EC_gen(mine.curve.c_str()));
    const X509Owner certificate(X509_new());
    X509_set_version(certificate.get(), X509_VERSION_3);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), static_cast<long>(1000 + number));
    set_name(X509_get_subject_name(certificate.get()), mine.name);
    set_name(X509_get_issuer_name(certificate.get()),
             mine.issuer_name.empty() ? plan.at(issuer).name : mine.issuer_name);
    ASN1_TIME_set(X509_getm_notBefore(certificate.get()), mine.not_before);
    ASN1_TIME_set(X509_getm_notAfter(certificate.get()), mine.not_after);
    X509_set_pubkey(certificate.get(), keys_.at(number).get());
    add(certificate.get(), NID_basic_constraints, mine.constraints);
    add(certificate.get(), NID_key_usage, mine.usage);
    for (const RawExtension& raw : mine.extensions)
      add(certificate.get(), raw);
    const KeyOwner stranger(EVP_EC_gen("P-384"));
    X509_sign(certificate.get(), mine.forged ? stranger.get() : keys_.at(issuer).get(),
              EVP_get_digestbyname(mine.digest.c_str()));
    certificates_.at(number) = to_pem(certificate.get());
  }

  static std::string to_pem(X509* certificate) {
    const std::unique_ptr<BIO, Freed<BIO_free_all>> memory(BIO_new(BIO_s_mem()));
    PEM_write_bio_X509(memory.get(), certificate);
    char* text = nullptr;
    const long size = BIO_get_mem_data(memory.get(), &text);
    return {text, static_cast<std::size_t>(size)};
  }

  std::array<KeyOwner, chain_certificates> keys_;
  std::array<std::string, chain_certificates> certificates_;
};

/// A report in parts, to be bent and put together.
struct ReportPlan {
  std::vector<Byte> request = *from_hex(
      "11e001ff"
      "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
      "00");
  std::vector<Byte> response = *from_hex("11600000");
  std::vector<std::vector<Byte>> blocks{block(1), block(2), block(3)};
  std::size_t count_off = 0;
  std::size_t length_off = 0;
  std::vector<std::pair<unsigned, std::vector<Byte>>> opaque{
      {3, *from_hex("3535302e3000")},
      {6, *from_hex("009f009601000000")},
      {20, *from_hex(certified_fwid_hex)},
      {999, *from_hex("010203")},
  };
  std::size_t opaque_length_off = 0;

  static std::vector<Byte> block(unsigned index) {
    std::vector<Byte> out{static_cast<Byte>(index), 1, 51, 0, 1, 48, 0};
    out.resize(55, static_cast<Byte>(index * 3));
    return out;
  }

  /// All that a signature covers.
  [[nodiscard]] std::vector<Byte> signed_bytes() const {
    std::vector<Byte> out = request;
    append(out, response);
    std::vector<Byte> record;
    for (const auto& block : blocks)
      append(record, block);
    put(out, blocks.size() + count_off, 1);
    put(out, record.size() + length_off, 3);
    append(out, record);
    out.resize(out.size() + 32, 0xBB);
    std::vector<Byte> fields;
    for (const auto& [type, data] : opaque) {
      put(fields, type, 2);
      put(fields, data.size(), 2);
      append(fields, data);
    }
    put(out, fields.size() + opaque_length_off, 2);
    append(out, fields);
    return out;
  }

  [[nodiscard]] std::vector<Byte> unsigned_report() const {
    std::vector<Byte> out = signed_bytes();
    out.resize(out.size() + 96, 0xCC);
    return out;
  }

  [[nodiscard]] std::vector<Byte> report(const TestChain& chain) const {
    std::vector<Byte> out = signed_bytes();
    append(out, chain.sign(out));
    return out;
  }

  static void append(std::vector<Byte>& out, ByteView bytes) {
    out.insert(out.end(), bytes.begin(), bytes.end());
  }

  static void put(std::vector<Byte>& out, std::size_t value, int bytes) {
    for (int i = 0; i < bytes; ++i)
      out.push_back(static_cast<Byte>(value >> (8 * i)));
  }
};

/// Hexadecimal text with white space behind it, as bytes.
inline std::vector<Byte> bytes_of_hex(std::string text) {
  while (!text.empty() && text.back() <= ' ')
    text.pop_back();
  auto bytes = from_hex(text);
  return bytes ? *std::move(bytes) : std::vector<Byte>{};
}

}  // namespace daymark::evidence
