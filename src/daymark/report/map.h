// The picture of a location verdict: discs, allowed places, zone and borders as one SVG. Host only.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "daymark/base/error_table.h"
#include "daymark/geo/borders.h"
#include "daymark/geo/region.h"
#include "daymark/geo/zone.h"
#include "daymark/locate/verdict.h"

namespace daymark::report {

/// One landmark on the map.
struct MapLandmark {
  geo::Disc disc;
  std::string label;
  bool decisive = false;
};

/// What a map shows. The allowed places are computed from the discs and `faults`.
struct MapScene {
  std::string title;     // "chip-7: inside"
  std::string subtitle;  // the reason
  geo::Verdict verdict = geo::Verdict::undecided;
  std::vector<MapLandmark> landmarks;
  std::uint32_t faults = 0;
  std::optional<geo::Zone> zone;
  std::optional<geo::LatLon> estimate;
  std::optional<geo::LatLon> declared;  // the place that somebody claims
  std::vector<geo::LatLon> sites;       // further ones
};

/// The scene of a verdict about `zone`; `declared` is drawn if given.
[[nodiscard]] MapScene scene_of(const locate::PlaceVerdict& verdict, const geo::Zone& zone,
                                std::optional<geo::LatLon> declared = std::nullopt,
                                Language language = Language::english);

/// A self-contained SVG of 960 x 720 pixels. Same scene, same bytes. Costs about 0.2 s.
[[nodiscard]] std::string map_svg(const MapScene& scene, const geo::Borders& borders,
                                  Language language = Language::english);

}  // namespace daymark::report
