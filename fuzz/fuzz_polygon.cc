// Polygons from outside are whole: closed rings of at least three vertices within range, and small
// ones build or are refused by name.
#include <cstdlib>

#include "daymark/base/bytes.h"
#include "daymark/geo/polygon.h"

namespace {

using namespace daymark;

void require(bool rule) {
  if (!rule) std::abort();
}

bool in_range(const geo::BorderVertex& vertex) {
  return vertex.longitude > -18'000'000 && vertex.longitude <= 18'000'000 &&
         vertex.latitude >= -9'000'000 && vertex.latitude <= 9'000'000;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto polygons = geo::parse_polygons(text_of(ByteView(data, size)));
  if (!polygons) return 0;
  require(!polygons->empty());
  for (const geo::CountryBorders& polygon : *polygons) {
    require(!polygon.rings.empty());
    std::size_t vertices = 0;
    for (const geo::BorderRing& ring : polygon.rings) {
      require(ring.size() >= 3);
      for (const geo::BorderVertex& vertex : ring)
        require(in_range(vertex));
      vertices += ring.size();
    }
    if (vertices > 400) continue;
    const auto area = geo::Country::build(polygon);
    if (area) require(area->area_m2() > 0);
  }
  return 0;
}
