#include "signers.h"

#include <cstdlib>

#include "daymark/crypto/key_file.h"

namespace daymark::cli {

namespace {

constexpr const char* pin_variable = "DAYMARK_TOKEN_PIN";

std::optional<std::string> pin_in_environment() {
  const char* const pin = std::getenv(pin_variable);  // NOLINT(concurrency-mt-unsafe): one thread
  if (pin == nullptr) return std::nullopt;
  return std::string(pin);
}

}  // namespace

Outcome<std::unique_ptr<crypto::Signer>> Signers::open(const std::string& key) {
  if (!token::is_token_uri(key)) {
    DAYMARK_TRY(const crypto::KeyPair pair, crypto::read_key_pair(key));
    return std::make_unique<crypto::SecretSigner>(pair.sign);
  }
  // The URI is not repeated in the error: it might hold what should not have been in it.
  DAYMARK_TRY(const token::TokenUri uri, about(token::parse_token_uri(key), "pkcs11:"));
  DAYMARK_TRY(const std::optional<token::Pin> pin, token::pin_of(uri, pin_in_environment()));
  return token::open_signer(modules_, uri, pin);
}

}  // namespace daymark::cli
