// HTTP/1.1 requests, one connection each, bounded in time and size; over TLS 1.3 where the URL says
// https.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "daymark/base/failure.h"
#include "daymark/base/units.h"
#include "daymark/net/http.h"
#include "daymark/net/tls.h"

namespace daymark::net {

struct HttpLimits {
  Millis connect_timeout = seconds(5);
  Millis answer_timeout = seconds(30);  ///< from the connection to the end of the answer
  std::size_t answer_max = 8UL << 20;   ///< bytes of the body
};

/// How a client shows who it is, and by what it knows the server.
struct HttpAccess {
  std::string bearer;               ///< a credential for "Authorization: Bearer", or empty
  TlsTrust trust = {};              ///< for https
  bool insecure_cleartext = false;  ///< whether the credential may leave this machine without TLS
};

/// What a POST carries.
struct HttpContent {
  std::string_view body;
  std::string_view content_type = "application/octet-stream";
};

/// Both answer whatever status the server gave; redirects are not followed. Block the caller; safe
/// from several threads. A host name is resolved by the system, whose own timeout applies on top.
/// Errors (subject: the URL): those of parse_url, errc::net_unreachable, errc::net_timeout,
/// errc::net_closed, errc::net_http_malformed, errc::net_answer_too_large.
[[nodiscard]] Outcome<HttpResponse> http_get(const std::string& url, const HttpLimits& limits = {});
[[nodiscard]] Outcome<HttpResponse> http_post(const std::string& url, const HttpContent& content,
                                              const HttpLimits& limits = {});
/// The same with a credential, which is sent after the server is known. None of the errors repeats
/// it. Further errors: errc::net_tls_*, errc::net_cleartext.
[[nodiscard]] Outcome<HttpResponse> http_get(const std::string& url, const HttpAccess& access,
                                             const HttpLimits& limits);
[[nodiscard]] Outcome<HttpResponse> http_post(const std::string& url, const HttpContent& content,
                                              const HttpAccess& access, const HttpLimits& limits);

/// The body of an answer of status 200. Errors: errc::net_status with the status and the first line
/// of the body as detail.
[[nodiscard]] Outcome<std::string> body_of(HttpResponse response, const std::string& url);

}  // namespace daymark::net
