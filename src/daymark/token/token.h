// Signing keys that stay on a token (PKCS#11 2.40 and 3.0, mechanism CKM_EDDSA). Host only.
//
//   token::Modules modules;
//   DAYMARK_TRY(const auto signer, token::open_signer(modules, uri, pin));
//   DAYMARK_TRY(const crypto::Signature signature, signer->sign(message));
//
// The module is a library of the token's vendor and runs in this process: it is trusted with what
// the process may do, and not with what it signs (crypto::Signer verifies every signature).
// Not safe from several threads.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>

#include "daymark/crypto/signer.h"
#include "daymark/token/uri.h"

namespace daymark::token {

namespace internal {
class Module;
}  // namespace internal

/// The modules in use. PKCS#11 initializes a module once for the whole process, so two signers of
/// one module share it; it is finalized when the last of them ends.
class Modules {
 public:
  /// Loads and initializes what is not in use yet. Errors: errc::token_module_missing,
  /// errc::token_module_wrong, errc::token_failed.
  [[nodiscard]] Outcome<std::shared_ptr<internal::Module>> use(const std::string& path);

 private:
  std::map<std::string, std::weak_ptr<internal::Module>> modules_;
};

/// A PIN in memory, erased at the end.
class Pin {
 public:
  explicit Pin(std::string text) : text_(std::move(text)) {}

  ~Pin() { erase(); }

  /// Copies and erases: a short string that was moved from keeps its bytes.
  // NOLINTNEXTLINE(performance-move-constructor-init)
  Pin(Pin&& other) noexcept : text_(other.text_) { other.erase(); }

  Pin(const Pin&) = delete;
  Pin& operator=(const Pin&) = delete;
  Pin& operator=(Pin&&) = delete;

  [[nodiscard]] const std::string& text() const { return text_; }

 private:
  void erase();

  std::string text_;
};

/// The PIN out of the URI's pin-source (mode 0600; one newline at its end is dropped), else the one
/// of the environment, else none. Errors: those of read_secret, errc::token_pin_missing where the
/// file is empty.
[[nodiscard]] Outcome<std::optional<Pin>> pin_of(const TokenUri& uri,
                                                 std::optional<std::string> environment);

/// Logs in and finds the one key. A token with a PIN pad of its own asks there where `pin` is none.
/// Errors: those of Modules::use, errc::token_missing, errc::token_ambiguous, errc::token_pin_*,
/// errc::token_key_*, errc::token_public_missing, errc::token_failed. Signing has
/// errc::token_mechanism, errc::token_failed and errc::signer_wrong.
[[nodiscard]] Outcome<std::unique_ptr<crypto::Signer>> open_signer(Modules& modules,
                                                                   const TokenUri& uri,
                                                                   const std::optional<Pin>& pin);

}  // namespace daymark::token
