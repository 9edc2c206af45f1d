#include "daymark/bundle/arrangement.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "daymark/bundle/errors.h"
#include "daymark/order/order.h"

namespace daymark::bundle {

namespace {

/// Kinds of which a bundle may hold several are numbered.
constexpr bool is_numbered(PartKind kind) {
  return kind == PartKind::order || kind == PartKind::receipt || kind == PartKind::ranging;
}

/// Gives the names in the turn of the parts.
class Names {
 public:
  Outcome<std::string> next(const Part& part) {
    std::size_t& count = counts_[static_cast<std::size_t>(part.kind)];
    std::string name(name_of(part.kind));
    if (!is_numbered(part.kind)) return name;
    name += fmt::format(" {}", ++count);
    if (part.kind != PartKind::order) return name;
    DAYMARK_TRY(const governor::OrderParts parts, about(parse_order_part(part.content), name));
    DAYMARK_TRY(const order::SignedOrder read,
                about(order::parse_signed_order(parts.envelope), name));
    return fmt::format("{}: {}", name, order::name_of(read.order.kind));
  }

 private:
  std::array<std::size_t, part_kind_max + 1> counts_{};
};

}  // namespace

Outcome<void> arrange(std::vector<Part>& parts) {
  std::ranges::stable_sort(parts, {}, &Part::kind);
  Names names;
  for (Part& part : parts) {
    DAYMARK_TRY(part.name, names.next(part));
  }
  return {};
}

Outcome<void> check_arrangement(const std::vector<Part>& parts) {
  Names names;
  PartKind before = PartKind::charter;
  for (const Part& part : parts) {
    DAYMARK_TRY(const std::string name, names.next(part));
    if (part.kind < before) return refuse(errc::bundle_turn, name);
    if (part.name != name) return refuse(errc::bundle_name, name);
    before = part.kind;
  }
  return {};
}

}  // namespace daymark::bundle
