// What a beacon is held against: a plain UDP echo, and chrony that answers authenticated requests.
#pragma once

#include <atomic>
#include <string>
#include <thread>

#include <sys/types.h>

#include "daymark/base/bytes.h"
#include "daymark/net/endpoint.h"

namespace daymark::bench {

/// Keeps a thread or process on one core of several, so that server and client don't share one.
void pin_to_core(pid_t thread, unsigned core);

/// Processor seconds that a thread has used, as its kernel counts them.
[[nodiscard]] double thread_seconds(std::thread& thread);

/// Answers each datagram with itself: recvfrom and sendto, nothing else.
class EchoServer {
 public:
  EchoServer();
  EchoServer(const EchoServer&) = delete;
  EchoServer& operator=(const EchoServer&) = delete;
  ~EchoServer();

  [[nodiscard]] const net::Endpoint& local() const { return local_; }

  [[nodiscard]] double processor_seconds() { return thread_seconds(thread_); }

 private:
  void serve();

  int socket_ = -1;
  net::Endpoint local_;
  std::atomic<bool> stopping_ = false;
  std::thread thread_;
};

/// chronyd as a private process on loopback that touches no clock, with an AES-128-CMAC key.
class ChronyServer {
 public:
  /// `program` is chronyd. Ends the benchmark where it doesn't answer.
  ChronyServer(const std::string& program, const std::string& folder);
  ChronyServer(const ChronyServer&) = delete;
  ChronyServer& operator=(const ChronyServer&) = delete;
  ~ChronyServer();

  [[nodiscard]] const net::Endpoint& local() const { return local_; }

  [[nodiscard]] double processor_seconds() const;

  /// A client's request with key and CMAC (RFC 8573): always the same bytes.
  [[nodiscard]] static ByteArray<68> request();

 private:
  net::Endpoint local_;
  pid_t process_ = -1;
};

}  // namespace daymark::bench
