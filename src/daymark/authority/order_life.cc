#include "daymark/authority/order_life.h"

#include <algorithm>
#include <optional>

#include <fmt/format.h>

#include "daymark/base/hex.h"
#include "daymark/order/kind.h"

namespace daymark::authority {

namespace {

/// When the suspension ends: as stated, or with the term of an appeal that nobody confirmed.
UnixMillis end_of(const LifeFacts& facts) {
  UnixMillis end = facts.order->until;
  if (!facts.confirmations.empty()) return end;
  for (const StoredAppeal& appeal : facts.appeals)
    end = std::min(end, appeal.logged_at + facts.charter->bounds.appeal);
  return end;
}

void add_publication(const LifeFacts& facts, std::vector<LifeEvent>& out) {
  const std::optional<Publication>& publication = *facts.publication;
  if (!publication) return;
  out.push_back(
      {"logged", publication->logged_at, fmt::format("entry {}", publication->index.value)});
  if (order::is_restriction(facts.order->kind) && !facts.order->is_confirmation()) {
    out.push_back({"announced", publication->logged_at, {}});
  }
  out.push_back({"binding", publication->binds_at, {}});
}

/// Before the first later event; those without a time stay where they were put.
void insert_by_time(LifeEvent event, std::vector<LifeEvent>& out) {
  const auto later = std::ranges::find_if(
      out, [&](const LifeEvent& other) { return other.at.value != 0 && other.at > event.at; });
  out.insert(later, std::move(event));
}

}  // namespace

std::vector<LifeEvent> life_of(const LifeFacts& facts) {
  std::vector<LifeEvent> out{{"drafted", facts.order->issued, {}}, {"signed", {}, facts.signers}};
  add_publication(facts, out);
  for (const StoredAppeal& appeal : facts.appeals) {
    insert_by_time({"appealed", appeal.logged_at,
                    fmt::format("entry {}: {}", appeal.index.value, to_hex(appeal.hash))},
                   out);
  }
  for (const StoredOrder& order : facts.confirmations)
    insert_by_time({"confirmed", order.publication->logged_at, to_hex(order.hash)}, out);
  if (facts.order->until.value != 0) insert_by_time({"ends", end_of(facts), {}}, out);
  return out;
}

}  // namespace daymark::authority
