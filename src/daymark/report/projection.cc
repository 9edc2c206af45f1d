#include "daymark/report/projection.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace daymark::report {

namespace {

constexpr double degree = std::numbers::pi / 180;
constexpr double earth_radius_m = 6371008.8;
constexpr double least_step = 0.7;

}  // namespace

Projection::Projection(geo::LatLon middle, Pixel at, double metres_per_pixel, double reach_m)
    : sin_latitude_(std::sin(middle.latitude() * degree)),
      cos_latitude_(std::cos(middle.latitude() * degree)),
      longitude_(middle.longitude() * degree),
      at_(at),
      metres_per_pixel_(metres_per_pixel),
      reach_m_(reach_m) {}

Projection::Polar Projection::polar(geo::LatLon place) const {
  const double latitude = place.latitude() * degree;
  const double east = place.longitude() * degree - longitude_;
  const double x = std::cos(latitude) * std::sin(east);
  const double y =
      cos_latitude_ * std::sin(latitude) - sin_latitude_ * std::cos(latitude) * std::cos(east);
  const double z =
      sin_latitude_ * std::sin(latitude) + cos_latitude_ * std::cos(latitude) * std::cos(east);
  return {std::atan2(std::hypot(x, y), z) * earth_radius_m, std::atan2(x, y)};
}

Pixel Projection::pixel_of(Polar polar) const {
  const double away = std::min(polar.distance_m, reach_m_) / metres_per_pixel_;
  return {at_.x + away * std::sin(polar.azimuth), at_.y - away * std::cos(polar.azimuth)};
}

Pixel Projection::project(geo::LatLon place) const {
  return pixel_of(polar(place));
}

std::optional<geo::LatLon> Projection::place_at(Pixel pixel) const {
  const double x = (pixel.x - at_.x) * metres_per_pixel_ / earth_radius_m;
  const double y = (at_.y - pixel.y) * metres_per_pixel_ / earth_radius_m;
  const double angle = std::hypot(x, y);
  if (angle >= std::numbers::pi) return std::nullopt;
  const double scale = angle == 0 ? 1 : std::sin(angle) / angle;
  const double up = std::cos(angle);
  const double latitude =
      std::asin(std::clamp(up * sin_latitude_ + y * scale * cos_latitude_, -1.0, 1.0));
  const double east = std::atan2(x * scale, up * cos_latitude_ - y * scale * sin_latitude_);
  const double longitude = std::remainder(longitude_ + east, 2 * std::numbers::pi);
  const auto place =
      geo::LatLon::of(latitude / degree, std::clamp(longitude / degree, -180.0, 180.0));
  return place ? std::optional(*place) : std::nullopt;
}

void Projection::go_round(double from, double to, std::vector<Pixel>& out) const {
  const double turn = std::remainder(to - from, 2 * std::numbers::pi);
  const int steps = static_cast<int>(std::abs(turn) / (20 * degree));
  for (int i = 1; i <= steps; ++i)
    out.push_back(pixel_of({reach_m_, from + turn * i / (steps + 1)}));
}

std::vector<Pixel> Projection::project(const std::vector<geo::LatLon>& places) const {
  std::vector<Pixel> out;
  Polar before{0, 0};
  for (const geo::LatLon place : places) {
    const Polar now = polar(place);
    const Pixel pixel = pixel_of(now);
    const bool beyond = !out.empty() && before.distance_m >= reach_m_ && now.distance_m >= reach_m_;
    if (beyond) go_round(before.azimuth, now.azimuth, out);
    const bool near =
        !out.empty() && std::hypot(pixel.x - out.back().x, pixel.y - out.back().y) < least_step;
    if (near) continue;
    before = now;
    out.push_back(pixel);
  }
  return out;
}

}  // namespace daymark::report
