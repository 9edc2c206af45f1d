#include "daymark/net/http_client.h"

#include <algorithm>
#include <chrono>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/ssl.hpp>
#include <fmt/format.h>

#include "daymark/net/errors.h"
#include "daymark/net/tls_internal.h"
#include "daymark/net/url.h"

namespace daymark::net {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using boost::asio::ip::tcp;
using ErrorCode = boost::system::error_code;

namespace {

using TlsStream = beast::ssl_stream<beast::tcp_stream>;

/// One connection for one request. Asynchronous operations, run one after another: only those know
/// time limits.
template <class Stream>
class Exchange {
 public:
  template <class... Context>
  explicit Exchange(const HttpLimits& limits, Context&... context)
      : limits_(limits), stream_(io_, context...) {}

  [[nodiscard]] Stream& stream() { return stream_; }

  [[nodiscard]] ErrorCode connect(const Url& url) {
    ErrorCode error;
    const std::vector<tcp::endpoint> endpoints = resolve(url, error);
    if (error) return error;
    limit(limits_.connect_timeout);
    beast::get_lowest_layer(stream_).async_connect(
        endpoints, [&error](ErrorCode said, const tcp::endpoint&) { error = said; });
    run();
    return error;
  }

  [[nodiscard]] ErrorCode shake_hands() {
    ErrorCode error;
    limit(limits_.connect_timeout);
    stream_.async_handshake(asio::ssl::stream_base::client,
                            [&error](ErrorCode said) { error = said; });
    run();
    return error;
  }

  [[nodiscard]] ErrorCode exchange(const http::request<http::string_body>& request,
                                   http::response<http::string_body>& response) {
    limit(limits_.answer_timeout);
    ErrorCode error;
    const auto done = [&error](ErrorCode said, std::size_t /*bytes*/) { error = said; };
    http::async_write(stream_, request, done);
    run();
    if (error == beast::error::timeout) return error;
    // A server may refuse before it has read all: its answer says more than the broken pipe.
    http::response_parser<http::string_body> parser;
    parser.body_limit(limits_.answer_max);
    beast::flat_buffer buffer;
    http::async_read(stream_, buffer, parser, done);
    run();
    if (!error) response = parser.release();
    return error;
  }

 private:
  void limit(Millis span) {
    beast::get_lowest_layer(stream_).expires_after(std::chrono::milliseconds(span.value));
  }

  void run() {
    io_.restart();
    io_.run();
  }

  [[nodiscard]] std::vector<tcp::endpoint> resolve(const Url& url, ErrorCode& error) {
    const asio::ip::address numeric = asio::ip::make_address(url.host, error);
    if (!error) return {tcp::endpoint(numeric, url.port)};
    tcp::resolver resolver(io_);
    std::vector<tcp::endpoint> found;
    for (const auto& entry : resolver.resolve(url.host, std::to_string(url.port), error)) {
      found.push_back(entry.endpoint());
    }
    return found;
  }

