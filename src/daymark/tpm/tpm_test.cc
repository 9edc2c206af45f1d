#include "daymark/tpm/tpm.h"

#include <bit>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "daymark/crypto/ports.h"
#include "daymark/crypto/random.h"
#include "daymark/evidence/errors.h"
#include "daymark/evidence/tpm/ek_certificate.h"
#include "daymark/tpm/soft_tpm_testing.h"
#include "daymark/tpm/verdict_testing.h"

namespace daymark::tpm {
namespace {

using evidence::AttestationKey;
using evidence::TpmSigned;
using testing::SoftTpm;
using testing::verdict;

constexpr Digest nonce{1, 2, 3};
constexpr evidence::PcrMask boot_pcrs = 0xFF;
const CounterKey counter{0x01500016, {7}};

class TpmTest : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!SoftTpm::missing().empty()) GTEST_SKIP() << SoftTpm::missing();
    soft = std::make_unique<SoftTpm>();
  }

  static Tpm open(const SoftTpm& from) { return Tpm::open(from.tcti()).value(); }

  static AttestationKey key_of(Tpm& tpm) {
    return AttestationKey::parse(tpm.attestation_public().value()).value();
  }

  std::unique_ptr<SoftTpm> soft;
};

TEST(TpmNamesTest, TakesOnlyKnownTctis) {
  EXPECT_EQ(verdict(Tpm::open("libtss2-tcti-mine.so")), "tpm_tcti");
  EXPECT_EQ(verdict(Tpm::open("")), "tpm_tcti");
  EXPECT_EQ(verdict(Tpm::open("swtpm:path=/nonexistent/socket")), "tpm_unreachable");
  EXPECT_EQ(verdict(Tpm::open("device:/nonexistent/tpm")), "tpm_unreachable");
}

TEST_F(TpmTest, QuotesVerifyAndNothingElseDoes) {
  Tpm tpm = open(*soft);
  const AttestationKey key = key_of(tpm);
  const std::vector<Digest> values = tpm.read_pcrs(boot_pcrs).value();
  ASSERT_EQ(values.size(), 8U);
  const TpmSigned quote = tpm.quote(boot_pcrs, nonce).value();
  const auto good = key.verify_quote(quote, nonce, values);
  ASSERT_EQ(verdict(good), "ok");
  EXPECT_EQ(good->mask, boot_pcrs);
  EXPECT_EQ(verdict(key.verify_quote(quote, Digest{9}, values)), "tpm_nonce");
  std::vector<Digest> fewer(values.begin(), values.end() - 1);
  EXPECT_EQ(verdict(key.verify_quote(quote, nonce, fewer)), "tpm_pcrs");
  std::vector<Digest> changed = values;
  changed[3][0] ^= 1;
  EXPECT_EQ(verdict(key.verify_quote(quote, nonce, changed)), "tpm_pcrs");
  EXPECT_EQ(verdict(key.verify_counter(quote, nonce, counter.index)), "tpm_statement");
}

TEST_F(TpmTest, EveryFlippedBitIsNoticed) {
  Tpm tpm = open(*soft);
  const AttestationKey key = key_of(tpm);
  const std::vector<Digest> values = tpm.read_pcrs(boot_pcrs).value();
  const TpmSigned quote = tpm.quote(boot_pcrs, nonce).value();
  for (std::size_t bit = 0; bit < quote.attest.size() * 8; bit += 5) {
    TpmSigned flipped = quote;
    flipped.attest[bit / 8] ^= static_cast<Byte>(1U << bit % 8);
    EXPECT_NE(verdict(key.verify_quote(flipped, nonce, values)), "ok") << bit;
  }
  for (std::size_t bit = 0; bit < quote.signature.size() * 8; bit += 5) {
    TpmSigned flipped = quote;
    flipped.signature[bit / 8] ^= static_cast<Byte>(1U << bit % 8);
    EXPECT_NE(verdict(key.verify_quote(flipped, nonce, values)), "ok") << bit;
  }
  for (TpmSigned longer : {quote, quote}) {
    longer.attest.push_back(0);
    EXPECT_EQ(verdict(key.verify_quote(longer, nonce, values)), "tpm_structure");
    longer = quote;
    longer.signature.push_back(0);
    EXPECT_EQ(verdict(key.verify_quote(longer, nonce, values)), "tpm_structure");
  }
}

TEST_F(TpmTest, AQuoteOfAnotherTpmIsRefused) {
  const SoftTpm second(SoftTpm::Make::plain);
  Tpm tpm = open(*soft);
  Tpm other = open(second);
  const TpmSigned quote = other.quote(boot_pcrs, nonce).value();
  EXPECT_EQ(verdict(key_of(tpm).verify_quote(quote, nonce, other.read_pcrs(boot_pcrs).value())),
            "tpm_signature");
}

