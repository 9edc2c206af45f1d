#include "daymark/net/url.h"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

#include "daymark/net/errors.h"

namespace daymark::net {

namespace {

constexpr std::string_view plain_scheme = "http://";
constexpr std::string_view tls_scheme = "https://";

bool is_alphanumeric(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

bool is_name_character(char c) {
  return is_alphanumeric(c) || c == '.' || c == '-' || c == '_';
}

bool is_ipv6_character(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F') || c == ':' ||
         c == '.';
}

/// RFC 3986 pchar, '/' and '?'; '#' is left out: a fragment never goes to a server.
bool is_target_character(char c) {
  return is_alphanumeric(c) || std::string_view("-._~!$&'()*+,;=:@/?%").contains(c);
}

/// A cursor over the text that knows its offset.
struct Rest {
  std::string_view text;
  std::size_t at = 0;

  [[nodiscard]] std::string_view left() const {
    std::string_view rest = text;
    rest.remove_prefix(at);
    return rest;
  }

  template <class Predicate>
  std::string_view take_while(Predicate predicate) {
    const std::string_view rest = left();
    const auto end = std::ranges::find_if_not(rest, predicate);
    const auto length = static_cast<std::size_t>(end - rest.begin());
    at += length;
    return rest.substr(0, length);
  }

  [[nodiscard]] bool take(char c) {
    if (!left().starts_with(c)) return false;
    ++at;
    return true;
  }

  [[nodiscard]] std::unexpected<Error> malformed(FieldId where) const {
    return fail(errc::net_url_malformed, where, static_cast<std::uint32_t>(at));
  }
};

Result<std::string> take_host(Rest& rest) {
  const bool bracketed = rest.take('[');
  const std::string_view host =
      bracketed ? rest.take_while(is_ipv6_character) : rest.take_while(is_name_character);
  if (host.empty() || host.size() > 253) return rest.malformed(field::net_host);
  if (bracketed != host.contains(':')) return rest.malformed(field::net_host);
  if (bracketed && !rest.take(']')) return rest.malformed(field::net_host);
  return std::string(host);
}

Result<std::uint16_t> take_port(Rest& rest, std::uint16_t otherwise) {
  if (!rest.take(':')) return otherwise;
  const std::string_view digits = rest.take_while([](char c) { return c >= '0' && c <= '9'; });
  std::uint16_t port = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
  if (error != std::errc() || end != digits.data() + digits.size() || port == 0) {
    return rest.malformed(field::net_port);
  }
  return port;
}

Result<std::string> take_target(Rest& rest) {
  if (rest.left().empty()) return std::string("/");
  if (!rest.left().starts_with('/')) return rest.malformed(field::net_url);
  std::string target(rest.take_while(is_target_character));
  if (!rest.left().empty()) return rest.malformed(field::net_url);
  return target;
}

}  // namespace

Result<Url> parse_url(std::string_view text) {
  if (text.size() > url_size_max) return fail(errc::net_url_malformed, field::net_url);
  Url url;
  url.tls = text.starts_with(tls_scheme);
  if (!url.tls && !text.starts_with(plain_scheme)) {
    const bool other = text.contains("://");
    return fail(other ? errc::net_url_scheme : errc::net_url_malformed, field::net_url);
  }
  Rest rest{text, url.tls ? tls_scheme.size() : plain_scheme.size()};
  DAYMARK_TRY(url.host, take_host(rest));
  DAYMARK_TRY(url.port, take_port(rest, url.tls ? 443 : 80));
  DAYMARK_TRY(url.target, take_target(rest));
  return url;
}

std::string print_url(const Url& url) {
  const bool ipv6 = url.host.contains(':');
  return fmt::format("{}{}{}{}:{}{}", url.tls ? tls_scheme : plain_scheme, ipv6 ? "[" : "",
                     url.host, ipv6 ? "]" : "", url.port, url.target);
}

bool is_loopback(const Url& url) {
  if (url.host == "localhost" || url.host == "::1") return true;
  // Four numbers and nothing else: "127.example.org" is somebody's name.
  const bool numeric =
      std::ranges::all_of(url.host, [](char c) { return (c >= '0' && c <= '9') || c == '.'; });
  return numeric && url.host.starts_with("127.") && std::ranges::count(url.host, '.') == 3;
}

std::string join_url(std::string_view prefix, std::string_view path) {
  while (prefix.ends_with('/'))
    prefix.remove_suffix(1);
  while (path.starts_with('/'))
    path.remove_prefix(1);
  return fmt::format("{}/{}", prefix, path);
}

}  // namespace daymark::net
