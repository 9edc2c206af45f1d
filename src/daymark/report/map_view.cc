#include <algorithm>
#include <cmath>
#include <optional>
#include <variant>
#include <vector>

#include "daymark/report/map_view_internal.h"

namespace daymark::report {

namespace {

constexpr double least_half_height_m = 40e3;
constexpr double most_half_height_m = 7000e3;
constexpr double reach_factor = 1.6;
constexpr double half_earth_m = 19.8e6;

/// A circle that the view should hold.
struct Want {
  geo::LatLon centre;
  double radius_m;
};

std::vector<geo::Disc> discs_of(const MapScene& scene) {
  std::vector<geo::Disc> out;
  out.reserve(scene.landmarks.size());
  for (const MapLandmark& landmark : scene.landmarks)
    out.push_back(landmark.disc);
  return out;
}

/// Middle and spread of the decisive landmarks; nothing if there are none.
std::optional<Want> decisive_of(const MapScene& scene) {
  geo::UnitVector sum{0, 0, 0};
  for (const MapLandmark& landmark : scene.landmarks) {
    if (!landmark.decisive) continue;
    const geo::UnitVector one = vector_of(landmark.disc.centre);
    sum = {sum.x + one.x, sum.y + one.y, sum.z + one.z};
  }
  if (std::hypot(sum.x, sum.y, sum.z) == 0) return std::nullopt;
  Want out{geo::place_of(sum), 0};
  for (const MapLandmark& landmark : scene.landmarks) {
    if (!landmark.decisive) continue;
    out.radius_m = std::max(out.radius_m, distance(out.centre, landmark.disc.centre).value);
  }
  return out;
}

/// The allowed places; else the decisive landmarks, the smallest disc or the zone's circle.
Want subject_of(const MapScene& scene, const geo::Circle* circle) {
  const auto region = geo::Region::of(discs_of(scene), scene.faults);
  const auto shape = region ? region->measure({400}) : std::nullopt;
  if (shape && shape->radius_m < most_half_height_m * 2) return {shape->centroid, shape->radius_m};
  if (const auto decisive = decisive_of(scene); decisive && !shape) return *decisive;
  const auto smallest = std::ranges::min_element(
      scene.landmarks, {}, [](const MapLandmark& landmark) { return landmark.disc.radius_m; });
  if (smallest != scene.landmarks.end())
    return {smallest->disc.centre, smallest->disc.radius_m * 1.3};
  return circle != nullptr ? Want{circle->centre(), circle->radius_m()} : Want{{}, 1e7};
}

/// How much of the nearest landmarks to show: three of them, if that doesn't dwarf the subject.
double landmarks_m(const MapScene& scene, const Want& subject) {
  std::vector<double> away;
  away.reserve(scene.landmarks.size());
  for (const MapLandmark& landmark : scene.landmarks)
    away.push_back(distance(subject.centre, landmark.disc.centre).value);
  std::ranges::sort(away);
  double out = 0;
  for (std::size_t i = 0; i < std::min<std::size_t>(away.size(), 3); ++i)
    if (away[i] < 4 * subject.radius_m) out = away[i];
  return out;
}

}  // namespace

bool MapView::shows(Pixel pixel, double margin) {
  return pixel.x > margin && pixel.x < map_width - margin && pixel.y > map_top + margin &&
         pixel.y < map_bottom - margin;
}

MapView view_of(const MapScene& scene) {
  const geo::Circle* const circle =
      scene.zone ? std::get_if<geo::Circle>(&scene.zone->shape()) : nullptr;
  const Want subject = subject_of(scene, circle);
  double half = std::max(subject.radius_m * 1.12, landmarks_m(scene, subject) * 1.15);
  if (circle != nullptr) {
    const double away = distance(subject.centre, circle->centre()).value + circle->radius_m();
    if (away < 6 * half || half == 0) half = std::max(half, away * 1.08);
  }
  if (scene.declared) half = std::max(half, distance(subject.centre, *scene.declared).value * 1.1);
  half = std::clamp(half, least_half_height_m, most_half_height_m);
  const Pixel middle{map_width / 2, (map_top + map_bottom) / 2};
  const double scale = half / ((map_bottom - map_top) / 2);
  const double corner = scale * std::hypot(middle.x, (map_bottom - map_top) / 2);
  const double reach = std::min(corner * reach_factor, half_earth_m);
  return {subject.centre, scale, Projection(subject.centre, middle, scale, reach)};
}

}  // namespace daymark::report
