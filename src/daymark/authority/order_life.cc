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

}  // namespace

std::vector<LifeEvent> life_of(const LifeFacts& facts) {
  std::vector<LifeEvent> out{{"drafted", facts.order->issued, {}}, {"signed", {}, facts.signers}};
  add_publication(facts, out);
  for (const StoredAppeal& appeal : facts.appeals) {
    out.push_back({"appealed", appeal.logged_at,
                   fmt::format("entry {}: {}", appeal.index.value, to_hex(appeal.hash))});
  }
  for (const StoredOrder& order : facts.confirmations)
    out.push_back({"confirmed", order.publication->logged_at, to_hex(order.hash)});
  if (facts.order->until.value != 0) out.push_back({"ends", end_of(facts), {}});
  std::ranges::stable_sort(out, [](const LifeEvent& a, const LifeEvent& b) {
    return a.at.value != 0 && b.at.value != 0 && a.at < b.at;
  });
  return out;
}

}  // namespace daymark::authority
