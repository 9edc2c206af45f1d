// A charter in plain words: the text of `charter show`. Host only.
#pragma once

#include <string>

#include "daymark/base/error_table.h"
#include "daymark/order/charter.h"

namespace daymark::order {

/// Who can do what with whose signatures (every smallest set of signers), how long before it binds
/// and for how long, when a fleet stops that gets no licences any more (PROTOCOL §4.4), where
/// orders become public, and on whose clocks and places it rests. Ends with a line feed.
[[nodiscard]] std::string explain_charter(const Charter& charter,
                                          Language language = Language::english);

}  // namespace daymark::order
