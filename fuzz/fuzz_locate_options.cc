// Places, speeds and selections of the command line: what is accepted lies within its bounds, and a
// selection is written back to one that reads the same.
#include <cmath>
#include <cstdlib>

#include "daymark/base/bytes.h"
#include "daymark/geo/lat_lon.h"
#include "daymark/locate/options.h"

namespace {

using namespace daymark;

void require(bool rule) {
  if (!rule) std::abort();
}

void check_place(std::string_view text) {
  const auto place = geo::LatLon::parse(text);
  if (!place) return;
  require(std::abs(place->latitude()) <= 90 && std::abs(place->longitude()) <= 180);
  require(geo::LatLon::parse(geo::to_text(*place)).has_value());
}

void check_speed(std::string_view text) {
  const auto speed = locate::parse_speed(text);
  if (speed) require(speed->km_per_ms > 0 && std::isfinite(speed->km_per_ms));
}

void check_selection(std::string_view text) {
  const auto selection = locate::parse_selection(text);
  if (!selection) return;
  const auto again = locate::parse_selection(locate::to_text(*selection));
  require(again && again->kind == selection->kind && again->count == selection->count &&
          again->seed == selection->seed);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const Byte* data, std::size_t size) {
  const std::string_view text = text_of({data, size});
  check_place(text);
  check_speed(text);
  check_selection(text);
  return 0;
}
