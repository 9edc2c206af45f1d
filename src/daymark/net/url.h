// URLs of the form that Daymark's clients use: http[s]://host[:port][/path[?query]].
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "daymark/base/result.h"

namespace daymark::net {

inline constexpr std::size_t url_size_max = 2048;

struct Url {
  std::string host;          ///< a name, an IPv4 address, or an IPv6 address without its brackets
  std::uint16_t port = 80;   ///< 443 where none is given after https
  std::string target = "/";  ///< path and query as sent on the wire; begins with '/'
  bool tls = false;          ///< https
};

/// Refuses user names, fragments, white space, control and non-ASCII characters.
/// Errors: errc::net_url_scheme for another scheme than http and https, errc::net_url_malformed;
/// the offset is that of the part that is wrong.
[[nodiscard]] Result<Url> parse_url(std::string_view text);

/// Whether the host is this machine: "localhost", 127.0.0.0/8 or ::1.
[[nodiscard]] bool is_loopback(const Url& url);

/// The URL in canonical form; `parse_url(print_url(u))` gives `u` again.
[[nodiscard]] std::string print_url(const Url& url);

/// "http://h:1/log/" and "/checkpoint" become "http://h:1/log/checkpoint".
[[nodiscard]] std::string join_url(std::string_view prefix, std::string_view path);

}  // namespace daymark::net
