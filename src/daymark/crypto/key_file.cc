#include "daymark/crypto/key_file.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "daymark/base/errors.h"
#include "daymark/base/file.h"
#include "daymark/base/hex.h"
#include "daymark/crypto/errors.h"

namespace daymark::crypto {

namespace {

constexpr std::string_view secret_header = "daymark-secret-key v1";
constexpr std::string_view opening_header = "daymark-opening-key v1";
constexpr std::string_view public_header = "daymark-public-key v1";

/// Takes one line "WORD VALUE\n" off the front of `rest`.
Result<std::string_view> take_line(std::string_view& rest, std::string_view word) {
  const std::size_t end = rest.find('\n');
  if (end == std::string_view::npos || !rest.starts_with(word)) return fail(errc::key_invalid);
  const std::string_view value = rest.substr(word.size(), end - word.size());
  rest.remove_prefix(end + 1);
  if (value.empty()) return value;
  if (value.front() != ' ') return fail(errc::key_invalid);
  return value.substr(1);
}

struct Lines {
  std::string name;
  ByteArray<32> first;
  ByteArray<32> second;
};

/// The common form of both files.
Result<Lines> parse_lines(std::string_view text, std::string_view header,
                          std::array<std::string_view, 2> words) {
  DAYMARK_TRY(const std::string_view behind, take_line(text, header));
  DAYMARK_TRY(const std::string_view name, take_line(text, "name"));
  DAYMARK_TRY(const std::string_view first, take_line(text, words[0]));
  DAYMARK_TRY(const std::string_view second, take_line(text, words[1]));
  if (!behind.empty() || !text.empty() || !is_name(name)) return fail(errc::key_invalid);
  const auto first_key = from_hex_fixed<32>(first);
  const auto second_key = from_hex_fixed<32>(second);
  if (!first_key || !second_key) return fail(errc::key_invalid);
  return Lines{std::string(name), *first_key, *second_key};
}

/// Writes a new file of mode 0600 and erases the text.
Outcome<void> write_secret(const std::string& path, std::string text) {
  Outcome<void> written = write_new_file(path, bytes_of(text), FileMode::secret);
  erase({reinterpret_cast<Byte*>(text.data()), text.size()});
  return written;
}

}  // namespace

bool is_name(std::string_view name) {
  const auto allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '-';
  };
  return !name.empty() && name.size() <= 32 && std::ranges::all_of(name, allowed);
}

KeyPair generate_keys(std::string name, Random& random) {
  return {std::move(name), {random.draw<32>()}, {random.draw<32>()}};
}

PublicKeys public_keys(const KeyPair& keys) {
  return {keys.name, ed25519_public(keys.sign), x25519_public(keys.open)};
}

std::string print_public_keys(const PublicKeys& keys) {
  return fmt::format("{}\nname {}\nsign {}\nseal {}\n", public_header, keys.name,
                     to_hex(keys.sign.bytes), to_hex(keys.seal.bytes));
}

Result<KeyPair> parse_key_pair(std::string_view text) {
  DAYMARK_TRY(Lines lines, parse_lines(text, secret_header, {"sign", "open"}));
  return KeyPair{std::move(lines.name), {lines.first}, {lines.second}};
}

Result<PublicKeys> parse_public_keys(std::string_view text) {
  DAYMARK_TRY(Lines lines, parse_lines(text, public_header, {"sign", "seal"}));
  return PublicKeys{std::move(lines.name), {lines.first}, {lines.second}};
}

Outcome<void> write_keys(const KeyPair& keys, const std::string& folder) {
  if (!is_name(keys.name)) return refuse(errc::id_malformed, keys.name);
  DAYMARK_CHECK(make_folder(folder));
  const std::string stem = folder + "/" + keys.name;
  DAYMARK_CHECK(write_secret(
      stem + ".key", fmt::format("{}\nname {}\nsign {}\nopen {}\n", secret_header, keys.name,
                                 to_hex(keys.sign.seed), to_hex(keys.open.bytes))));
  return write_text(stem + ".pub", print_public_keys(public_keys(keys)));
}

Outcome<void> write_opening_key(const PublicKeys& keys, const ExchangeSecretKey& open,
                                const std::string& folder) {
  if (!is_name(keys.name)) return refuse(errc::id_malformed, keys.name);
  DAYMARK_CHECK(make_folder(folder));
  const std::string stem = folder + "/" + keys.name;
  DAYMARK_CHECK(write_secret(stem + ".open", fmt::format("{}\nname {}\nopen {}\n", opening_header,
                                                         keys.name, to_hex(open.bytes))));
  return write_text(stem + ".pub", print_public_keys(keys));
}

Result<ExchangeSecretKey> parse_opening_key(std::string_view text) {
  if (text.starts_with(secret_header)) {
    DAYMARK_TRY(const KeyPair keys, parse_key_pair(text));
    return keys.open;
  }
  DAYMARK_TRY(const std::string_view behind, take_line(text, opening_header));
  DAYMARK_TRY(const std::string_view name, take_line(text, "name"));
  DAYMARK_TRY(const std::string_view open, take_line(text, "open"));
  const auto key = from_hex_fixed<32>(open);
  const bool form = behind.empty() && text.empty() && is_name(name) && key.has_value();
  if (!form) return fail(errc::key_invalid);
  return ExchangeSecretKey{*key};
}

Outcome<ExchangeSecretKey> read_opening_key(const std::string& path) {
  DAYMARK_TRY(const std::vector<Byte> bytes, read_secret(path));
  return about(parse_opening_key(text_of(bytes)), path);
}

Outcome<KeyPair> read_key_pair(const std::string& path) {
  DAYMARK_TRY(const std::vector<Byte> bytes, read_secret(path));
  return about(parse_key_pair(text_of(bytes)), path);
}

Outcome<PublicKeys> read_public_keys(const std::string& path) {
  DAYMARK_TRY(const std::string text, read_text(path, 4096));
  return about(parse_public_keys(text), path);
}

}  // namespace daymark::crypto
