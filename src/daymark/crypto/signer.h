// Whoever can sign for a party: a key file or a token that keeps its key (token/token.h). Host
// only.
#pragma once

#include "daymark/base/failure.h"
#include "daymark/crypto/ports.h"

namespace daymark::crypto {

/// A key that signs and is not handed out. Not safe from several threads.
class Signer {
 public:
  virtual ~Signer() = default;
  Signer(const Signer&) = delete;
  Signer& operator=(const Signer&) = delete;
  Signer(Signer&&) = delete;
  Signer& operator=(Signer&&) = delete;

  [[nodiscard]] virtual PublicKey public_key() const = 0;

  /// Ed25519 over `message`. What does not verify under public_key() is never handed out: a token
  /// that errs or lies is noticed where its signature is made. Errors: errc::signer_wrong, those of
  /// the key's keeper.
  [[nodiscard]] Outcome<Signature> sign(ByteView message);

 protected:
  Signer() = default;

 private:
  [[nodiscard]] virtual Outcome<Signature> make_signature(ByteView message) = 0;
};

/// Signs by a key in memory, which is erased at the end.
class SecretSigner final : public Signer {
 public:
  explicit SecretSigner(const SecretKey& key) : key_(key) {}

  ~SecretSigner() override { erase(key_.seed); }

  SecretSigner(const SecretSigner&) = delete;
  SecretSigner& operator=(const SecretSigner&) = delete;
  SecretSigner(SecretSigner&&) = delete;
  SecretSigner& operator=(SecretSigner&&) = delete;

  [[nodiscard]] PublicKey public_key() const override { return ed25519_public(key_); }

 private:
  [[nodiscard]] Outcome<Signature> make_signature(ByteView message) override {
    return ed25519_sign(key_, message);
  }

  SecretKey key_;
};

}  // namespace daymark::crypto
