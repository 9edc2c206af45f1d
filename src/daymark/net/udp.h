// UDP with the kernel's time stamps: for ranging, where every microsecond widens a disc. Host only.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "daymark/base/bytes.h"
#include "daymark/base/failure.h"
#include "daymark/base/units.h"
#include "daymark/net/descriptor.h"
#include "daymark/net/endpoint.h"

namespace daymark::net {

/// Who took a stamp: the kernel at the packet's passage, or the program before sending and after
/// receiving. A program's stamps only lengthen a round trip, so they are safe but wider.
enum class StampSource { kernel, program };

/// A moment on the machine's real-time clock; only differences of stamps of one machine count.
struct Stamp {
  std::int64_t nanos = 0;  ///< since 1970-01-01T00:00:00Z
  StampSource source = StampSource::program;
};

/// A packet that came; `content` views the buffer given to receive.
struct Datagram {
  ByteView content;
  Endpoint from;
  Stamp received;
};

struct UdpOptions {
  std::string address = "127.0.0.1:0";  ///< numeric; port 0: any free one
  bool allow_public = false;            ///< whether another address than loopback may be used
  bool kernel_stamps = true;            ///< asked for; taken where the kernel gives them
};

/// A bound socket. One thread at a time.
class UdpSocket {
 public:
  /// Errors: errc::net_address_malformed, errc::net_address_public, errc::net_address_in_use,
  /// errc::net_not_listening.
  [[nodiscard]] static Outcome<UdpSocket> bind(const UdpOptions& options = {});

  /// Where the socket is bound, with the port that the system chose.
  [[nodiscard]] const Endpoint& local() const { return local_; }

  /// Sends one packet and says when. Errors (subject: the peer): errc::net_io.
  [[nodiscard]] Outcome<Stamp> send_to(const Endpoint& to, ByteView content);

  /// Waits for one packet, or none in time. A packet longer than `buffer` is dropped: it could only
  /// be misread. Errors: errc::net_io.
  [[nodiscard]] Outcome<std::optional<Datagram>> receive(MutableBytes buffer, Millis timeout);

  /// For poll loops of the caller; readable where receive would not wait.
  [[nodiscard]] int descriptor() const { return socket_.get(); }

 private:
  friend class UdpBatch;

  UdpSocket() = default;
  [[nodiscard]] std::optional<Stamp> sent_stamp(std::uint32_t packet) const;
  [[nodiscard]] Outcome<std::optional<Datagram>> take(MutableBytes buffer) const;

  Descriptor socket_;
  Endpoint local_;
  bool stamped_ = false;
  std::uint32_t sent_count_ = 0;  ///< the kernel counts along (SOF_TIMESTAMPING_OPT_ID)
};

}  // namespace daymark::net
