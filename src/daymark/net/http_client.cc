#include "daymark/net/http_client.h"

#include <algorithm>
#include <chrono>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <fmt/format.h>

#include "daymark/net/errors.h"
#include "daymark/net/url.h"

namespace daymark::net {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using boost::asio::ip::tcp;
using ErrorCode = boost::system::error_code;

namespace {

/// One connection for one request. Asynchronous operations, run one after another: only those know
/// time limits.
class Exchange {
 public:
  explicit Exchange(const HttpLimits& limits) : limits_(limits), stream_(io_) {}

  [[nodiscard]] ErrorCode connect(const Url& url) {
    ErrorCode error;
    const std::vector<tcp::endpoint> endpoints = resolve(url, error);
    if (error) return error;
    stream_.expires_after(std::chrono::milliseconds(limits_.connect_timeout.value));
    stream_.async_connect(endpoints,
                          [&error](ErrorCode said, const tcp::endpoint&) { error = said; });
    run();
    return error;
  }

  [[nodiscard]] ErrorCode exchange(const http::request<http::string_body>& request,
                                   http::response<http::string_body>& response) {
    stream_.expires_after(std::chrono::milliseconds(limits_.answer_timeout.value));
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
  beast::tcp_stream stream_;
};

Errc code_of(ErrorCode error) {
  if (error == beast::error::timeout) return errc::net_timeout;
  if (error == http::error::body_limit) return errc::net_answer_too_large;
  if (error == http::error::end_of_stream || error == http::error::partial_message ||
      error == asio::error::eof || error == asio::error::connection_reset ||
      error == asio::error::broken_pipe) {
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

Outcome<HttpResponse> perform(const std::string& url, const HttpLimits& limits, const Url& parsed,
                              const http::request<http::string_body>& request) {
  Exchange exchange(limits);
  if (const ErrorCode error = exchange.connect(parsed)) {
    const bool late = error == beast::error::timeout;
    return refuse(late ? errc::net_timeout : errc::net_unreachable, url, error.message());
  }
  http::response<http::string_body> answer;
  if (const ErrorCode error = exchange.exchange(request, answer)) {
    return refuse(code_of(error), url, error.message());
  }
  return plain_response(answer);
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
  http::request<http::string_body> request = beast_request(http::verb::get, parsed);
  show_access(access, request);
  return perform(url, limits, parsed, request);
}

Outcome<HttpResponse> http_post(const std::string& url, const HttpContent& content,
                                const HttpAccess& access, const HttpLimits& limits) {
  DAYMARK_TRY(const Url parsed, about(parse_url(url), url));
  http::request<http::string_body> request = beast_request(http::verb::post, parsed);
  show_access(access, request);
  request.set(http::field::content_type, content.content_type);
  request.body() = content.body;
  request.prepare_payload();
  return perform(url, limits, parsed, request);
}

Outcome<std::string> body_of(HttpResponse response, const std::string& url) {
  if (response.status == 200) return std::move(response.body);
  const std::string first_line =
      response.body.substr(0, std::min<std::size_t>(response.body.find('\n'), 200));
  return refuse(errc::net_status, url, fmt::format("{} {}", response.status, first_line));
}

}  // namespace daymark::net
