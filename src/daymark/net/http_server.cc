#include "daymark/net/http_server.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <thread>

#include <boost/asio/dispatch.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/ssl.hpp>
#include <fmt/format.h>

#include "daymark/net/errors.h"
#include "daymark/net/tls_internal.h"

namespace daymark::net {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using boost::asio::ip::tcp;
using ErrorCode = boost::system::error_code;

namespace {

std::chrono::milliseconds duration_of(Millis span) {
  return std::chrono::milliseconds(span.value);
}

std::string endpoint_text(const tcp::endpoint& endpoint) {
  const bool ipv6 = endpoint.address().is_v6();
  return fmt::format("{}{}{}:{}", ipv6 ? "[" : "", endpoint.address().to_string(), ipv6 ? "]" : "",
                     endpoint.port());
}

HttpRequest plain_request(const http::request<http::string_body>& from, std::string peer) {
  HttpRequest request;
  request.method = from.method() == http::verb::head ? "GET" : std::string(from.method_string());
  const std::string_view target(from.target().data(), from.target().size());
  const std::size_t query = std::min(target.find('?'), target.size());
  request.path = target.substr(0, query);
  request.query = target.substr(std::min(query + 1, target.size()));
  for (const auto& header : from) {
    request.headers.push_back({std::string(header.name_string()), std::string(header.value())});
  }
  request.body = from.body();
  request.peer = std::move(peer);
  return request;
}

bool is_printable(std::string_view text) {
  return std::ranges::none_of(text, [](char c) { return c == '\r' || c == '\n' || c == '\0'; });
}

/// What to answer to a request that the parser refused; none where nobody would read it.
std::optional<HttpResponse> refusal_of(ErrorCode error) {
  if (error == http::error::body_limit) return text_response(413, "The body is too large.");
  if (error == http::error::header_limit) return text_response(431, "The header is too large.");
  const bool parsed = error.category() == http::make_error_code(http::error::bad_value).category();
  const bool ended = error == http::error::end_of_stream || error == http::error::partial_message;
  if (!parsed || ended) return std::nullopt;
  return text_response(400, "The request is not valid HTTP.");
}

using TlsServerStream = beast::ssl_stream<beast::tcp_stream>;

/// What a server knows of a connection.
class OpenConnection : public std::enable_shared_from_this<OpenConnection> {
 public:
  OpenConnection() = default;
  OpenConnection(const OpenConnection&) = delete;
  OpenConnection& operator=(const OpenConnection&) = delete;
  OpenConnection(OpenConnection&&) = delete;
  OpenConnection& operator=(OpenConnection&&) = delete;
  virtual ~OpenConnection() = default;

  virtual void start() = 0;
  /// Ends the connection after the answer that is being written, or now.
  virtual void stop() = 0;
};

/// What all sessions of a server share.
struct Shared {
  HttpServerOptions options;
  HttpHandler handler;
  std::atomic<bool> stopping{false};
  std::mutex mutex;
  std::set<OpenConnection*> sessions;

  [[nodiscard]] HttpResponse answer(const HttpRequest& request) const {
    try {
      return handler(request);
    } catch (const std::exception&) {
      return text_response(500, "The request could not be answered.");
    }
  }
};

/// One connection: reads a request, answers it, reads the next. All on its own strand.
template <class Stream>
class Session final : public OpenConnection {
 public:
  template <class... Context>
  Session(Shared& shared, tcp::socket socket, Context&... context)
      : shared_(shared),
        stream_(beast::tcp_stream(std::move(socket)), context...),
        deadline_(stream_.get_executor()) {
    ErrorCode ignored;
    peer_ = endpoint_text(lowest().socket().remote_endpoint(ignored));
    const std::lock_guard lock(shared_.mutex);
    shared_.sessions.insert(this);
  }

  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;
  Session(Session&&) = delete;
  Session& operator=(Session&&) = delete;

  ~Session() override {
    const std::lock_guard lock(shared_.mutex);
    shared_.sessions.erase(this);
  }

  void start() override {
    asio::dispatch(stream_.get_executor(), [self = shared_self()] { self->begin(); });
  }

  void stop() override {
    asio::dispatch(stream_.get_executor(), [self = shared_self()] { self->stop_here(); });
  }

 private:
  static constexpr bool is_tls = std::is_same_v<Stream, TlsServerStream>;

  [[nodiscard]] std::shared_ptr<Session> shared_self() {
    return std::static_pointer_cast<Session>(shared_from_this());
  }

  [[nodiscard]] beast::tcp_stream& lowest() { return beast::get_lowest_layer(stream_); }

