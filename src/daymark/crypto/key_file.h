// Keys at rest: small text files, the secret ones of mode 0600. Host only.
//
//   daymark-secret-key v1          daymark-public-key v1
//   name owner                     name owner
//   sign 9d61b1…                   sign d75a98…
//   open 77076d…                   seal 8520f0…
//
// Whoever signs by a token keeps the key that opens in a file of its own: as the first, headed
// "daymark-opening-key v1" and without the line "sign".
#pragma once

#include <string>
#include <string_view>

#include "daymark/base/failure.h"
#include "daymark/base/random.h"
#include "daymark/crypto/ports.h"

namespace daymark::crypto {

/// What a holder keeps: a signing key and the key that opens what is sealed to it.
struct KeyPair {
  std::string name;
  SecretKey sign;
  ExchangeSecretKey open;
};

/// What everybody may know of it.
struct PublicKeys {
  std::string name;
  PublicKey sign;
  ExchangePublicKey seal;
};

[[nodiscard]] KeyPair generate_keys(std::string name, Random& random);
[[nodiscard]] PublicKeys public_keys(const KeyPair& keys);

/// Writes NAME.key (0600, never replaced) and NAME.pub into `folder`.
/// Errors: errc::file_exists, errc::file_not_written.
[[nodiscard]] Outcome<void> write_keys(const KeyPair& keys, const std::string& folder);

/// Errors: those of read_secret and read_file, errc::key_invalid.
[[nodiscard]] Outcome<KeyPair> read_key_pair(const std::string& path);
[[nodiscard]] Outcome<PublicKeys> read_public_keys(const std::string& path);

/// Writes NAME.open (0600, never replaced) and NAME.pub for a holder whose signing key `sign` is on
/// a token. Errors: those of write_keys.
[[nodiscard]] Outcome<void> write_opening_key(const PublicKeys& keys, const ExchangeSecretKey& open,
                                              const std::string& folder);

/// The key that opens, out of a file of either kind. Errors: those of read_key_pair.
[[nodiscard]] Outcome<ExchangeSecretKey> read_opening_key(const std::string& path);
[[nodiscard]] Result<ExchangeSecretKey> parse_opening_key(std::string_view text);

/// Parsers of the two texts; errors: errc::key_invalid.
[[nodiscard]] Result<KeyPair> parse_key_pair(std::string_view text);
[[nodiscard]] Result<PublicKeys> parse_public_keys(std::string_view text);
[[nodiscard]] std::string print_public_keys(const PublicKeys& keys);

/// A name is 1 to 32 characters of a-z, 0-9, '.', '-': it becomes part of files and of policies.
[[nodiscard]] bool is_name(std::string_view name);

}  // namespace daymark::crypto
