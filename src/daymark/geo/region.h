// The feasible region of PROTOCOL §9.4 and verdicts about it, with geometry rounded outward.
//
// A disc holds all places from which a beacon could have been answered in the time it measured. The
// region S is the set of places that lie in all discs but those of at most f operators. An answer
// on the path can only be delayed, so discs only grow: `inside` and `outside` are never wrong as
// long as at most f operators lie or err about their place.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "daymark/base/result.h"
#include "daymark/geo/cell.h"
#include "daymark/geo/lat_lon.h"
#include "daymark/geo/zone.h"

namespace daymark::geo {

/// What one beacon's measurement proves, unless its operator is at fault.
struct Disc {
  LatLon centre;
  double radius_m = 0;
  std::uint32_t operator_id = 0;  // discs of one operator stand and fall together
};

enum class Verdict { inside, outside, undecided };

/// Why a verdict is what it is.
enum class Ground {
  wholly_inside,   // S is non-empty and within the zone
  wholly_outside,  // S is non-empty and misses the zone
  straddles,       // S surely has places in the zone and places outside it
  refuted,         // S is empty: more than f operators at fault, or one key in two places
  unbounded,       // no more than f operators measured, so S is the whole Earth
  unresolved,      // the edges of S and of the zone run too close to tell within the budget
};

[[nodiscard]] std::string_view to_text(Verdict verdict);

struct Finding {
  Verdict verdict = Verdict::undecided;
  Ground ground = Ground::unresolved;
  std::vector<std::size_t> decisive;  // positions of discs that alone exclude all that was excluded
  std::size_t cells = 0;              // cells looked at
};

/// S as a covering by cells: an outer bound of it.
struct RegionShape {
  double area_m2 = 0;        // of the covering: at least the area of S
  double least_area_m2 = 0;  // of the cells that surely lie in S
  LatLon centroid;
  double radius_m = 0;  // all of S lies within this distance of the centroid
  std::vector<Cell> cells;
};

/// Most cells that a question may look at; what is left open then is answered `undecided`.
struct CellBudget {
  std::size_t cells = 20'000;
};

inline constexpr std::size_t max_discs = 10'000;

/// S itself. Immutable; const members may be called from several threads.
class Region {
 public:
  /// At most max_discs discs of any radius from 0 on. Errors: errc::distance_malformed.
  [[nodiscard]] static Result<Region> of(std::span<const Disc> discs, std::uint32_t faults);

  /// Decides whether S lies within `zone` or misses it. Sound: `inside`, `outside` and Ground::
  /// refuted and straddles are proven whatever the budget.
  [[nodiscard]] Finding decide(const Zone& zone, CellBudget budget = {}) const;

  /// Covers S by about `budget` cells; nothing if no cell is left, which proves S empty.
  [[nodiscard]] std::optional<RegionShape> measure(CellBudget budget = {1200}) const;

  /// How far `place` is from S in terms of delay: the (f+1)-th largest over the operators of
  /// (distance − radius), in metres; at most 0 in S. For drawing and tests.
  [[nodiscard]] double excess_m(LatLon place) const;

  [[nodiscard]] std::uint32_t faults() const { return faults_; }

 private:
  friend class CellSorter;

  struct Member {
    Circle circle;
    std::uint32_t operator_index = 0;
    std::size_t position = 0;
  };

  Region() = default;

  std::vector<Member> members_;  // smallest radius first
  std::uint32_t operators_ = 0;
  std::uint32_t faults_ = 0;
};

}  // namespace daymark::geo
