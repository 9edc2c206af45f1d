// The area of a country, with fast and exact questions about cells and places.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "daymark/base/result.h"
#include "daymark/geo/cell.h"
#include "daymark/geo/lat_lon.h"

namespace daymark::geo {

struct CountryBorders;

/// An area bounded by great circles between border vertices. Copies share one index; const members
/// may be called from several threads.
class Country {
 public:
  /// Builds the index. Errors: errc::country_geometry if the rings enclose nothing.
  [[nodiscard]] static Result<Country> build(const CountryBorders& borders);

  /// What any of the parts holds; they may touch and overlap. Errors: errc::country_geometry where
  /// there is none.
  [[nodiscard]] static Result<Country> united(const std::string& code,
                                              std::span<const Country> parts);

  [[nodiscard]] const std::string& code() const;
  [[nodiscard]] const std::string& name() const;

  /// `inside` and `outside` are certain; a cell that touches a border is `mixed`.
  [[nodiscard]] Relation relation(const Cell& cell) const;

  [[nodiscard]] bool contains(LatLon place) const;

  /// The edges as closed lines whose first place is not repeated, for drawing.
  [[nodiscard]] std::vector<std::vector<LatLon>> rings() const;

  /// Area in square metres, as a figure for people (within 0.1 %).
  [[nodiscard]] double area_m2() const;

 private:
  struct Shape;

  explicit Country(std::shared_ptr<const Shape> shape);

  std::shared_ptr<const Shape> shape_;
};

}  // namespace daymark::geo
