#include <algorithm>
#include <array>
#include <set>

#include "daymark/base/errors.h"
#include "daymark/geo/errors.h"
#include "daymark/locate/csv_internal.h"
#include "daymark/locate/errors.h"
#include "daymark/locate/fence.h"
#include "daymark/locate/matrix.h"

namespace daymark::locate {

namespace {

constexpr std::size_t name_most = 64;
constexpr double chips_most = 1e9;
constexpr double delay_most_ms = 1e6;
constexpr std::size_t site_delays_most = 1'000'000;

/// Where the name stands, or past the end.
template <class Named>
std::size_t position_of(const std::vector<Named>& list, std::string_view id) {
  return static_cast<std::size_t>(std::ranges::find(list, id, &Named::id) - list.begin());
}

/// Reads rows of a name, a place and one more column, which `take` turns into something.
template <class Take>
Outcome<void> read_placed(CsvReader& reader, std::string_view header, const Take& take) {
  DAYMARK_CHECK(reader.header(header));
  std::array<std::string_view, 4> cells;
  std::set<std::string> seen;
  while (true) {
    DAYMARK_TRY(const bool more, reader.next(cells));
    if (!more) return {};
    const auto latitude = decimal(cells[1]);
    const auto longitude = decimal(cells[2]);
    if (!latitude) return reader.wrong(errc::place_malformed, field::latitude, 1);
    if (!longitude) return reader.wrong(errc::place_malformed, field::longitude, 2);
    const auto place = geo::LatLon::of(*latitude, *longitude);
    if (!place) return reader.wrong(errc::place_malformed, place.error().field, 1);
    std::string id(cells[0]);
    if (id.empty() || !is_plain_text(id, name_most) || !is_plain_text(cells[3], name_most))
      return reader.wrong(errc::csv_malformed, field::node_id, 0);
    if (seen.size() == max_nodes) return reader.wrong(errc::locate_table_size, field::line, 0);
    if (!seen.insert(id).second)
      return reader.wrong(errc::locate_node_duplicate, field::node_id, 0);
    if (!take(std::move(id), *place, cells[3]))
      return reader.wrong(errc::csv_malformed, field::column, 3);
  }
}

}  // namespace

Outcome<std::vector<FenceBeacon>> parse_beacons(std::string_view text, const std::string& subject) {
  std::vector<FenceBeacon> out;
  CsvReader reader(text, subject);
  const auto take = [&out](std::string id, geo::LatLon place, std::string_view last) {
    out.push_back({std::move(id), place, std::string(last)});
    return !last.empty();
  };
  DAYMARK_CHECK(read_placed(reader, "id,lat,lon,operator", take));
  return out;
}

Outcome<std::vector<FenceSite>> parse_sites(std::string_view text, const std::string& subject) {
  std::vector<FenceSite> out;
  CsvReader reader(text, subject);
  const auto take = [&out](std::string id, geo::LatLon place, std::string_view last) {
    const auto chips = decimal(last);
    out.push_back({std::move(id), place, chips.value_or(0)});
    return chips && *chips > 0 && *chips <= chips_most;
  };
  DAYMARK_CHECK(read_placed(reader, "id,lat,lon,chips", take));
  return out;
}

Outcome<std::vector<SiteDelay>> parse_site_delays(std::string_view text, const FenceTask& task,
                                                  const std::string& subject) {
  CsvReader reader(text, subject);
  DAYMARK_CHECK(reader.header("site,beacon,rtt_ms"));
  std::vector<SiteDelay> out;
  std::array<std::string_view, 3> cells;
  while (true) {
    DAYMARK_TRY(const bool more, reader.next(cells));
    if (!more) return out;
    const std::size_t site = position_of(task.sites, cells[0]);
    const std::size_t beacon = position_of(task.beacons, cells[1]);
    if (site == task.sites.size()) return reader.wrong(errc::locate_row_node, field::node_id, 0);
    if (beacon == task.beacons.size())
      return reader.wrong(errc::locate_row_node, field::node_id, 1);
    const auto ms = decimal(cells[2]);
    if (!ms || *ms <= 0 || *ms > delay_most_ms)
      return reader.wrong(errc::locate_delay, field::delay, 2);
    if (out.size() == site_delays_most)
      return reader.wrong(errc::locate_table_size, field::line, 0);
    out.push_back({site, beacon, *ms});
  }
}

}  // namespace daymark::locate
