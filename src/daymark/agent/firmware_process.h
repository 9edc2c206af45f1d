// A governor as firmware of a simulated machine, behind a local socket for many clients: what
// GovernorProcess is for a governor on the host. Host only.
//
// The machine's channel takes one peer at a time; agent, gate and command line share it here.
// Level L1 all the same: see agent/machine.h.
#pragma once

#include <memory>
#include <string>

#include "daymark/agent/machine.h"
#include "daymark/base/failure.h"
#include "daymark/crypto/ports.h"

namespace daymark::agent {

struct FirmwareOptions {
  MachineOptions machine;
  std::string socket;  ///< path of the socket that it answers at
  Millis start_limit = seconds(20);
};

/// Owns machine and socket. `run` belongs to one thread; `stop` to any.
class FirmwareProcess {
 public:
  /// Starts the machine, waits for its first answer, listens. Errors: those of Machine::start,
  /// errc::agent_machine, what the governor itself answers, those of sockets.
  [[nodiscard]] static Outcome<FirmwareProcess> open(const FirmwareOptions& options);

  FirmwareProcess(FirmwareProcess&&) noexcept;
  FirmwareProcess& operator=(FirmwareProcess&&) noexcept;
  FirmwareProcess(const FirmwareProcess&) = delete;
  FirmwareProcess& operator=(const FirmwareProcess&) = delete;
  ~FirmwareProcess();

  [[nodiscard]] const crypto::PublicKey& chip_key() const;

  /// Carries requests until stop(). Errors: errc::agent_machine where the machine ended by itself.
  [[nodiscard]] Outcome<void> run();
  void stop();

 private:
  struct Core;
  explicit FirmwareProcess(std::unique_ptr<Core> core);

  std::unique_ptr<Core> core_;
};

}  // namespace daymark::agent
