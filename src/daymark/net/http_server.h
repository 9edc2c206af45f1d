// A small HTTP/1.1 server: bounded in size, time and connections; callbacks inside, plain values
// outside.
//
//   DAYMARK_TRY(auto server, HttpServer::listen({}, [](const HttpRequest&) { return … }));
//   const StopSignals signals([&] { server.stop(); });
//   server.run();
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "daymark/base/failure.h"
#include "daymark/base/units.h"
#include "daymark/net/http.h"
#include "daymark/net/tls.h"

namespace daymark::net {

/// Answers one request. Runs on the thread of run(); with `threads` > 1 on several at once. What it
/// throws becomes a 500 without detail.
using HttpHandler = std::function<HttpResponse(const HttpRequest&)>;

struct HttpServerOptions {
  std::string address = "127.0.0.1";  ///< numeric
  std::uint16_t port = 0;             ///< 0: any free one, see HttpServer::port
  bool allow_public = false;          ///< whether another address than loopback may be used
  TlsIdentity tls = {};               ///< empty: plain HTTP
  std::size_t header_max = 16UL << 10;
  std::size_t body_max = 1UL << 20;
  std::size_t connections_max = 256;     ///< further ones are closed at once
  Millis request_timeout = seconds(30);  ///< for a whole request, and between two of a connection
  Millis stop_timeout = seconds(3);      ///< for answers that are under way when stop is called
  unsigned threads = 1;                  ///< with 1 the handler needs no locks
};

/// TLS 1.3 where it has an identity, else plain HTTP: for loopback and for what is public anyway.
/// Refuses by itself, before the handler: 400 malformed, 413 body and 431 header too large; slow
/// clients, and those that speak no TLS 1.3, are cut off.
class HttpServer {
 public:
  /// Binds and listens; connections wait until run(). Errors: errc::net_address_malformed,
  /// errc::net_address_public, errc::net_address_in_use, errc::net_not_listening; with an identity
  /// errc::secret_exposed, errc::net_tls_identity and those of read_file.
  [[nodiscard]] static Outcome<HttpServer> listen(const HttpServerOptions& options,
                                                  HttpHandler handler);

  HttpServer(HttpServer&&) noexcept;
  HttpServer& operator=(HttpServer&&) noexcept;
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;
  ~HttpServer();

  [[nodiscard]] std::uint16_t port() const;
  /// "http://127.0.0.1:8080", or https.
  [[nodiscard]] std::string url() const;

  /// Serves until stop(). Returns when answers under way are sent or stop_timeout is over.
  void run();

  /// Ends run(), also one that has not begun. From any thread, any number of times; not from inside
  /// a signal handler (use StopSignals).
  void stop();

 private:
  struct Core;
  explicit HttpServer(std::unique_ptr<Core> core);

  std::unique_ptr<Core> core_;
};

}  // namespace daymark::net
