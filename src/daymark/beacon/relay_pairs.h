// The JSON that names what a relay of delays connects. Host only.
//
//   [{"listen": "127.0.0.1:7301", "target": "127.0.0.1:7201", "rtt_ms": 3.5}, …]
#pragma once

#include <string_view>
#include <vector>

#include "daymark/beacon/delay_relay.h"

namespace daymark::beacon {

/// All three members of each pair, and no others; addresses are numeric. The failure's subject is
/// the path of the member, e.g. "pairs[2].rtt_ms".
/// Errors: errc::json_malformed, errc::relay_pairs, errc::relay_delay,
/// errc::net_address_malformed.
[[nodiscard]] Outcome<std::vector<RelayPair>> parse_relay_pairs(std::string_view json);

}  // namespace daymark::beacon
