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

/// Keeps the turn within a kind. libstdc++ 12's stable_sort calls what it declares deprecated.
void sort_by_kind(std::vector<Part>& parts) {
  std::vector<Part> sorted;
  sorted.reserve(parts.size());
  for (std::size_t kind = 0; kind <= part_kind_max; ++kind) {
    for (Part& part : parts) {
      if (static_cast<std::size_t>(part.kind) == kind) sorted.push_back(std::move(part));
    }
  }
  parts = std::move(sorted);
}

}  // namespace

Outcome<void> arrange(std::vector<Part>& parts) {
  sort_by_kind(parts);
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
