// A value of a JSON source that people write, read strictly: every refusal names the path of the
// member, e.g. "bounds.notice" or "parties[2].key". Host only; kept out of the installed headers.
#pragma once

#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "daymark/base/errors.h"
#include "daymark/base/failure.h"
#include "daymark/base/hex.h"
#include "daymark/base/json_internal.h"
#include "daymark/base/units.h"

namespace daymark::order::internal {

/// A view: the document must outlive it. What does not fit is errc::json_malformed unless a
/// function says otherwise.
class JsonNode {
 public:
  JsonNode(const nlohmann::json& value, std::string path)
      : value_(&value), path_(std::move(path)) {}

  [[nodiscard]] std::unexpected<Failure> refused(Errc code = errc::json_malformed) const;

  [[nodiscard]] bool has(std::string_view name) const;

  /// The member `name` of an object.
  [[nodiscard]] Outcome<JsonNode> at(std::string_view name) const;

  /// That this is an object without any other members.
  [[nodiscard]] Outcome<void> has_only(std::initializer_list<std::string_view> names) const;

  /// The members of an array.
  [[nodiscard]] Outcome<std::vector<JsonNode>> items(std::size_t most) const;

  [[nodiscard]] Outcome<std::string> text() const;
  [[nodiscard]] Outcome<std::uint32_t> number() const;

  /// Degrees as 10^-7 degrees.
  [[nodiscard]] Outcome<std::int32_t> degrees(double most) const;

  /// Hexadecimal. Errors: errc::hex_malformed.
  template <std::size_t N>
  [[nodiscard]] Outcome<ByteArray<N>> bytes() const {
    DAYMARK_TRY(const std::string hex, text());
    return about(from_hex_fixed<N>(hex), path_);
  }

  /// Whole seconds, as charters hold them. Errors: errc::duration_malformed, errc::time_malformed.
  [[nodiscard]] Outcome<Millis> span() const;
  [[nodiscard]] Outcome<UnixMillis> time() const;

  /// A list of lines as one text.
  [[nodiscard]] Outcome<std::string> lines() const;

  /// The index of the text in a table of words; index 0 may be unused.
  [[nodiscard]] Outcome<std::size_t> word(std::span<const std::string_view> words) const;

  [[nodiscard]] const nlohmann::json& value() const { return *value_; }

  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  [[nodiscard]] std::string path_of(std::string_view name) const;

  const nlohmann::json* value_;
  std::string path_;
};

}  // namespace daymark::order::internal
