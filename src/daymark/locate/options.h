// What a user may choose: speed of light in the path, and which landmarks count.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "daymark/base/result.h"

namespace daymark::locate {

/// The greatest speed at which an answer can have travelled, one way, in km per millisecond.
struct Speed {
  double km_per_ms = 0;
};

/// The speed of light in vacuum: holds whatever the path is made of.
inline constexpr Speed light{299.792458};
/// Two thirds of it, in glass: only where no faster path (hollow fibre, radio) can exist.
inline constexpr Speed fiber{299.792458 * 2 / 3};

/// "fiber", "light" or km per millisecond. Errors: errc::locate_speed.
[[nodiscard]] Result<Speed> parse_speed(std::string_view text);

/// Which of the landmarks that measured the target are used.
struct Selection {
  enum class Kind { nearest, random, all };
  Kind kind = Kind::nearest;
  std::uint32_t count = 20;  // unless all
  std::uint64_t seed = 0;    // of random
};

/// "nearest:K", "random:K:SEED" or "all"; K from 1 to 10000. Errors: errc::locate_selection.
[[nodiscard]] Result<Selection> parse_selection(std::string_view text);

[[nodiscard]] std::string to_text(const Selection& selection);

}  // namespace daymark::locate
