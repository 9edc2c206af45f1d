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

/// Two slots and a counter that never goes back (governor/journal.h says how they are used). All
/// errors are errc::gov_storage.
class Storage {
 public:
  /// Replaces slot `index` (0 or 1) durably before it returns; whatever happens meanwhile, the
  /// other slot stays as it is.
  [[nodiscard]] virtual Result<void> store(unsigned index, ByteView content) = 0;
  /// What slot `index` holds, into the front of `out`; empty where nothing was ever stored,
  /// anything where storing was cut short.
  [[nodiscard]] virtual Result<ByteView> load(unsigned index, MutableBytes out) = 0;
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
