// Zones: the areas that a location verdict is asked about.
#pragma once

#include <string>
#include <variant>
#include <vector>

#include "daymark/base/result.h"
#include "daymark/geo/cell.h"
#include "daymark/geo/country.h"
#include "daymark/geo/lat_lon.h"

namespace daymark::geo {

/// How a cell lies to a circle, and how the cell's centre does. `centre` is `mixed` only within a
/// centimetre of the edge.
struct Placement {
  Relation cell = Relation::mixed;
  Relation centre = Relation::mixed;
};

/// All places at most `radius_m` metres from `centre` on WGS-84.
class Circle {
 public:
  Circle(LatLon centre, double radius_m)
      : centre_(centre), direction_(vector_of(centre)), radius_m_(radius_m) {}

  [[nodiscard]] LatLon centre() const { return centre_; }

  [[nodiscard]] double radius_m() const { return radius_m_; }

  /// `inside` and `outside` are certain; a cell within rounding of the edge is `mixed`. The
  /// triangle inequality on the ellipsoid bounds the cell by its centre and reach.
  [[nodiscard]] Placement place(const Cell& cell) const;

 private:
  LatLon centre_;
  UnitVector direction_;
  double radius_m_ = 0;
};

/// An area with sound answers about cells. Cheap to copy; const members may be called from several
/// threads.
class Zone {
 public:
  /// Radius in metres, 0 to half_equator_m. Errors: errc::distance_malformed.
  [[nodiscard]] static Result<Zone> within(LatLon centre, Metres radius);
  [[nodiscard]] static Zone in(const Country& country);
  [[nodiscard]] static Zone not_in(const Country& country);
  /// The union. A cell that only several parts together cover is `mixed`. An empty list is an empty
  /// zone.
  [[nodiscard]] static Zone any_of(std::vector<Zone> parts);

  /// How the cell lies to the zone; `inside` and `outside` are certain.
  [[nodiscard]] Relation relation(const Cell& cell) const;

  /// How the cell's centre lies to the zone; `mixed` if too near an edge to tell.
  [[nodiscard]] Relation centre_relation(const Cell& cell) const;

  /// "within 500 km of 24.8104,113.5976", "in ZA", "not in CN".
  [[nodiscard]] std::string describe() const;

  struct CountryZone {
    Country country;
    bool excluded = false;
  };

  /// What the zone is made of, for drawing.
  using Shape = std::variant<Circle, CountryZone, std::vector<Zone>>;

  [[nodiscard]] const Shape& shape() const { return shape_; }

 private:
  explicit Zone(Shape shape) : shape_(std::move(shape)) {}

  Shape shape_;
};

}  // namespace daymark::geo