  void begin() {
    if constexpr (is_tls) {
      lowest().expires_after(duration_of(shared_.options.request_timeout));
      stream_.async_handshake(
          asio::ssl::stream_base::server,
          [self = shared_self()](ErrorCode error) { error ? self->close() : self->read(); });
    } else {
      read();
    }
  }

  void stop_here() {
    if (!writing_) return close();
    deadline_.expires_after(duration_of(shared_.options.stop_timeout));
    deadline_.async_wait([self = shared_self()](ErrorCode error) {
      if (!error) self->close();
    });
  }

  void read() {
    if (shared_.stopping) return close();
    is_head_ = false;
    parser_ = std::make_unique<Parser>();
    parser_->header_limit(static_cast<std::uint32_t>(shared_.options.header_max));
    parser_->body_limit(shared_.options.body_max);
    lowest().expires_after(duration_of(shared_.options.request_timeout));
    http::async_read(stream_, buffer_, *parser_,
                     [self = shared_self()](ErrorCode error, std::size_t /*bytes*/) {
                       self->after_read(error);
                     });
  }

  void after_read(ErrorCode error) {
    if (error) {
      const std::optional<HttpResponse> refusal = refusal_of(error);
      return refusal ? write(*refusal, Next::drain) : close();
    }
    const http::request<http::string_body>& request = parser_->get();
    is_head_ = request.method() == http::verb::head;
    if (!request.target().starts_with('/')) {
      return write(text_response(400, "The target must begin with '/'."), Next::drain);
    }
    const HttpResponse response = shared_.answer(plain_request(request, peer_));
    const bool again = request.keep_alive() && !shared_.stopping;
    write(response, again ? Next::read : Next::close);
  }

  enum class Next { read, close, drain };

  void write(const HttpResponse& from, Next next) {
    response_ = {};
    response_.version(11);
    response_.result(from.status);
    response_.set(http::field::content_type, from.content_type);
    for (const HttpHeader& header : from.headers) {
      if (is_printable(header.name) && is_printable(header.value)) {
        response_.insert(header.name, header.value);
      }
    }
    response_.keep_alive(next == Next::read);
    response_.body() = from.body;
    response_.prepare_payload();
    if (is_head_) response_.body().clear();
    writing_ = true;
    lowest().expires_after(duration_of(shared_.options.request_timeout));
    http::async_write(stream_, response_,
                      [self = shared_self(), next](ErrorCode error, std::size_t /*bytes*/) {
                        self->after_write(error, next);
                      });
  }

  void after_write(ErrorCode error, Next next) {
    writing_ = false;
    deadline_.cancel();
    if (error) return close();
    if (next == Next::read) return read();
    end_sending(next);
  }

  /// Says that nothing more comes: over TLS by its own alert (RFC 8446 §6.1), so that the client
  /// can tell the end from a cut.
  void end_sending(Next next) {
    if constexpr (is_tls) {
      if (next == Next::drain) return drain(drain_max);
      lowest().expires_after(duration_of(shared_.options.stop_timeout));
      stream_.async_shutdown([self = shared_self()](ErrorCode /*error*/) { self->close(); });
    } else {
      ErrorCode ignored;
      ignored = lowest().socket().shutdown(tcp::socket::shutdown_send, ignored);
      next == Next::drain ? drain(drain_max) : close();
    }
  }

  /// Swallows what a refused client still sends: closing at once would reset the connection before
  /// the refusal is read.
  void drain(std::size_t left) {
    if (left == 0 || shared_.stopping) return close();
    lowest().expires_after(std::chrono::seconds(2));
    buffer_.clear();
    stream_.async_read_some(buffer_.prepare(4096),
                            [self = shared_self(), left](ErrorCode error, std::size_t bytes) {
                              if (error) return self->close();
                              self->drain(left - std::min(left, bytes));
                            });
  }

  void close() { lowest().close(); }

  using Parser = http::request_parser<http::string_body>;
  static constexpr std::size_t drain_max = 16UL << 20;

  Shared& shared_;
  Stream stream_;
  asio::steady_timer deadline_;
  beast::flat_buffer buffer_;
  std::unique_ptr<Parser> parser_;
  http::response<http::string_body> response_;
  std::string peer_;
  bool is_head_ = false;
  bool writing_ = false;
};

}  // namespace

struct HttpServer::Core {
  Core(const HttpServerOptions& options, HttpHandler handler)
      : control(asio::make_strand(io)), acceptor(control), retry(control) {
    shared.options = options;
    shared.handler = std::move(handler);
  }

