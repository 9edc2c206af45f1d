// Adversarial shapes: regions so thin that a sample would miss them, where maps tear, and a dense
// search by the definition of S beside the verdicts.
#include <cmath>

#include <gtest/gtest.h>

#include "daymark/geo/geo_testing.h"

namespace daymark::geo {
namespace {

Region sliver_region(const std::vector<Disc>& discs, std::uint32_t faults = 0) {
  return Region::of(discs, faults).value();
}

Zone around(LatLon centre, double metres) {
  return Zone::within(centre, Metres{metres}).value();
}

/// Poles, the 180th meridian, the equator, and anywhere.
std::vector<LatLon> hard_places() {
  std::vector<LatLon> out{at(90, 0),   at(-90, 0),    at(89.99, 170), at(0, 180),
                          at(0, -180), at(65, 179.9), at(0, 0),       at(-17, -179.99)};
  RandomPlaces random(77);
  for (int i = 0; i < 12; ++i)
    out.push_back(random.anywhere());
  return out;
}

/// Two discs whose edges overlap by `width` at `place`, seen from both sides along `azimuth`.
std::vector<Disc> lens_at(LatLon place, double azimuth, double width) {
  const LatLon one = destination(place, azimuth, Metres{700e3});
  const LatLon two = destination(place, azimuth + 180, Metres{900e3});
  return {{one, distance(one, place).value + width / 2, 1},
          {two, distance(two, place).value + width / 2, 2}};
}

TEST(Sliver, ALensThinnerThanAnySampleIsFoundOnItsOwnSide) {
  double azimuth = 0;
  for (const LatLon place : hard_places()) {
    azimuth += 47;
    for (const double width : {2000.0, 60.0}) {
      // The lens is 2 sqrt(r w) long, with r the two radii's harmonic mean: at most 60 km.
      const Region lens = sliver_region(lens_at(place, azimuth, width));
      EXPECT_EQ(lens.decide(around(place, 120e3)).verdict, Verdict::inside) << to_text(place);
      const LatLon aside = destination(place, azimuth + 90, Metres{300e3});
      EXPECT_EQ(lens.decide(around(aside, 120e3)).verdict, Verdict::outside) << to_text(place);
      EXPECT_NE(lens.decide(around(place, width / 8)).verdict, Verdict::outside);
    }
    const Region gap = sliver_region(lens_at(place, azimuth, -60));
    EXPECT_EQ(gap.decide(around(place, 120e3)).ground, Ground::refuted) << to_text(place);
    EXPECT_FALSE(gap.measure({3000}).has_value() &&
                 gap.decide(around(place, 120e3)).verdict != Verdict::undecided);
  }
}

TEST(Sliver, AFaultJoinsWhatDoesNotMeet) {
  // Without a fault the gap refutes; with one, S is both discs, on either side of the zone.
  for (const LatLon place : hard_places()) {
    const std::vector<Disc> discs = lens_at(place, 30, -60);
    EXPECT_EQ(sliver_region(discs, 1).decide(around(discs[0].centre, 750e3)).ground,
              Ground::straddles);
    EXPECT_EQ(sliver_region(discs, 1).decide(around(place, 2e6)).verdict, Verdict::inside);
  }
}

TEST(Sliver, ALensAcrossAZonesEdgeIsUndecided) {
  double azimuth = 11;
  for (const LatLon place : hard_places()) {
    azimuth += 31;
    const Region lens = sliver_region(lens_at(place, azimuth, 500));
    const LatLon centre = destination(place, azimuth + 90, Metres{200e3});
    const Finding finding = lens.decide(around(centre, distance(centre, place).value));
    EXPECT_EQ(finding.verdict, Verdict::undecided) << to_text(place);
  }
}

TEST(Sliver, AntipodalDiscsLeaveARingOrNothing) {
  // Antipodes on the ellipsoid are no single place: distances level off near 20004 km.
  for (const LatLon place : {at(0, 0), at(40, 100), at(-89, 5)}) {
    const LatLon far = at(-place.latitude(), place.longitude() > 0 ? place.longitude() - 180
                                                                   : place.longitude() + 180);
    const std::vector<Disc> ring{{place, 10'100e3, 1}, {far, 10'100e3, 2}};
    EXPECT_EQ(sliver_region(ring).decide(around(place, 5000e3)).verdict, Verdict::outside);
    EXPECT_EQ(sliver_region(ring).decide(around(far, 5000e3)).verdict, Verdict::outside);
    const std::vector<Disc> nothing{{place, 9'000e3, 1}, {far, 9'000e3, 2}};
    EXPECT_EQ(sliver_region(nothing).decide(around(place, 5000e3)).ground, Ground::refuted);
  }
}

TEST(Sliver, IslandsAndSeas) {
  const Borders borders = shipped_borders();
  const Zone singapore = Zone::in(borders.country("SG").value());
  const Zone malaysia = Zone::in(borders.country("MY").value());
  const LatLon inland = at(1.36, 103.82);
  const Region on_island = sliver_region({{inland, 3e3, 1}});
  EXPECT_EQ(on_island.decide(singapore).verdict, Verdict::inside);
  EXPECT_EQ(on_island.decide(malaysia).verdict, Verdict::outside);
  // Waters belong to nobody: a disc that reaches them is in no country.
  const Region with_sea = sliver_region({{inland, 40e3, 1}});
  EXPECT_EQ(with_sea.decide(singapore).ground, Ground::straddles);
  const Region at_sea = sliver_region({{at(20, -150), 100e3, 1}});
  EXPECT_EQ(at_sea.decide(Zone::in(borders.country("US").value())).verdict, Verdict::outside);
  EXPECT_EQ(at_sea.decide(Zone::not_in(borders.country("US").value())).verdict, Verdict::inside);
  // A disc around an island in a wide sea: the speck of land must not be overlooked.
  const Region oahu = sliver_region({{at(21.4, -158), 800e3, 1}});
  EXPECT_EQ(oahu.decide(Zone::in(borders.country("US").value())).ground, Ground::straddles);
  // San Marino within Italy, Lesotho within South Africa, the Vatican within Rome.
  for (const auto& [around_code, within_code, place] :
       {std::tuple{"IT", "SM", at(43.94, 12.46)}, std::tuple{"ZA", "LS", at(-29.6, 28.3)}}) {
    const Region spot = sliver_region({{place, 500, 1}});
    EXPECT_EQ(spot.decide(Zone::in(borders.country(within_code).value())).verdict, Verdict::inside);
    EXPECT_EQ(spot.decide(Zone::in(borders.country(around_code).value())).verdict,
              Verdict::outside);
  }
}

/// Looks at every knot of a dense grid around `centre` by the definition of S.
struct DenseCount {
  int in_zone = 0;
  int out_of_zone = 0;
};

DenseCount dense_search(const std::vector<Disc>& discs, std::uint32_t faults, LatLon centre,
                        const std::pair<LatLon, double>& zone) {
  DenseCount out;
  constexpr int steps = 24;
  for (int x = -steps; x <= steps; ++x) {
    for (int y = -steps; y <= steps; ++y) {
      const double away = std::hypot(x, y) * 40e3;
      const double azimuth = std::atan2(x, y) * 180 / M_PI;
      const LatLon place = destination(centre, azimuth, Metres{away});
      if (!in_region(discs, faults, place)) continue;
      const bool within = distance(zone.first, place).value <= zone.second;
      ++(within ? out.in_zone : out.out_of_zone);
    }
  }
  return out;
}

TEST(Sliver, NoVerdictContradictsADenseSearch) {
  RandomPlaces random(4242);
  int decided = 0;
  for (int round = 0; round < 40; ++round) {
    const std::vector<LatLon> hard = hard_places();
    const LatLon truth = hard[random.whole(0, hard.size() - 1)];
    const auto faults = static_cast<std::uint32_t>(random.whole(0, 2));
    std::vector<Disc> discs;
    for (std::uint32_t i = 0; i < 7; ++i) {
      const LatLon centre = random.near(truth, 1500e3);
      const bool lies = i < faults;
      const double radius =
          distance(centre, truth).value * (lies ? 0.6 : 1) + (lies ? 0 : random.number(1, 400e3));
      // Two beacons of one operator now and then.
      discs.push_back({centre, radius, i == 6 ? 5 : i});
    }
    const std::pair<LatLon, double> zone{random.near(truth, 900e3), random.number(100e3, 1500e3)};
    const Finding finding = sliver_region(discs, faults).decide(around(zone.first, zone.second));
    const DenseCount dense = dense_search(discs, faults, truth, zone);
    if (dense.in_zone > 0) {
      EXPECT_NE(finding.verdict, Verdict::outside);
    }
    if (dense.out_of_zone > 0) {
      EXPECT_NE(finding.verdict, Verdict::inside);
    }
    EXPECT_NE(finding.ground, Ground::refuted);
    decided += finding.verdict == Verdict::undecided ? 0 : 1;
  }
  EXPECT_GT(decided, 5);
}

}  // namespace
}  // namespace daymark::geo
