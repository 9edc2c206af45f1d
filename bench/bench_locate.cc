// Time of one location verdict on the measured delays between cloud regions:
// bench_locate [VERDICTS a figure].
#include <cstdlib>

#include "figures.h"

#include "daymark/geo/borders.h"
#include "daymark/locate/locate.h"

namespace {

using namespace daymark;
using bench::require;

constexpr const char* target = "aws:ap-southeast-1";

struct Setting {
  locate::DelayMatrix matrix;
  geo::Zone country;
  geo::Zone circle;
};

Setting load() {
  const std::string data = std::string(DAYMARK_SOURCE_DIR) + "/data/";
  auto matrix = locate::load_matrix(data + "rtt/cloud/nodes.csv", data + "rtt/cloud/rtt.csv");
  auto borders = geo::load_borders(data + "borders/countries.txt");
  require(matrix && borders, "the delays or the borders are missing");
  const auto country = borders->country("JP");
  const auto centre = geo::LatLon::parse("1.35,103.82");
  require(country && centre, "no zone");
  auto circle = geo::Zone::within(*centre, {500'000});
  require(circle.has_value(), "no circle");
  return {*std::move(matrix), geo::Zone::not_in(*country), *std::move(circle)};
}

void measure(const bench::Label& label, const Setting& setting,
             const locate::LocateRequest& request, std::size_t count) {
  std::vector<double> samples;
  for (std::size_t i = 0; i <= count; ++i) {
    const double used = bench::processor_microseconds_of([&] {
      const auto verdict = locate::locate(setting.matrix, request);
      require(verdict && verdict->verdict == geo::Verdict::inside, "the verdict is not `inside`");
    });
    if (i > 0) samples.push_back(used / 1000);
  }
  bench::print_spread(label, std::move(samples));
}

}  // namespace

int main(int argc, char** argv) {
  const int count = argc > 1 ? std::atoi(argv[1]) : 200;  // NOLINT(cert-err34-c)
  const Setting setting = load();
  const auto samples = static_cast<std::size_t>(count);
  locate::LocateRequest request{target, {.zone = setting.circle}, {}};
  request.selection.kind = locate::Selection::Kind::all;
  measure({"locate.all", "location, all landmarks, circle, with region and estimate", "ms"},
          setting, request, samples);
  request.question.with_region = false;
  measure({"locate.all_verdict", "location, all landmarks, circle, verdict alone", "ms"}, setting,
          request, samples);
  request.question.zone = setting.country;
  request.question.faults = 1;
  request.selection = {};
  measure({"locate.country", "location, 20 landmarks, f = 1, a country, verdict alone", "ms", 1.0},
          setting, request, samples);
}
