// What a governor needs from the machine it runs on. Core.
#pragma once

#include <cstdint>

#include "daymark/base/bytes.h"
#include "daymark/base/level.h"
#include "daymark/base/result.h"
#include "daymark/crypto/ports.h"
#include "daymark/ledger/record.h"

namespace daymark::governor {

/// Longest saved state; both slots of a journal have room for it.
inline constexpr std::size_t state_size_max = 20 * 1024;

/// Two slots and a counter that never goes back. A governor writes the new state with the number
/// counter + 1 first and moves the counter after it, so that a loss of power at any moment leaves
/// the old state or the new one (governor/journal.h).
class Storage {
 public:
  /// Replaces the older slot by `state`, durably before it returns, and never touches the newer
  /// one. Errors: errc::gov_storage.
  [[nodiscard]] virtual Result<void> save(ByteView state) = 0;
  /// The whole slot `index` (0 or 1) into `out`; empty where nothing or only a part of it was
  /// written. Errors: errc::gov_storage, errc::buffer_too_small.
  [[nodiscard]] virtual Result<ByteView> load(unsigned index, MutableBytes out) = 0;
  /// Errors: errc::gov_storage.
  [[nodiscard]] virtual Result<std::uint64_t> counter() = 0;
  /// Adds one, durably before it returns. Errors: errc::gov_storage.
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
