#include "daymark/geo/zone.h"

#include <utility>

#include <fmt/format.h>

#include "daymark/geo/errors.h"

namespace daymark::geo {

namespace {

// Far above the error of a geodesic length (15 nm) and of a radius in double (4 nm).
constexpr double rounding_m = 0.01;
// Rounding of angle_between on directions that are off by 1e-15.
constexpr double angle_rounding = 1e-12;

Relation opposite(Relation relation) {
  if (relation == Relation::mixed) return Relation::mixed;
  return relation == Relation::inside ? Relation::outside : Relation::inside;
}

/// How places between `least` and `most` metres away lie to a circle of `radius_m`.
Relation relation_of(double least, double most, double radius_m) {
  if (most <= radius_m - rounding_m) return Relation::inside;
  return least > radius_m + rounding_m ? Relation::outside : Relation::mixed;
}

/// Joins the answers of the parts of a union.
template <class Ask>
Relation any_relation(const std::vector<Zone>& parts, const Ask& ask) {
  Relation out = Relation::outside;
  for (const Zone& part : parts) {
    const Relation one = ask(part);
    if (one == Relation::inside) return one;
    if (one == Relation::mixed) out = one;
  }
  return out;
}

}  // namespace

Placement Circle::place(const Cell& cell) const {
  // Most cells are settled by the angle alone, without a geodesic.
  const double angle = angle_between(direction_, cell.direction);
  const double least = (angle - angle_rounding) * least_curvature_radius_m - cell.reach_m;
  const double most = (angle + angle_rounding) * greatest_curvature_radius_m + cell.reach_m;
  const Relation rough = relation_of(least, most, radius_m_);
  if (rough != Relation::mixed) return {rough, rough};
  const double exact = distance(centre_, cell.centre).value;
  return {relation_of(exact - cell.reach_m, exact + cell.reach_m, radius_m_),
          relation_of(exact, exact, radius_m_)};
}

Result<Zone> Zone::within(LatLon centre, Metres radius) {
  // Written so that NaN fails.
  const bool in_range = radius.value >= 0 && radius.value <= half_equator_m;
  if (!in_range) return fail(errc::distance_malformed, field::radius);
  return Zone(Circle{centre, radius.value});
}

Zone Zone::in(const Country& country) {
  return Zone(CountryZone{country, false});
}

Zone Zone::not_in(const Country& country) {
  return Zone(CountryZone{country, true});
}

Zone Zone::any_of(std::vector<Zone> parts) {
  return Zone(std::move(parts));
}

Relation Zone::relation(const Cell& cell) const {
  if (const auto* circle = std::get_if<Circle>(&shape_)) return circle->place(cell).cell;
  if (const auto* zone = std::get_if<CountryZone>(&shape_)) {
    const Relation found = zone->country.relation(cell);
    return zone->excluded ? opposite(found) : found;
  }
  return any_relation(std::get<std::vector<Zone>>(shape_),
                      [&cell](const Zone& part) { return part.relation(cell); });
}

Relation Zone::centre_relation(const Cell& cell) const {
  if (const auto* circle = std::get_if<Circle>(&shape_)) return circle->place(cell).centre;
  if (const auto* zone = std::get_if<CountryZone>(&shape_)) {
    const bool in_country = zone->country.contains(cell.centre);
    return in_country != zone->excluded ? Relation::inside : Relation::outside;
  }
  return any_relation(std::get<std::vector<Zone>>(shape_),
                      [&cell](const Zone& part) { return part.centre_relation(cell); });
}

std::string Zone::describe() const {
  if (const auto* circle = std::get_if<Circle>(&shape_)) {
    return fmt::format("within {:g} km of {}", circle->radius_m() / 1000,
                       to_text(circle->centre()));
  }
  if (const auto* zone = std::get_if<CountryZone>(&shape_))
    return fmt::format("{} {}", zone->excluded ? "not in" : "in", zone->country.code());
  std::string out;
  for (const Zone& part : std::get<std::vector<Zone>>(shape_))
    out += fmt::format("{}{}", out.empty() ? "" : " or ", part.describe());
  return out.empty() ? "nowhere" : out;
}

}  // namespace daymark::geo
