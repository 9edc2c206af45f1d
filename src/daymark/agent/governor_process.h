// A governor as a process on the host: files for flash, a local socket for the channel, the
// machine's clock for the tick. Host only.
//
// Its level is L1: root on the host can read its key, put its files back and drive its tick.
//
//   FOLDER/chip.key  FOLDER/chip.pub   made at the first start, 0600; never replaced
//   FOLDER/slot-*, counter, lock       governor/host_storage.h
#pragma once

#include <memory>
#include <string>

#include "daymark/base/failure.h"
#include "daymark/base/random.h"
#include "daymark/base/time.h"
#include "daymark/crypto/ports.h"
#include "daymark/governor/client.h"
#include "daymark/ledger/record.h"

namespace daymark::agent {

struct GovernorOptions {
  std::string folder;
  std::string socket;               ///< path of the socket that it answers at
  crypto::PublicKey maker;          ///< whose vouchers count for enrolment
  ledger::Peak peak;                ///< of the chip that it stands for
  Millis tick_period = seconds(1);  ///< how often time is looked at without a request
};

/// Owns key, storage, governor and socket. `run` belongs to one thread; `stop` to any.
class GovernorProcess {
 public:
  /// Loads or makes the chip's key, opens its state, listens. `clock` and `random` outlive it.
  /// Errors: those of FileStorage::open, of Governor::start, of keys and sockets.
  [[nodiscard]] static Outcome<GovernorProcess> open(const GovernorOptions& options, Clock& clock,
                                                     Random& random);

  GovernorProcess(GovernorProcess&&) noexcept;
  GovernorProcess& operator=(GovernorProcess&&) noexcept;
  GovernorProcess(const GovernorProcess&) = delete;
  GovernorProcess& operator=(const GovernorProcess&) = delete;
  ~GovernorProcess();

  [[nodiscard]] const crypto::PublicKey& chip_key() const;

  /// Answers requests until stop().
  void run();
  void stop();

 private:
  struct Core;
  explicit GovernorProcess(std::unique_ptr<Core> core);

  std::unique_ptr<Core> core_;
};

/// A client of the governor that listens at `socket`.
[[nodiscard]] governor::Client connect_governor(const std::string& socket);

}  // namespace daymark::agent
