#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <queue>
#include <utility>

#include "daymark/locate/locate.h"
#include "daymark/locate/posterior_internal.h"
#include "daymark/locate/verdict_internal.h"

namespace daymark::locate {

namespace {

constexpr double sphere_km = 6371.0088;
constexpr double farthest_km = 20'100;
constexpr std::size_t bins = 7;
// Lengths of path where one bin ends and the next begins, and where its figures are taken to hold.
constexpr std::array<double, bins - 1> bin_edges_km{30, 100, 300, 1000, 3000, 8000};
constexpr std::array<double, bins> bin_centres_km{12, 60, 180, 550, 1800, 5000, 12'000};
constexpr double smallest_reach_m = 4000;
constexpr double same_town_km = 20;
constexpr geo::CellBudget first_cells{300};

/// What glass along the shortest line and a little access take.
double base_ms(double km) {
  return 0.5 + 2 * km / fiber.km_per_ms;
}

std::uint8_t bin_of(double km) {
  const auto* const found = std::ranges::upper_bound(bin_edges_km, km);
  return static_cast<std::uint8_t>(found - bin_edges_km.begin());
}

double sphere_distance_km(const geo::UnitVector& a, const geo::UnitVector& b) {
  const double x = a.x - b.x;
  const double y = a.y - b.y;
  const double z = a.z - b.z;
  const double half_chord = std::sqrt(x * x + y * y + z * z) / 2;
  return 2 * sphere_km * std::asin(std::min(half_chord, 1.0));
}

double square(double x) {
  return x * x;
}

}  // namespace

Posterior::Posterior(std::vector<Part> parts) : parts_(std::move(parts)) {
  double sum = 0;
  for (const Part& part : parts_)
    sum += part.density * part.area_km2;
  for (Part& part : parts_)
    part.mass = part.density * part.area_km2 / sum;
  std::ranges::sort(parts_, std::greater{}, &Part::density);
}

geo::LatLon Posterior::middle(double core) const {
  const std::size_t count = std::max<std::size_t>(1, parts_within(core));
  // Weiszfeld's iteration on the directions, from their mean.
  geo::UnitVector at{0, 0, 0};
  std::vector<double> weights;
  weights.reserve(count);
  for (std::size_t i = 0; i < count; ++i)
    weights.push_back(parts_[i].mass);
  for (int round = 0; round < 40; ++round) {
    geo::UnitVector sum{0, 0, 0};
    for (std::size_t i = 0; i < count; ++i) {
      const geo::UnitVector& d = parts_[i].cell.direction;
      sum = {sum.x + weights[i] * d.x, sum.y + weights[i] * d.y, sum.z + weights[i] * d.z};
    }
    at = geo::vector_of(geo::place_of(sum));
    for (std::size_t i = 0; i < count; ++i) {
      const double km = sphere_distance_km(at, parts_[i].cell.direction);
      weights[i] = parts_[i].mass / std::max(km, 1.0);
    }
  }
  return geo::place_of(at);
}

double Posterior::rank_of(geo::LatLon place) const {
  const geo::Cell smallest = geo::cell_at(place);
  double before = 0;
  for (const Part& part : parts_) {
    if (geo::holds(part.cell, smallest)) return before + part.mass / 2;
    before += part.mass;
  }
  return 1;
}

std::size_t Posterior::parts_within(double rank) const {
  double before = 0;
  std::size_t count = 0;
  while (count < parts_.size() && before + parts_[count].mass / 2 <= rank)
    before += parts_[count++].mass;
  return count;
}

double Posterior::area_km2(double rank) const {
  double area = 0;
  const std::size_t count = parts_within(rank);
  for (std::size_t i = 0; i < count; ++i)
    area += parts_[i].area_km2;
  return area;
}

/// What one target's delays say about any place.
class SoftView {
 public:
  SoftView(const SoftModel& model, std::size_t target, const std::vector<bool>& hidden)
      : model_(model), law_(model.law_without(target, hidden)) {
    choose(target, hidden);
    learn();
    town_ = model.settings_.town * model.neighbour_odds(target, hidden);
  }

