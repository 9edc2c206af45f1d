#include "daymark/locate/reach.h"

#include <algorithm>
#include <array>
#include <cmath>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include "daymark/geo/region.h"
#include "daymark/locate/errors.h"

namespace daymark::locate {

namespace {

using ReachJson = nlohmann::ordered_json;

constexpr double metres_a_km = 1000;

std::string_view name_of(Reading reading) {
  return reading == Reading::round_trip ? "round trip" : "one way";
}

/// Fills in which countries a circle touches, and the one that it lies in.
Outcome<void> add_countries(const geo::Region& region, const geo::Borders& borders,
                            ReachCircle& out) {
  for (const geo::CountryBorders& entry : borders.all()) {
    DAYMARK_TRY(const geo::Country country, about(borders.country(entry.code), entry.code));
    const geo::Verdict verdict = region.decide(geo::Zone::in(country)).verdict;
    if (verdict != geo::Verdict::outside) out.countries.push_back(entry.code);
    if (verdict == geo::Verdict::inside) out.within = entry.code;
  }
  return {};
}

Outcome<ReachCircle> circle_of(const ReachRequest& request, const geo::Borders& borders,
                               ReachCircle out) {
  const double trips = out.reading == Reading::round_trip ? 2 : 1;
  out.radius_km = out.speed.km_per_ms * out.ms / trips;
  const std::array<geo::Disc, 1> disc{{{request.from, out.radius_km * metres_a_km, 0}}};
  DAYMARK_TRY(const geo::Region region, geo::Region::of(disc, 0));
  const auto shape = region.measure(geo::CellBudget{6000});
  if (shape) out.area_km2 = shape->area_m2 / 1e6;
  DAYMARK_CHECK(add_countries(region, borders, out));
  for (const Node& place : request.places) {
    if (geo::distance(request.from, place.place).value <= out.radius_km * metres_a_km)
      out.places.push_back(place.id);
  }
  return out;
}

/// One delay, read in both ways and at both speeds.
Outcome<void> add_circles(const ReachRequest& request, const geo::Borders& borders, double ms,
                          Reach& out) {
  for (const Reading reading : {Reading::round_trip, Reading::one_way}) {
    for (const Speed speed : {fiber, light}) {
      DAYMARK_TRY(ReachCircle circle,
                  circle_of(request, borders, {ms, reading, speed, 0, 0, {}, {}, {}}));
      out.circles.push_back(std::move(circle));
    }
  }
  return {};
}

}  // namespace

Outcome<Reach> reach_of(const ReachRequest& request, const geo::Borders& borders) {
  Reach out;
  out.from = request.from;
  for (const double ms : request.delays_ms) {
    const bool is_delay = ms > 0 && ms <= max_rtt_ms;  // and no NaN
    if (!is_delay) return refuse(errc::locate_delay, fmt::format("{} ms", ms));
    DAYMARK_CHECK(add_circles(request, borders, ms, out));
  }
  for (const Node& place : request.places) {
    const double km = geo::distance(request.from, place.place).value / metres_a_km;
    out.places.push_back({place.id, km, 2 * km / fiber.km_per_ms, 2 * km / light.km_per_ms});
  }
  std::ranges::sort(out.places, {}, &ReachPlace::km);
  return out;
}

std::string to_json(const Reach& reach) {
  ReachJson out;
  out["from"] = {{"lat", reach.from.latitude()}, {"lon", reach.from.longitude()}};
  out["circles"] = ReachJson::array();
  for (const ReachCircle& circle : reach.circles) {
    out["circles"].push_back(
        {{"ms", circle.ms},
         {"reading", name_of(circle.reading)},
         {"speed_km_per_ms", circle.speed.km_per_ms},
         {"radius_km", circle.radius_km},
         {"area_km2", std::ceil(circle.area_km2)},
         {"proves_in", circle.within.empty() ? ReachJson(nullptr) : ReachJson(circle.within)},
         {"not_excluded", circle.countries},
         {"places_not_excluded", circle.places}});
  }
  out["places"] = ReachJson::array();
  for (const ReachPlace& place : reach.places) {
    out["places"].push_back(
        {{"id", place.id},
         {"km", std::round(place.km)},
         {"least_rtt_fiber_ms", std::round(place.least_rtt_fiber_ms * 100) / 100},
         {"least_rtt_light_ms", std::round(place.least_rtt_light_ms * 100) / 100}});
  }
  return out.dump(2, ' ', false, ReachJson::error_handler_t::replace);
}

std::string to_text(const Reach& reach) {
  std::string out =
      fmt::format("from {}\n   ms  meant as     km/ms   radius  area 1000 km2  what follows\n",
                  to_text(reach.from));
  for (const ReachCircle& circle : reach.circles) {
    const std::string proves = circle.within.empty()
                                   ? fmt::format("allows {}", fmt::join(circle.countries, " "))
                                   : "proves " + circle.within;
    out += fmt::format("{:5g}  {:<10} {:7.1f} {:6.0f} km {:13.0f}   {}\n", circle.ms,
                       name_of(circle.reading), circle.speed.km_per_ms, circle.radius_km,
                       circle.area_km2 / 1000, proves);
  }
  if (reach.places.empty()) return out;
  out += "place              km  least round trip in glass  at the speed of light\n";
  for (const ReachPlace& place : reach.places) {
    out += fmt::format("{:<14} {:6.0f} {:22.2f} ms {:19.2f} ms\n", place.id, place.km,
                       place.least_rtt_fiber_ms, place.least_rtt_light_ms);
  }
  return out;
}

}  // namespace daymark::locate
