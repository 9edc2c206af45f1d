// Command-line values that several commands take, parsed with the error that names the option.
#pragma once

#include <optional>
#include <string>

#include "daymark/base/errors.h"
#include "daymark/base/failure.h"
#include "daymark/base/hex.h"
#include "daymark/base/ids.h"
#include "daymark/base/time.h"

namespace daymark::cli {

/// An RFC 3339 time. Errors: errc::usage_wrong naming the option.
[[nodiscard]] Outcome<UnixMillis> time_argument(const std::string& option, const std::string& text);
/// "90s", "6h", "2d".
[[nodiscard]] Outcome<Millis> duration_argument(const std::string& option, const std::string& text);
[[nodiscard]] Outcome<ChipId> chip_argument(const std::string& text);

/// Exactly N bytes of hexadecimal.
template <std::size_t N>
[[nodiscard]] Outcome<ByteArray<N>> hex_argument(const std::string& option,
                                                 const std::string& text) {
  const auto bytes = from_hex_fixed<N>(text);
  if (!bytes)
    return std::unexpected(Failure(errc::usage_wrong, option, "not hexadecimal: " + text));
  return *bytes;
}

}  // namespace daymark::cli
