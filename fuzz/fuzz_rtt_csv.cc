// Every delay that is read is positive, between two different known nodes, and given once.
#include <cstdlib>
#include <set>
#include <string>
#include <utility>

#include "daymark/base/bytes.h"
#include "daymark/locate/matrix.h"

namespace {

using namespace daymark;

void require(bool rule) {
  if (!rule) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const auto nodes =
      locate::NodeTable::parse("id,lat,lon,city,country\na,0,0,,\nb,1,1,,\nc,2,2,,\n", "nodes.csv");
  const auto delays = locate::parse_delays(text_of(ByteView(data, size)), *nodes, "rtt.csv");
  if (!delays) {
    require(!delays.error().detail.empty());
    return 0;
  }
  std::set<std::pair<std::uint32_t, std::uint32_t>> seen;
  for (const locate::Delay& delay : *delays) {
    require(delay.rtt_ms > 0 && delay.rtt_ms <= locate::max_rtt_ms);
    require(delay.source < 3 && delay.target < 3 && delay.source != delay.target);
    require(seen.emplace(delay.source, delay.target).second);
  }
  return 0;
}
