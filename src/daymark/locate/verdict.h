// Verdicts about where something is, from round trips to places that are known (PROTOCOL §9.4).
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "daymark/base/error_table.h"
#include "daymark/base/failure.h"
#include "daymark/base/level.h"
#include "daymark/base/units.h"
#include "daymark/geo/region.h"
#include "daymark/geo/zone.h"
#include "daymark/locate/options.h"
#include "daymark/locate/soft.h"

namespace daymark::locate {

/// One round trip, timed at a known place: a row of a table or a beacon's receipt.
struct Measurement {
  std::string id;  // of the landmark or beacon
  geo::LatLon place;
  std::string operator_name;  // measurements of one operator stand and fall together
  double rtt_ms = 0;
  Millis age{0};  // from measurement to as-of time; the sign doesn't matter
};

/// What a round trip in nanoseconds is in milliseconds.
[[nodiscard]] constexpr double to_ms(RoundTripNanos rtt) {
  return static_cast<double>(rtt.value) * 1e-6;
}

/// 0.3 km for every second of age: a thing on a truck or a plane moves no faster (PROTOCOL §9.4).
inline constexpr double moving_km_per_s = 0.3;

/// What is asked, and what is assumed.
struct Question {
  geo::Zone zone;
  Speed speed = light;
  std::uint32_t faults = 0;      // operators that may lie or err
  double widening_km_per_s = 0;  // how fast the target may have moved since
  Level level = Level::declared;
  std::optional<UnixMillis> as_of = std::nullopt;
  bool with_region = true;  // measure the region and the estimate too; costs ten times the verdict
};

/// One landmark in the answer.
struct LandmarkReport {
  std::string id;
  geo::LatLon place;
  std::string operator_name;
  double rtt_ms = 0;
  double radius_km = 0;
  bool used = false;
  bool decisive = false;  // the decisive discs alone lead to the verdict
};

/// An outer bound of all places that the delays allow.
struct RegionReport {
  double area_km2 = 0;
  geo::LatLon centroid;
  double radius_km = 0;  // every allowed place is within this distance of the centroid
};

/// A verdict with everything that it rests on.
struct PlaceVerdict {
  std::string target;
  geo::Verdict verdict = geo::Verdict::undecided;
  Errc reason{};                           // errc::locate_inside … errc::locate_unresolved
  std::optional<RegionReport> region;      // nothing if empty, the whole Earth, or not asked for
  std::optional<geo::LatLon> estimate;     // a soft guess; never grants
  std::optional<SoftEstimate> calibrated;  // the same, learnt; only where it was asked for
  std::vector<LandmarkReport> landmarks;   // least round trip first
  std::string zone;
  Speed speed;
  std::uint32_t faults = 0;
  Level level = Level::declared;
  std::optional<UnixMillis> as_of = std::nullopt;
  std::size_t cells = 0;  // looked at: the cost of the verdict
};

/// The report on a measurement that was not used, or not yet.
[[nodiscard]] LandmarkReport report_of(const Measurement& measurement, const Question& question);

/// The disc radius of a measurement in km: speed x RTT / 2 plus the widening for its age.
[[nodiscard]] double radius_km(const Measurement& measurement, const Question& question);

/// Judges from all `measurements` where `target` is. No measurement is no error: the answer is
/// `undecided`. Errors: errc::locate_delay for a round trip that is no positive number,
/// errc::distance_malformed for more than geo::max_discs measurements.
[[nodiscard]] Outcome<PlaceVerdict> judge(const std::string& target,
                                          const std::vector<Measurement>& measurements,
                                          const Question& question);

/// The discs of the landmarks that were used, for drawing.
[[nodiscard]] std::vector<geo::Disc> discs_of(const PlaceVerdict& verdict);

/// One JSON document, as `daymark locate --json` prints it.
[[nodiscard]] std::string to_json(const PlaceVerdict& verdict,
                                  Language language = Language::english);

/// The verdict in a few lines for people.
[[nodiscard]] std::string to_text(const PlaceVerdict& verdict,
                                  Language language = Language::english);

}  // namespace daymark::locate
