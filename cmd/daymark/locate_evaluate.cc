// daymark locate evaluate: what a matrix of delays proves about its own nodes.
#include "locate_evaluate.h"

#include "data_files.h"
#include <fmt/format.h>

#include "daymark/geo/borders.h"
#include "daymark/locate/evaluate.h"
#include "daymark/locate/suspects.h"

namespace daymark::cli {

namespace {

struct EvaluateOptions {
  std::string nodes;
  std::string rtt;
  std::string speed = "light";
  std::string landmarks = "all";
  std::string borders;
  bool suspects = false;
  bool verdicts_only = false;
  locate::EvaluateRequest request;
};

/// Says on stderr how far the work is, five times.
locate::Progress progress_of(const Session& session) {
  return [&session](std::size_t done, std::size_t all) {
    if (done * 5 / all != (done - 1) * 5 / all)
      session.log(fmt::format("evaluate: {} of {}", done, all));
  };
}

Outcome<Exit> evaluate_matrix(EvaluateOptions options, const Session& session) {
  DAYMARK_TRY(const locate::DelayMatrix matrix, locate::load_matrix(options.nodes, options.rtt));
  DAYMARK_TRY(const geo::Borders borders, geo::load_borders(options.borders));
  locate::EvaluateRequest& request = options.request;
  DAYMARK_TRY(request.speed, about(locate::parse_speed(options.speed), "--speed"));
  DAYMARK_TRY(request.selection, about(locate::parse_selection(options.landmarks), "--landmarks"));
  request.estimates = !options.verdicts_only;
  DAYMARK_TRY(const locate::Evaluation evaluation,
              locate::evaluate(matrix, borders, request, progress_of(session)));
  auto document = nlohmann::ordered_json::parse(locate::to_json(evaluation));
  std::string text = locate::to_text(evaluation);
  if (options.suspects) {
    const locate::SuspectReport report = locate::find_suspects(matrix, request.speed);
    document["suspects"] = nlohmann::ordered_json::parse(locate::to_json(report, matrix));
    text += locate::to_text(report, matrix);
  }
  session.print(document, text);
  return exit_of(evaluation.wrong.empty());
}

}  // namespace

void add_locate_evaluate(CLI::App& locate, Session& session) {
  auto options = std::make_shared<EvaluateOptions>();
  options->borders = data_path("borders/countries.txt");
  CLI::App* command =
      locate.add_subcommand("evaluate", "What the delays prove about each of their nodes");
  command->add_option("--nodes", options->nodes, "CSV: id,lat,lon,city,country")->required();
  command->add_option("--rtt", options->rtt, "CSV: src,dst,min_rtt_ms")->required();
  command->add_option("--within", options->request.within_km, "Radii in km")
      ->delimiter(',')
      ->capture_default_str();
  command->add_option("--country", options->request.countries, "ISO 3166 codes of fences")
      ->delimiter(',')
      ->capture_default_str();
  command->add_option("--speed", options->speed, "fiber, light or km per ms, one way")
      ->capture_default_str();
  command->add_option("--faults", options->request.faults, "Landmarks that may lie")
      ->capture_default_str();
  command->add_option("--landmarks", options->landmarks, "nearest:K, random:K:SEED or all")
      ->capture_default_str();
  command->add_option("--threads", options->request.threads, "0: as many as there are cores")
      ->capture_default_str();
  command->add_flag("--verdicts-only", options->verdicts_only, "Neither estimates nor areas");
  command->add_flag("--suspects", options->suspects,
                    "Also the nodes whose declared place others contradict");
  command->add_option("--borders", options->borders, "Borders to judge countries by");
  command->footer(
      "Ends with 1 if a verdict was false. Example: daymark locate evaluate --nodes "
      "data/rtt/cloud/nodes.csv --rtt data/rtt/cloud/rtt.csv --speed fiber --within 500,1000");
  session.on_run(*command, [options, &session] { return evaluate_matrix(*options, session); });
}

}  // namespace daymark::cli
