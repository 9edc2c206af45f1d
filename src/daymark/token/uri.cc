#include "daymark/token/uri.h"

#include <algorithm>
#include <array>
#include <optional>

#include "daymark/token/errors.h"

namespace daymark::token {

namespace {

constexpr std::string_view uri_scheme = "pkcs11:";
constexpr std::string_view file_scheme = "file:";

bool is_unreserved(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         std::string_view("-._~").contains(c);
}

/// pk11-path-char and pk11-query-char of RFC 7512 §2.3, without the percent sign.
bool is_value_character(char c, bool in_query) {
  if (is_unreserved(c) || std::string_view(":[]@!$'()*+,=").contains(c)) return true;
  return in_query ? std::string_view("/?|").contains(c) : c == '&';
}

std::optional<unsigned> nibble_of(char c) {
  if (c >= '0' && c <= '9') return static_cast<unsigned>(c - '0');
  if (c >= 'a' && c <= 'f') return static_cast<unsigned>(c - 'a') + 10;
  if (c >= 'A' && c <= 'F') return static_cast<unsigned>(c - 'A') + 10;
  return std::nullopt;
}

/// The bytes of a percent-encoded value, or nothing where it is malformed.
std::optional<std::string> decode(std::string_view text, bool in_query) {
  std::string out;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] != '%') {
      if (!is_value_character(text[at], in_query)) return std::nullopt;
      out.push_back(text[at]);
      continue;
    }
    if (text.size() - at < 3) return std::nullopt;
    const auto high = nibble_of(text[at + 1]);
    const auto low = nibble_of(text[at + 2]);
    if (!high || !low) return std::nullopt;
    out.push_back(static_cast<char>(*high << 4U | *low));
    at += 2;
  }
  return out;
}

std::string encode_value(std::string_view value, bool in_query) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  std::string out;
  for (const char c : value) {
    if (is_value_character(c, in_query)) {
      out.push_back(c);
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    out += {'%', digits[byte >> 4U], digits[byte & 15U]};
  }
  return out;
}

/// One "name=value" with its place.
struct Attribute {
  std::string_view name;
  std::string_view value;
  bool in_query = false;
  std::uint32_t offset = 0;

  [[nodiscard]] std::unexpected<Error> refused(Errc code, FieldId field) const {
    return fail(code, field, offset);
  }
};

bool is_plain_text(std::string_view text) {
  return std::ranges::none_of(text, [](char c) {
    return static_cast<unsigned char>(c) < 0x20 || static_cast<unsigned char>(c) == 0x7F;
  });
}

Result<std::string> text_value(const Attribute& attribute, std::size_t size_max) {
  const auto value = decode(attribute.value, attribute.in_query);
  if (!value || value->empty() || value->size() > size_max || !is_plain_text(*value)) {
    return attribute.refused(errc::token_uri_malformed, field::token_value);
  }
  return *value;
}

Result<void> take_text(const Attribute& attribute, std::string& out, std::size_t size_max) {
  // RFC 7512 §2.3: an attribute stands there once.
  if (!out.empty()) return attribute.refused(errc::token_uri_attribute, field::token_attribute);
  DAYMARK_TRY(out, text_value(attribute, size_max));
  return ok();
}

/// An absolute path, so that no search path decides what is loaded or read.
Result<void> take_path(const Attribute& attribute, std::string& out) {
  DAYMARK_CHECK(take_text(attribute, out, uri_size_max));
  std::string_view path = out;
  if (path.starts_with(file_scheme)) path.remove_prefix(file_scheme.size());
  if (path.starts_with("///")) path.remove_prefix(2);
  if (!path.starts_with('/') || path.starts_with("//")) {
    return attribute.refused(errc::token_uri_malformed, field::token_value);
  }
  out = std::string(path);
  return ok();
}

Result<void> take_id(const Attribute& attribute, std::vector<Byte>& out) {
  if (!out.empty()) return attribute.refused(errc::token_uri_attribute, field::token_attribute);
  const auto value = decode(attribute.value, attribute.in_query);
  if (!value || value->empty() || value->size() > 255) {
    return attribute.refused(errc::token_uri_malformed, field::token_value);
  }
  const ByteView bytes = bytes_of(*value);
  out.assign(bytes.begin(), bytes.end());
  return ok();
}

