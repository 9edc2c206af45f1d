// A governor as a process on the host: files for flash, a local socket for the channel, the
// machine's clock for the tick. Host only.
//
// Its level is L1: root on the host can read its key, put its files back and drive its tick. With a
// TPM (tpm/port.h) it is L2: the key is sealed, the counter is the TPM's, and the host also answers
// what tpm/exchange.h asks. The core is the same; root can still read the key while it runs.
//
// It opens one kind of socket beside the local one: to a beacon, when it is asked to run a session
// with it (burst_message.h).
//
//   FOLDER/chip.key  FOLDER/chip.pub   made at the first start, 0600; never replaced
//   FOLDER/chip.tpm                    instead of both, with a TPM
//   FOLDER/slot-*, counter, lock       governor/host_storage.h; no counter with a TPM
#pragma once

#include <memory>
#include <string>

#include "daymark/base/failure.h"
#include "daymark/base/random.h"
#include "daymark/base/time.h"
#include "daymark/crypto/ports.h"
#include "daymark/governor/client.h"
#include "daymark/ledger/record.h"
#include "daymark/tpm/port.h"

namespace daymark::agent {

struct GovernorOptions {
  std::string folder;
  std::string socket;               ///< path of the socket that it answers at
  crypto::PublicKey maker;          ///< whose vouchers count for enrolment
  ledger::Peak peak;                ///< of the chip that it stands for
  Millis tick_period = seconds(1);  ///< how often time is looked at without a request
  std::string tcti;                 ///< of its TPM; empty: none
  std::uint32_t counter_index = tpm::default_counter_index;  ///< of its counter in the TPM
};

/// Owns key, storage, governor and socket. `run` belongs to one thread; `stop` to any.
class GovernorProcess {
 public:
  /// Loads or makes the chip's key, opens its state, listens. `clock` and `random` outlive it.
  /// Errors: those of FileStorage::open, of Governor::start, of keys and sockets, of Port::open;
  /// errc::agent_key_kept where the folder holds the key of a governor of the other kind.
  [[nodiscard]] static Outcome<GovernorProcess> open(const GovernorOptions& options, Clock& clock,
                                                     Random& random);

  GovernorProcess(GovernorProcess&&) noexcept;
  GovernorProcess& operator=(GovernorProcess&&) noexcept;
  GovernorProcess(const GovernorProcess&) = delete;
  GovernorProcess& operator=(const GovernorProcess&) = delete;
  ~GovernorProcess();

  [[nodiscard]] const crypto::PublicKey& chip_key() const;

  /// What the TPM's certificate says that it is ("software TPM of …"); empty without a TPM.
  [[nodiscard]] const std::string& tpm_name() const;

  /// What it states: L1, or L2 with a TPM that has an endorsement certificate.
  [[nodiscard]] Level level() const;

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
