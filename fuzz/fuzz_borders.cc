// Borders have one form: what is read is written back to the same bytes. Small ones build, or are
// refused by name.
#include <cstdlib>
#include <string>

#include "daymark/base/bytes.h"
#include "daymark/geo/borders.h"

namespace {

using namespace daymark;

void require(bool rule) {
  if (!rule) std::abort();
}

std::size_t vertices_of(const geo::CountryBorders& entry) {
  std::size_t out = 0;
  for (const geo::BorderRing& ring : entry.rings)
    out += ring.size();
  return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = text_of(ByteView(data, size));
  const auto borders = geo::Borders::parse(text);
  if (!borders) return 0;
  require(borders->to_text() == text);
  for (const geo::CountryBorders& entry : borders->all()) {
    require(borders->find(entry.code) == &entry);
    if (vertices_of(entry) > 40) continue;
    const auto country = borders->country(entry.code);
    if (country) require(country->area_m2() > 0);
  }
  return 0;
}
