#include <algorithm>
#include <cmath>
#include <limits>

#include <fmt/format.h>

#include "daymark/base/time.h"
#include "daymark/order/charter.h"
#include "daymark/order/json_node_internal.h"

namespace daymark::order::internal {

std::unexpected<Failure> JsonNode::refused(Errc code) const {
  return refuse(code, path_.empty() ? "charter" : path_);
}

std::string JsonNode::path_of(std::string_view name) const {
  // A member without a name still needs one in the refusal.
  const std::string_view shown = name.empty() ? R"("")" : name;
  return path_.empty() ? std::string(shown) : fmt::format("{}.{}", path_, shown);
}

bool JsonNode::has(std::string_view name) const {
  return value_->is_object() && value_->contains(name);
}

Outcome<JsonNode> JsonNode::at(std::string_view name) const {
  if (!has(name)) return refuse(errc::json_malformed, path_of(name));
  return JsonNode(*value_->find(name), path_of(name));
}

Outcome<void> JsonNode::has_only(std::initializer_list<std::string_view> names) const {
  if (!value_->is_object()) return refused();
  for (const auto& [name, value] : value_->items()) {
    if (std::ranges::find(names, name) == names.end()) {
      return refuse(errc::json_malformed, path_of(name));
    }
  }
  return {};
}

Outcome<std::vector<JsonNode>> JsonNode::items(std::size_t most) const {
  if (!value_->is_array() || value_->size() > most) return refused();
  std::vector<JsonNode> out;
  out.reserve(value_->size());
  for (std::size_t i = 0; i < value_->size(); ++i)
    out.emplace_back((*value_)[i], fmt::format("{}[{}]", path_, i));
  return out;
}

Outcome<std::string> JsonNode::text() const {
  if (!value_->is_string()) return refused();
  return value_->get<std::string>();
}

Outcome<std::uint32_t> JsonNode::number() const {
  const bool fits = value_->is_number_unsigned() &&
                    value_->get<std::uint64_t>() <= std::numeric_limits<std::uint32_t>::max();
  if (!fits) return refused();
  return value_->get<std::uint32_t>();
}

Outcome<std::int32_t> JsonNode::degrees(double most) const {
  constexpr double e7 = 1e7;
  if (!value_->is_number()) return refused();
  const double value = value_->get<double>();
  // Written so that NaN fails.
  if (!(std::abs(value) <= most)) return refused();
  return static_cast<std::int32_t>(std::llround(value * e7));
}

Outcome<Millis> JsonNode::span() const {
  DAYMARK_TRY(const std::string words, text());
  DAYMARK_TRY(const Millis value, about(parse_duration(words), path_));
  // Charters hold whole seconds; a part of one would be lost in silence.
  if (value.value % 1000 != 0) return refused(errc::duration_malformed);
  return value;
}

Outcome<UnixMillis> JsonNode::time() const {
  DAYMARK_TRY(const std::string words, text());
  DAYMARK_TRY(const UnixMillis value, about(from_rfc3339(words), path_));
  if (value.value % 1000 != 0) return refused(errc::time_malformed);
  return value;
}

Outcome<std::string> JsonNode::lines() const {
  DAYMARK_TRY(const std::vector<JsonNode> list, items(charter_size_max));
  std::string out;
  for (const JsonNode& line : list) {
    DAYMARK_TRY(const std::string part, line.text());
    if (part.contains('\n')) return line.refused();
    if (&line != &list.front()) out += '\n';
    out += part;
  }
  return out;
}

Outcome<std::size_t> JsonNode::word(std::span<const std::string_view> words) const {
  DAYMARK_TRY(const std::string found, text());
  const auto at = std::ranges::find(words, found);
  if (found.empty() || at == words.end()) return refused();
  return static_cast<std::size_t>(at - words.begin());
}

}  // namespace daymark::order::internal
