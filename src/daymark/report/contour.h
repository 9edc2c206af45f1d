// Outlines of the area where a function is at most zero, from samples on a grid. Host only.
#pragma once

#include <cstddef>
#include <vector>

#include "daymark/report/svg.h"

namespace daymark::report {

/// Samples at the crossings of a square grid, row by row.
struct SampleGrid {
  Pixel corner;     // of the first sample
  double step = 1;  // between neighbours
  std::size_t columns = 0;
  std::size_t rows = 0;
  std::vector<double> values;  // columns x rows
};

/// Closed rings around the area of values at most zero, by marching squares with linear
/// interpolation. The outside of the grid counts as positive, so every ring closes. Areas smaller
/// than a step may be missed: a picture, never a ground.
[[nodiscard]] std::vector<std::vector<Pixel>> outline(const SampleGrid& grid);

}  // namespace daymark::report
