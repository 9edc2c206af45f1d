// Whatever place satisfies a compiled alternative lies in the fence: against brute force over dense
// places and all liars.
#include <cmath>
#include <functional>
#include <set>

#include <gtest/gtest.h>

#include "daymark/geo/geo_testing.h"
#include "daymark/geo/polygon.h"
#include "daymark/locate/fence.h"
#include "daymark/locate/locate_testing.h"

namespace daymark::locate {
namespace {

using InZone = std::function<bool(geo::LatLon)>;

/// A zone with a second, plain way to ask whether a place lies in it.
struct AskedZone {
  geo::Zone zone;
  InZone holds;
  std::string what;
};

AskedZone circle_zone(geo::RandomPlaces& random, geo::LatLon middle) {
  const geo::LatLon centre = random.near(middle, 200e3);
  const double km = random.number(300, 1200);
  return {within(centre, km),
          [=](geo::LatLon p) { return geo::distance(centre, p).value <= km * 1000 + 0.1; },
          "circle"};
}

/// A box of degrees with a hole that holds none of the middle.
AskedZone box_zone(geo::RandomPlaces& random, geo::LatLon middle) {
  const double south = std::max(middle.latitude() - random.number(3, 8), -80.0);
  const double west = middle.longitude() - random.number(4, 12);
  const double north = std::min(middle.latitude() + random.number(3, 8), 80.0);
  const double east = middle.longitude() + random.number(4, 12);
  const auto box = [](double w, double s, double e, double n) {
    const auto at = [](double x, double y) {
      return "[" + std::to_string(x) + "," + std::to_string(y) + "]";
    };
    return "[" + at(w, s) + "," + at(e, s) + "," + at(e, n) + "," + at(w, n) + "," + at(w, s) + "]";
  };
  const double hole = middle.longitude() + 2;
  const std::string text = R"({"type":"Polygon","coordinates":[)" + box(west, south, east, north) +
                           "," + box(hole, south + 0.5, hole + 1, south + 1.5) + "]}";
  const auto polygons = geo::parse_polygons(text).value();
  const geo::Zone zone = geo::Zone::in(geo::Country::build(polygons.front()).value());
  constexpr double slack = 5e-5;  // vertices are rounded to 1e-5, chords stray 2 m
  return {zone,
          [=](geo::LatLon p) {
            const bool in_box = p.latitude() > south - slack && p.latitude() < north + slack &&
                                p.longitude() > west - slack && p.longitude() < east + slack;
            const bool in_hole = p.latitude() > south + 0.5 + slack &&
                                 p.latitude() < south + 1.5 - slack &&
                                 p.longitude() > hole + slack && p.longitude() < hole + 1 - slack;
            return in_box && !in_hole;
          },
          "box"};
}

AskedZone country_zone(const geo::Country& country, bool excluded) {
  return {excluded ? geo::Zone::not_in(country) : geo::Zone::in(country),
          [=](geo::LatLon p) { return country.contains(p) != excluded; },
          (excluded ? "not in " : "in ") + country.code()};
}

/// Whether a chip at the place can satisfy the choice if the operators of `liars` help it. Nothing
/// outruns light, so an honest beacon measures at least that.
bool satisfies(const FenceChoice& choice, const FenceTask& task, geo::LatLon place,
               const std::set<std::string>& liars) {
  std::size_t kept = 0;
  for (const FenceLimit& limit : choice.limits) {
    const FenceBeacon& beacon = task.beacons[limit.beacon];
    const double least_ms = 2 * geo::distance(beacon.place, place).value / 1000 / light.km_per_ms;
    const bool lies = liars.contains(beacon.operator_name);
    kept += lies || least_ms * 1000 <= limit.rtt_us ? 1U : 0U;
  }
  return kept >= choice.needed;
}

/// All sets of at most `faults` operators, by their largest.
std::vector<std::set<std::string>> liars_of(const FenceTask& task) {
  std::set<std::string> names;
  for (const FenceBeacon& beacon : task.beacons)
    names.insert(beacon.operator_name);
  std::vector<std::set<std::string>> out{{}};
  for (std::uint32_t round = 0; round < task.faults; ++round) {
    std::vector<std::set<std::string>> more;
    for (const std::set<std::string>& one : out) {
      for (const std::string& name : names) {
        more.push_back(one);
        more.back().insert(name);
      }
    }
    out = std::move(more);
  }
  return out;
}

struct Tally {
  std::size_t satisfied = 0;
  std::size_t outside = 0;  // places that are not in the zone, and so must never satisfy
  std::size_t choices = 0;
};

std::vector<geo::LatLon> places_about(const FenceChoice& choice, const FenceTask& task) {
  std::vector<geo::LatLon> out;
  for (const FenceLimit& limit : choice.limits) {
    const double radius_m = light.km_per_ms * limit.rtt_us / 2;
    const geo::LatLon centre = task.beacons[limit.beacon].place;
    for (const double share : {0.3, 0.6, 0.8, 0.93, 0.99, 0.99999, 1.05, 1.5, 2.5, 4.0})
      for (double azimuth = -180; azimuth < 180; azimuth += 7.3)
        out.push_back(geo::destination(centre, azimuth, Metres{radius_m * share}));
  }
  return out;
}

/// Looks at places in, at and beyond the edges of every disc.
void check_choice(const FenceChoice& choice, const FenceTask& task, const AskedZone& asked,
                  Tally& tally) {
  const auto liars = liars_of(task);
  ++tally.choices;
  for (const geo::LatLon place : places_about(choice, task)) {
    const bool could = std::ranges::any_of(liars, [&](const std::set<std::string>& who) {
      return satisfies(choice, task, place, who);
    });
    const bool in_zone = asked.holds(place);
    tally.satisfied += could ? 1U : 0U;
    tally.outside += in_zone ? 0U : 1U;
    EXPECT_TRUE(in_zone || !could) << asked.what << " " << geo::to_text(place);
  }
}

/// Beacons and sites about the middle, with delays as they may be.
FenceTask random_task(geo::RandomPlaces& random, const AskedZone& asked, geo::LatLon middle) {
  FenceTask task{asked.zone, {}, {}};
  task.faults = static_cast<std::uint32_t>(random.whole(0, 2));
  const std::uint64_t beacons = random.whole(task.faults + 1, 6);
  for (std::uint64_t i = 0; i < beacons; ++i) {
    const std::string owner = "op" + std::to_string(random.whole(0, 3));
    task.beacons.push_back({"b" + std::to_string(i), random.near(middle, 400e3), owner});
  }
  task.sites.push_back({"site", middle, 1});
  for (std::size_t i = 0; i < task.beacons.size(); ++i) {
    const double km = geo::distance(middle, task.beacons[i].place).value / 1000;
    for (int sample = 0; sample < 5; ++sample)
      task.measured.push_back({0, i, 0.3 + km / 100 * random.number(1.0, 1.4)});
  }
  return task;
}

TEST(FenceProperty, EveryPlaceThatSatisfiesItLiesInTheFence) {
  const geo::Borders borders = shipped_borders();
  const std::vector<geo::Country> countries{borders.country("CN").value(),
                                            borders.country("US").value()};
  geo::RandomPlaces random(20'260'301);
  Tally tally;
  for (int round = 0; round < 16; ++round) {
    const bool abroad = round % 4 == 2;
    const geo::LatLon middle = abroad           ? at(37.5, 127)
                               : round % 4 == 3 ? at(39, -98)
                                                : random.near(at(48, 8), 1500e3);
    const AskedZone asked = round % 4 == 0   ? circle_zone(random, middle)
                            : round % 4 == 1 ? box_zone(random, middle)
                                             : country_zone(countries[abroad ? 0 : 1], abroad);
    const FenceTask task = random_task(random, asked, middle);
    const auto fence = compile_fence(task, PathLaw(DelayMatrix{}));
    ASSERT_TRUE(fence || fence.error().error.code != Errc{});
    if (!fence) continue;
    for (const FenceChoice& choice : fence->choices) {
      EXPECT_TRUE(is_sound(choice, task));
      check_choice(choice, task, asked, tally);
    }
  }
  // Not by having nothing to say.
  EXPECT_GE(tally.choices, 8U);
  EXPECT_GT(tally.satisfied, 1000U);
  EXPECT_GT(tally.outside, 1000U);
}

TEST(FenceProperty, AnHonestChipFailsAsOftenAsWasSaid) {
  geo::RandomPlaces random(9);
  std::size_t held = 0;
  for (int round = 0; round < 4; ++round) {
    const geo::LatLon middle = random.near(at(48, 8), 1000e3);
    const AskedZone asked{within(middle, 900), {}, "circle"};
    const FenceTask task = random_task(random, asked, middle);
    const auto fence = compile_fence(task, PathLaw(DelayMatrix{}));
    ASSERT_TRUE(fence);
    held += fence->holds() ? 1U : 0U;
    if (!fence->holds()) continue;
    // All combinations of measured delays, each as likely as any other.
    const FenceChoice& choice = fence->choices[*fence->sites[0].choice];
    double passes = 0;
    constexpr int draws = 4000;
    for (int draw = 0; draw < draws; ++draw) {
      std::size_t kept = 0;
      for (const FenceLimit& limit : choice.limits) {
        const double ms = task.measured[limit.beacon * 5 + random.whole(0, 4)].rtt_ms;
        kept += ms + 0.002002 * task.age_s <= limit.rtt_us / 1000.0 ? 1U : 0U;
      }
      passes += kept >= choice.needed ? 1 : 0;
    }
    EXPECT_NEAR(1 - passes / draws, fence->sites[0].fails, 0.03);
    EXPECT_LE(fence->sites[0].fails, task.fail_most);
    EXPECT_EQ(fence->sites[0].measured, choice.limits.size());
  }
  EXPECT_GE(held, 2U);
}

}  // namespace
}  // namespace daymark::locate
