// Strict JSON for our own sources: no duplicate keys, bounded depth, no exceptions. Host only; kept
// out of the installed headers.
#pragma once

#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

#include "daymark/base/result.h"

namespace daymark::internal {

inline constexpr int json_depth_max = 32;

/// One JSON value and nothing behind it (RFC 8259). Bounded by the size of `text`.
/// Errors: errc::json_malformed for bad syntax, a key given twice in one object (RFC 8259 §4 leaves
/// its meaning open) or more than `depth_most` nested containers.
[[nodiscard]] Result<nlohmann::json> parse_json(std::string_view text,
                                                int depth_most = json_depth_max);

/// The member `name` of an object. Errors: errc::json_malformed where it is missing.
[[nodiscard]] Result<const nlohmann::json*> member(const nlohmann::json& object, const char* name);

/// The string member `name`. Errors: errc::json_malformed where it is missing or no string.
[[nodiscard]] Result<std::string> text_member(const nlohmann::json& object, const char* name);

}  // namespace daymark::internal
