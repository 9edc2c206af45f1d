// daymark locate: where the delays prove a node to be.
#include "daymark/locate/locate.h"

#include "arguments.h"
#include "commands.h"
#include "data_files.h"
#include "locate_evaluate.h"
#include "locate_mesh.h"
#include "locate_reach.h"

#include "daymark/base/file.h"
#include "daymark/geo/borders.h"
#include "daymark/report/map.h"

namespace daymark::cli {

namespace {

struct LocateOptions {
  std::string nodes;
  std::string rtt;
  std::string target;
  std::string near;
  double within_km = 0;
  std::string country;
  std::string not_country;
  std::string speed = "light";
  std::uint32_t faults = 0;
  std::string landmarks = "all";
  std::string svg;
  std::string borders;
  bool guess = false;
};

Outcome<geo::Zone> country_zone(const LocateOptions& options, const geo::Borders& borders) {
  const bool inside = !options.country.empty();
  const std::string& code = inside ? options.country : options.not_country;
  DAYMARK_TRY(const geo::Country country, about(borders.country(code), code));
  return inside ? geo::Zone::in(country) : geo::Zone::not_in(country);
}

Outcome<geo::Zone> zone_of(const LocateOptions& options, const geo::Borders& borders) {
  if (options.near.empty()) return country_zone(options, borders);
  DAYMARK_TRY(const geo::LatLon centre, about(geo::LatLon::parse(options.near), options.near));
  return about(geo::Zone::within(centre, {options.within_km * 1000}), "--within");
}

Outcome<void> write_map(const LocateOptions& options, const locate::PlaceVerdict& verdict,
                        const locate::LocateRequest& request, const locate::DelayMatrix& matrix) {
  DAYMARK_TRY(const geo::Borders borders, geo::load_borders(options.borders));
  const std::size_t node = matrix.nodes.find(options.target);
  const geo::LatLon declared = matrix.nodes.nodes()[node].place;
  const report::MapScene scene = report::scene_of(verdict, request.question.zone, declared);
  return write_text(options.svg, report::map_svg(scene, borders));
}

Outcome<Exit> locate_node(const LocateOptions& options, const Session& session) {
  DAYMARK_TRY(const locate::DelayMatrix matrix, locate::load_matrix(options.nodes, options.rtt));
  DAYMARK_TRY(const geo::Borders borders, geo::load_borders(options.borders));
  DAYMARK_TRY(geo::Zone zone, zone_of(options, borders));
  locate::Question question{.zone = std::move(zone)};
  DAYMARK_TRY(question.speed, about(locate::parse_speed(options.speed), "--speed"));
  question.faults = options.faults;
  locate::LocateRequest request{options.target, std::move(question), {}};
  DAYMARK_TRY(request.selection, about(locate::parse_selection(options.landmarks), "--landmarks"));
  DAYMARK_TRY(locate::PlaceVerdict verdict, locate::locate(matrix, request));
  if (options.guess)
    verdict.calibrated = locate::soft_estimate(matrix, borders, matrix.nodes.find(options.target));
  if (!options.svg.empty()) DAYMARK_CHECK(write_map(options, verdict, request, matrix));
  session.print_text(locate::to_json(verdict, session.language()),
                     locate::to_text(verdict, session.language()));
  return exit_of(verdict.verdict == geo::Verdict::inside);
}

}  // namespace

void add_locate(CLI::App& app, Session& session) {
  auto options = std::make_shared<LocateOptions>();
  options->borders = data_path("borders/countries.txt");
  CLI::App* command = app.add_subcommand("locate", "Where delays prove a node to be");
  command->add_option("--nodes", options->nodes, "CSV: id,lat,lon,city,country");
  command->add_option("--rtt", options->rtt, "CSV: src,dst,min_rtt_ms");
  command->add_option("--target", options->target, "Node that is looked for");
  CLI::Option* near = command->add_option("--near", options->near, "LAT,LON: centre of a circle");
  CLI::Option* within = command->add_option("--within", options->within_km, "Its radius in km");
  near->needs(within);
  within->needs(near);
  CLI::Option* country = command->add_option("--country", options->country, "ISO 3166 code");
  CLI::Option* not_country =
      command->add_option("--not-country", options->not_country, "Anywhere but in this country");
  near->excludes(country)->excludes(not_country);
  country->excludes(not_country);
  command->add_option("--speed", options->speed, "fiber, light or km per ms, one way")
      ->capture_default_str();
  command->add_option("--faults", options->faults, "Landmarks that may lie")->capture_default_str();
  command->add_option("--landmarks", options->landmarks, "nearest:K, random:K:SEED or all")
      ->capture_default_str();
  command->add_flag("--guess", options->guess,
                    "Also a calibrated guess, which grants nothing; takes a second");
  command->add_option("--svg", options->svg, "Write a map to this file");
  command->add_option("--borders", options->borders, "Borders to judge countries by");
  command->footer(
      "Example: daymark locate --nodes data/rtt/cloud/nodes.csv --rtt data/rtt/cloud/rtt.csv "
      "--target aws:ap-southeast-1 --near 1.35,103.82 --within 500 --svg map.svg");
  add_locate_evaluate(*command, session);
  add_locate_mesh(*command, session);
  add_locate_reach(*command, session);
  command->callback([options, &session, command, near, country, not_country] {
    if (!command->get_subcommands().empty()) return;
    if (options->nodes.empty() || options->rtt.empty() || options->target.empty())
      throw CLI::RequiredError("--nodes, --rtt and --target");
    if (near->count() + country->count() + not_country->count() == 0) {
      throw CLI::RequiredError("one of --near, --country, --not-country");
    }
    session.run([&] { return locate_node(*options, session); });
  });
}

}  // namespace daymark::cli