  [[nodiscard]] bool empty() const { return sites_.empty(); }

  [[nodiscard]] std::vector<geo::Disc> discs() const {
    std::vector<geo::Disc> out;
    out.reserve(sites_.size());
    for (std::uint32_t i = 0; i < sites_.size(); ++i) {
      out.push_back(
          {model_.places_[sites_[i].node], fiber.km_per_ms * sites_[i].rtt_ms / 2 * 1000, i});
    }
    return out;
  }

  /// Of the cell's centre, or of the likeliest landmark in it.
  [[nodiscard]] double log_density(const geo::Cell& cell) {
    double best = log_density(cell.direction);
    for (const Site& site : sites_) {
      const geo::UnitVector& direction = model_.directions_[site.node];
      if (sphere_distance_km(direction, cell.direction) > cell.radius * sphere_km) continue;
      best = std::max(best, log_density(direction));
    }
    return best;
  }

 private:
  struct Site {
    std::size_t node = 0;
    double rtt_ms = 0;
    double log_rtt = 0;
  };

  void choose(std::size_t target, const std::vector<bool>& hidden) {
    for (std::size_t node = 0; node < model_.size(); ++node) {
      const double rtt = model_.rtt(node, target);
      if (rtt > 0 && !hidden[node] && node != target) sites_.push_back({node, rtt, std::log(rtt)});
    }
    std::ranges::sort(sites_, {}, [](const Site& s) { return std::pair(s.rtt_ms, s.node); });
    sites_.resize(std::min(sites_.size(), model_.settings_.landmarks));
  }

  /// How much longer than the law each landmark j sees each landmark i.
  void learn() {
    const std::size_t count = sites_.size();
    excess_.assign(count * count, 0);
    known_.assign(count * count, 0);
    weight_.resize(count);
    km_.resize(count);
    for (std::size_t j = 0; j < count; ++j) {
      for (std::size_t i = 0; i < count; ++i) {
        const std::size_t pair = sites_[j].node * model_.size() + sites_[i].node;
        if (i == j || !(model_.rtt_[pair] > 0)) continue;
        excess_[j * count + i] = model_.excess_[pair] - law_.mean[model_.bin_[pair]];
        known_[j * count + i] = 1;
      }
    }
  }

  [[nodiscard]] double log_density(const geo::UnitVector& at) {
    const SoftSettings& settings = model_.settings_;
    double clump = settings.clump_floor;
    for (std::size_t i = 0; i < sites_.size(); ++i) {
      km_[i] = sphere_distance_km(at, model_.directions_[sites_[i].node]);
      weight_[i] = std::exp(-km_[i] / settings.reach_km);
      clump += 1 / (1 + square(km_[i] / settings.clump_km)) +
               town_ / (1 + square(km_[i] / settings.town_km));
    }
    const double sum = log_likelihood();
    const double land = model_.land_.is_near(geo::place_of(at)) ? 1 : settings.sea;
    return settings.trust * sum + std::log(clump) + std::log(land);
  }

  /// The quickest landmarks say most.
  [[nodiscard]] double weight_of_rank(std::size_t j) const {
    return std::exp(-static_cast<double>(j) / model_.settings_.fade);
  }

  /// What one landmark sees beyond what is expected, and how far it may be off.
  struct Rest {
    double rest = 0;
    double variance = 1;
    double weight = 1;
  };