Result<void> take_in_path(const Attribute& attribute, TokenUri& out, std::string& type) {
  if (attribute.name == "token") return take_text(attribute, out.token, 32);
  if (attribute.name == "manufacturer") return take_text(attribute, out.manufacturer, 32);
  if (attribute.name == "serial") return take_text(attribute, out.serial, 16);
  if (attribute.name == "model") return take_text(attribute, out.model, 16);
  if (attribute.name == "object") return take_text(attribute, out.object, 255);
  if (attribute.name == "id") return take_id(attribute, out.id);
  if (attribute.name == "type") {
    DAYMARK_CHECK(take_text(attribute, type, 16));
    if (type == "private") return ok();
    return attribute.refused(errc::token_uri_malformed, field::token_value);
  }
  return attribute.refused(errc::token_uri_attribute, field::token_attribute);
}

Result<void> take_in_query(const Attribute& attribute, TokenUri& out) {
  if (attribute.name == "module-path") return take_path(attribute, out.module_path);
  if (attribute.name == "pin-source") return take_path(attribute, out.pin_source);
  const bool pin = attribute.name == "pin-value";
  return attribute.refused(pin ? errc::token_pin_exposed : errc::token_uri_attribute,
                           field::token_attribute);
}

/// A part of the URI between separators.
struct Part {
  std::string_view text;
  std::uint32_t offset = 0;
  bool in_query = false;
};

Result<Attribute> read_attribute(const Part& part) {
  const std::size_t middle = part.text.find('=');
  if (middle == std::string_view::npos || middle == 0) {
    return fail(errc::token_uri_malformed, field::token_attribute, part.offset);
  }
  return Attribute{part.text.substr(0, middle), part.text.substr(middle + 1), part.in_query,
                   part.offset};
}

std::vector<Part> split(const Part& whole) {
  std::vector<Part> out;
  const char separator = whole.in_query ? '&' : ';';
  std::size_t start = 0;
  while (true) {
    const std::size_t end = std::min(whole.text.find(separator, start), whole.text.size());
    out.push_back({whole.text.substr(start, end - start),
                   whole.offset + static_cast<std::uint32_t>(start), whole.in_query});
    if (end == whole.text.size()) return out;
    start = end + 1;
  }
}

/// Writes the attributes that have a value, with separators between them.
class AttributeWriter {
 public:
  AttributeWriter(std::string& out, bool in_query) : out_(out), in_query_(in_query) {}

  void put(std::string_view name, std::string_view value) {
    if (value.empty()) return;
    if (!first_) out_.push_back(in_query_ ? '&' : ';');
    first_ = false;
    out_ += name;
    out_.push_back('=');
    out_ += encode_value(value, in_query_);
  }

 private:
  std::string& out_;
  bool in_query_;
  bool first_ = true;
};

}  // namespace

bool is_token_uri(std::string_view text) {
  // RFC 3986 §3.1: schemes have no case.
  const std::size_t size = std::min(text.size(), uri_scheme.size());
  return std::ranges::equal(text.substr(0, size), uri_scheme, [](char a, char b) {
    return (a >= 'A' && a <= 'Z' ? static_cast<char>(a - 'A' + 'a') : a) == b;
  });
}

Result<TokenUri> parse_token_uri(std::string_view text) {
  if (text.size() > uri_size_max || !is_token_uri(text)) {
    return fail(errc::token_uri_malformed, field::token_scheme);
  }
  const std::size_t query = std::min(text.find('?'), text.size());
  const auto head = static_cast<std::uint32_t>(uri_scheme.size());
  std::vector<Part> parts = split({text.substr(head, query - head), head, false});
  if (query < text.size()) {
    const auto more = split({text.substr(query + 1), static_cast<std::uint32_t>(query + 1), true});
    parts.insert(parts.end(), more.begin(), more.end());
  }
  TokenUri out;
  std::string type;
  for (const Part& part : parts) {
    DAYMARK_TRY(const Attribute attribute, read_attribute(part));
    DAYMARK_CHECK(attribute.in_query ? take_in_query(attribute, out)
                                     : take_in_path(attribute, out, type));
  }
  const bool token = !out.token.empty() || !out.serial.empty();
  const bool key = !out.object.empty() || !out.id.empty();
  if (!token || !key || out.module_path.empty()) return fail(errc::token_uri_unnamed);
  return out;
}

std::string print_token_uri(const TokenUri& uri) {
  std::string out(uri_scheme);
  AttributeWriter path(out, false);
  path.put("token", uri.token);
  path.put("manufacturer", uri.manufacturer);
  path.put("serial", uri.serial);
  path.put("model", uri.model);
  path.put("object", uri.object);
  path.put("id", text_of(uri.id));
  out.push_back('?');
  AttributeWriter query(out, true);
  query.put("module-path", uri.module_path);
  query.put("pin-source", uri.pin_source);
  return out;
}

}  // namespace daymark::token
