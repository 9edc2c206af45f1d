// Tables of a fence are bounded: whatever is read names nodes once and places and delays in range.
#include <cstdlib>
#include <set>

#include "daymark/base/bytes.h"
#include "daymark/locate/fence.h"

namespace {

using namespace daymark;

void require(bool rule) {
  if (!rule) std::abort();
}

locate::FenceTask two_by_two() {
  const geo::LatLon place = geo::LatLon::of(1, 2).value();
  locate::FenceTask out{geo::Zone::within(place, Metres{1000}).value(), {}, {}};
  out.beacons = {{"a", place, "x"}, {"b", place, "y"}};
  out.sites = {{"s", place, 1}, {"t", place, 1}};
  return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const locate::FenceTask task = two_by_two();
  const std::string_view text = text_of(ByteView(data, size));
  if (const auto beacons = locate::parse_beacons(text, "f")) {
    std::set<std::string> names;
    for (const locate::FenceBeacon& one : *beacons)
      require(!one.operator_name.empty() && names.insert(one.id).second);
  }
  if (const auto sites = locate::parse_sites(text, "f")) {
    for (const locate::FenceSite& one : *sites)
      require(!one.id.empty() && one.chips > 0);
  }
  if (const auto delays = locate::parse_site_delays(text, task, "f")) {
    for (const locate::SiteDelay& one : *delays)
      require(one.site < 2 && one.beacon < 2 && one.rtt_ms > 0 && one.rtt_ms <= 1e6);
  }
  return 0;
}
