// A token that errs or lies: each way has one named error, and no wrong signature gets out.
#include <cstring>

#include <dlfcn.h>
#include <gtest/gtest.h>

#include "daymark/base/error_table.h"
#include "daymark/crypto/errors.h"
#include "daymark/token/errors.h"
#include "daymark/token/fake_module_testing.h"
#include "daymark/token/token.h"

namespace daymark::token {
namespace {

class FakeToken : public ::testing::Test {
 protected:
  void SetUp() override {
    void* const library = ::dlopen(FAKE_MODULE, RTLD_NOW | RTLD_LOCAL);
    ASSERT_NE(library, nullptr);
    void* const symbol = ::dlsym(library, "daymark_fake_behaviour");
    ASSERT_NE(symbol, nullptr);
    FakeBehaviourOf get = nullptr;
    std::memcpy(&get, &symbol, sizeof(get));
    told_ = get();
    *told_ = {};
    uri_.token = "fake";
    uri_.object = "owner";
    uri_.module_path = FAKE_MODULE;
  }

  Outcome<std::unique_ptr<crypto::Signer>> open(const char* pin = "1234") {
    std::optional<Pin> given;
    if (pin != nullptr) given.emplace(pin);
    return open_signer(modules_, uri_, given);
  }

  /// The name of the error that opening or signing ends with, or "signed".
  std::string outcome(const char* pin = "1234") {
    const auto signer = open(pin);
    if (!signer) return std::string(name_of_error(signer.error()));
    const auto signature = (*signer)->sign(bytes_of("message"));
    return signature ? "signed" : std::string(name_of_error(signature.error()));
  }

  static std::string_view name_of_error(const Failure& failure) {
    return entry_of(failure.error.code).name;
  }

  FakeBehaviour* told_ = nullptr;
  TokenUri uri_;
  Modules modules_;
};

TEST_F(FakeToken, SignsWhenHonest) {
  const auto signer = open();
  ASSERT_TRUE(signer) << name_of_error(signer.error());
  EXPECT_EQ((*signer)->public_key(), crypto::ed25519_public({{42}}));
  const auto signature = (*signer)->sign(bytes_of("message"));
  ASSERT_TRUE(signature);
  EXPECT_EQ(*signature, crypto::ed25519_sign({{42}}, bytes_of("message")));
}

TEST_F(FakeToken, EveryLieHasItsName) {
  struct Lie {
    bool FakeBehaviour::* which;
    std::string_view error;
  };

  for (const Lie& lie : {
           Lie{&FakeBehaviour::wrong_signature, "signer_wrong"},
           Lie{&FakeBehaviour::short_signature, "signer_wrong"},
           Lie{&FakeBehaviour::long_signature, "signer_wrong"},
           Lie{&FakeBehaviour::sign_fails, "token_failed"},
           Lie{&FakeBehaviour::no_mechanism, "token_mechanism"},
           Lie{&FakeBehaviour::no_public, "token_public_missing"},
           Lie{&FakeBehaviour::short_point, "token_public_missing"},
           Lie{&FakeBehaviour::other_curve, "token_key_type"},
           Lie{&FakeBehaviour::pin_locked, "token_pin_locked"},
           Lie{&FakeBehaviour::initialize_fails, "token_failed"},
       }) {
    *told_ = {};
    told_->*lie.which = true;
    EXPECT_EQ(outcome(), lie.error);
  }
  *told_ = {};
  EXPECT_EQ(outcome(), "signed");
}

TEST_F(FakeToken, ReadsThePointInEveryForm) {
  told_->der_point = true;
  EXPECT_EQ(outcome(), "signed");
  told_->point_at_private = true;
  told_->no_public = true;
  EXPECT_EQ(outcome(), "signed");
  told_->der_point = false;
  EXPECT_EQ(outcome(), "signed");
}

TEST_F(FakeToken, PinsAreAskedForWhereTheTokenWantsThem) {
  EXPECT_EQ(outcome("9999"), "token_pin_wrong");
  EXPECT_EQ(outcome(nullptr), "token_pin_missing");
  told_->pins_asked = 0;
  told_->no_login = true;
  EXPECT_EQ(outcome(nullptr), "signed");
  EXPECT_EQ(told_->pins_asked, 0U);
  *told_ = {};
  told_->pin_pad = true;
  EXPECT_EQ(outcome(nullptr), "signed");
  EXPECT_EQ(told_->pins_asked, 1U);
  *told_ = {};
  told_->asks_always = true;
  EXPECT_EQ(outcome(), "signed");
  EXPECT_EQ(told_->pins_of_context, 1U);
}

TEST_F(FakeToken, WantsExactlyOneToken) {
  told_->tokens = 0;
  EXPECT_EQ(outcome(), "token_missing");
  told_->tokens = 2;
  EXPECT_EQ(outcome(), "token_ambiguous");
  uri_.serial = "1";
  EXPECT_EQ(outcome(), "signed");
  uri_.serial = "2";
  EXPECT_EQ(outcome(), "token_missing");
  uri_.serial.clear();
  told_->tokens = 1;
  uri_.token = "fak";
  EXPECT_EQ(outcome(), "token_missing");
}

TEST_F(FakeToken, OneModuleServesTwoSignersAndEndsOnce) {
  auto first = open();
  auto second = open();
  ASSERT_TRUE(first && second);
  EXPECT_EQ(told_->initialized, 1U);
  first->reset();
  EXPECT_EQ(told_->finalized, 0U);
  EXPECT_TRUE((*second)->sign(bytes_of("message")));
  second->reset();
  EXPECT_EQ(told_->finalized, 1U);
  EXPECT_EQ(outcome(), "signed");
  EXPECT_EQ(told_->initialized, 2U);
}

TEST_F(FakeToken, ModulesThatAreNone) {
  uri_.module_path = "/nonexistent/module.so";
  EXPECT_EQ(outcome(), "token_module_missing");
  uri_.module_path = DAYMARK_SOURCE_DIR "/README.md";
  EXPECT_EQ(outcome(), "token_module_missing");
  uri_.module_path = "libm.so.6";
  EXPECT_EQ(outcome(), "token_module_wrong");
}

TEST_F(FakeToken, NoErrorShowsThePin) {
  const auto signer = open("7777secret");
  ASSERT_FALSE(signer);
  EXPECT_EQ((signer.error().subject + signer.error().detail).find("7777"), std::string::npos);
}

}  // namespace
}  // namespace daymark::token
