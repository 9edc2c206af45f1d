#include <cmath>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "daymark/base/time.h"
#include "daymark/locate/verdict.h"

namespace daymark::locate {

namespace {

using nlohmann::ordered_json;

double rounded(double degrees) {
  return std::round(degrees * 1e6) / 1e6;
}

ordered_json reason_json(Errc code, Language language) {
  const ErrorEntry& entry = entry_of(code);
  return {{"code", static_cast<unsigned>(code)},
          {"name", entry.name},
          {"text", sentence(code, language)}};
}

ordered_json region_json(const std::optional<RegionReport>& region) {
  if (!region) return nullptr;
  return {{"area_km2", region->area_km2},
          {"lat", rounded(region->centroid.latitude())},
          {"lon", rounded(region->centroid.longitude())},
          {"radius_km", region->radius_km}};
}

ordered_json soft_json(const SoftEstimate& soft) {
  return {{"grants", "nothing"},
          {"lat", rounded(soft.place.latitude())},
          {"lon", rounded(soft.place.longitude())},
          {"area_50_km2", std::ceil(soft.half.area_km2)},
          {"area_90_km2", std::ceil(soft.ninety.area_km2)},
          {"calibrated_on", soft.calibrated_on}};
}

ordered_json landmark_json(const LandmarkReport& landmark) {
  return {{"id", landmark.id},
          {"rtt_ms", landmark.rtt_ms},
          {"radius_km", landmark.radius_km},
          {"used", landmark.used},
          {"decisive", landmark.decisive}};
}

}  // namespace

std::string to_json(const PlaceVerdict& verdict, Language language) {
  ordered_json out;
  out["target"] = verdict.target;
  out["verdict"] = to_text(verdict.verdict);
  out["reason"] = reason_json(verdict.reason, language);
  out["zone"] = verdict.zone;
  out["level"] = fmt::format("L{}", static_cast<unsigned>(verdict.level));
  out["as_of"] = verdict.as_of ? ordered_json(to_rfc3339(*verdict.as_of)) : ordered_json(nullptr);
  out["speed_km_per_ms"] = verdict.speed.km_per_ms;
  out["faults"] = verdict.faults;
  out["region"] = region_json(verdict.region);
  out["estimate"] = nullptr;
  if (verdict.estimate) {
    out["estimate"] = {{"lat", rounded(verdict.estimate->latitude())},
                       {"lon", rounded(verdict.estimate->longitude())}};
  }
  if (verdict.calibrated) out["calibrated_estimate"] = soft_json(*verdict.calibrated);
  out["landmarks"] = ordered_json::array();
  for (const LandmarkReport& one : verdict.landmarks)
    out["landmarks"].push_back(landmark_json(one));
  // Names come from files: bytes that are no UTF-8 are replaced, not thrown at the caller.
  return out.dump(2, ' ', false, ordered_json::error_handler_t::replace);
}

std::string to_text(const PlaceVerdict& verdict, Language language) {
  std::string out = fmt::format("{}: {} ({})\n{}\n", verdict.target, to_text(verdict.verdict),
                                verdict.zone, sentence(verdict.reason, language));
  if (verdict.region) {
    out += fmt::format("allowed: within {:.0f} km of {}, at most {:.0f} km2\n",
                       std::ceil(verdict.region->radius_km), to_text(verdict.region->centroid),
                       std::ceil(verdict.region->area_km2));
  }
  if (verdict.estimate)
    out += fmt::format("best guess (grants nothing): {}\n", to_text(*verdict.estimate));
  if (verdict.calibrated) {
    out += fmt::format(
        "calibrated guess (grants nothing): {}; every second time within {:.0f} km2, nine times in "
        "ten within {:.0f} km2\n",
        to_text(verdict.calibrated->place), std::ceil(verdict.calibrated->half.area_km2),
        std::ceil(verdict.calibrated->ninety.area_km2));
  }
  for (const LandmarkReport& one : verdict.landmarks) {
    if (!one.decisive) continue;
    out += fmt::format("  by {}: {:.3f} ms, so within {:.1f} km\n", one.id, one.rtt_ms,
                       one.radius_km + 0.05);
  }
  out += fmt::format("level L{}, {} km/ms one way, at most {} faulty operators\n",
                     static_cast<unsigned>(verdict.level), verdict.speed.km_per_ms, verdict.faults);
  return out;
}

}  // namespace daymark::locate
