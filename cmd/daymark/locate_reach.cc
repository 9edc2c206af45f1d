// daymark locate reach: what a delay from one place proves by itself.
#include "locate_reach.h"

#include "data_files.h"

#include "daymark/base/file.h"
#include "daymark/locate/reach.h"

namespace daymark::cli {

namespace {

struct ReachOptions {
  std::string from;
  std::string places;
  std::string borders;
  std::vector<double> delays;
};

Outcome<Exit> show_reach(const ReachOptions& options, const Session& session) {
  locate::ReachRequest request;
  DAYMARK_TRY(request.from, about(geo::LatLon::parse(options.from), "--from"));
  request.delays_ms = options.delays;
  if (!options.places.empty()) {
    DAYMARK_TRY(const std::string text, read_text(options.places));
    DAYMARK_TRY(const locate::NodeTable table, locate::NodeTable::parse(text, options.places));
    request.places = table.nodes();
  }
  DAYMARK_TRY(const geo::Borders borders, geo::load_borders(options.borders));
  DAYMARK_TRY(const locate::Reach reach, locate::reach_of(request, borders));
  session.print_text(locate::to_json(reach), locate::to_text(reach));
  return Exit::success;
}

}  // namespace

void add_locate_reach(CLI::App& locate, Session& session) {
  auto options = std::make_shared<ReachOptions>();
  options->borders = data_path("borders/countries.txt");
  CLI::App* command = locate.add_subcommand("reach", "What a delay from one place proves");
  command->add_option("--from", options->from, "LAT,LON")->required();
  command->add_option("--ms", options->delays, "Delays in ms")->delimiter(',')->required();
  command->add_option("--places", options->places, "CSV of places: id,lat,lon,city,country");
  command->add_option("--borders", options->borders, "Borders to judge countries by");
  command->footer(
      "Example: daymark locate reach --from 24.8104,113.5976 --ms 10,5,3 --places "
      "data/rtt/places-shaoguan.csv");
  session.on_run(*command, [options, &session] { return show_reach(*options, session); });
}

}  // namespace daymark::cli
