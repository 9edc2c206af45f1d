// Lapse arithmetic (PROTOCOL §4.4): when a fleet stops once nothing is issued any more, and how
// often an honest chip lapses because issuing was merely out of order. Host only.
//
// The slack V-R+G is both: the outage that every chip survives, and the time that a chip runs on at
// least after issuing was stopped on purpose. Whoever wants more of the one gets more of the other.
#pragma once

#include "daymark/base/result.h"
#include "daymark/base/units.h"

namespace daymark::order {

/// How licences are renewed. All spans at most 100 years.
struct RenewalTiming {
  Millis renewal;   ///< R: each chip asks once in this span, at a phase of its own
  Millis validity;  ///< V: of one licence, at least R
  Millis grace;     ///< G: powered time after it
};

/// Outages of issuing as a whole: they come at random and last an exponentially distributed time.
struct Outages {
  double availability = 1;  ///< share of time in which licences are issued, above 0 and at most 1
  Millis mean;              ///< mean length of one outage
};

/// Spans from the moment in which issuing stops for good, phases spread evenly over R.
struct LapseTimes {
  Millis first;   ///< V-R+G: the slack
  Millis median;  ///< V-R/2+G
  Millis last;    ///< V+G
};

/// Errors: errc::lapse_timing with the field that does not fit: a span is negative or too long,
/// R is 0 or above V.
[[nodiscard]] Result<LapseTimes> lapse_times(const RenewalTiming& timing);

/// Share of the fleet that has stopped `after` issuing ended: 0 up to the first, 1 from the last.
[[nodiscard]] double share_stopped(const LapseTimes& times, Millis after);

/// Probabilities for one year of 8760 hours. An outage hits all chips alike: they are not to be
/// multiplied by the number of chips.
struct LapseRisk {
  double first_chip = 0;  ///< that the chip with the worst phase lapses
  double any_chip = 0;    ///< that a chip of random phase lapses
};

/// Outages begin L = (1-availability)/mean times an hour; one outlasts the slack s with probability
/// exp(-s/mean). Chips at the worst phase: L·exp(-s/mean); at a random one: times
/// (mean/R)(1-exp(-R/mean)). Errors: those of lapse_times, errc::lapse_timing for the outages.
[[nodiscard]] Result<LapseRisk> lapse_risk(const RenewalTiming& timing, const Outages& outages);

/// The slack that makes LapseRisk::first_chip at most `risk` a year; 0 where any slack does.
/// Errors: errc::lapse_timing, also where `risk` is not between 0 and 1.
[[nodiscard]] Result<Millis> slack_for(const Outages& outages, double risk);

}  // namespace daymark::order