  [[nodiscard]] Rest rest_of(std::size_t j) const {
    const SoftSettings& settings = model_.settings_;
    const std::size_t count = sites_.size();
    double pull = 0;
    double weight = settings.own_weight;
    for (std::size_t i = 0; i < count; ++i) {
      pull += weight_[i] * excess_[j * count + i];
      weight += weight_[i] * known_[j * count + i];
    }
    const auto [mean, deviation] = law_at(km_[j]);
    const double variance =
        square(settings.least_deviation) + square(deviation) * settings.own_weight / weight;
    return {sites_[j].log_rtt - std::log(base_ms(km_[j])) - mean - pull / weight, variance,
            weight_of_rank(j)};
  }

  /// Of all delays together, whatever the target adds to all of them.
  [[nodiscard]] double log_likelihood() {
    const SoftSettings& settings = model_.settings_;
    double push = 0;
    double hold = 1 / square(settings.common_deviation);
    rests_.clear();
    for (std::size_t j = 0; j < sites_.size(); ++j) {
      const Rest& one = rests_.emplace_back(rest_of(j));
      push += one.weight * one.rest / one.variance;
      hold += one.weight / one.variance;
    }
    const double common = push / hold;
    double sum = -square(common / settings.common_deviation) / 2;
    for (const Rest& one : rests_) {
      const double z = square(one.rest - common) / one.variance;
      sum -= one.weight * ((settings.freedom + 1) / 2 * std::log1p(z / settings.freedom) +
                           std::log(one.variance) / 2);
    }
    return sum;
  }

  /// Between the bins' centres by the logarithm of the length.
  [[nodiscard]] std::pair<double, double> law_at(double km) const {
    const double clamped = std::clamp(km, bin_centres_km.front(), bin_centres_km.back());
    std::size_t i = 0;
    while (i + 2 < bins && clamped > bin_centres_km[i + 1])
      ++i;
    const double share =
        std::log(clamped / bin_centres_km[i]) / std::log(bin_centres_km[i + 1] / bin_centres_km[i]);
    return {std::lerp(law_.mean[i], law_.mean[i + 1], share),
            std::lerp(law_.deviation[i], law_.deviation[i + 1], share)};
  }

  const SoftModel& model_;
  SoftModel::Law law_;
  std::vector<Site> sites_;
  std::vector<double> excess_;
  std::vector<double> known_;
  std::vector<double> weight_;  // of the landmarks for the place at hand
  std::vector<double> km_;
  std::vector<Rest> rests_;
  double town_ = 0;
};

namespace {

/// Splits the likeliest cells again and again.
class Refinement {
 public:
  explicit Refinement(SoftView& view) : view_(view) {}

  void add(const geo::Cell& cell) {
    const double area = geo::area_m2(cell) / 1e6;
    const double density = view_.log_density(cell);
    open_.push({density + std::log(area), density, area, cell});
  }

  void split() {
    const Piece piece = open_.top();
    open_.pop();
    if (piece.cell.reach_m <= smallest_reach_m) {
      done_.push_back(piece);
      return;
    }
    for (const geo::Cell& part : geo::parts_of(piece.cell))
      add(part);
  }

  [[nodiscard]] bool is_open() const { return !open_.empty(); }

  Posterior finish() {
    for (; !open_.empty(); open_.pop())
      done_.push_back(open_.top());
    double most = -std::numeric_limits<double>::infinity();
    for (const Piece& piece : done_)
      most = std::max(most, piece.log_density);
    std::vector<Posterior::Part> parts;
    parts.reserve(done_.size());
    for (const Piece& piece : done_)
      parts.push_back({piece.cell, std::exp(piece.log_density - most), 0, piece.area_km2});
    return Posterior(std::move(parts));
  }

 private:
  struct Piece {
    double log_mass;
    double log_density;
    double area_km2;
    geo::Cell cell;

    bool operator<(const Piece& other) const {
      return std::pair(log_mass, cell.id) < std::pair(other.log_mass, other.cell.id);
    }
  };

