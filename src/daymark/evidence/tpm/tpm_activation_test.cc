#include "daymark/evidence/tpm/tpm_activation.h"

#include <functional>

#include <gtest/gtest.h>
#include <openssl/core_names.h>

#include "daymark/crypto/random.h"
#include "daymark/evidence/errors.h"
#include "daymark/evidence/tokens/token_testing.h"
#include "daymark/evidence/tpm/tpm_quote.h"
#include "daymark/evidence/tpm/tpm_testing.h"

namespace daymark::evidence {
namespace {

/// TPMT_PUBLIC of an endorsement key by template L-1.
TestBytes endorsement_area(EVP_PKEY* key) {
  TestBytes out;
  put_number(out, tpm_alg::rsa);
  put_number(out, tpm_alg::sha256);
  put_number(out, std::uint32_t{0x000300B2});
  put_sized_part(out, endorsement_policy);
  put_number(out, tpm_alg::aes);
  put_number(out, std::uint16_t{128});
  put_number(out, tpm_alg::cfb);
  put_number(out, tpm_alg::null);
  put_number(out, std::uint16_t{2048});
  put_number(out, std::uint32_t{0});
  BIGNUM* number = nullptr;
  EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_RSA_N, &number);
  const BigNumberOwner owner(number);
  TestBytes modulus(256);
  BN_bn2binpad(number, modulus.data(), 256);
  put_sized_part(out, modulus);
  return out;
}

class Activations : public testing::Test {
 protected:
  Activations() {
    activation_.endorsement = endorsement_area(endorsement_.get());
    activation_.attestation = tpm_.area();
    activation_.answer = Digest{7};
    activation_.commitment = activation_commitment(activation_.answer);
    activation_.seed = Digest{9};
    activation_.credential =
        make_tpm_credential_from(activation_.endorsement, tpm_name(tpm_.area()), activation_.answer,
                                 *activation_.seed)
            .value();
    activation_.challenger = "authority.example";
    activation_.challenged = {1'772'000'000'000};
    activation_.answered = {1'772'000'000'500};
  }

  [[nodiscard]] std::vector<Byte> message() { return *sign_tpm_activation(activation_, signer_); }

  [[nodiscard]] Errc refusal() {
    return refusal_of(open_tpm_activation(message(), signer_.public_key()));
  }

  [[nodiscard]] Errc after(const std::function<void(TpmActivation&)>& edit) {
    const TpmActivation kept = activation_;
    edit(activation_);
    const Errc out = refusal();
    activation_ = kept;
    return out;
  }

  KeyOwner endorsement_{EVP_RSA_gen(2048)};
  TestTpm tpm_{"P-256"};
  crypto::SecretSigner signer_{crypto::SecretKey{{3}}};
  TpmActivation activation_;
};

TEST_F(Activations, PartsThatBelongTogetherHold) {
  const auto opened = open_tpm_activation(message(), signer_.public_key());
  ASSERT_TRUE(opened) << entry_of(opened.error().code).name;
  EXPECT_TRUE(opened->recomputed());
  EXPECT_FALSE(opened->certificate());
  EXPECT_EQ(after([](TpmActivation& one) { one.seed.reset(); }), Errc{});
  const std::vector<Byte> printed = print_tpm_activation(activation_);
  EXPECT_EQ(print_tpm_activation(parse_tpm_activation(printed).value()), printed);
}

TEST_F(Activations, OtherPartsAreRefusedByName) {
  EXPECT_EQ(after([](TpmActivation& one) { one.answer[0] ^= 1U; }), errc::activation_answer);
  EXPECT_EQ(after([](TpmActivation& one) {
              one.answer[0] ^= 1U;
              one.commitment = activation_commitment(one.answer);
            }),
            errc::activation_credential);
  EXPECT_EQ(after([](TpmActivation& one) { one.seed->front() ^= 1U; }),
            errc::activation_credential);
  EXPECT_EQ(after([](TpmActivation& one) { one.credential.blob.back() ^= 1U; }),
            errc::activation_credential);
  // The same credential for another key of the same TPM.
  EXPECT_EQ(after([](TpmActivation& one) { one.attestation = TestTpm("P-256").area(); }),
            errc::activation_credential);
  EXPECT_EQ(after([](TpmActivation& one) {
              one.attestation = TestTpm("P-256", good_attributes & ~(1U << 16U)).area();
            }),
            errc::ak_not_restricted);
  EXPECT_EQ(after([](TpmActivation& one) { one.answered.value -= 1000; }), errc::activation_time);
  EXPECT_EQ(after([](TpmActivation& one) { one.certificate = {1, 2, 3}; }), errc::ek_certificate);
  EXPECT_EQ(after([](TpmActivation& one) { one.endorsement.pop_back(); }), errc::tpm_structure);
}

TEST_F(Activations, AnotherChallengerOrBytesBehindAreRefused) {
  const std::vector<Byte> good = message();
  crypto::SecretSigner other{crypto::SecretKey{{4}}};
  EXPECT_EQ(refusal_of(open_tpm_activation(good, other.public_key())), errc::activation_challenger);
  std::vector<Byte> payload = print_tpm_activation(activation_);
  payload.push_back(0);
  EXPECT_FALSE(parse_tpm_activation(payload));
  for (std::size_t at = 0; at < good.size(); at += 7) {
    std::vector<Byte> bent = good;
    bent[at] ^= 1U;
    EXPECT_FALSE(open_tpm_activation(bent, signer_.public_key())) << at;
  }
}

TEST_F(Activations, TheVerdictNamesWhoVouches) {
  const std::vector<Byte> file = message();
  ASSERT_TRUE(is_tpm_activation(file));
  EXPECT_EQ(verify_tpm_activation(file, {}).verdict, Verdict::undecided);
  TpmActivationOptions options;
  options.challenger = signer_.public_key();
  const EvidenceVerdict held = verify_tpm_activation(file, options);
  EXPECT_EQ(held.verdict, Verdict::genuine);
  EXPECT_EQ(held.level, Level::declared);
  EXPECT_EQ(held.reason.code, errc::activation_good);
  options.challenger->bytes[0] ^= 1U;
  EXPECT_EQ(verify_tpm_activation(file, options).reason.code, errc::activation_challenger);
  EXPECT_EQ(verify_tpm_activation(bytes_of("no transcript"), options).verdict, Verdict::refused);
  const auto words = explain_tpm_activation(file);
  ASSERT_TRUE(words);
  EXPECT_EQ(words->fields.front().value, "authority.example");
}

/// A quote whose key a transcript names.
class ActivatedQuotes : public Activations {
 protected:
  ActivatedQuotes() {
    const std::array<TestBank, 1> banks{{{tpm_alg::sha256, 1U << 7U}}};
    evidence_.pcrs[tpm_alg::sha256][7] = TestBytes(32, 0xAB);
    evidence_.attest = quote_over(banks, evidence_.pcrs, tpm_.hash(), TestBytes(16, 5));
    evidence_.signature = tpm_.sign(evidence_.attest);
    options_.activation = message();
    options_.challenger = signer_.public_key();
  }

