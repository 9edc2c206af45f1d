// What a governor needs from the machine it runs on. Core.
#pragma once

#include <cstdint>

#include "daymark/base/bytes.h"
#include "daymark/base/level.h"
#include "daymark/base/result.h"
#include "daymark/crypto/ports.h"
#include "daymark/ledger/record.h"

namespace daymark::governor {

/// Longest content of a slot.
inline constexpr std::size_t slot_size_max = std::size_t{20} << 10U;

/// Two slots and a counter that never goes back (governor/journal.h says how they are used). A slot
/// is replaced piece by piece, so that nobody has to hold it whole. All errors are
/// errc::gov_storage.
class Storage {
 public:
  /// Begins to replace slot `index` (0 or 1); whatever happens before `finish` has returned, the
  /// other slot stays as it is.
  [[nodiscard]] virtual Result<void> begin(unsigned index) = 0;
  [[nodiscard]] virtual Result<void> append(ByteView piece) = 0;
  /// All that was appended since `begin`. A view that stays as it is until the second `begin` from
  /// then on: the state views its charters there.
  [[nodiscard]] virtual ByteView appended() const = 0;
  /// Puts `seal` before it and makes the slot durable before it returns.
  [[nodiscard]] virtual Result<void> finish(const Digest& seal) = 0;
  /// What slot `index` holds, seal first; empty where nothing was ever stored, anything where
  /// storing was cut short. A view until the next `load` or the second `begin`.
  [[nodiscard]] virtual Result<ByteView> load(unsigned index) = 0;
  /// Where the counter stands; 0 in a new device.
  [[nodiscard]] virtual Result<std::uint64_t> counter() = 0;
  /// Adds one, durably before it returns.
  [[nodiscard]] virtual Result<void> advance_counter() = 0;

 protected:
  ~Storage() = default;  // never deleted through the interface: the chip has no operator delete
};

/// What was fixed before the governor started: by the maker, by the first stage, by the host.
struct Platform {
  crypto::SecretKey chip;   ///< the chip's own key
  crypto::PublicKey maker;  ///< whose vouchers count for enrolment
  Digest firmware{};        ///< digest of the running image, stated in every attestation
  Level level = Level::host_signed;
  ledger::Peak peak;
};

}  // namespace daymark::governor
