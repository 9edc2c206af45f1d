// How much a matrix of delays proves: each node in turn is the target, the others are landmarks.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "daymark/base/error_table.h"
#include "daymark/base/failure.h"
#include "daymark/geo/borders.h"
#include "daymark/locate/matrix.h"
#include "daymark/locate/options.h"

namespace daymark::locate {

struct EvaluateRequest {
  std::vector<double> within_km{500, 1000, 2000};
  std::vector<std::string> countries{"US", "SG", "MY", "AE", "JP", "CN"};
  Speed speed = light;
  std::uint32_t faults = 0;
  Selection selection{Selection::Kind::all, 0, 0};
  std::size_t threads = 0;  // 0: as many as the machine has cores
  bool estimates = true;    // also the soft estimate and the size of the region
};

/// Whether a question is asked of a zone that holds the node, or of one that may not.
enum class ZoneKind { around, beside, country };

/// The verdicts about one kind of zone over all nodes. The truth is the declared place.
struct ZoneTally {
  ZoneKind kind = ZoneKind::around;
  std::string name;  // "500 km" or "US"
  std::size_t inside = 0;
  std::size_t outside = 0;
  std::size_t undecided = 0;
  std::size_t lies_in = 0;      // nodes whose declared place is in the zone
  std::size_t inside_true = 0;  // of these, proven to be
  std::size_t outside_true = 0;
  std::vector<std::string> inside_false;  // nodes that were proven where they are not declared
  std::vector<std::string> outside_false;

  [[nodiscard]] std::size_t nodes() const { return inside + outside + undecided; }

  [[nodiscard]] std::size_t wrong() const { return inside_false.size() + outside_false.size(); }
};

/// Nodes declared outside mainland China (and not in HK, MO, TW) that were proven not to be in it.
struct Exclusion {
  std::size_t nodes = 0;
  std::size_t proven = 0;
  std::size_t straddling = 0;  // the delays surely allow places in it: no method could prove it
};

/// Middle and 90th percentile, by linear interpolation between ranks.
struct Spread {
  double median = 0;
  double p90 = 0;
  std::size_t count = 0;
};

/// What became of the soft estimates, which grant nothing.
struct EstimateTally {
  Spread error_km;
  Spread nearest_km;  // error of the guess "where the quickest landmark is"
  Spread area50_km2;  // of the regions that should hold half of the nodes
  Spread area90_km2;  // and nine in ten
  double held50 = 0;  // share of nodes that their 50 % region held
  double held90 = 0;
};

struct Evaluation {
  EvaluateRequest request;
  std::size_t nodes = 0;
  std::size_t rows = 0;
  std::vector<ZoneTally> zones;
  Exclusion exclusion;
  std::vector<std::string> refuted;  // nodes with an empty region: an assumption is wrong
  std::vector<std::string> wrong;    // nodes about which any verdict was false
  Spread region_km2;                 // area of the regions
  Spread verdict_ms;                 // processor time of one verdict
  double verdict_p99_ms = 0;
  std::optional<EstimateTally> estimate;

  /// At most this share of nodes gets a false verdict, at 95 % confidence, if nodes are drawn at
  /// random: 3/n where none was seen (n nodes: verdicts about one node are not independent).
  [[nodiscard]] double wrong_bound() const;
};

/// One-sided 95 % bound of a rate of which `seen` of `trials` were seen: exactly 3/n for none.
[[nodiscard]] double upper_bound_95(std::size_t seen, std::size_t trials);

/// The `share` (0 to 1) of `values`, by linear interpolation between ranks; 0 of nothing.
[[nodiscard]] double percentile(std::vector<double> values, double share);

/// Median and 90th percentile; zeros of nothing.
[[nodiscard]] Spread spread_of(const std::vector<double>& values);

/// Called from any of the working threads, one at a time.
using Progress = std::function<void(std::size_t done, std::size_t all)>;

/// Judges every node that at least one other has timed. Errors: errc::country_unknown,
/// errc::distance_malformed for a radius, and those of judge().
[[nodiscard]] Outcome<Evaluation> evaluate(const DelayMatrix& matrix, const geo::Borders& borders,
                                           const EvaluateRequest& request,
                                           const Progress& progress = {});

/// One JSON document, as `daymark locate evaluate --json` prints it.
[[nodiscard]] std::string to_json(const Evaluation& evaluation);
[[nodiscard]] std::string to_text(const Evaluation& evaluation);

}  // namespace daymark::locate
