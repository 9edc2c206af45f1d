// What a delay from one place proves by itself: a disc, and what lies in it.
#pragma once

#include <string>
#include <vector>

#include "daymark/base/failure.h"
#include "daymark/geo/borders.h"
#include "daymark/locate/matrix.h"
#include "daymark/locate/options.h"

namespace daymark::locate {

/// How a stated delay is meant: there and back, or one way only.
enum class Reading { round_trip, one_way };

struct ReachRequest {
  geo::LatLon from;
  std::vector<double> delays_ms;
  std::vector<Node> places;  // whose distances are listed
};

/// One delay in one reading at one speed.
struct ReachCircle {
  double ms = 0;
  Reading reading = Reading::round_trip;
  Speed speed;
  double radius_km = 0;
  double area_km2 = 0;
  std::vector<std::string> countries;  // that the circle does not exclude, by code
  std::string within;                  // the country that the circle proves, or empty
  std::vector<std::string> places;     // that it does not exclude, by id
};

struct ReachPlace {
  std::string id;
  double km = 0;
  double least_rtt_fiber_ms = 0;  // no glass path answers sooner
  double least_rtt_light_ms = 0;
};

struct Reach {
  geo::LatLon from;
  std::vector<ReachCircle> circles;
  std::vector<ReachPlace> places;  // nearest first
};

/// Errors: errc::locate_delay for a delay that is no positive number of milliseconds.
[[nodiscard]] Outcome<Reach> reach_of(const ReachRequest& request, const geo::Borders& borders);

[[nodiscard]] std::string to_json(const Reach& reach);
[[nodiscard]] std::string to_text(const Reach& reach);

}  // namespace daymark::locate
