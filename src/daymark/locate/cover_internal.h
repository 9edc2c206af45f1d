// Smallest sets of nodes that touch every edge of a graph (vertex cover), by branching.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

namespace daymark::locate {

/// An undirected graph of nodes 0 to n-1. Not for several threads.
class ConflictGraph {
 public:
  explicit ConflictGraph(std::size_t nodes) : neighbours_(nodes), gone_(nodes, 0) {}

  /// An edge between different nodes; adding it again changes nothing.
  void add(std::size_t a, std::size_t b);

  [[nodiscard]] std::size_t degree(std::size_t node) const { return neighbours_[node].size(); }

  /// Size of a smallest cover; nothing if the search takes too long.
  [[nodiscard]] std::optional<std::size_t> smallest();

  /// The same for covers with `node`, or without it.
  [[nodiscard]] std::optional<std::size_t> smallest_with(std::size_t node);
  [[nodiscard]] std::optional<std::size_t> smallest_without(std::size_t node);

 private:
  [[nodiscard]] std::size_t search(std::size_t limit);
  [[nodiscard]] std::pair<std::size_t, std::size_t> busiest() const;
  [[nodiscard]] std::vector<std::size_t> left_of(std::size_t node) const;
  [[nodiscard]] std::optional<std::size_t> result_of(std::size_t taken);

  std::vector<std::vector<std::size_t>> neighbours_;
  std::vector<std::uint32_t> gone_;  // how often removed
  std::size_t steps_ = 0;
};

}  // namespace daymark::locate
