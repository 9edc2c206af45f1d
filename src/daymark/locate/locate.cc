#include "daymark/locate/locate.h"

#include <algorithm>
#include <array>
#include <numeric>
#include <set>
#include <tuple>
#include <utility>

#include "daymark/locate/errors.h"

namespace daymark::locate {

namespace {

/// SplitMix64 (Steele, Lea, Flood 2014): the same choice on every machine.
class Draws {
 public:
  explicit Draws(std::uint64_t seed) : state_(seed) {}

  /// From 0 to below `bound`, without bias.
  std::size_t below(std::size_t bound) {
    const std::uint64_t past = (~std::uint64_t{0} / bound) * bound;
    std::uint64_t draw = next();
    while (draw >= past)
      draw = next();
    return static_cast<std::size_t>(draw % bound);
  }

 private:
  std::uint64_t next() {
    std::uint64_t z = (state_ += 0x9e3779b97f4a7c15U);
    z = (z ^ (z >> 30U)) * 0xbf58476d1ce4e5b9U;
    z = (z ^ (z >> 27U)) * 0x94d049bb133111ebU;
    return z ^ (z >> 31U);
  }

  std::uint64_t state_;
};

/// Positions of the selected ones of `count` landmarks, which are sorted by round trip.
std::set<std::size_t> select(const Selection& selection, std::size_t count) {
  std::vector<std::size_t> order(count);
  std::iota(order.begin(), order.end(), std::size_t{0});
  const std::size_t take = selection.kind == Selection::Kind::all
                               ? count
                               : std::min<std::size_t>(selection.count, count);
  if (selection.kind == Selection::Kind::random) {
    Draws draws(selection.seed);
    for (std::size_t i = 0; i < take; ++i)
      std::swap(order[i], order[i + draws.below(count - i)]);
  }
  return {order.begin(), order.begin() + static_cast<std::ptrdiff_t>(take)};
}

}  // namespace

std::vector<Measurement> measurements_of(const DelayMatrix& matrix, std::size_t target) {
  std::vector<Measurement> out;
  for (const Delay& delay : matrix.delays) {
    if (delay.target != target) continue;
    const Node& node = matrix.nodes.nodes()[delay.source];
    out.push_back({node.id, node.place, node.id, delay.rtt_ms, Millis{0}});
  }
  std::ranges::sort(out, {}, [](const Measurement& m) { return std::tie(m.rtt_ms, m.id); });
  return out;
}

std::vector<Measurement> selected_of(const std::vector<Measurement>& all,
                                     const Selection& selection) {
  std::vector<Measurement> out;
  for (const std::size_t i : select(selection, all.size()))
    out.push_back(all[i]);
  return out;
}

Outcome<PlaceVerdict> locate(const DelayMatrix& matrix, const LocateRequest& request) {
  const std::size_t target = matrix.nodes.find(request.target);
  if (target == NodeTable::npos) return refuse(errc::locate_target_unknown, request.target);
  const std::vector<Measurement> all = measurements_of(matrix, target);
  const std::set<std::size_t> selected = select(request.selection, all.size());
  std::vector<Measurement> used;
  used.reserve(selected.size());
  for (const std::size_t i : selected)
    used.push_back(all[i]);
  DAYMARK_TRY(PlaceVerdict out, judge(request.target, used, request.question));
  for (std::size_t i = 0; i < all.size(); ++i)
    if (!selected.contains(i)) out.landmarks.push_back(report_of(all[i], request.question));
  std::ranges::sort(out.landmarks, {},
                    [](const LandmarkReport& one) { return std::tie(one.rtt_ms, one.id); });
  return out;
}

}  // namespace daymark::locate
