#include "transport.h"

#include <memory>

#include "daymark/net/unix_socket.h"

namespace daymark::cli {

governor::Transport socket_transport(const std::string& path) {
  return [client = std::make_shared<net::FrameClient>(path)](ByteView request) {
    return client->call(request);
  };
}

}  // namespace daymark::cli
