#include "daymark/report/contour.h"

#include <cmath>
#include <numbers>

#include <gtest/gtest.h>

namespace daymark::report {
namespace {

template <class Function>
SampleGrid sampled(std::size_t columns, std::size_t rows, double step, const Function& function) {
  SampleGrid grid{{10, 20}, step, columns, rows, {}};
  for (std::size_t row = 0; row < rows; ++row)
    for (std::size_t column = 0; column < columns; ++column)
      grid.values.push_back(
          function(10 + static_cast<double>(column) * step, 20 + static_cast<double>(row) * step));
  return grid;
}

/// Signed area of all rings; rings around holes count negative.
double area(const std::vector<std::vector<Pixel>>& rings) {
  double sum = 0;
  for (const auto& ring : rings)
    for (std::size_t i = 0; i < ring.size(); ++i) {
      const Pixel& a = ring[i];
      const Pixel& b = ring[(i + 1) % ring.size()];
      sum += a.x * b.y - b.x * a.y;
    }
  return std::abs(sum) / 2;
}

TEST(Outline, TracesACircle) {
  const auto rings = outline(
      sampled(60, 50, 4, [](double x, double y) { return std::hypot(x - 130, y - 120) - 70; }));
  ASSERT_EQ(rings.size(), 1U);
  EXPECT_NEAR(area(rings), std::numbers::pi * 70 * 70, 40);
  for (const Pixel& at : rings[0])
    EXPECT_NEAR(std::hypot(at.x - 130, at.y - 120), 70, 0.2);
}

TEST(Outline, KeepsHolesAndParts) {
  const auto ring = outline(sampled(60, 50, 4, [](double x, double y) {
    return std::abs(std::hypot(x - 130, y - 120) - 60) - 20;
  }));
  EXPECT_EQ(ring.size(), 2U);
  EXPECT_NEAR(area(ring), std::numbers::pi * (80 * 80 - 40 * 40), 80);
  const auto two = outline(sampled(60, 50, 4, [](double x, double y) {
    return std::min(std::hypot(x - 70, y - 120), std::hypot(x - 190, y - 120)) - 30;
  }));
  EXPECT_EQ(two.size(), 2U);
}

TEST(Outline, ClosesAtTheEdgeOfTheGrid) {
  const auto all = outline(sampled(10, 5, 2, [](double, double) { return -1.0; }));
  ASSERT_EQ(all.size(), 1U);
  EXPECT_GT(area(all), 9 * 2 * 4 * 2);
  EXPECT_LT(area(all), 11 * 2 * 6 * 2);
  EXPECT_TRUE(outline(sampled(10, 5, 2, [](double, double) { return 1.0; })).empty());
  EXPECT_TRUE(outline({}).empty());
}

TEST(Outline, SeparatesCornersThatOnlyTouch) {
  const auto saddle = outline(
      sampled(2, 2, 1, [](double x, double y) { return (x > 10.5) == (y > 20.5) ? -1.0 : 1.0; }));
  EXPECT_EQ(saddle.size(), 2U);
}

}  // namespace
}  // namespace daymark::report
