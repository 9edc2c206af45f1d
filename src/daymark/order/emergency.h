// Emergency grants (PROTOCOL §3.4): bounded running time that the owner gives a chip on the spot,
// where no licence comes. Core; make_emergency in content_writer.h writes them.
//
//   grant   = COSE_Sign1 by the owner, "daymark emergency v1"
//   payload = [1, fleet, chip, issued, minutes, text]
//
// A grant is no order: it takes nothing, needs no log, and reaches one chip. The chip reports it in
// its attestations from then on.
#pragma once

#include <string_view>

#include "daymark/order/charter.h"

namespace daymark::order {

inline constexpr std::string_view emergency_purpose = "daymark emergency v1";
inline constexpr std::size_t emergency_size_max = 512;
inline constexpr std::size_t emergency_text_max = 200;

/// `text` views the message.
struct EmergencyGrant {
  FleetId fleet{};
  ChipId chip;
  UnixMillis issued;  ///< rises from grant to grant: none counts twice
  Millis span;        ///< powered time, in whole minutes
  std::string_view text;
};

/// Strict; verifies nothing. Errors: errc::emergency_malformed, errc::cbor_*.
[[nodiscard]] Result<EmergencyGrant> parse_emergency(ByteView payload);

/// A grant by the owner of this charter for its fleet. Errors: those of parse_emergency,
/// errc::emergency_signer, errc::order_charter for another fleet.
[[nodiscard]] Result<EmergencyGrant> verify_emergency(ByteView message, const Charter& charter);

}  // namespace daymark::order
