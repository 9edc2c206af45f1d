#include "daymark/geo/region.h"

#include <cmath>
#include <limits>

#include <gtest/gtest.h>

#include "daymark/geo/errors.h"
#include "daymark/geo/geo_testing.h"

namespace daymark::geo {
namespace {

Region region_of(const std::vector<Disc>& discs, std::uint32_t faults) {
  return Region::of(discs, faults).value();
}

Zone circle(LatLon centre, double km) {
  return Zone::within(centre, Metres{km * 1000}).value();
}

TEST(Region, ProvesInsideAndOutsideOfCircles) {
  const std::vector<Disc> discs{{at(24, 113), 300e3, 1}, {at(25, 114), 300e3, 2}};
  const Region region = region_of(discs, 0);
  const Finding inside = region.decide(circle(at(24.5, 113.5), 400));
  EXPECT_EQ(inside.verdict, Verdict::inside);
  EXPECT_EQ(inside.ground, Ground::wholly_inside);
  EXPECT_EQ(region.decide(circle(at(30, 120), 300)).ground, Ground::wholly_outside);
  EXPECT_EQ(region.decide(circle(at(24.5, 113.5), 100)).ground, Ground::straddles);
}

TEST(Region, NamesAnEmptyRegion) {
  const std::vector<Disc> apart{{at(0, 0), 100e3, 1}, {at(0, 10), 100e3, 2}};
  const Finding finding = region_of(apart, 0).decide(circle(at(0, 0), 5000));
  EXPECT_EQ(finding.verdict, Verdict::undecided);
  EXPECT_EQ(finding.ground, Ground::refuted);
  EXPECT_EQ(finding.decisive, (std::vector<std::size_t>{0, 1}));
  EXPECT_FALSE(region_of(apart, 0).measure());
  // With one liar allowed, S is the two discs.
  EXPECT_EQ(region_of(apart, 1).decide(circle(at(0, 5), 700)).verdict, Verdict::inside);
  EXPECT_EQ(region_of(apart, 1).decide(circle(at(0, 0), 200)).ground, Ground::straddles);
}

TEST(Region, CountsOperatorsNotDiscs) {
  // Two discs of one operator that contradict each other: the operator is at fault once.
  const std::vector<Disc> discs{
      {at(0, 0), 100e3, 1}, {at(0, 40), 100e3, 1}, {at(0, 20), 100e3, 2}, {at(0, 20.5), 100e3, 3}};
  EXPECT_EQ(region_of(discs, 1).decide(circle(at(0, 20), 200)).verdict, Verdict::inside);
  EXPECT_EQ(region_of(discs, 0).decide(circle(at(0, 20), 200)).ground, Ground::refuted);
  std::vector<Disc> owners = discs;
  owners[1].operator_id = 4;
  EXPECT_EQ(region_of(owners, 1).decide(circle(at(0, 20), 200)).ground, Ground::refuted);
}

TEST(Region, WithoutEnoughOperatorsIsTheWholeEarth) {
  EXPECT_EQ(region_of({}, 0).decide(circle(at(0, 0), 20000)).ground, Ground::unbounded);
  const std::vector<Disc> one{{at(0, 0), 100e3, 7}, {at(0, 1), 100e3, 7}};
  EXPECT_EQ(region_of(one, 1).decide(circle(at(0, 0), 200)).ground, Ground::unbounded);
  EXPECT_EQ(region_of(one, 0).decide(circle(at(0, 0), 200)).verdict, Verdict::inside);
}

TEST(Region, NeverGuessesOnTouchingEdges) {
  // S is a disc; the zone is the same disc, to a nanometre.
  const std::vector<Disc> discs{{at(10, 20), 300e3, 1}};
  const Finding same = region_of(discs, 0).decide(circle(at(10, 20), 300));
  EXPECT_EQ(same.verdict, Verdict::undecided);
  EXPECT_EQ(same.ground, Ground::unresolved);
  // A place alone is never surely in S.
  const std::vector<Disc> point{{at(10, 20), 0, 1}};
  EXPECT_EQ(region_of(point, 0).decide(circle(at(10, 20), 1)).verdict, Verdict::undecided);
  EXPECT_EQ(region_of(discs, 0).decide(circle(at(10, 20), 302)).verdict, Verdict::inside);
}

TEST(Region, FindsSlivers) {
  // Two discs that overlap by 20 m.
  const double gap = distance(at(0, 0), at(0, 4)).value;
  const std::vector<Disc> discs{{at(0, 0), gap / 2 + 10, 1}, {at(0, 4), gap / 2 + 10, 2}};
  EXPECT_EQ(region_of(discs, 0).decide(circle(at(0, 2), 10)).verdict, Verdict::inside);
  const std::vector<Disc> less{{at(0, 0), gap / 2 - 10, 1}, {at(0, 4), gap / 2 - 10, 2}};
  EXPECT_EQ(region_of(less, 0).decide(circle(at(0, 2), 10)).ground, Ground::refuted);
}

TEST(Region, DecidesAboutCountriesAndEnclaves) {
  const Borders borders = shipped_borders();
  const Zone south_africa = Zone::in(borders.country("ZA").value());
  const Zone lesotho = Zone::in(borders.country("LS").value());
  const Zone not_south_africa = Zone::not_in(borders.country("ZA").value());
  const std::vector<Disc> in_enclave{{at(-29.5, 28.2), 40e3, 1}};
  const Region region = region_of(in_enclave, 0);
  EXPECT_EQ(region.decide(lesotho).verdict, Verdict::inside);
  EXPECT_EQ(region.decide(south_africa).verdict, Verdict::outside);
  EXPECT_EQ(region.decide(not_south_africa).verdict, Verdict::inside);
  const std::vector<Disc> around{{at(-29.5, 28.2), 250e3, 1}};
  EXPECT_EQ(region_of(around, 0).decide(south_africa).ground, Ground::straddles);
  const std::vector<Disc> kimberley{{at(-28.7, 24.8), 150e3, 1}};
  EXPECT_EQ(region_of(kimberley, 0).decide(south_africa).verdict, Verdict::inside);
  EXPECT_EQ(region_of(kimberley, 0).decide(not_south_africa).verdict, Verdict::outside);
}

TEST(Region, WorksAtPolesDateLineAndAntipodes) {
  const Borders borders = shipped_borders();
  const std::vector<Disc> pole{{at(-90, 0), 500e3, 1}};
  EXPECT_EQ(region_of(pole, 0).decide(Zone::in(borders.country("AQ").value())).verdict,
            Verdict::inside);
  const std::vector<Disc> fiji{{at(-17.8, 178.0), 10e3, 1}};
  EXPECT_EQ(region_of(fiji, 0).decide(Zone::in(borders.country("FJ").value())).verdict,
            Verdict::inside);
  const std::vector<Disc> line{{at(0, 180), 200e3, 1}, {at(0.5, -179.5), 200e3, 2}};
  EXPECT_EQ(region_of(line, 0).decide(circle(at(0, -180), 250)).verdict, Verdict::inside);
  // All places but a cap of about 1000 km around the antipode, seen from both ends.
  const std::vector<Disc> far{{at(30, 40), 19'000e3, 1}, {at(-30, -140), 1'500e3, 2}};
  const Region ring = region_of(far, 0);
  EXPECT_EQ(ring.decide(circle(at(-30, -140), 1600)).verdict, Verdict::inside);
  EXPECT_EQ(ring.decide(circle(at(-30, -140), 800)).verdict, Verdict::outside);
  EXPECT_EQ(ring.decide(circle(at(-30, -140), 1200)).ground, Ground::straddles);
}

TEST(Region, RefusesWhatIsNoDisc) {
  for (const double radius : {-1.0, std::nan("")}) {
    const std::vector<Disc> discs{{at(0, 0), radius, 1}};
    EXPECT_EQ(Region::of(discs, 0).error().code, errc::distance_malformed);
  }
  EXPECT_FALSE(Region::of(std::vector<Disc>(max_discs + 1), 0));
  const std::vector<Disc> endless{{at(0, 0), std::numeric_limits<double>::infinity(), 1}};
  EXPECT_EQ(region_of(endless, 0).decide(circle(at(0, 0), 1000)).ground, Ground::straddles);
}

TEST(Region, MeasuresADiscOutward) {
  const double radius = 500e3;
  for (const LatLon centre : {at(0, 0), at(60, 100), at(90, 0), at(-45, 179.9)}) {
    const RegionShape shape = region_of({{centre, radius, 1}}, 0).measure().value();
    // Within 0.6 % of a spherical cap.
    const double cap = 2 * M_PI * 6371e3 * 6371e3 * (1 - std::cos(radius / 6371e3));
    EXPECT_GE(shape.area_m2, cap * 0.994);
    EXPECT_LE(shape.area_m2, cap * 1.15);
    EXPECT_LE(shape.least_area_m2, cap * 1.006);
    EXPECT_GE(shape.least_area_m2, cap * 0.85);
    EXPECT_LT(distance(shape.centroid, centre).value, 20e3);
    EXPECT_GE(shape.radius_m + distance(shape.centroid, centre).value, radius);
    EXPECT_LE(shape.radius_m, radius * 1.2);
  }
}

// A random question: discs that mostly hold a true place, some liars, and a zone near it.
struct Question {
  std::vector<Disc> discs;
  std::uint32_t faults = 0;
  LatLon truth;
  LatLon zone_centre;
  double zone_radius_m = 0;
};

Question draw(RandomPlaces& random) {
  Question out;
  out.truth =
      random.whole(0, 9) == 0 ? at(random.whole(0, 1) == 0 ? 90 : -90, 0) : random.anywhere();
  out.faults = static_cast<std::uint32_t>(random.whole(0, 2));
  const double scale = std::pow(10, random.number(4.5, 7));
  for (std::uint64_t i = random.whole(1, 12); i > 0; --i) {
    const LatLon centre = random.near(out.truth, scale);
    const double away = distance(centre, out.truth).value;
    const bool liar = random.whole(0, 7) == 0;
    const double factor = liar ? random.number(0.3, 1) : 1 + std::pow(random.number(0, 1.2), 3);
    out.discs.push_back(
        {centre, away * factor + 100, static_cast<std::uint32_t>(random.whole(0, 8))});
  }
  out.zone_centre = random.near(out.truth, scale);
  out.zone_radius_m = std::min(random.number(0.2, 2) * scale, 2e7);
  return out;
}

/// Places that tell the most: near disc edges, near the truth, in the zone.
std::vector<LatLon> samples(const Question& question, RandomPlaces& random) {
  std::vector<LatLon> out{question.truth, question.zone_centre};
  for (const Disc& disc : question.discs) {
    out.push_back(disc.centre);
    for (int i = 0; i < 40; ++i) {
      out.push_back(destination(disc.centre, random.number(-180, 180),
                                Metres{disc.radius_m * (1 - std::pow(random.number(0, 1), 3))}));
    }
    for (int i = 0; i < 30; ++i)
      out.push_back(destination(disc.centre, random.number(-180, 180), Metres{disc.radius_m - 1}));
  }
  for (int i = 0; i < 200; ++i)
    out.push_back(random.near(question.zone_centre, question.zone_radius_m));
  return out;
}

/// Checks one finding against the definition of S, place by place.
void expect_sound(const Question& question, const Finding& finding, RandomPlaces& random) {
  for (const LatLon place : samples(question, random)) {
    if (!in_region(question.discs, question.faults, place)) continue;
    const double away = distance(question.zone_centre, place).value;
    const bool in_zone = away <= question.zone_radius_m;
    ASSERT_TRUE(in_zone || finding.ground != Ground::wholly_inside) << to_text(place);
    ASSERT_TRUE(!in_zone || finding.ground != Ground::wholly_outside) << to_text(place);
    ASSERT_NE(finding.ground, Ground::refuted) << to_text(place);
  }
}

TEST(Region, AgreesWithDenseSampling) {
  std::array<int, 6> seen{};
  for (std::uint64_t seed = 1; seed <= 600; ++seed) {
    SCOPED_TRACE(seed);
    RandomPlaces random(seed);
    const Question question = draw(random);
    const Region region = region_of(question.discs, question.faults);
    const Zone zone = Zone::within(question.zone_centre, Metres{question.zone_radius_m}).value();
    const Finding finding = region.decide(zone);
    ++seen[static_cast<std::size_t>(finding.ground)];
    expect_sound(question, finding, random);
    if (HasFatalFailure()) return;
  }
  EXPECT_GT(seen[static_cast<std::size_t>(Ground::wholly_inside)], 30);
  EXPECT_GT(seen[static_cast<std::size_t>(Ground::wholly_outside)], 30);
  EXPECT_GT(seen[static_cast<std::size_t>(Ground::straddles)], 50);
  EXPECT_GT(seen[static_cast<std::size_t>(Ground::refuted)], 10);
  EXPECT_LT(seen[static_cast<std::size_t>(Ground::unresolved)], 15);
}

TEST(Region, CoversAllOfItself) {
  for (std::uint64_t seed = 1; seed <= 80; ++seed) {
    SCOPED_TRACE(seed);
    RandomPlaces random(seed + 5000);
    const Question question = draw(random);
    const auto shape = region_of(question.discs, question.faults).measure();
    for (const LatLon place : samples(question, random)) {
      if (!in_region(question.discs, question.faults, place)) continue;
      ASSERT_TRUE(shape);
      EXPECT_LE(distance(shape->centroid, place).value, shape->radius_m);
      EXPECT_LE(shape->least_area_m2, shape->area_m2);
    }
  }
}

TEST(Region, ExcessIsNegativeExactlyWithin) {
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    RandomPlaces random(seed + 9000);
    const Question question = draw(random);
    const Region region = region_of(question.discs, question.faults);
    for (const LatLon place : samples(question, random))
      EXPECT_EQ(region.excess_m(place) <= 0, in_region(question.discs, question.faults, place));
  }
}

TEST(Region, TheDecisiveDiscsAloneExcludeTheSame) {
  int checked = 0;
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    RandomPlaces random(seed + 20000);
    const Question question = draw(random);
    const Zone zone = Zone::within(question.zone_centre, Metres{question.zone_radius_m}).value();
    const Finding all = region_of(question.discs, question.faults).decide(zone);
    if (all.verdict == Verdict::undecided) continue;
    std::vector<Disc> decisive;
    for (const std::size_t i : all.decisive)
      decisive.push_back(question.discs[i]);
    EXPECT_EQ(region_of(decisive, question.faults).decide(zone).verdict, all.verdict);
    ++checked;
  }
  EXPECT_GT(checked, 60);
}

TEST(Region, MoreDelayOrMoreFaultsNeverTurnsAVerdict) {
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    RandomPlaces random(seed + 30000);
    Question question = draw(random);
    const Zone zone = Zone::within(question.zone_centre, Metres{question.zone_radius_m}).value();
    const Verdict before = region_of(question.discs, question.faults).decide(zone).verdict;
    if (before == Verdict::undecided) continue;
    const Verdict tolerant = region_of(question.discs, question.faults + 1).decide(zone).verdict;
    for (Disc& disc : question.discs)
      disc.radius_m += random.number(0, 300e3);
    const Verdict slower = region_of(question.discs, question.faults).decide(zone).verdict;
    EXPECT_TRUE(tolerant == before || tolerant == Verdict::undecided);
    EXPECT_TRUE(slower == before || slower == Verdict::undecided);
  }
}

}  // namespace
}  // namespace daymark::geo
