// Tables of nodes with known places and of delays between them (data/rtt/README.md).
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "daymark/base/failure.h"
#include "daymark/geo/lat_lon.h"

namespace daymark::locate {

/// A node as its owner describes it; nothing of this was measured.
struct Node {
  std::string id;
  geo::LatLon place;
  std::string city;
  std::string country;  // ISO 3166-1 alpha-2, or empty

  friend bool operator==(const Node&, const Node&) = default;
};

/// `source` timed how long `target` took to answer; positions in the list of nodes.
struct Delay {
  std::uint32_t source = 0;
  std::uint32_t target = 0;
  double rtt_ms = 0;

  friend bool operator==(const Delay&, const Delay&) = default;
};

inline constexpr std::size_t max_nodes = 10'000;
inline constexpr std::size_t max_delays = 1'000'000;
inline constexpr double max_rtt_ms = 1e6;

/// Nodes in the order of their file, each id once.
class NodeTable {
 public:
  /// "id,lat,lon,city,country" and one node per line; commas can't be quoted. Lines end in LF or
  /// CR LF. Errors, with line and column in the detail: errc::csv_malformed, errc::place_malformed,
  /// errc::locate_node_duplicate, errc::locate_table_size.
  [[nodiscard]] static Outcome<NodeTable> parse(std::string_view text, const std::string& subject);

  /// Of nodes that come from elsewhere. Errors: errc::locate_node_duplicate,
  /// errc::locate_table_size.
  [[nodiscard]] static Outcome<NodeTable> of(std::vector<Node> nodes, const std::string& subject);

  [[nodiscard]] const std::vector<Node>& nodes() const { return nodes_; }

  static constexpr std::size_t npos = static_cast<std::size_t>(-1);

  /// Position of the node, or npos.
  [[nodiscard]] std::size_t find(std::string_view id) const;

 private:
  void sort_ids();

  std::vector<Node> nodes_;
  std::vector<std::uint32_t> by_id_;
};

/// "src,dst,min_rtt_ms" and one ordered pair per line, each pair once. Rows of a node with itself
/// say nothing and are left out. Errors, with line and column in the detail: errc::csv_malformed,
/// errc::locate_delay, errc::locate_row_node, errc::locate_row_duplicate, errc::locate_table_size.
[[nodiscard]] Outcome<std::vector<Delay>> parse_delays(std::string_view text,
                                                       const NodeTable& nodes,
                                                       const std::string& subject);

/// Both tables.
struct DelayMatrix {
  NodeTable nodes;
  std::vector<Delay> delays;
};

/// Reads both files. Errors: those of read_file and of the parsers; the subject is the file.
[[nodiscard]] Outcome<DelayMatrix> load_matrix(const std::string& nodes_path,
                                               const std::string& delays_path);

}  // namespace daymark::locate
