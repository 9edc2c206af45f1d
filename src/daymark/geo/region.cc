#include "daymark/geo/region.h"

#include <algorithm>
#include <cmath>
#include <deque>
#include <functional>
#include <map>
#include <utility>

#include "daymark/geo/cell_sorter_internal.h"
#include "daymark/geo/errors.h"

namespace daymark::geo {

namespace {

/// The search for a verdict: largest cells first, until nothing is left open.
class Decision {
 public:
  Decision(const Region& region, const Zone& zone, CellBudget budget)
      : sorter_(region), zone_(zone), budget_(budget) {}

  Finding find() {
    for (const Candidate& face : sorter_.faces())
      open_.push_back(face);
    while (!open_.empty() && !both()) {
      const Candidate candidate = open_.front();
      open_.pop_front();
      look_at(candidate);
    }
    const Ground ground = ground_now();
    return {verdict_of(ground), ground, sorter_.decisive(), sorter_.count()};
  }

 private:
  [[nodiscard]] bool both() const { return seen_inside_ && seen_outside_; }

  /// Looks for a place of S in the cell, then leaves the cell or opens its parts.
  void look_at(Candidate candidate) {
    if (candidate.zone == Relation::mixed) candidate.zone = zone_.relation(candidate.cell);
    if (candidate.centre_in) witness(candidate);
    // A cell on one side of the zone matters only until S is known to have a place on that side.
    if (candidate.zone == Relation::inside && seen_inside_) return;
    if (candidate.zone == Relation::outside && seen_outside_) return;
    if (is_smallest(candidate.cell) || sorter_.count() >= budget_.cells) {
      unresolved_ = true;
      return;
    }
    for (const Candidate& part : sorter_.parts(candidate))
      open_.push_back(part);
  }

  /// The centre of the cell lies in S: notes on which side of the zone.
  void witness(const Candidate& candidate) {
    const Relation side =
        candidate.zone == Relation::mixed ? zone_.centre_relation(candidate.cell) : candidate.zone;
    seen_inside_ = seen_inside_ || side == Relation::inside;
    seen_outside_ = seen_outside_ || side == Relation::outside;
  }

  [[nodiscard]] Ground ground_now() const {
    if (both()) return Ground::straddles;
    if (unresolved_) return Ground::unresolved;
    if (seen_inside_) return Ground::wholly_inside;
    return seen_outside_ ? Ground::wholly_outside : Ground::refuted;
  }

  static Verdict verdict_of(Ground ground) {
    if (ground == Ground::wholly_inside) return Verdict::inside;
    return ground == Ground::wholly_outside ? Verdict::outside : Verdict::undecided;
  }

  CellSorter sorter_;
  const Zone& zone_;
  CellBudget budget_;
  std::deque<Candidate> open_;
  bool seen_inside_ = false;
  bool seen_outside_ = false;
  bool unresolved_ = false;
};

void add_scaled(UnitVector& sum, const UnitVector& v, double weight) {
  sum.x += v.x * weight;
  sum.y += v.y * weight;
  sum.z += v.z * weight;
}

/// Adds one cell of the covering to the sums.
void add_cell(const Candidate& candidate, RegionShape& shape, UnitVector& sum) {
  const double area = area_m2(candidate.cell);
  shape.area_m2 += area;
  if (candidate.whole) shape.least_area_m2 += area;
  add_scaled(sum, candidate.cell.direction, candidate.whole ? area : area / 2);
  shape.cells.push_back(candidate.cell);
}

/// Greatest distance from the centroid to any place of the covering.
double radius_of(const RegionShape& shape) {
  const UnitVector middle = vector_of(shape.centroid);
  double most = 0;
  for (const Cell& cell : shape.cells) {
    const double bound = angle_between(middle, cell.direction) * greatest_curvature_radius_m;
    if (bound + cell.reach_m <= most) continue;
    most = std::max(most, distance(shape.centroid, cell.centre).value + cell.reach_m);
  }
  return std::min(most, half_equator_m);
}

}  // namespace

std::string_view to_text(Verdict verdict) {
  if (verdict == Verdict::inside) return "inside";
  return verdict == Verdict::outside ? "outside" : "undecided";
}

Result<Region> Region::of(std::span<const Disc> discs, std::uint32_t faults) {
  Region out;
  out.faults_ = faults;
  if (discs.size() > max_discs) return fail(errc::distance_malformed);
  std::map<std::uint32_t, std::uint32_t> operators;
  for (std::size_t i = 0; i < discs.size(); ++i) {
    const Disc& disc = discs[i];
    if (!(disc.radius_m >= 0)) return fail(errc::distance_malformed, field::radius);
    const auto index = static_cast<std::uint32_t>(operators.size());
    const std::uint32_t owner = operators.try_emplace(disc.operator_id, index).first->second;
    out.members_.push_back({Circle(disc.centre, disc.radius_m), owner, i});
  }
  out.operators_ = static_cast<std::uint32_t>(operators.size());
  std::ranges::sort(out.members_, {},
                    [](const Member& m) { return std::pair(m.circle.radius_m(), m.position); });
  return out;
}

Finding Region::decide(const Zone& zone, CellBudget budget) const {
  if (operators_ <= faults_) return {Verdict::undecided, Ground::unbounded, {}, 0};
  return Decision(*this, zone, budget).find();
}

std::optional<RegionShape> Region::measure(CellBudget budget) const {
  CellSorter sorter(*this);
  std::deque<Candidate> open;
  std::vector<Candidate> done;
  for (const Candidate& face : sorter.faces())
    open.push_back(face);
  while (!open.empty() && open.size() + done.size() < budget.cells) {
    const Candidate candidate = open.front();
    open.pop_front();
    if (candidate.whole || is_smallest(candidate.cell)) {
      done.push_back(candidate);
      continue;
    }
    for (const Candidate& part : sorter.parts(candidate))
      open.push_back(part);
  }
  done.insert(done.end(), open.begin(), open.end());
  if (done.empty()) return std::nullopt;
  RegionShape shape;
  UnitVector sum{0, 0, 0};
  for (const Candidate& candidate : done)
    add_cell(candidate, shape, sum);
  shape.centroid = place_of(sum);
  shape.radius_m = radius_of(shape);
  return shape;
}

double Region::excess_m(LatLon place) const {
  std::vector<double> worst(operators_, -half_equator_m);
  for (const Member& member : members_) {
    const double excess = distance(member.circle.centre(), place).value - member.circle.radius_m();
    worst[member.operator_index] = std::max(worst[member.operator_index], excess);
  }
  if (faults_ >= worst.size()) return -half_equator_m;
  std::ranges::nth_element(worst, worst.begin() + faults_, std::greater<>{});
  return worst[faults_];
}

}  // namespace daymark::geo
