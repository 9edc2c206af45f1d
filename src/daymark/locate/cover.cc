#include <algorithm>

#include "daymark/locate/cover_internal.h"

namespace daymark::locate {

namespace {

constexpr std::size_t steps_max = 50'000;

}  // namespace

void ConflictGraph::add(std::size_t a, std::size_t b) {
  if (a == b || std::ranges::find(neighbours_[a], b) != neighbours_[a].end()) return;
  neighbours_[a].push_back(b);
  neighbours_[b].push_back(a);
}

std::vector<std::size_t> ConflictGraph::left_of(std::size_t node) const {
  std::vector<std::size_t> out;
  for (const std::size_t other : neighbours_[node])
    if (gone_[other] == 0) out.push_back(other);
  return out;
}

std::pair<std::size_t, std::size_t> ConflictGraph::busiest() const {
  std::pair<std::size_t, std::size_t> best{0, 0};
  for (std::size_t node = 0; node < neighbours_.size(); ++node) {
    if (gone_[node] != 0 || neighbours_[node].size() <= best.second) continue;
    const std::size_t left = left_of(node).size();
    if (left > best.second) best = {node, left};
  }
  return best;
}

std::size_t ConflictGraph::search(std::size_t limit) {
  const auto [node, degree] = busiest();
  if (degree == 0) return 0;
  if (limit == 0 || ++steps_ > steps_max) return limit + 1;
  // Without the node, all its neighbours are needed; with it, one.
  ++gone_[node];
  std::size_t best = 1 + search(limit - 1);
  --gone_[node];
  best = std::min(best, limit + 1);
  if (degree == 1) return best;
  const std::vector<std::size_t> others = left_of(node);
  if (others.size() >= best) return best;
  ++gone_[node];
  for (const std::size_t other : others)
    ++gone_[other];
  best = std::min(best, others.size() + search(best - others.size()));
  for (const std::size_t other : others)
    --gone_[other];
  --gone_[node];
  return best;
}

std::optional<std::size_t> ConflictGraph::result_of(std::size_t taken) {
  steps_ = 0;
  const std::size_t found = search(neighbours_.size());
  if (steps_ > steps_max) return std::nullopt;
  return taken + found;
}

std::optional<std::size_t> ConflictGraph::smallest() {
  return result_of(0);
}

std::optional<std::size_t> ConflictGraph::smallest_with(std::size_t node) {
  ++gone_[node];
  const auto out = result_of(1);
  --gone_[node];
  return out;
}

std::optional<std::size_t> ConflictGraph::smallest_without(std::size_t node) {
  const std::vector<std::size_t> others = left_of(node);
  ++gone_[node];
  for (const std::size_t other : others)
    ++gone_[other];
  const auto out = result_of(others.size());
  for (const std::size_t other : others)
    --gone_[other];
  --gone_[node];
  return out;
}

}  // namespace daymark::locate
