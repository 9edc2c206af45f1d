#include "daymark/locate/options.h"

#include <charconv>
#include <optional>

#include <fmt/format.h>

#include "daymark/locate/csv_internal.h"
#include "daymark/locate/errors.h"

namespace daymark::locate {

namespace {

constexpr double greatest_speed = 1000;
constexpr std::uint32_t greatest_count = 10'000;

template <class Whole>
std::optional<Whole> whole(std::string_view text) {
  Whole value = 0;
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || stop != text.data() + text.size()) return std::nullopt;
  return value;
}

}  // namespace

Result<Speed> parse_speed(std::string_view text) {
  if (text == "fiber") return fiber;
  if (text == "light") return light;
  const auto value = decimal(text);
  const bool in_range = value && *value > 0 && *value <= greatest_speed;
  if (!in_range) return fail(errc::locate_speed, field::speed);
  return Speed{*value};
}

Result<Selection> parse_selection(std::string_view text) {
  if (text == "all") return Selection{Selection::Kind::all, 0, 0};
  const std::size_t colon = text.find(':');
  if (colon == std::string_view::npos) return fail(errc::locate_selection, field::landmark);
  const std::string_view kind = text.substr(0, colon);
  text.remove_prefix(colon + 1);
  const std::size_t second = text.find(':');
  const auto count = whole<std::uint32_t>(text.substr(0, second));
  const bool seeded = second != std::string_view::npos;
  const auto seed = seeded ? whole<std::uint64_t>(text.substr(second + 1)) : std::uint64_t{0};
  const bool known = kind == "random" ? seeded : kind == "nearest" && !seeded;
  if (!known || !count || !seed || *count < 1 || *count > greatest_count)
    return fail(errc::locate_selection, field::landmark);
  return Selection{kind == "random" ? Selection::Kind::random : Selection::Kind::nearest, *count,
                   *seed};
}

std::string to_text(const Selection& selection) {
  if (selection.kind == Selection::Kind::all) return "all";
  if (selection.kind == Selection::Kind::nearest) return fmt::format("nearest:{}", selection.count);
  return fmt::format("random:{}:{}", selection.count, selection.seed);
}

}  // namespace daymark::locate