TEST_F(TpmTest, TheKeyIsTheSameAfterARestart) {
  std::vector<Byte> before;
  std::uint32_t resets = 0;
  {
    Tpm tpm = open(*soft);
    before = tpm.attestation_public().value();
    const TpmSigned quote = tpm.quote(boot_pcrs, nonce).value();
    resets = key_of(tpm).verify_quote(quote, nonce, tpm.read_pcrs(boot_pcrs).value())->resets;
  }
  soft->restart();
  Tpm tpm = open(*soft);
  EXPECT_EQ(tpm.attestation_public().value(), before);
  const TpmSigned quote = tpm.quote(boot_pcrs, nonce).value();
  EXPECT_GT(key_of(tpm).verify_quote(quote, nonce, tpm.read_pcrs(boot_pcrs).value())->resets,
            resets);
}

TEST_F(TpmTest, TheCounterOnlyRises) {
  Tpm tpm = open(*soft);
  EXPECT_EQ(verdict(tpm.read_counter(counter)), "tpm_counter_missing");
  ASSERT_EQ(verdict(tpm.define_counter(counter)), "ok");
  EXPECT_EQ(verdict(tpm.define_counter(counter)), "tpm_counter_taken");
  const std::uint64_t first = tpm.read_counter(counter).value();
  ASSERT_EQ(verdict(tpm.advance_counter(counter)), "ok");
  EXPECT_EQ(tpm.read_counter(counter).value(), first + 1);
  const CounterKey thief{counter.index, {8}};
  EXPECT_EQ(verdict(tpm.advance_counter(thief)), "tpm_refused");
  EXPECT_EQ(verdict(tpm.read_counter(thief)), "tpm_refused");
  // Made anew it begins above where it was.
  ASSERT_EQ(verdict(tpm.remove_counter(counter)), "ok");
  ASSERT_EQ(verdict(tpm.define_counter(counter)), "ok");
  EXPECT_GT(tpm.read_counter(counter).value(), first + 1);
}

TEST_F(TpmTest, TheCertifiedCounterIsTheNamedOne) {
  Tpm tpm = open(*soft);
  const AttestationKey key = key_of(tpm);
  const CounterKey neighbour{counter.index + 1, {7}};
  ASSERT_EQ(verdict(tpm.define_counter(counter)), "ok");
  ASSERT_EQ(verdict(tpm.define_counter(neighbour)), "ok");
  const TpmSigned certified = tpm.certify_counter(counter, nonce).value();
  const auto value = key.verify_counter(certified, nonce, counter.index);
  ASSERT_EQ(verdict(value), "ok");
  EXPECT_EQ(*value, tpm.read_counter(counter).value());
  EXPECT_EQ(verdict(key.verify_counter(certified, Digest{}, counter.index)), "tpm_nonce");
  EXPECT_EQ(verdict(key.verify_counter(certified, nonce, neighbour.index)), "tpm_counter_index");
  EXPECT_EQ(verdict(key.verify_quote(certified, nonce, {})), "tpm_statement");
  for (std::size_t bit = 0; bit < certified.attest.size() * 8; bit += 7) {
    TpmSigned flipped = certified;
    flipped.attest[bit / 8] ^= static_cast<Byte>(1U << bit % 8);
    EXPECT_NE(verdict(key.verify_counter(flipped, nonce, counter.index)), "ok") << bit;
  }
}

TEST_F(TpmTest, ACounterOfAnotherTpmIsRefused) {
  const SoftTpm second(SoftTpm::Make::plain);
  Tpm tpm = open(*soft);
  Tpm other = open(second);
  ASSERT_EQ(verdict(other.define_counter(counter)), "ok");
  const TpmSigned certified = other.certify_counter(counter, nonce).value();
  EXPECT_EQ(verdict(key_of(tpm).verify_counter(certified, nonce, counter.index)), "tpm_signature");
}

