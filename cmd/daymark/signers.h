// The keys that sign at a command line: a file of mode 0600, or a pkcs11: URI.
#pragma once

#include <memory>
#include <string>

#include "daymark/crypto/signer.h"
#include "daymark/token/token.h"

namespace daymark::cli {

/// What options that take a signing key say of it.
inline constexpr const char* signer_help = "key file (mode 0600) or pkcs11: URI";

/// Keeps the modules of tokens in use while a command runs; it outlives its signers.
class Signers {
 public:
  /// Errors: those of read_key_pair; those of parse_token_uri, pin_of and open_signer. A PIN comes
  /// from the URI's pin-source or from the environment's DAYMARK_TOKEN_PIN.
  [[nodiscard]] Outcome<std::unique_ptr<crypto::Signer>> open(const std::string& key);

 private:
  token::Modules modules_;
};

}  // namespace daymark::cli