  SoftView& view_;
  std::priority_queue<Piece> open_;
  std::vector<Piece> done_;
};

/// The places that glass allows if as few landmarks as possible are wrong.
std::optional<geo::RegionShape> glass_region(const std::vector<geo::Disc>& discs) {
  for (std::uint32_t faults = 0; faults <= 8 && faults < discs.size(); ++faults) {
    const auto region = geo::Region::of(discs, faults);
    auto shape = region ? region->measure(first_cells) : std::nullopt;
    if (shape) return shape;
  }
  return std::nullopt;
}

}  // namespace

SoftModel::SoftModel(const DelayMatrix& matrix, const geo::Land& land, const SoftSettings& settings)
    : land_(land), settings_(settings) {
  for (const Node& node : matrix.nodes.nodes()) {
    places_.push_back(node.place);
    directions_.push_back(geo::vector_of(node.place));
  }
  const std::size_t count = places_.size();
  rtt_.assign(count * count, 0);
  excess_.assign(count * count, 0);
  bin_.assign(count * count, 0);
  neighbours_.resize(count);
  for (std::size_t a = 0; a < count; ++a) {
    for (std::size_t b = 0; b < count; ++b) {
      if (a != b && sphere_distance_km(directions_[a], directions_[b]) < same_town_km)
        neighbours_[a].push_back(b);
    }
  }
  for (const Delay& delay : matrix.delays) {
    const std::size_t pair = delay.source * count + delay.target;
    const double km = sphere_distance_km(directions_[delay.source], directions_[delay.target]);
    rtt_[pair] = delay.rtt_ms;
    excess_[pair] = std::log(delay.rtt_ms / base_ms(km));
    bin_[pair] = bin_of(km);
  }
}

double SoftModel::neighbour_odds(std::size_t target, const std::vector<bool>& hidden) const {
  const auto left_out = [&](std::size_t node) { return node == target || hidden[node]; };
  double with = 0;
  double without = 1;
  for (std::size_t node = 0; node < places_.size(); ++node) {
    if (left_out(node)) continue;
    const bool any = !std::ranges::all_of(neighbours_[node], left_out);
    (any ? with : without) += 1;
  }
  return with / without;
}

SoftModel::Law SoftModel::law_without(std::size_t target, const std::vector<bool>& hidden) const {
  std::array<double, bins> count{};
  std::array<double, bins> sum{};
  std::array<double, bins> squares{};
  const std::size_t nodes = places_.size();
  const auto left_out = [&](std::size_t node) { return node == target || hidden[node]; };
  for (std::size_t pair = 0; pair < rtt_.size(); ++pair) {
    if (!(rtt_[pair] > 0) || left_out(pair / nodes) || left_out(pair % nodes)) continue;
    const std::size_t bin = bin_[pair];
    ++count[bin];
    sum[bin] += excess_[pair];
    squares[bin] += square(excess_[pair]);
  }
  // A few pairs' worth of a plain belief, so that no bin is empty.
  constexpr double belief = 3;
  constexpr double believed_mean = 0.7;
  constexpr double believed_deviation = 0.6;
  Law out;
  for (std::size_t bin = 0; bin < bins; ++bin) {
    const double n = count[bin] + belief;
    out.mean[bin] = (sum[bin] + belief * believed_mean) / n;
    const double mean_square =
        (squares[bin] + belief * (square(believed_mean) + square(believed_deviation))) / n;
    out.deviation[bin] = std::sqrt(std::max(mean_square - square(out.mean[bin]), 0.01));
  }
  return out;
}

std::optional<Posterior> SoftModel::posterior(std::size_t target,
                                              const std::vector<bool>& hidden) const {
  SoftView view(*this, target, hidden);
  if (view.empty()) return std::nullopt;
  const auto shape = glass_region(view.discs());
  if (!shape) return std::nullopt;
  Refinement refinement(view);
  for (const geo::Cell& cell : shape->cells)
    refinement.add(cell);
  for (std::size_t i = 0; i < settings_.splits && refinement.is_open(); ++i)
    refinement.split();
  return refinement.finish();
}

}  // namespace daymark::locate
