// Many datagrams by one system call each way, with the kernel's stamps: for a beacon under load.
// Host only.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <span>

#include "daymark/base/bytes.h"
#include "daymark/base/failure.h"
#include "daymark/net/udp.h"

namespace daymark::net {

/// Most datagrams of one call.
inline constexpr std::size_t udp_batch_max = 64;

/// Of a longer batch the kernel stamps every so manieth datagram: a stamp costs a third of a
/// sending.
inline constexpr std::size_t udp_stamp_stride = 4;

/// A datagram that is to leave; `content` stays until send returns.
struct Outgoing {
  Endpoint to;
  ByteView content;
};

/// A bound socket that receives and sends in batches. One thread at a time.
class UdpBatch {
 public:
  /// Takes the socket over. Datagrams longer than `datagram_max` are dropped: they could only be
  /// misread.
  UdpBatch(UdpSocket socket, std::size_t datagram_max);
  UdpBatch(UdpBatch&&) noexcept;
  UdpBatch& operator=(UdpBatch&&) noexcept;
  UdpBatch(const UdpBatch&) = delete;
  UdpBatch& operator=(const UdpBatch&) = delete;
  ~UdpBatch();

  [[nodiscard]] const Endpoint& local() const { return socket_.local(); }

  /// What is there, at most udp_batch_max datagrams; waits for the first one, and gives none where
  /// none came in time. The views hold until the next call. Errors: errc::net_io.
  [[nodiscard]] Outcome<std::span<const Datagram>> receive(Millis timeout);

  /// Sends at most udp_batch_max datagrams: when each left, or nothing for one that could not be
  /// sent (the others are not concerned). Up to udp_stamp_stride datagrams have each the kernel's
  /// stamp of its own passage; of more, each has that of the last stamped one up to itself, at most
  /// three sendings earlier. Where the kernel gave no stamp in time, the stamp is the program's
  /// from before the call. An earlier stamp than the sending can only make a round trip longer. The
  /// result holds until the next call.
  [[nodiscard]] std::span<const std::optional<Stamp>> send(std::span<const Outgoing> datagrams);

 private:
  struct Space;

  [[nodiscard]] Outcome<std::span<const Datagram>> take();
  [[nodiscard]] std::size_t send_run(std::size_t from, std::size_t end);
  void collect(std::size_t count);
  [[nodiscard]] bool collect_once();
  void renumber();

  UdpSocket socket_;
  std::unique_ptr<Space> space_;
};

}  // namespace daymark::net
