// A token in software for tests: SoftHSM 2, where it is installed.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "daymark/token/module_internal.h"

namespace daymark::token {

/// One SoftHSM with its own folder; the tokens in it are made here. One at a time in a process.
class SoftHsm {
 public:
  SoftHsm();
  ~SoftHsm();
  SoftHsm(const SoftHsm&) = delete;
  SoftHsm& operator=(const SoftHsm&) = delete;

  /// The module's path, or empty where it is not installed.
  [[nodiscard]] static std::string module_path();

  /// Initializes a token with the PIN 4321.
  void make_token(const std::string& label);

  enum class Kind : std::uint8_t { ed25519, ed448, p256, rsa };
  /// A key pair on the token; the public object is left out on demand.
  void make_key(const std::string& token, const std::string& label, Byte id, Kind kind);

  /// Removes the public object of a key.
  void forget_public(const std::string& token, Byte id);

  [[nodiscard]] const std::string& folder() const { return folder_; }

 private:
  std::string folder_;
};

}  // namespace daymark::token
