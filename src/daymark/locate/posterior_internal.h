// What the delays between landmarks make likely about a target's place. Soft: grants nothing.
//
// The landmarks' own delays teach how long paths of each length take, and, near every landmark,
// how much longer or shorter than that the other landmarks see them. A place is likely if the
// delays that would be seen from there resemble those that were.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "daymark/geo/cell.h"
#include "daymark/geo/land.h"
#include "daymark/locate/matrix.h"

namespace daymark::locate {

/// The few numbers that were chosen by trial on data/rtt/cloud and on hosting sites of 2020.
struct SoftSettings {
  std::size_t landmarks = 30;     // the quickest; more add nothing but time
  double fade = 10;               // how many of these weigh as much as all together
  double trust = 0.35;            // in each: they don't err independently
  double reach_km = 600;          // over which landmarks' delays resemble each other
  double own_weight = 0.2;        // of the plain law of distance, against neighbours' delays
  double least_deviation = 0.15;  // of the logarithm of a delay, beside a landmark
  double common_deviation = 0.1;  // of what is longer or shorter for all landmarks alike
  double freedom = 10;            // of Student's distribution of the rest
  double clump_km = 60;           // sites stand near other sites
  double clump_floor = 0.05;      // or far from them
  double town_km = 8;             // or in the same town: that much likelier, times the odds
  double town = 200;              // of landmarks to have another one in their town
  double sea = 0.03;              // how likely places far from land are, against others
  double core = 0.8;              // of the belief counts for the point that is named
  std::size_t splits = 400;       // of cells, the likeliest first
};

/// Masses of cells that together cover all places which glass allows.
class Posterior {
 public:
  struct Part {
    geo::Cell cell;
    double density = 0;  // relative
    double mass = 0;     // of 1
    double area_km2 = 0;
  };

  /// Densities and areas are given; masses are made to add up to 1.
  explicit Posterior(std::vector<Part> parts);

  /// The place from which the expected distance to the truth is least, if it is among the likeliest
  /// places that hold `core` of the belief.
  [[nodiscard]] geo::LatLon middle(double core) const;

  /// Mass of what is likelier than `place`, from 0 to 1; 1 for a place outside.
  [[nodiscard]] double rank_of(geo::LatLon place) const;

  /// How many of the likeliest parts lie within `rank`.
  [[nodiscard]] std::size_t parts_within(double rank) const;

  /// Their area.
  [[nodiscard]] double area_km2(double rank) const;

  /// Likeliest first.
  [[nodiscard]] const std::vector<Part>& parts() const { return parts_; }

 private:
  std::vector<Part> parts_;
};

/// The delays among the nodes of a matrix. Const members may be called from several threads. The
/// matrix and the land must outlive it.
class SoftModel {
 public:
  SoftModel(const DelayMatrix& matrix, const geo::Land& land, const SoftSettings& settings = {});

  /// Where `target` may be, without its declared place, the rows that it timed, and any row of a
  /// hidden node. Nothing if nobody else timed it, or if no place at all agrees with the delays.
  [[nodiscard]] std::optional<Posterior> posterior(std::size_t target,
                                                   const std::vector<bool>& hidden) const;

  /// The point that is named.
  [[nodiscard]] geo::LatLon middle(const Posterior& posterior) const {
    return posterior.middle(settings_.core);
  }

  [[nodiscard]] std::size_t size() const { return places_.size(); }

  [[nodiscard]] geo::LatLon place(std::size_t node) const { return places_[node]; }

 private:
  friend class SoftView;

  static constexpr std::size_t bin_count = 7;

  /// Of the logarithms of (delay / base_ms), by length of path.
  struct Law {
    std::array<double, bin_count> mean{};
    std::array<double, bin_count> deviation{};
  };

  /// Landmarks with another one in the same town, against those without.
  [[nodiscard]] double neighbour_odds(std::size_t target, const std::vector<bool>& hidden) const;
  [[nodiscard]] Law law_without(std::size_t target, const std::vector<bool>& hidden) const;

  [[nodiscard]] double rtt(std::size_t source, std::size_t target) const {
    return rtt_[source * places_.size() + target];
  }

  const geo::Land& land_;
  SoftSettings settings_;
  std::vector<geo::LatLon> places_;
  std::vector<geo::UnitVector> directions_;
  std::vector<double> rtt_;     // by source, then target; 0 where unknown
  std::vector<double> excess_;  // logarithm of delay / base_ms, the same order
  std::vector<std::vector<std::size_t>> neighbours_;  // of each node, in the same town
  std::vector<std::uint8_t> bin_;                     // of the path's length
};

}  // namespace daymark::locate
