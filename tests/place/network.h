// Where the parts of the rehearsal live: each in a network namespace of its own, or each on a
// loopback address of its own.
#pragma once

#include <cstddef>
#include <memory>
#include <string>

namespace daymark::place {

struct NetworkSize {
  std::size_t beacons = 0;
  std::size_t chips = 0;
};

class Network {
 public:
  virtual ~Network() = default;
  /// Moves the calling thread to where this part lives; its sockets stay there.
  virtual void enter_beacon(std::size_t beacon) const = 0;
  virtual void enter_chip(std::size_t chip) const = 0;
  virtual void enter_relay() const = 0;
  /// Where a beacon listens, and where the relay listens for a chip; any free port.
  [[nodiscard]] virtual std::string beacon_address(std::size_t beacon) const = 0;
  [[nodiscard]] virtual std::string gate_address(std::size_t chip) const = 0;
  [[nodiscard]] virtual bool is_public() const = 0;
};

/// 127.1.0.1, 127.1.0.2, … for beacons, 127.2.0.1, … for what the chips see.
[[nodiscard]] std::unique_ptr<Network> many_addresses();

/// One namespace for each beacon and chip and one for the relay, joined by pairs of virtual
/// devices. Null where this machine does not allow it; `why` then says so.
[[nodiscard]] std::unique_ptr<Network> namespaces(const NetworkSize& size, std::string& why);

}  // namespace daymark::place
