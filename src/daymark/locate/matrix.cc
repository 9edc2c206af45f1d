#include "daymark/locate/matrix.h"

#include <algorithm>
#include <array>
#include <numeric>
#include <unordered_set>
#include <utility>

#include "daymark/base/errors.h"
#include "daymark/base/file.h"
#include "daymark/geo/errors.h"
#include "daymark/locate/csv_internal.h"
#include "daymark/locate/errors.h"

namespace daymark::locate {

namespace {

constexpr std::size_t max_id = 64;
constexpr std::size_t max_city = 256;

bool is_country(std::string_view text) {
  return text.empty() || (text.size() == 2 &&
                          std::ranges::all_of(text, [](char c) { return c >= 'A' && c <= 'Z'; }));
}

Outcome<Node> node_of(std::span<const std::string_view, 5> cells, const CsvReader& reader) {
  if (cells[0].empty() || !is_plain_text(cells[0], max_id))
    return reader.wrong(errc::csv_malformed, field::node_id, 0);
  const auto latitude = decimal(cells[1]);
  const auto longitude = decimal(cells[2]);
  if (!latitude) return reader.wrong(errc::place_malformed, field::latitude, 1);
  if (!longitude) return reader.wrong(errc::place_malformed, field::longitude, 2);
  const auto place = geo::LatLon::of(*latitude, *longitude);
  if (!place) {
    const bool first = place.error().field == field::latitude;
    return reader.wrong(errc::place_malformed, place.error().field, first ? 1 : 2);
  }
  if (!is_plain_text(cells[3], max_city)) return reader.wrong(errc::csv_malformed, field::city, 3);
  if (!is_country(cells[4])) return reader.wrong(errc::csv_malformed, field::country_code, 4);
  return Node{std::string(cells[0]), *place, std::string(cells[3]), std::string(cells[4])};
}

Outcome<Delay> delay_of(std::span<const std::string_view, 3> cells, const NodeTable& nodes,
                        const CsvReader& reader) {
  const std::size_t source = nodes.find(cells[0]);
  const std::size_t target = nodes.find(cells[1]);
  if (source == NodeTable::npos) return reader.wrong(errc::locate_row_node, field::node_id, 0);
  if (target == NodeTable::npos) return reader.wrong(errc::locate_row_node, field::node_id, 1);
  const auto rtt = decimal(cells[2]);
  // Nothing answers in no time: a zero is a mistake, not a place.
  const bool in_range = rtt && *rtt > 0 && *rtt <= max_rtt_ms;
  if (!in_range) return reader.wrong(errc::locate_delay, field::delay, 2);
  return Delay{static_cast<std::uint32_t>(source), static_cast<std::uint32_t>(target), *rtt};
}

}  // namespace

Outcome<NodeTable> NodeTable::parse(std::string_view text, const std::string& subject) {
  NodeTable out;
  CsvReader reader(text, subject);
  DAYMARK_CHECK(reader.header("id,lat,lon,city,country"));
  std::array<std::string_view, 5> cells;
  std::unordered_set<std::string> seen;
  while (true) {
    DAYMARK_TRY(const bool more, reader.next(cells));
    if (!more) break;
    DAYMARK_TRY(Node node, node_of(cells, reader));
    if (out.nodes_.size() == max_nodes)
      return reader.wrong(errc::locate_table_size, field::line, 0);
    if (!seen.insert(node.id).second)
      return reader.wrong(errc::locate_node_duplicate, field::node_id, 0);
    out.nodes_.push_back(std::move(node));
  }
  out.sort_ids();
  return out;
}

Outcome<NodeTable> NodeTable::of(std::vector<Node> nodes, const std::string& subject) {
  if (nodes.size() > max_nodes) return refuse(errc::locate_table_size, subject);
  NodeTable out;
  out.nodes_ = std::move(nodes);
  out.sort_ids();
  const auto id_of = [&out](std::uint32_t i) { return std::string_view(out.nodes_[i].id); };
  const auto twice = std::ranges::adjacent_find(out.by_id_, {}, id_of);
  if (twice == out.by_id_.end()) return out;
  return refuse(errc::locate_node_duplicate, subject, std::string(id_of(*twice)));
}

void NodeTable::sort_ids() {
  by_id_.resize(nodes_.size());
  std::iota(by_id_.begin(), by_id_.end(), 0U);
  std::ranges::sort(by_id_, {}, [this](std::uint32_t i) { return std::string_view(nodes_[i].id); });
}

std::size_t NodeTable::find(std::string_view id) const {
  const auto id_of = [this](std::uint32_t i) { return std::string_view(nodes_[i].id); };
  const auto found = std::ranges::lower_bound(by_id_, id, {}, id_of);
  return found != by_id_.end() && nodes_[*found].id == id ? *found : npos;
}

Outcome<std::vector<Delay>> parse_delays(std::string_view text, const NodeTable& nodes,
                                         const std::string& subject) {
  std::vector<Delay> out;
  CsvReader reader(text, subject);
  DAYMARK_CHECK(reader.header("src,dst,min_rtt_ms"));
  std::array<std::string_view, 3> cells;
  std::unordered_set<std::uint64_t> seen;
  while (true) {
    DAYMARK_TRY(const bool more, reader.next(cells));
    if (!more) return out;
    DAYMARK_TRY(const Delay delay, delay_of(cells, nodes, reader));
    if (delay.source == delay.target) continue;
    if (out.size() == max_delays) return reader.wrong(errc::locate_table_size, field::line, 0);
    if (!seen.insert(std::uint64_t{delay.source} << 32U | delay.target).second)
      return reader.wrong(errc::locate_row_duplicate, field::node_id, 0);
    out.push_back(delay);
  }
}

Outcome<DelayMatrix> load_matrix(const std::string& nodes_path, const std::string& delays_path) {
  DAYMARK_TRY(const std::string nodes_text, read_text(nodes_path));
  DAYMARK_TRY(const std::string delays_text, read_text(delays_path));
  DelayMatrix out;
  DAYMARK_TRY(out.nodes, NodeTable::parse(nodes_text, nodes_path));
  DAYMARK_TRY(out.delays, parse_delays(delays_text, out.nodes, delays_path));
  return out;
}

}  // namespace daymark::locate
