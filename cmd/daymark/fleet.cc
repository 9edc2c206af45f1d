// daymark fleet timing: when a fleet stops once issuing stops, and how often it does so by
// mischance.
#include "arguments.h"
#include "commands.h"
#include <fmt/format.h>

#include "daymark/base/file.h"
#include "daymark/order/lapse.h"
#include "daymark/report/timing_chart.h"

namespace daymark::cli {

namespace {

struct TimingOptions {
  std::string renewal = "6h";
  std::string validity = "24h";
  std::string grace = "48h";
  std::string outage = "1h";
  double availability = 0.9999;
  double risk = 1e-9;
  std::string svg_file;
};

struct TimingAnswer {
  order::LapseTimes times;
  order::LapseRisk risk;
  Millis slack_wanted;
};

Outcome<TimingAnswer> compute(const TimingOptions& options) {
  order::RenewalTiming timing;
  DAYMARK_TRY(timing.renewal, duration_argument("--renewal", options.renewal));
  DAYMARK_TRY(timing.validity, duration_argument("--validity", options.validity));
  DAYMARK_TRY(timing.grace, duration_argument("--grace", options.grace));
  order::Outages outages{options.availability, {}};
  DAYMARK_TRY(outages.mean, duration_argument("--outage", options.outage));
  TimingAnswer out;
  DAYMARK_TRY(out.times, about(order::lapse_times(timing), "fleet timing"));
  DAYMARK_TRY(out.risk, about(order::lapse_risk(timing, outages), "fleet timing"));
  DAYMARK_TRY(out.slack_wanted, about(order::slack_for(outages, options.risk), "fleet timing"));
  return out;
}

double in_hours(Millis span) {
  constexpr double millis_per_hour = 3'600'000;
  return static_cast<double>(span.value) / millis_per_hour;
}

nlohmann::ordered_json to_document(const TimingOptions& options, const TimingAnswer& answer) {
  return {{"first_stop_h", in_hours(answer.times.first)},
          {"median_stop_h", in_hours(answer.times.median)},
          {"last_stop_h", in_hours(answer.times.last)},
          {"slack_h", in_hours(answer.times.first)},
          {"lapse_per_year",
           {{"worst_phase", answer.risk.first_chip}, {"random_phase", answer.risk.any_chip}}},
          {"risk_wanted", options.risk},
          {"slack_wanted_h", in_hours(answer.slack_wanted)}};
}

std::string to_words(const TimingOptions& options, const TimingAnswer& answer) {
  const bool enough = answer.times.first >= answer.slack_wanted;
  return fmt::format(
      "After issuing stops the first chip stops after {:.1f} h, the median after {:.1f} h, the "
      "last "
      "after {:.1f} h.\n"
      "An outage of {:.1f} h is survived by every chip; a chip revoked by silence runs on as "
      "long.\n"
      "With availability {} and outages of {} on average an honest chip lapses within a year with\n"
      "  probability {:.2g} (random phase), {:.2g} (worst phase). All chips lapse together: do not "
      "multiply by their number.\n"
      "For {:.2g} a year the slack must be {:.1f} h: this one is {}.\n",
      in_hours(answer.times.first), in_hours(answer.times.median), in_hours(answer.times.last),
      in_hours(answer.times.first), options.availability, options.outage, answer.risk.any_chip,
      answer.risk.first_chip, options.risk, in_hours(answer.slack_wanted),
      enough ? "enough" : "too short");
}

Outcome<Exit> timing(const TimingOptions& options, const Session& session) {
  DAYMARK_TRY(const TimingAnswer answer, compute(options));
  if (!options.svg_file.empty()) {
    const std::string picture = report::timing_chart(answer.times);
    DAYMARK_CHECK(write_text(options.svg_file, picture));
  }
  session.print(to_document(options, answer), to_words(options, answer));
  return Exit::success;
}

}  // namespace

void add_fleet(CLI::App& app, Session& session) {
  CLI::App* family = app.add_subcommand("fleet", "What a charter's times mean for a fleet");
  family->require_subcommand(1);
  auto options = std::make_shared<TimingOptions>();
  CLI::App* command = family->add_subcommand("timing", "When chips lapse, meant or by mischance");
  command->add_option("--renewal", options->renewal, "R: a chip asks once in this time")
      ->capture_default_str();
  command->add_option("--validity", options->validity, "V: a licence lasts")->capture_default_str();
  command->add_option("--grace", options->grace, "G: powered time after it")->capture_default_str();
  command->add_option("--availability", options->availability, "Share of time that issuing works")
      ->capture_default_str();
  command->add_option("--outage", options->outage, "Mean length of an outage")
      ->capture_default_str();
  command->add_option("--risk", options->risk, "Yearly probability of a lapse that is acceptable")
      ->capture_default_str();
  command->add_option("--svg", options->svg_file, "Also draw the share of running chips");
  command->footer(
      "Example: daymark fleet timing --renewal 6h --validity 24h --grace 48h --availability 0.9999 "
      "--outage 1h");
  session.on_run(*command, [options, &session] { return timing(*options, session); });
}

}  // namespace daymark::cli