  [[nodiscard]] EvidenceVerdict judged(const std::string& policy) {
    const EvidencePolicy parsed = parse_policy(policy).value();
    options_.policy = &parsed;
    EvidenceVerdict out = verify_tpm_quote(evidence_, options_);
    options_.policy = nullptr;
    return out;
  }

  TpmQuoteEvidence evidence_;
  TpmQuoteOptions options_;
};

TEST_F(ActivatedQuotes, TheTranscriptNamesTheKey) {
  EXPECT_EQ(verify_tpm_quote(evidence_, options_).reason.code, errc::quote_genuine);
  options_.challenger.bytes[0] ^= 1U;
  EXPECT_EQ(verify_tpm_quote(evidence_, options_).reason.code, errc::activation_challenger);
  options_.challenger.bytes[0] ^= 1U;
  evidence_.signature = TestTpm("P-256").sign(evidence_.attest);
  EXPECT_EQ(verify_tpm_quote(evidence_, options_).reason.code, errc::tpm_signature);
}

TEST_F(ActivatedQuotes, APolicySaysWhatIsAllowed) {
  const std::string value(64, 'b');
  std::string right;
  for (int i = 0; i < 32; ++i)
    right += "ab";
  const auto pcr = [](const std::string& number, const std::string& digest) {
    return R"({"pcrs":["SHA256:)" + number + ":" + digest + "\"]}";
  };
  EXPECT_EQ(judged(pcr("7", right)).allowed.finding, Finding::held);
  EXPECT_EQ(
      judged(R"({"pcrs":["SHA256:7:)" + value + R"(","SHA256:7:)" + right + "\"]}").allowed.finding,
      Finding::held);
  EXPECT_EQ(judged(pcr("7", value)).reason.code, errc::policy_pcr);
  EXPECT_EQ(judged(pcr("8", right)).reason.code, errc::policy_pcr);
  EXPECT_EQ(judged(R"({"tpm_firmware":["0001000200030004"]})").allowed.finding, Finding::held);
  EXPECT_EQ(judged(R"({"tpm_firmware":["0001000200030005"]})").reason.code,
            errc::policy_tpm_firmware);
  EXPECT_EQ(judged(R"({"ek_issuers":["CN=maker"]})").reason.code, errc::policy_ek_issuer);
  EXPECT_EQ(judged(R"({"tpm_firmware":["0001000200030004"],"demand":["known"]})").reason.code,
            errc::policy_demand);
  EXPECT_EQ(judged(R"({"models":["GH100"]})").allowed.finding, Finding::not_judged);
}

TEST_F(ActivatedQuotes, PoliciesOnPcrsAreReadStrictly) {
  for (const char* const text :
       {"SHA256:7:00", "SHA1:7:00", "SHA256:24:", "SHA256:7", "7:00", "SHA256:x:00", ""}) {
    const std::string policy = R"({"pcrs":[")" + std::string(text) + "\"]}";
    EXPECT_EQ(refusal_of(parse_policy(policy)), errc::policy_form) << text;
  }
}

}  // namespace
}  // namespace daymark::evidence