TEST_F(TpmTest, SealedSecretsOpenInTheirTpmAndBootStateAlone) {
  constexpr evidence::PcrMask debug_pcr = 1U << 16U;
  const std::vector<Byte> secret{1, 2, 3, 4};
  Sealed sealed;
  {
    Tpm tpm = open(*soft);
    sealed = tpm.seal(secret, debug_pcr).value();
    EXPECT_EQ(tpm.unseal(sealed).value(), secret);
  }
  soft->restart();
  Tpm tpm = open(*soft);
  EXPECT_EQ(tpm.unseal(sealed).value(), secret);
  Sealed elsewhere = sealed;
  elsewhere.pcrs = boot_pcrs;
  EXPECT_EQ(verdict(tpm.unseal(elsewhere)), "tpm_unsealed_not");
  Sealed flipped = sealed;
  flipped.private_area.back() ^= 1;
  EXPECT_EQ(verdict(tpm.unseal(flipped)), "tpm_unsealed_not");
  flipped = sealed;
  flipped.public_area.pop_back();
  EXPECT_EQ(verdict(tpm.unseal(flipped)), "tpm_sealed_malformed");
  const SoftTpm second(SoftTpm::Make::plain);
  Tpm other = open(second);
  EXPECT_EQ(verdict(other.unseal(sealed)), "tpm_unsealed_not");
}

class CredentialTest : public TpmTest {
 protected:
  crypto::SystemRandom random;
  const Digest secret{5, 5, 5};
};

TEST_F(CredentialTest, OnlyTheNamedTpmAndKeyOpenIt) {
  const SoftTpm second(SoftTpm::Make::second);
  Tpm tpm = open(*soft);
  Tpm other = open(second);
  const std::vector<Byte> endorsement = tpm.endorsement_public().value();
  const evidence::TpmName name = key_of(tpm).name();
  const auto credential = evidence::make_tpm_credential(endorsement, name, secret, random).value();
  const auto given = tpm.activate(credential);
  ASSERT_EQ(verdict(given), "ok");
  EXPECT_TRUE(equal(*given, secret));
  // Another TPM holds neither key.
  EXPECT_EQ(verdict(other.activate(credential)), "tpm_credential_refused");
  // For this TPM, but naming the other's attestation key.
  const auto misnamed =
      evidence::make_tpm_credential(endorsement, key_of(other).name(), secret, random).value();
  EXPECT_EQ(verdict(tpm.activate(misnamed)), "tpm_credential_refused");
  // Made for another endorsement key.
  const auto foreign =
      evidence::make_tpm_credential(other.endorsement_public().value(), name, secret, random)
          .value();
  EXPECT_EQ(verdict(tpm.activate(foreign)), "tpm_credential_refused");
  for (const std::size_t at : {std::size_t{2}, std::size_t{34}, credential.blob.size() - 1}) {
    evidence::TpmCredential flipped = credential;
    flipped.blob[at] ^= 1;
    EXPECT_EQ(verdict(tpm.activate(flipped)), "tpm_credential_refused") << at;
  }
}

TEST_F(CredentialTest, TheCertificateNamesASoftwareTpmAndItsKey) {
  Tpm tpm = open(*soft);
  const std::vector<Byte> der = tpm.endorsement_certificate().value();
  const auto certificate = evidence::parse_ek_certificate(der);
  ASSERT_EQ(verdict(certificate), "ok");
  EXPECT_EQ(certificate->manufacturer, "id:00001014");
  EXPECT_EQ(certificate->model, "swtpm");
  EXPECT_TRUE(evidence::is_software_tpm(*certificate));
  const std::vector<Byte> area = tpm.endorsement_public().value();
  EXPECT_TRUE(equal(evidence::parse_endorsement_public(area)->modulus, certificate->modulus));
  constexpr UnixMillis now{1'800'000'000'000};
  EXPECT_EQ(verdict(evidence::check_ek_issuer(der, SoftTpm::authorities(), now)), "ok");
  EXPECT_EQ(verdict(evidence::check_ek_issuer(der, SoftTpm::authorities(), UnixMillis{})),
            "ek_chain");
  std::vector<Byte> flipped = der;
  flipped.back() ^= 1;
  EXPECT_EQ(verdict(evidence::check_ek_issuer(flipped, SoftTpm::authorities(), now)), "ek_chain");
  std::vector<Byte> longer = der;
  longer.push_back(0);
  EXPECT_EQ(verdict(evidence::parse_ek_certificate(longer)), "ek_certificate");
}

TEST_F(CredentialTest, APlainTpmHasNoCertificateAndStillAKey) {
  const SoftTpm plain(SoftTpm::Make::plain);
  Tpm tpm = open(plain);
  EXPECT_TRUE(tpm.endorsement_certificate().value().empty());
  const std::vector<Byte> area = tpm.endorsement_public().value();
  EXPECT_EQ(verdict(evidence::parse_endorsement_public(area)), "ok");
  const auto credential =
      evidence::make_tpm_credential(area, key_of(tpm).name(), secret, random).value();
  EXPECT_TRUE(equal(tpm.activate(credential).value(), secret));
}

}  // namespace
}  // namespace daymark::tpm
