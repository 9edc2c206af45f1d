#include "daymark/order/kind.h"

#include <array>

namespace daymark::order {

namespace {

constexpr std::array<std::string_view, order_kind_count + 1> names = {
    "",        "enrol",  "license",  "policy", "firmware",
    "suspend", "resume", "transfer", "amend",  "release"};

}  // namespace

std::string_view name_of(OrderKind kind) {
  const auto number = static_cast<std::size_t>(kind);
  return number < names.size() ? names[number] : std::string_view();
}

std::optional<OrderKind> kind_numbered(std::uint64_t number) {
  if (number == 0 || number > order_kind_count) return std::nullopt;
  return static_cast<OrderKind>(number);
}

std::optional<OrderKind> kind_named(std::string_view name) {
  for (std::size_t i = 1; i < names.size(); ++i) {
    if (names[i] == name) return static_cast<OrderKind>(i);
  }
  return std::nullopt;
}

}  // namespace daymark::order
