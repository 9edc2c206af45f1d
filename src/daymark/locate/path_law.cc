#include "daymark/locate/path_law.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "daymark/locate/fence_internal.h"
#include "daymark/locate/options.h"

namespace daymark::locate {

namespace {

constexpr std::array<double, 5> law_edges_km{50, 200, 600, 1500, 4000};
// With fewer rows a bin borrows the whole list of a longer one.
constexpr std::size_t rows_needed = 20;

double glass_ms(double km) {
  return 0.5 + 2 * km / fiber.km_per_ms;
}

std::size_t law_bin_of(double km) {
  return static_cast<std::size_t>(std::ranges::upper_bound(law_edges_km, km) -
                                  law_edges_km.begin());
}

}  // namespace

PathLaw::PathLaw(const DelayMatrix& matrix) {
  const std::vector<Node>& nodes = matrix.nodes.nodes();
  for (const Delay& delay : matrix.delays) {
    const double km =
        geo::distance(nodes[delay.source].place, nodes[delay.target].place).value / 1000;
    factors_[law_bin_of(km)].push_back(delay.rtt_ms / glass_ms(km));
  }
  for (std::vector<double>& bin : factors_)
    std::ranges::sort(bin);
}

const std::vector<double>& PathLaw::factors_for(std::size_t bin) const {
  while (bin + 1 < bin_count && factors_[bin].size() < rows_needed)
    ++bin;
  return factors_[bin];
}

double PathLaw::rtt_ms(double km, double share) const {
  return glass_ms(km) * quantile(factors_for(law_bin_of(km)), share);
}

double PathLaw::most_ms(double km, double share) const {
  double most = 0;
  for (std::size_t bin = 0; bin <= law_bin_of(km); ++bin) {
    const double longest = bin < law_edges_km.size() ? std::min(km, law_edges_km[bin]) : km;
    most = std::max(most, glass_ms(longest) * quantile(factors_for(bin), share));
  }
  return most;
}

double PathLaw::share_within(double km, double ms) const {
  const std::vector<double>& factors = factors_for(law_bin_of(km));
  if (factors.empty()) return 0;
  const auto past = std::ranges::upper_bound(factors, ms / glass_ms(km));
  return static_cast<double>(past - factors.begin()) / static_cast<double>(factors.size());
}

}  // namespace daymark::locate
