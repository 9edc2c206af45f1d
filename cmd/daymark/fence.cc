// daymark fence: fences that chips can check by themselves, and where beacons for them must stand.
#include "daymark/locate/fence.h"

#include <filesystem>

#include "commands.h"
#include "data_files.h"

#include "daymark/base/file.h"
#include "daymark/geo/borders.h"
#include "daymark/geo/polygon.h"
#include "daymark/order/charter.h"
#include "daymark/report/map.h"

namespace daymark::cli {

namespace {

struct FenceOptions {
  std::string near;
  double within_km = 0;
  std::vector<std::string> countries;
  std::string polygon;
  std::vector<std::string> not_countries;
  std::string not_polygon;
  std::string beacons;
  std::string charter;
  std::string sites;
  std::string rtt;
  std::string law_nodes;
  std::string law_rtt;
  std::string speed = "light";
  std::uint32_t faults = 1;
  double fail_percent = 5;
  double age_s = 60;
  double cost = 1;
  std::string out;
  std::string svg;
  std::string borders;
};

/// Countries and polygons as one area without borders within it; nothing if none is named.
Outcome<std::optional<geo::Country>> area_of(const std::vector<std::string>& codes,
                                             const std::string& polygon,
                                             const geo::Borders& borders) {
  std::vector<geo::Country> parts;
  std::string name;
  for (const std::string& code : codes) {
    DAYMARK_TRY(geo::Country country, about(borders.country(code), code));
    parts.push_back(std::move(country));
    name += (name.empty() ? "" : "+") + code;
  }
  if (!polygon.empty()) {
    const std::string stem = std::filesystem::path(polygon).stem().string();
    DAYMARK_TRY(geo::Country area, geo::load_polygons(polygon, stem));
    parts.push_back(std::move(area));
    name += (name.empty() ? "" : "+") + stem;
  }
  if (parts.empty()) return std::nullopt;
  if (parts.size() == 1) return parts.front();
  DAYMARK_TRY(geo::Country all, about(geo::Country::united(name, parts), name));
  return all;
}

Outcome<geo::Zone> fence_zone(const FenceOptions& options, const geo::Borders& borders) {
  DAYMARK_TRY(const auto excluded, area_of(options.not_countries, options.not_polygon, borders));
  if (excluded) return geo::Zone::not_in(*excluded);
  std::vector<geo::Zone> parts;
  DAYMARK_TRY(const auto area, area_of(options.countries, options.polygon, borders));
  if (area) parts.push_back(geo::Zone::in(*area));
  if (!options.near.empty()) {
    DAYMARK_TRY(const geo::LatLon centre, about(geo::LatLon::parse(options.near), options.near));
    DAYMARK_TRY(geo::Zone circle,
                about(geo::Zone::within(centre, {options.within_km * 1000}), "--within"));
    parts.push_back(std::move(circle));
  }
  return parts.size() == 1 ? parts.front() : geo::Zone::any_of(std::move(parts));
}

/// The beacons of a charter in its order.
Outcome<std::vector<locate::FenceBeacon>> charter_beacons(const std::string& file) {
  DAYMARK_TRY(const std::vector<Byte> encoded, read_file(file, order::charter_size_max));
  DAYMARK_TRY(const order::Charter charter, about(order::parse_charter(encoded), file));
  std::vector<locate::FenceBeacon> out;
  for (const order::BeaconEntry& beacon : charter.beacon_list()) {
    constexpr double unit = 1e-7;
    DAYMARK_TRY(
        const geo::LatLon place,
        about(geo::LatLon::of(unit * beacon.place.latitude, unit * beacon.place.longitude), file));
    out.push_back({std::string(beacon.name), place, std::string(beacon.operator_name)});
  }
  return out;
}

Outcome<void> read_beacons(const FenceOptions& options, locate::FenceTask& task) {
  if (!options.charter.empty()) {
    DAYMARK_TRY(task.beacons, charter_beacons(options.charter));
    return {};
  }
  if (options.beacons.empty()) return {};
  DAYMARK_TRY(const std::string text, read_text(options.beacons));
  DAYMARK_TRY(task.beacons, locate::parse_beacons(text, options.beacons));
  return {};
}

Outcome<locate::FenceTask> task_of(const FenceOptions& options, const geo::Borders& borders) {
  DAYMARK_TRY(geo::Zone zone, fence_zone(options, borders));
  locate::FenceTask out{std::move(zone), {}, {}, options.faults, {}, options.fail_percent / 100};
  out.age_s = options.age_s;
  DAYMARK_TRY(out.speed, about(locate::parse_speed(options.speed), "--speed"));
  DAYMARK_CHECK(read_beacons(options, out));
  DAYMARK_TRY(const std::string sites, read_text(options.sites));
  DAYMARK_TRY(out.sites, locate::parse_sites(sites, options.sites));
  if (options.rtt.empty()) return out;
  DAYMARK_TRY(const std::string delays, read_text(options.rtt));
  DAYMARK_TRY(out.measured, locate::parse_site_delays(delays, out, options.rtt));
  return out;
}

/// Writes the map, if one is asked for.
Outcome<void> draw(const FenceOptions& options, const geo::Borders& borders,
                   const report::MapScene& scene) {
  if (options.svg.empty()) return {};
  return write_text(options.svg, report::map_svg(scene, borders));
}

std::vector<geo::LatLon> places_of(const locate::FenceTask& task) {
  std::vector<geo::LatLon> out;
  out.reserve(task.sites.size());
  for (const locate::FenceSite& site : task.sites)
    out.push_back(site.place);
  return out;
}

/// With the discs of the first alternative; what all but the dispensable ones allow is shaded.
report::MapScene scene_of_fence(const locate::CompiledFence& fence, const locate::FenceTask& task) {
  report::MapScene out;
  out.title = "fence " + task.zone.describe();
  out.subtitle = fence.holds() ? "honest chips pass" : "refused";
  out.zone = task.zone;
  if (fence.holds()) out.verdict = geo::Verdict::inside;
  out.sites = places_of(task);
  if (fence.choices.empty()) return out;
  const locate::FenceChoice& choice = fence.choices.front();
  out.faults = task.faults + static_cast<std::uint32_t>(choice.limits.size() - choice.needed);
  for (const locate::FenceLimit& limit : choice.limits) {
    const locate::FenceBeacon& beacon = task.beacons[limit.beacon];
    const double radius_m = task.speed.km_per_ms * limit.rtt_us / 2;
    out.landmarks.push_back(
        {{beacon.place, radius_m, static_cast<std::uint32_t>(limit.beacon)}, beacon.id, true});
  }
  return out;
}

report::MapScene scene_of_plan(const locate::FencePlan& plan, const locate::FenceTask& task) {
  report::MapScene out;
  out.title = "plan for a fence " + task.zone.describe();
  out.subtitle = "each post proves the sites that it serves";
  out.zone = task.zone;
  out.sites = places_of(task);
  for (const locate::PlannedPost& post : plan.posts) {
    const locate::MissingBeacons& missing = plan.sites[post.serves.front()].missing;
    const double radius_m = task.speed.km_per_ms * missing.rtt_ms / 2 * 1000;
    const auto number = static_cast<std::uint32_t>(out.landmarks.size());
    out.landmarks.push_back({{post.place, radius_m, number}, post.near, true});
  }
  if (!out.landmarks.empty()) out.faults = static_cast<std::uint32_t>(out.landmarks.size() - 1);
  return out;
}

Outcome<Exit> compile(const FenceOptions& options, const Session& session) {
  DAYMARK_TRY(const geo::Borders borders, geo::load_borders(options.borders));
  DAYMARK_TRY(const locate::FenceTask task, task_of(options, borders));
  DAYMARK_TRY(const locate::DelayMatrix mesh,
              locate::load_matrix(options.law_nodes, options.law_rtt));
  DAYMARK_TRY(const locate::CompiledFence fence,
              locate::compile_fence(task, locate::PathLaw(mesh)));
  DAYMARK_CHECK(draw(options, borders, scene_of_fence(fence, task)));
  if (fence.holds() && !options.out.empty())
    DAYMARK_CHECK(write_text(options.out, locate::terms_of(fence, task) + "\n"));
  session.print_text(locate::to_json(fence, task), locate::to_text(fence, task));
  return exit_of(fence.holds());
}

Outcome<Exit> plan(const FenceOptions& options, const Session& session) {
  DAYMARK_TRY(const geo::Borders borders, geo::load_borders(options.borders));
  DAYMARK_TRY(const locate::FenceTask task, task_of(options, borders));
  DAYMARK_TRY(const locate::DelayMatrix mesh,
              locate::load_matrix(options.law_nodes, options.law_rtt));
  DAYMARK_TRY(const locate::FencePlan plan,
              locate::plan_fence(task, locate::PathLaw(mesh), options.cost));
  DAYMARK_CHECK(draw(options, borders, scene_of_plan(plan, task)));
  session.print_text(locate::to_json(plan, task), locate::to_text(plan, task));
  return Exit::success;
}

void add_zone_options(CLI::App& command, FenceOptions& options) {
  CLI::Option* near = command.add_option("--near", options.near, "LAT,LON: centre of a circle");
  CLI::Option* within = command.add_option("--within", options.within_km, "Its radius in km");
  near->needs(within);
  within->needs(near);
  CLI::Option* country =
      command.add_option("--country", options.countries, "ISO 3166 codes: the union of them")
          ->delimiter(',');
  CLI::Option* polygon =
      command.add_option("--polygon", options.polygon, "GeoJSON file: polygons, joined to it");
  for (CLI::Option* excluded :
       {command.add_option("--not-country", options.not_countries, "Anywhere but in these")
            ->delimiter(','),
        command.add_option("--not-polygon", options.not_polygon, "Anywhere but in this file's")})
    excluded->excludes(near)->excludes(country)->excludes(polygon);
}

void add_common_options(CLI::App& command, const std::shared_ptr<FenceOptions>& options) {
  options->borders = data_path("borders/countries.txt");
  options->law_nodes = data_path("rtt/cloud/nodes.csv");
  options->law_rtt = data_path("rtt/cloud/rtt.csv");
  add_zone_options(command, *options);
  command.add_option("--charter", options->charter, "Charter whose beacons stand")
      ->excludes(command.add_option("--beacons", options->beacons,
                                    "CSV of them: id,lat,lon,operator; in the charter's order"));
  command.add_option("--sites", options->sites, "CSV: id,lat,lon,chips")->required();
  command.add_option("--rtt", options->rtt, "Delays that the sites measured: site,beacon,rtt_ms");
  command.add_option("--law-nodes", options->law_nodes, "Known paths teach how long others take");
  command.add_option("--law-rtt", options->law_rtt, "Their round trips (CSV)");
  command.add_option("--speed", options->speed, "fiber, light or km per ms, one way")
      ->capture_default_str();
  command.add_option("--faults", options->faults, "Operators of beacons that may lie")
      ->check(CLI::Range(0, 8))
      ->capture_default_str();
  command.add_option("--fail-at-most", options->fail_percent, "Percent of the time")
      ->check(CLI::Range(0.0, 100.0))
      ->capture_default_str();
  command.add_option("--age", options->age_s, "Seconds: oldest receipt when a permit is asked for")
      ->check(CLI::Range(0.0, 1e6))
      ->capture_default_str();
  command.add_option("--svg", options->svg, "Write a map to this file");
  command.add_option("--borders", options->borders, "Borders to judge countries by");
}

void require_zone(const FenceOptions& options) {
  const bool named = !options.near.empty() || !options.countries.empty() ||
                     !options.polygon.empty() || !options.not_countries.empty() ||
                     !options.not_polygon.empty();
  if (!named) throw CLI::RequiredError("one of --near, --country, --polygon, --not-country");
}

}  // namespace

void add_fence(CLI::App& app, Session& session) {
  CLI::App* family = app.add_subcommand("fence", "Fences that chips check by themselves");
  family->require_subcommand(1);
  auto compiled = std::make_shared<FenceOptions>();
  CLI::App* command = family->add_subcommand("compile", "A zone into limits of round trips");
  add_common_options(*command, compiled);
  command->add_option("--out", compiled->out, "Write the member \"fence\" of a batch's terms");
  command->footer(
      "Ends with 1, and writes no --out, if honest chips would fail the fence too often.\n"
      "Example: daymark fence compile --not-country CN --charter fleet.charter --sites s.csv");
  command->callback([compiled, &session] {
    require_zone(*compiled);
    if (compiled->charter.empty() && compiled->beacons.empty())
      throw CLI::RequiredError("one of --charter, --beacons");
    session.run([&] { return compile(*compiled, session); });
  });
  auto planned = std::make_shared<FenceOptions>();
  command = family->add_subcommand("plan", "Where beacons would have to stand");
  add_common_options(*command, planned);
  command->add_option("--cost", planned->cost, "Of one beacon")->capture_default_str();
  command->footer(
      "Example: daymark fence plan --country DE --sites s.csv --beacons b.csv --cost 20000");
  command->callback([planned, &session] {
    require_zone(*planned);
    session.run([&] { return plan(*planned, session); });
  });
}

}  // namespace daymark::cli
