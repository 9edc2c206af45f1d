// A server on a thread of its own, and raw connections to it: for tests of whoever speaks HTTP.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <thread>

#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include "daymark/net/descriptor.h"
#include "daymark/net/http_server.h"

namespace daymark::net {

/// Serves until it is destroyed.
class RunningServer {
 public:
  explicit RunningServer(HttpHandler handler, const HttpServerOptions& options = {})
      : server_(take(HttpServer::listen(options, std::move(handler)))),
        thread_([this] { server_.run(); }) {}

  RunningServer(const RunningServer&) = delete;
  RunningServer& operator=(const RunningServer&) = delete;
  RunningServer(RunningServer&&) = delete;
  RunningServer& operator=(RunningServer&&) = delete;

  ~RunningServer() { stop(); }

  void stop() {
    server_.stop();
    if (thread_.joinable()) thread_.join();
  }

  [[nodiscard]] HttpServer& server() { return server_; }

  [[nodiscard]] std::string url(std::string_view path = "") const {
    return server_.url() + std::string(path);
  }

  [[nodiscard]] std::uint16_t port() const { return server_.port(); }

 private:
  static HttpServer take(Outcome<HttpServer> server) {
    EXPECT_TRUE(server.has_value()) << server.error().detail;
    return *std::move(server);
  }

  HttpServer server_;
  std::thread thread_;
};

/// A TCP connection without any HTTP, to send what no client would.
class RawConnection {
 public:
  explicit RawConnection(std::uint16_t port)
      : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(port);
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(0, ::connect(fd_.get(), reinterpret_cast<const sockaddr*>(&to), sizeof to));
  }

  void send(std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t put = ::send(fd_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (put <= 0) return;
      bytes.remove_prefix(static_cast<std::size_t>(put));
    }
  }

  [[nodiscard]] int fd() const { return fd_.get(); }

  void end_sending() { ::shutdown(fd_.get(), SHUT_WR); }

  /// All that comes until the peer closes, or until `needle` was seen, or 20 s passed.
  [[nodiscard]] std::string receive_until(std::string_view needle) {
    std::string got;
    pollfd watched{fd_.get(), POLLIN, 0};
    std::array<char, 4096> chunk{};
    while ((needle.empty() || !got.contains(needle)) && ::poll(&watched, 1, 20'000) == 1) {
      const ssize_t size = ::recv(fd_.get(), chunk.data(), chunk.size(), 0);
      if (size <= 0) return got;
      got.append(chunk.data(), static_cast<std::size_t>(size));
    }
    return got;
  }

  [[nodiscard]] std::string receive_all() { return receive_until(""); }

 private:
  Descriptor fd_;
};

}  // namespace daymark::net