  [[nodiscard]] std::shared_ptr<OpenConnection> open_session(tcp::socket socket);
  void accept();
  void after_accept(ErrorCode error, tcp::socket socket);
  void begin_stop();

  // Sessions that `io` still holds refer to `shared`, which must go last.
  Shared shared;
  std::optional<asio::ssl::context> tls;
  asio::io_context io;
  asio::strand<asio::io_context::executor_type> control;
  tcp::acceptor acceptor;
  asio::steady_timer retry;
  tcp::endpoint bound;  // kept: a closed acceptor no longer knows
};

std::shared_ptr<OpenConnection> HttpServer::Core::open_session(tcp::socket socket) {
  if (tls) return std::make_shared<Session<TlsServerStream>>(shared, std::move(socket), *tls);
  return std::make_shared<Session<beast::tcp_stream>>(shared, std::move(socket));
}

void HttpServer::Core::accept() {
  if (shared.stopping) return;
  acceptor.async_accept(asio::make_strand(io), [this](ErrorCode error, tcp::socket socket) {
    after_accept(error, std::move(socket));
  });
}

void HttpServer::Core::after_accept(ErrorCode error, tcp::socket socket) {
  if (shared.stopping) return;
  if (error) {
    // Out of descriptors, most likely: trying again at once would spin.
    retry.expires_after(std::chrono::milliseconds(50));
    return retry.async_wait([this](ErrorCode cancelled) {
      if (!cancelled) accept();
    });
  }
  std::size_t open = 0;
  {
    const std::lock_guard lock(shared.mutex);
    open = shared.sessions.size();
  }
  if (open < shared.options.connections_max) {
    open_session(std::move(socket))->start();
  }
  accept();
}

void HttpServer::Core::begin_stop() {
  if (shared.stopping.exchange(true)) return;
  ErrorCode ignored;
  ignored = acceptor.close(ignored);
  retry.cancel();
  std::vector<std::shared_ptr<OpenConnection>> open;
  {
    const std::lock_guard lock(shared.mutex);
    for (OpenConnection* session : shared.sessions) {
      if (auto alive = session->weak_from_this().lock()) open.push_back(std::move(alive));
    }
  }
  for (const auto& session : open)
    session->stop();
}

HttpServer::HttpServer(std::unique_ptr<Core> core) : core_(std::move(core)) {}

HttpServer::HttpServer(HttpServer&&) noexcept = default;
HttpServer& HttpServer::operator=(HttpServer&&) noexcept = default;
HttpServer::~HttpServer() = default;

Outcome<HttpServer> HttpServer::listen(const HttpServerOptions& options, HttpHandler handler) {
  const std::string subject = fmt::format("{}:{}", options.address, options.port);
  ErrorCode error;
  const asio::ip::address address = asio::ip::make_address(options.address, error);
  if (error) return refuse(errc::net_address_malformed, subject);
  if (!address.is_loopback() && !options.allow_public) {
    return refuse(errc::net_address_public, subject);
  }
  auto core = std::make_unique<Core>(options, std::move(handler));
  if (!options.tls.empty()) {
    DAYMARK_TRY(core->tls, internal::server_context(options.tls));
  }
  const tcp::endpoint endpoint(address, options.port);
  error = core->acceptor.open(endpoint.protocol(), error);
  if (!error) error = core->acceptor.set_option(asio::socket_base::reuse_address(true), error);
  if (!error) error = core->acceptor.bind(endpoint, error);
  if (!error) error = core->acceptor.listen(asio::socket_base::max_listen_connections, error);
  if (!error) core->bound = core->acceptor.local_endpoint(error);
  if (error == asio::error::address_in_use) return refuse(errc::net_address_in_use, subject);
  if (error) return refuse(errc::net_not_listening, subject, error.message());
  return HttpServer(std::move(core));
}

std::uint16_t HttpServer::port() const {
  return core_->bound.port();
}

std::string HttpServer::url() const {
  return (core_->tls ? "https://" : "http://") + endpoint_text(core_->bound);
}

void HttpServer::run() {
  asio::post(core_->control, [this] { core_->accept(); });
  std::vector<std::thread> helpers;
  for (unsigned i = 1; i < core_->shared.options.threads; ++i) {
    helpers.emplace_back([this] { core_->io.run(); });
  }
  core_->io.run();
  for (std::thread& helper : helpers)
    helper.join();
}

void HttpServer::stop() {
  asio::post(core_->control, [core = core_.get()] { core->begin_stop(); });
}

}  // namespace daymark::net
