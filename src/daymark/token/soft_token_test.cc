// Keys on a real token in software: SoftHSM 2 (Debian package softhsm2).
#include <gtest/gtest.h>

#include "daymark/base/error_table.h"
#include "daymark/token/errors.h"
#include "daymark/token/soft_token_testing.h"
#include "daymark/token/token.h"

// SoftHSM 2.6.1 loses an ASN.1 string with each signature. It keeps no frame pointers, so that a
// leak checker sees these two frames alone.
// NOLINTNEXTLINE(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp): the checker's own name
extern "C" const char* __lsan_default_suppressions() {
  return "leak:CRYPTO_zalloc\nleak:ASN1_STRING_set\n";
}

namespace daymark::token {
namespace {

class SoftToken : public ::testing::Test {
 protected:
  void SetUp() override {
    if (SoftHsm::module_path().empty()) GTEST_SKIP() << "softhsm2 is not installed";
    hsm_.emplace();
    hsm_->make_token("party");
    hsm_->make_key("party", "owner", 1, SoftHsm::Kind::ed25519);
    uri_.token = "party";
    uri_.object = "owner";
    uri_.module_path = SoftHsm::module_path();
  }

  Outcome<std::unique_ptr<crypto::Signer>> open(const char* pin = "4321") {
    std::optional<Pin> given;
    if (pin != nullptr) given.emplace(pin);
    return open_signer(modules_, uri_, given);
  }

  std::string outcome(const char* pin = "4321") {
    const auto signer = open(pin);
    if (!signer) return std::string(entry_of(signer.error().error.code).name);
    const auto signature = (*signer)->sign(bytes_of("message"));
    return signature ? "signed" : std::string(entry_of(signature.error().error.code).name);
  }

  std::optional<SoftHsm> hsm_;
  TokenUri uri_;
  Modules modules_;
};

TEST_F(SoftToken, SignsAndTheSignatureVerifies) {
  const auto signer = open();
  ASSERT_TRUE(signer) << signer.error().detail;
  for (const std::size_t size : {1UL, 64UL, 4096UL, 70'000UL}) {
    const std::vector<Byte> message(size, Byte{7});
    const auto signature = (*signer)->sign(message);
    ASSERT_TRUE(signature) << size << signature.error().detail;
    EXPECT_TRUE(crypto::ed25519_verify((*signer)->public_key(), message, *signature));
    // RFC 8032 signatures have no choice in them.
    EXPECT_EQ((*signer)->sign(message).value(), *signature);
  }
}

TEST_F(SoftToken, FindsTheKeyByIdAndByLabel) {
  hsm_->make_key("party", "second", 2, SoftHsm::Kind::ed25519);
  const auto by_label = open().value()->public_key();
  uri_.object.clear();
  uri_.id = {1};
  EXPECT_EQ(open().value()->public_key(), by_label);
  uri_.id = {2};
  EXPECT_NE(open().value()->public_key(), by_label);
  uri_.object = "owner";
  EXPECT_EQ(outcome(), "token_key_missing");
}

TEST_F(SoftToken, PinsAndTokens) {
  EXPECT_EQ(outcome("1111"), "token_pin_wrong");
  EXPECT_EQ(outcome("1"), "token_pin_wrong");
  EXPECT_EQ(outcome(nullptr), "token_pin_missing");
  EXPECT_EQ(outcome(), "signed");
  uri_.token = "nobody";
  EXPECT_EQ(outcome(), "token_missing");
}

TEST_F(SoftToken, KeysThatAreNotThere) {
  uri_.object = "nobody";
  EXPECT_EQ(outcome(), "token_key_missing");
  uri_.object = "owner";
  hsm_->make_key("party", "owner", 9, SoftHsm::Kind::ed25519);
  EXPECT_EQ(outcome(), "token_key_ambiguous");
  uri_.id = {9};
  EXPECT_EQ(outcome(), "signed");
  hsm_->forget_public("party", 9);
  EXPECT_EQ(outcome(), "token_public_missing");
}

TEST_F(SoftToken, KeysOfAnotherKind) {
  hsm_->make_key("party", "curve", 2, SoftHsm::Kind::p256);
  hsm_->make_key("party", "rsa", 3, SoftHsm::Kind::rsa);
  hsm_->make_key("party", "larger", 4, SoftHsm::Kind::ed448);
  for (const char* label : {"curve", "rsa", "larger"}) {
    uri_.object = label;
    EXPECT_EQ(outcome(), "token_key_type") << label;
  }
}

TEST_F(SoftToken, TwoTokensWithOneName) {
  hsm_->make_token("party");
  EXPECT_EQ(outcome(), "token_ambiguous");
}

TEST_F(SoftToken, TwoSignersAtOnce) {
  hsm_->make_key("party", "second", 2, SoftHsm::Kind::ed25519);
  auto first = open();
  uri_.object = "second";
  auto second = open();
  ASSERT_TRUE(first && second);
  first->reset();
  // The login stays while one session is open.
  EXPECT_TRUE((*second)->sign(bytes_of("message")));
}

}  // namespace
}  // namespace daymark::token
