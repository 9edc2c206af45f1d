// What a beacon signs at the end of a ranging session: round trip, place and time in one. Core.
//
//   COSE_Sign1 by the beacon, "daymark receipt v1":
//   [1, chip key, chip nonce, beacon nonce, lat e7, lon e7, least round trip ns, exchanges,
//    time ms, radius ms, stamp quality]
//
// PROTOCOL §9.2. The chip's residence time is never subtracted from the round trip.
#pragma once

#include <cstdint>
#include <string_view>

#include "daymark/base/bytes.h"
#include "daymark/base/result.h"
#include "daymark/base/units.h"
#include "daymark/crypto/ports.h"
#include "daymark/order/charter.h"

namespace daymark::ranging {

inline constexpr std::string_view receipt_purpose = "daymark receipt v1";
inline constexpr std::size_t receipt_size_max = 384;

/// How good the beacon's time stamps are; stated, never assumed.
enum class StampQuality : std::uint8_t { user_space = 0, kernel_software = 1, hardware = 2 };

struct Receipt {
  crypto::PublicKey chip;
  Digest chip_nonce{};
  Digest beacon_nonce{};
  order::PlaceE7 place;
  RoundTripNanos least_round_trip;
  std::uint32_t exchanges = 0;
  UnixMillis time;  ///< the beacon's clock when it signed
  Millis radius;    ///< true time is within time ± radius
  StampQuality quality = StampQuality::user_space;
};

/// Errors: errc::receipt_malformed, errc::cbor_*.
[[nodiscard]] Result<Receipt> parse_receipt(ByteView payload);
[[nodiscard]] Result<ByteView> write_receipt(const Receipt& receipt, MutableBytes out);

/// Whose receipt is expected: the beacon's pinned entry, the chip, and the nonce of its session.
struct ReceiptExpectation {
  const order::BeaconEntry* beacon = nullptr;
  crypto::PublicKey chip;
  Digest chip_nonce{};
};

/// A receipt whose signature, beacon, place, chip and nonce have been checked; made only by
/// verify_receipt.
class VerifiedReceipt {
 public:
  [[nodiscard]] const Receipt& receipt() const { return receipt_; }

 private:
  VerifiedReceipt() = default;
  friend Result<VerifiedReceipt> verify_receipt(ByteView message,
                                                const ReceiptExpectation& expected);

  Receipt receipt_;
};

/// Errors: errc::receipt_beacon, errc::receipt_place, errc::receipt_chip, errc::receipt_nonce,
/// errc::receipt_round_trip (none measured), errc::cose_signature.
[[nodiscard]] Result<VerifiedReceipt> verify_receipt(ByteView message,
                                                     const ReceiptExpectation& expected);

}  // namespace daymark::ranging
