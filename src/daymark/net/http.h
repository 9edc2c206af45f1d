// HTTP messages as plain values: what servers and clients of Daymark exchange. Host only.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace daymark::net {

struct HttpHeader {
  std::string name;
  std::string value;
};

/// A request as a handler sees it: already parsed, bounded and complete.
struct HttpRequest {
  std::string method;  ///< "GET", "POST"…; HEAD reaches handlers as GET
  std::string path;    ///< begins with '/', not percent-decoded
  std::string query;   ///< what stands behind '?', not decoded
  std::vector<HttpHeader> headers;
  std::string body;
  std::string peer;  ///< "127.0.0.1:40312"
};

struct HttpResponse {
  unsigned status = 200;
  std::string content_type = "text/plain; charset=utf-8";
  std::string body;
  std::vector<HttpHeader> headers;  ///< beside Content-Type and Content-Length
};

/// The first header of this name (letter case ignored), or empty.
[[nodiscard]] std::string_view header_of(const std::vector<HttpHeader>& headers,
                                         std::string_view name);

/// The percent-decoded value of `name` in "a=1&b=2". None where it is absent or wrongly encoded.
[[nodiscard]] std::optional<std::string> query_value(std::string_view query, std::string_view name);

/// A response of plain text; a line end is added.
[[nodiscard]] HttpResponse text_response(unsigned status, std::string_view text);

/// A response of JSON text that is complete already.
[[nodiscard]] HttpResponse json_response(unsigned status, std::string json);

}  // namespace daymark::net
