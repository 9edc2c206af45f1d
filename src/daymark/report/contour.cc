#include "daymark/report/contour.h"

#include <array>
#include <cstdint>
#include <map>
#include <utility>

namespace daymark::report {

namespace {

/// An edge of the padded grid: its lower crossing and whether it runs down or right.
using EdgeKey = std::uint64_t;

/// Walks the squares of the grid, padded by one ring of positive samples.
class Tracer {
 public:
  explicit Tracer(const SampleGrid& grid) : grid_(grid) {}

  std::vector<std::vector<Pixel>> trace() {
    for (std::size_t row = 0; row <= grid_.rows; ++row) {
      for (std::size_t column = 0; column <= grid_.columns; ++column)
        square(column, row);
    }
    return chain();
  }

 private:
  /// Sample of the padded grid; index 0 and the last are padding.
  [[nodiscard]] double value(std::size_t column, std::size_t row) const {
    const bool padding = column == 0 || row == 0 || column > grid_.columns || row > grid_.rows;
    return padding ? 1 : grid_.values[(row - 1) * grid_.columns + column - 1];
  }

  [[nodiscard]] static EdgeKey key(std::size_t column, std::size_t row, bool down) {
    return (std::uint64_t{row} << 33U | std::uint64_t{column} << 1U) | (down ? 1U : 0U);
  }

  /// Where the function crosses zero on the edge from a crossing down or to the right.
  EdgeKey cross(std::size_t column, std::size_t row, bool down) {
    const double from = value(column, row);
    const double to = down ? value(column, row + 1) : value(column + 1, row);
    const double part = from == to ? 0.5 : from / (from - to);
    const double x = static_cast<double>(column) - 1 + (down ? 0 : part);
    const double y = static_cast<double>(row) - 1 + (down ? part : 0);
    const EdgeKey edge = key(column, row, down);
    places_[edge] = {grid_.corner.x + x * grid_.step, grid_.corner.y + y * grid_.step};
    return edge;
  }

  /// Links the crossings of one square, the area always on the right-hand side of the line.
  void square(std::size_t column, std::size_t row) {
    const std::array<bool, 4> in{value(column, row) <= 0, value(column + 1, row) <= 0,
                                 value(column + 1, row + 1) <= 0, value(column, row + 1) <= 0};
    // Edge i joins corner i and corner i + 1: top, right, bottom, left.
    const auto edge = [&](std::size_t i) {
      if (i == 0) return cross(column, row, false);
      if (i == 1) return cross(column + 1, row, true);
      return i == 2 ? cross(column, row + 1, false) : cross(column, row, true);
    };
    for (std::size_t i = 0; i < 4; ++i) {
      // The line enters where a corner outside is followed by one inside …
      if (in[i] || !in[(i + 1) % 4]) continue;
      // … and leaves where the run of corners inside ends.
      std::size_t end = (i + 1) % 4;
      while (in[(end + 1) % 4])
        end = (end + 1) % 4;
      const EdgeKey from = edge(i);
      next_[from] = edge(end);
    }
  }

  std::vector<std::vector<Pixel>> chain() {
    std::vector<std::vector<Pixel>> out;
    while (!next_.empty()) {
      std::vector<Pixel> ring;
      auto at = next_.begin();
      while (at != next_.end()) {
        ring.push_back(places_[at->first]);
        const EdgeKey to = at->second;
        next_.erase(at);
        at = next_.find(to);
      }
      out.push_back(std::move(ring));
    }
    return out;
  }

  const SampleGrid& grid_;
  std::map<EdgeKey, EdgeKey> next_;
  std::map<EdgeKey, Pixel> places_;
};

}  // namespace

std::vector<std::vector<Pixel>> outline(const SampleGrid& grid) {
  return Tracer(grid).trace();
}

}  // namespace daymark::report
