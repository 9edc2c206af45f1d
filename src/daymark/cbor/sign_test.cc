#include "daymark/cbor/sign.h"

#include <algorithm>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "daymark/cbor/encode.h"
#include "daymark/crypto/errors.h"

namespace daymark::cbor {
namespace {

constexpr std::string_view sign_purpose = "daymark test v1";

/// A token that signs with another key than it shows.
class Impostor final : public crypto::Signer {
 public:
  [[nodiscard]] crypto::PublicKey public_key() const override {
    return crypto::ed25519_public({{1}});
  }

 private:
  [[nodiscard]] Outcome<crypto::Signature> make_signature(ByteView message) override {
    return crypto::ed25519_sign({{2}}, message);
  }
};

RC_GTEST_PROP(SignBySigner, WritesWhatTheKeyItselfWrites, (const std::vector<Byte>& payload)) {
  const crypto::SecretKey key{{5}};
  crypto::SecretSigner signer(key);
  const auto one = sign1(payload, sign_purpose, signer);
  RC_ASSERT(one && std::ranges::equal(*one, sign1(payload, sign_purpose, key)));
  std::vector<Byte> scratch(payload.size() + 256);
  const auto entry = make_signer(payload, sign_purpose, signer);
  const auto expected = make_signer(payload, sign_purpose, key, scratch);
  RC_ASSERT(entry && expected && entry->key == expected->key);
  RC_ASSERT(entry->signature == expected->signature);
}

TEST(SignBySigner, RefusesAnotherKeysSignature) {
  Impostor signer;
  const auto one = sign1(bytes_of("payload"), sign_purpose, signer);
  ASSERT_FALSE(one);
  EXPECT_EQ(one.error().error.code, errc::signer_wrong);
  EXPECT_FALSE(make_signer(bytes_of("payload"), sign_purpose, signer));
}

}  // namespace
}  // namespace daymark::cbor
