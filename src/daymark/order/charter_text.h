// Charters as JSON that people edit: `charter show --json` and the source of `charter new`. Host
// only.
//
// Every member must be there and no other may be; docs/formats/charter.md shows one. Keys are hex,
// places decimal degrees, spans "72h", policies lists of lines. What is printed reads back to the
// same bytes.
#pragma once

#include <string>
#include <vector>

#include "daymark/base/failure.h"
#include "daymark/order/charter.h"

namespace daymark::order {

[[nodiscard]] std::string charter_to_json(const Charter& charter);

/// The encoded charter. The failure's subject is the path of the member, e.g. "bounds.notice" or
/// "parties[2].key". Errors: errc::json_malformed, errc::hex_malformed, errc::duration_malformed,
/// errc::time_malformed, errc::charter_*.
[[nodiscard]] Outcome<std::vector<Byte>> charter_from_json(std::string_view text);

}  // namespace daymark::order
