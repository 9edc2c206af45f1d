// Revocation answers of our own making, by OpenSSL's encoder: what no vector shows.
#pragma once

#include <ctime>
#include <optional>
#include <string>
#include <vector>

#include <openssl/ocsp.h>

#include "daymark/evidence/evidence_testing.h"

namespace daymark::evidence {

/// An answer in parts, to be bent and signed.
struct AnswerPlan {
  int status = V_OCSP_CERTSTATUS_GOOD;
  int reason = OCSP_REVOKED_STATUS_NOSTATUS;
  /// Seconds around test_time.
  std::time_t from = -3600;
  std::optional<std::time_t> until = 3600;
  const EVP_MD* hash = EVP_sha384();
  std::vector<Byte> nonce;
  /// Number of the certificate that the answer is about; its issuer is the next one.
  std::size_t about = 1;
  /// "" for an answer that the issuer signs itself; else extended key usage of a responder.
  std::string responder_usage = "critical,OCSPSigning";
  bool responder_is_authority = false;
  std::time_t responder_until = 4'000'000'000;
  /// A responder that another authority certified.
  std::size_t responder_issuer = 2;
  bool twice = false;
};

class TestAnswer {
 public:
  TestAnswer(const TestChain& chain, const AnswerPlan& plan) : basic_(OCSP_BASICRESP_new()) {
    add_status(chain, plan);
    if (plan.twice) add_status(chain, plan);
    if (!plan.nonce.empty()) {
      OCSP_basic_add1_nonce(basic_.get(), const_cast<unsigned char*>(plan.nonce.data()),
                            static_cast<int>(plan.nonce.size()));
    }
    sign(chain, plan);
  }

  [[nodiscard]] std::vector<Byte> der() const {
    const std::unique_ptr<OCSP_RESPONSE, Freed<OCSP_RESPONSE_free>> response(
        OCSP_response_create(OCSP_RESPONSE_STATUS_SUCCESSFUL, basic_.get()));
    unsigned char* raw = nullptr;
    const int size = i2d_OCSP_RESPONSE(response.get(), &raw);
    const BytesOwner owner(raw);
    return {raw, raw + size};
  }

 private:
  using TimeOwner = std::unique_ptr<ASN1_TIME, Freed<ASN1_STRING_free>>;

  static TimeOwner time_at(std::time_t offset) {
    const std::time_t at = static_cast<std::time_t>(test_time.value / 1000) + offset;
    return TimeOwner(ASN1_GENERALIZEDTIME_set(nullptr, at));
  }

  void add_status(const TestChain& chain, const AnswerPlan& plan) {
    const X509Owner subject = chain.certificate(plan.about);
    const X509Owner issuer = chain.certificate(plan.about + 1);
    const std::unique_ptr<OCSP_CERTID, Freed<OCSP_CERTID_free>> id(
        OCSP_cert_to_id(plan.hash, subject.get(), issuer.get()));
    const bool revoked = plan.status == V_OCSP_CERTSTATUS_REVOKED;
    const TimeOwner revoked_at = revoked ? time_at(-100'000) : nullptr;
    const TimeOwner from = time_at(plan.from);
    const TimeOwner until = plan.until ? time_at(*plan.until) : nullptr;
    OCSP_basic_add1_status(basic_.get(), id.get(), plan.status, plan.reason, revoked_at.get(),
                           from.get(), until.get());
  }

  static void extend(X509* certificate, int kind, const std::string& words) {
    X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, nullptr, kind, words.c_str());
    X509_add_ext(certificate, extension, -1);
    X509_EXTENSION_free(extension);
  }

  static X509Owner responder(const TestChain& chain, const AnswerPlan& plan, EVP_PKEY* key) {
    X509Owner out(X509_new());
    const X509Owner issuer = chain.certificate(plan.responder_issuer);
    X509_set_version(out.get(), X509_VERSION_3);
    ASN1_INTEGER_set(X509_get_serialNumber(out.get()), 77);
    X509_NAME_add_entry_by_txt(X509_get_subject_name(out.get()), "CN", MBSTRING_UTF8,
                               reinterpret_cast<const unsigned char*>("Responder"), -1, -1, 0);
    X509_set_issuer_name(out.get(), X509_get_subject_name(issuer.get()));
    ASN1_TIME_set(X509_getm_notBefore(out.get()), 1'600'000'000);
    ASN1_TIME_set(X509_getm_notAfter(out.get()), plan.responder_until);
    X509_set_pubkey(out.get(), key);
    extend(out.get(), NID_basic_constraints,
           plan.responder_is_authority ? "critical,CA:TRUE" : "CA:FALSE");
    extend(out.get(), NID_key_usage, "critical,digitalSignature");
    extend(out.get(), NID_ext_key_usage, plan.responder_usage);
    X509_sign(out.get(), chain.key(plan.responder_issuer), EVP_sha384());
    return out;
  }

  void sign(const TestChain& chain, const AnswerPlan& plan) {
    // producedAt is the machine's own time by default; here it is that of the answer.
    OCSP_BASICRESP* const basic = basic_.get();
    const TimeOwner produced = time_at(plan.from);
    constexpr unsigned long own_time = OCSP_NOTIME;
    if (plan.responder_usage.empty()) {
      const X509Owner issuer = chain.certificate(plan.about + 1);
      set_produced(basic, *produced);
      OCSP_basic_sign(basic, issuer.get(), chain.key(plan.about + 1), EVP_sha384(), nullptr,
                      own_time | OCSP_NOCERTS);
      return;
    }
    const KeyOwner key(EVP_EC_gen("P-384"));
    const X509Owner signer = responder(chain, plan, key.get());
    set_produced(basic, *produced);
    OCSP_basic_sign(basic, signer.get(), key.get(), EVP_sha384(), nullptr, own_time);
  }

  static void set_produced(OCSP_BASICRESP* basic, const ASN1_TIME& time) {
    auto* const at = const_cast<ASN1_GENERALIZEDTIME*>(OCSP_resp_get0_produced_at(basic));
    ASN1_STRING_copy(at, &time);
  }

  std::unique_ptr<OCSP_BASICRESP, Freed<OCSP_BASICRESP_free>> basic_;
};

}  // namespace daymark::evidence