  const HttpLimits& limits_;
  asio::io_context io_;
  Stream stream_;
};

Errc code_of(ErrorCode error) {
  if (error == beast::error::timeout) return errc::net_timeout;
  if (error == http::error::body_limit) return errc::net_answer_too_large;
  if (error == http::error::end_of_stream || error == http::error::partial_message ||
      error == asio::error::eof || error == asio::error::connection_reset ||
      error == asio::ssl::error::stream_truncated || error == asio::error::broken_pipe) {
    return errc::net_closed;
  }
  const bool parsed = error.category() == http::make_error_code(http::error::bad_value).category();
  return parsed ? errc::net_http_malformed : errc::net_unreachable;
}

http::request<http::string_body> beast_request(http::verb method, const Url& url) {
  http::request<http::string_body> request(method, url.target, 11);
  const bool ipv6 = url.host.contains(':');
  request.set(http::field::host,
              fmt::format("{}{}{}:{}", ipv6 ? "[" : "", url.host, ipv6 ? "]" : "", url.port));
  request.set(http::field::user_agent, "daymark");
  request.keep_alive(false);
  return request;
}

void show_access(const HttpAccess& access, http::request<http::string_body>& request) {
  if (!access.bearer.empty()) request.set(http::field::authorization, "Bearer " + access.bearer);
}

HttpResponse plain_response(http::response<http::string_body>& from) {
  HttpResponse response;
  response.status = from.result_int();
  response.content_type = std::string(from[http::field::content_type]);
  for (const auto& header : from) {
    response.headers.push_back({std::string(header.name_string()), std::string(header.value())});
  }
  response.body = std::move(from.body());
  return response;
}

/// A request on its way.
struct Call {
  const std::string& url;
  const Url& parsed;
  const HttpAccess& access;
  const HttpLimits& limits;
  http::request<http::string_body> request;
};

template <class Stream>
Outcome<void> connect(Exchange<Stream>& exchange, const Call& call) {
  const ErrorCode error = exchange.connect(call.parsed);
  if (!error) return {};
  const bool late = error == beast::error::timeout;
  return refuse(late ? errc::net_timeout : errc::net_unreachable, call.url, error.message());
}

template <class Stream>
Outcome<HttpResponse> finish(Exchange<Stream>& exchange, const Call& call) {
  http::response<http::string_body> answer;
  if (const ErrorCode error = exchange.exchange(call.request, answer)) {
    return refuse(code_of(error), call.url, error.message());
  }
  return plain_response(answer);
}

Outcome<HttpResponse> perform_plain(const Call& call) {
  const bool exposed = !call.access.bearer.empty() && !call.access.insecure_cleartext;
  if (exposed && !is_loopback(call.parsed)) return refuse(errc::net_cleartext, call.url);
  Exchange<beast::tcp_stream> exchange(call.limits);
  DAYMARK_CHECK(connect(exchange, call));
  return finish(exchange, call);
}

/// The request, and the credential in it, leaves after the server has shown its key.
Outcome<HttpResponse> perform_tls(const Call& call) {
  DAYMARK_TRY(asio::ssl::context context, internal::client_context(call.access.trust));
  Exchange<TlsStream> exchange(call.limits, context);
  SSL* const ssl = exchange.stream().native_handle();
  ErrorCode error = internal::expect_peer(ssl, call.access.trust, call.parsed.host);
  if (error) return refuse(errc::net_tls_trust, call.url, error.message());
  DAYMARK_CHECK(connect(exchange, call));
  error = exchange.shake_hands();
  if (error == beast::error::timeout) return refuse(errc::net_timeout, call.url, error.message());
  if (error) return refuse(internal::handshake_error(ssl), call.url, error.message());
  DAYMARK_CHECK(about(internal::check_pin(ssl, call.access.trust), call.url));
  return finish(exchange, call);
}

Outcome<HttpResponse> perform(const Call& call) {
  return call.parsed.tls ? perform_tls(call) : perform_plain(call);
}

}  // namespace

Outcome<HttpResponse> http_get(const std::string& url, const HttpLimits& limits) {
  return http_get(url, HttpAccess{}, limits);
}

Outcome<HttpResponse> http_post(const std::string& url, const HttpContent& content,
                                const HttpLimits& limits) {
  return http_post(url, content, HttpAccess{}, limits);
}

Outcome<HttpResponse> http_get(const std::string& url, const HttpAccess& access,
                               const HttpLimits& limits) {
  DAYMARK_TRY(const Url parsed, about(parse_url(url), url));
  Call call{url, parsed, access, limits, beast_request(http::verb::get, parsed)};
  show_access(access, call.request);
  return perform(call);
}

Outcome<HttpResponse> http_post(const std::string& url, const HttpContent& content,
                                const HttpAccess& access, const HttpLimits& limits) {
  DAYMARK_TRY(const Url parsed, about(parse_url(url), url));
  Call call{url, parsed, access, limits, beast_request(http::verb::post, parsed)};
  show_access(access, call.request);
  call.request.set(http::field::content_type, content.content_type);
  call.request.body() = content.body;
  call.request.prepare_payload();
  return perform(call);
}

Outcome<std::string> body_of(HttpResponse response, const std::string& url) {
  if (response.status == 200) return std::move(response.body);
  const std::string first_line =
      response.body.substr(0, std::min<std::size_t>(response.body.find('\n'), 200));
  return refuse(errc::net_status, url, fmt::format("{} {}", response.status, first_line));
}

}  // namespace daymark::net
