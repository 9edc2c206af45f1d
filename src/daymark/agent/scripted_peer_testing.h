// A peer on a thread that says what the test says. Tests only.
#pragma once

#include <atomic>
#include <functional>
#include <thread>
#include <vector>

#include "daymark/net/udp.h"

namespace daymark::agent::testing {

/// Answers nothing, or what the test says; `with` is called on its thread.
struct ScriptedPeer {
  explicit ScriptedPeer(std::function<std::vector<Byte>(const net::Datagram&)> with)
      : reply(std::move(with)), socket(*net::UdpSocket::bind({})) {
    thread = std::thread([this] { serve(); });
  }

  ScriptedPeer(const ScriptedPeer&) = delete;
  ScriptedPeer& operator=(const ScriptedPeer&) = delete;

  ~ScriptedPeer() {
    stopping = true;
    thread.join();
  }

  void serve() {
    ByteArray<2048> buffer{};
    while (!stopping) {
      const auto got = socket.receive(buffer, {20});
      if (!got || !*got) continue;
      ++requests;
      const auto bytes = reply(**got);
      if (!bytes.empty()) (void)socket.send_to((*got)->from, bytes);
    }
  }

  std::function<std::vector<Byte>(const net::Datagram&)> reply;
  net::UdpSocket socket;
  std::atomic<bool> stopping = false;
  std::atomic<int> requests = 0;
  std::thread thread;
};

}  // namespace daymark::agent::testing
