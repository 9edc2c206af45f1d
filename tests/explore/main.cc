// explore [--states N] [--seconds S] [--profile NAME] [--off MS] | --command-list: goes through all
// that can happen to a chip and prints what it saw. Ends with 1 where a rule was broken, with 2
// where it was asked for what there is not. DAYMARK_LONG=1 goes deeper; `off` bounds how far spans
// may lie off whole seconds, 1000 not at all.
#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <optional>

#include "explorer.h"
#include <fmt/format.h>
#include <unistd.h>

#include "daymark/governor/doors.h"

namespace daymark::explore {
namespace {

/// Each instant further multiplies nothing: it adds the same states again, shifted by it.
constexpr Millis off_most{5};

std::vector<Profile> profiles() {
  const std::vector<std::string> always{"time", "reset", "beacons"};
  const auto with = [&](std::vector<std::string> more) {
    more.insert(more.begin(), always.begin(), always.end());
    return more;
  };
  const std::vector<std::string> enrolled{"enrol begin", "enrol", "beacons"};
  std::vector<std::string> licensed = enrolled;
  licensed.insert(licensed.end(), {"renew", "licence"});
  return {
      {"enrolment", {}, with({"enrol begin", "enrol", "release", "power off"})},
      {"licences", licensed, {"time", "beacons", "renew", "licence", "narrower licence"}, 2, 160},
      {"spent",
       licensed,
       {"time", "beacons", "renew", "licence", "denial", "usage of all"},
       2,
       160},
      {"grace", licensed, with({"renew", "licence", "emergency"}), 2, 160, off_most},
      {"permits", licensed, {"time", "beacons", "permit", "permit renewal", "permit end"}, 2, 160},
      {"suspensions",
       enrolled,
       {"time", "beacons", "suspend chip", "resume chip", "appeal", "confirm"},
       1,
       160,
       off_most},
      {"late", enrolled, with({"withhold suspend", "deliver withheld", "power off"}), 1, 160},
      {"fleet", enrolled, with({"suspend fleet", "resume fleet", "policy"}), 1, 160, off_most},
      {"custody", enrolled, with({"firmware", "amend", "transfer", "power off"}), 1, 160},
      {"clock", licensed,
       with({"beacons, wide", "beacons, one ahead", "beacons, one behind", "range open",
             "range accept", "power off"}),
       2, 160},
  };
}

struct Options {
  Limits limits;
  bool deep = false;
  std::string profile;
  std::optional<std::int64_t> off;
};

/// False for an option that there is not, or a value that is no number.
bool take(std::string_view name, std::string_view value, Options& out) {
  const auto number = [value](auto& to) {
    const char* const end = value.data() + value.size();
    const auto [at, error] = std::from_chars(value.data(), end, to);
    return error == std::errc{} && at == end;
  };
  if (name == "--states") return number(out.limits.states);
  if (name == "--stop-at") return number(out.limits.broken_most);
  if (name == "--seconds") return number(out.limits.seconds);
  if (name == "--off") return number(out.off.emplace());
  if (name != "--profile") return false;
  out.profile = value;
  return true;
}

std::optional<Options> options_of(std::span<char*> arguments) {
  Options out;
  const char* const wanted = std::getenv("DAYMARK_LONG");
  out.deep = wanted != nullptr && std::string_view(wanted) != "0";
  out.limits.all_cuts = out.deep;
  out.limits.progress = isatty(STDERR_FILENO) == 1;
  if (arguments.size() % 2 == 0) return {};
  for (std::size_t i = 1; i + 1 < arguments.size(); i += 2)
    if (!take(arguments[i], arguments[i + 1], out)) return {};
  const bool known =
      out.profile.empty() || std::ranges::any_of(profiles(), [&](const Profile& profile) {
        return profile.name == out.profile;
      });
  return known ? std::optional(out) : std::nullopt;
}

void print(const std::string& name, const Report& report) {
  fmt::print(
      "{:14} {:7} states {:9} transitions {:9} refusals {:7} cuts {:5} twins ({} drifted) {:6} "
      "left {:7.1f} s "
      "{:016x}\n",
      name, report.states, report.transitions, report.refusals, report.cuts, report.twins,
      report.drifted, report.left, report.seconds, report.fingerprint);
  for (const std::string& broken : report.broken)
    fmt::print("  BROKEN {}\n", broken);
}

/// Whole messages that no chip ever obeyed say nothing: whoever adds one must make it reachable.
bool all_obeyed(const std::map<std::string, std::size_t>& accepted) {
  bool out = true;
  for (const Action& action : actions()) {
    if (action.sort == Sort::forgery || accepted.contains(action.name)) continue;
    out = false;
    fmt::print("never obeyed: {}\n", action.name);
  }
  return out;
}

int explore(const Options& options) {
  bool sound = true;
  std::map<std::string, std::size_t> accepted;
  for (Profile profile : profiles()) {
    if (!options.profile.empty() && options.profile != profile.name) continue;
    if (options.off) profile.off_most = Millis{*options.off};
    Limits limits = options.limits;
    if (!options.deep && limits.states == 0) limits.states = profile.states_in_short;
    const Report report = Explorer(profile).run(limits);
    print(profile.name, report);
    for (const auto& [name, times] : report.accepted)
      accepted[name] += times;
    sound = sound && report.broken.empty();
    if (report.broken.size() >= limits.broken_most) break;
  }
  const bool whole = options.profile.empty() && options.limits.states == 0;
  return sound && (!whole || all_obeyed(accepted)) ? 0 : 1;
}

}  // namespace
}  // namespace daymark::explore

int main(int count, char** arguments) {
  using namespace daymark::explore;
  if (count == 2 && std::string_view(arguments[1]) == "--command-list") {
    fmt::print("{}", daymark::governor::print_doors());
    return 0;
  }
  const auto options = options_of({arguments, static_cast<std::size_t>(count)});
  if (!options) {
    fmt::print(stderr,
               "usage: explore [--profile NAME] [--states N] [--seconds S] [--off MS] [--stop-at N]"
               " | --command-list\n");
    return 2;
  }
  return explore(*options);
}
