#include "daymark/crypto/signer.h"

#include <gtest/gtest.h>

#include "daymark/crypto/errors.h"

namespace daymark::crypto {
namespace {

/// Answers every message with the signature of another one.
class Forgetful final : public Signer {
 public:
  [[nodiscard]] PublicKey public_key() const override { return ed25519_public(key_); }

 private:
  [[nodiscard]] Outcome<Signature> make_signature(ByteView) override {
    return ed25519_sign(key_, bytes_of("yesterday's message"));
  }

  SecretKey key_{{3}};
};

TEST(Signer, SignsAsTheKeyDoes) {
  const SecretKey key{{7}};
  SecretSigner signer(key);
  const auto signature = signer.sign(bytes_of("message"));
  ASSERT_TRUE(signature);
  EXPECT_EQ(*signature, ed25519_sign(key, bytes_of("message")));
  EXPECT_EQ(signer.public_key(), ed25519_public(key));
}

TEST(Signer, HandsOutNothingThatDoesNotVerify) {
  Forgetful signer;
  const auto signature = signer.sign(bytes_of("message"));
  ASSERT_FALSE(signature);
  EXPECT_EQ(signature.error().error.code, errc::signer_wrong);
  EXPECT_TRUE(signer.sign(bytes_of("yesterday's message")));
}

}  // namespace
}  // namespace daymark::crypto
