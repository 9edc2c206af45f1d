// Request and response frames over a local socket: how agent, gate and governor speak. Host only.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <sys/types.h>

#include "daymark/base/bytes.h"
#include "daymark/base/failure.h"
#include "daymark/base/units.h"
#include "daymark/net/descriptor.h"
#include "daymark/net/frame.h"

namespace daymark::net {

/// Answers one request; an answer of more than frame_max bytes closes the connection. Always called
/// on the thread of FrameServer::run, so it needs no locks; while it runs nobody else is served.
using FrameHandler = std::function<std::vector<Byte>(ByteView request)>;

struct FrameServerOptions {
  std::string path;  ///< of the socket; its mode is 0600, so only this user and root connect
  std::size_t clients_max = 64;        ///< further ones wait until one leaves
  Millis frame_timeout = seconds(10);  ///< for a begun request to end, for an answer to be taken
  Millis idle_period{0};               ///< how often `on_idle` is called; 0: never
  std::function<void()> on_idle;       ///< same thread as the handler
};

/// Serves many clients from one poll loop. A client sends a frame and gets one frame back, in
/// order. Malformed or slow clients are cut off; clients between two requests may stay for ever.
class FrameServer {
 public:
  /// Replaces a socket that nobody listens at any more; takes a lock beside it (`path`.lock), so
  /// that of two servers that start at once one is refused. Errors: errc::net_path_too_long,
  /// errc::net_address_in_use, errc::net_not_listening.
  [[nodiscard]] static Outcome<FrameServer> listen(FrameServerOptions options,
                                                   FrameHandler handler);

  FrameServer(FrameServer&&) noexcept;
  FrameServer& operator=(FrameServer&&) noexcept;
  FrameServer(const FrameServer&) = delete;
  FrameServer& operator=(const FrameServer&) = delete;
  /// Removes the socket.
  ~FrameServer();

  /// Serves until stop(). Answers that are under way are dropped.
  void run();

  /// Ends run(), also one that has not begun. From any thread, also from inside the handler.
  void stop();

 private:
  struct Core;
  explicit FrameServer(std::unique_ptr<Core> core);

  std::unique_ptr<Core> core_;
};

/// A client of a FrameServer, or of a chip whose channel is a local socket. Connects when first
/// needed, and again after an error or where the server was restarted. Not thread-safe.
class FrameClient {
 public:
  explicit FrameClient(std::string path) : path_(std::move(path)) {}

  /// One request, one answer; the timeout is for both together. After any error the connection is
  /// given up: whether the server acted on the request is then unknown, and nothing is sent twice.
  /// Errors (subject: the path): errc::net_unreachable, errc::net_timeout, errc::net_closed,
  /// errc::net_frame_too_large, errc::net_path_too_long.
  [[nodiscard]] Outcome<std::vector<Byte>> call(ByteView request, Millis timeout = seconds(30));

 private:
  /// Clients begin with different numbers, so that they don't take each other's late answers.
  [[nodiscard]] static std::uint32_t first_number();
  [[nodiscard]] Outcome<void> connect();
  [[nodiscard]] Outcome<std::vector<Byte>> exchange(ByteView frame, Millis timeout);

  std::string path_;
  Descriptor socket_;
  FrameDecoder decoder_;
  std::uint32_t number_ = first_number();  ///< of the newest request
};

}  // namespace daymark::net
