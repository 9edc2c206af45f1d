// The closed list of orders (PROTOCOL §2) and the streams they belong to. Core.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace daymark::order {

enum class OrderKind : std::uint8_t {
  enrol = 1,
  license = 2,
  policy = 3,
  firmware = 4,
  suspend = 5,
  resume = 6,
  transfer = 7,
  amend = 8,
  release = 9,
};

inline constexpr std::size_t order_kind_count = 9;

/// Fleet orders are applied by every chip; chip orders by the chips they name; licences are chained
/// by their rising id instead.
enum class Stream : std::uint8_t { none = 0, fleet = 1, chip = 2 };

/// "enrol", "license", …: the words of PROTOCOL §2, also in files and commands.
[[nodiscard]] std::string_view name_of(OrderKind kind);

/// The kind with this number or name, if it is on the list.
[[nodiscard]] std::optional<OrderKind> kind_numbered(std::uint64_t number);
[[nodiscard]] std::optional<OrderKind> kind_named(std::string_view name);

/// Restrictions need notice, a quorum of different parties, and a mirror (PROTOCOL §2.3, §2.6).
[[nodiscard]] constexpr bool is_restriction(OrderKind kind) {
  return kind == OrderKind::policy || kind == OrderKind::firmware || kind == OrderKind::suspend ||
         kind == OrderKind::amend || kind == OrderKind::transfer;
}

/// `resume` and `release` bind by their quorum alone and are logged afterwards.
[[nodiscard]] constexpr bool is_relief(OrderKind kind) {
  return kind == OrderKind::resume || kind == OrderKind::release;
}

}  // namespace daymark::order
