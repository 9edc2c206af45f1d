// Which key on which token: a strict subset of RFC 7512. Host only.
//
//   pkcs11:token=party;object=owner?module-path=/usr/lib/softhsm/libsofthsm2.so&pin-source=/run/pin
//
// Path attributes: token, manufacturer, serial, model, object, id, and type=private. Query
// attributes: module-path and pin-source. All others are refused, for a word that is not understood
// could have meant another key. A PIN in the URI is refused: command lines are seen by everybody.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "daymark/base/bytes.h"
#include "daymark/base/result.h"

namespace daymark::token {

inline constexpr std::size_t uri_size_max = 2048;

/// What the URI asks for; an empty member asks for nothing.
struct TokenUri {
  std::string token;         ///< label, at most 32 bytes of UTF-8
  std::string manufacturer;  ///< at most 32
  std::string serial;        ///< at most 16
  std::string model;         ///< at most 16
  std::string object;        ///< label of the key, at most 255
  std::vector<Byte> id;      ///< CKA_ID of the key, at most 255
  std::string module_path;   ///< absolute
  std::string pin_source;    ///< absolute path of a file of mode 0600; empty: none
  friend bool operator==(const TokenUri&, const TokenUri&) = default;
};

/// Whether an argument is meant as such a URI rather than as a file's name.
[[nodiscard]] bool is_token_uri(std::string_view text);

/// RFC 7512 §2.3, with absolute paths, every attribute once and none empty. It names a module, a
/// token (by label or serial) and a key (by object or id). Errors: errc::token_uri_malformed,
/// errc::token_uri_attribute, errc::token_uri_unnamed, errc::token_pin_exposed; the offset is that
/// of the attribute that is wrong.
[[nodiscard]] Result<TokenUri> parse_token_uri(std::string_view text);

/// The URI in one form; parse_token_uri gives the same again.
[[nodiscard]] std::string print_token_uri(const TokenUri& uri);

}  // namespace daymark::token
