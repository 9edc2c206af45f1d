// explore [--states N] [--profile NAME]: goes through all that can happen to a chip and prints what
// it saw. Ends with 1 where a rule was broken. DAYMARK_LONG=1 goes deeper.
#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <cstring>

#include <fmt/format.h>

#include "explorer.h"

namespace daymark::explore {
namespace {

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
      {"licences", {}, with({"enrol begin", "enrol", "renew", "licence", "narrower licence",
                             "denial", "usage of all", "release"})},
      {"grace", licensed, with({"power off", "renew", "empty licence", "denial", "emergency", "permit"})},
      {"restrictions", enrolled, with({"suspend chip", "suspend fleet", "resume chip",
                                       "resume fleet", "appeal", "confirm", "withhold suspend",
                                       "deliver withheld"})},
      {"custody", enrolled, with({"policy", "firmware", "amend", "transfer", "resume fleet",
                                  "power off", "release"})},
      {"clock", licensed, with({"beacons, wide", "beacons, one ahead", "beacons, one behind",
                                "range open", "range accept", "power off"})},
  };
}

struct Options {
  Limits limits;
  std::string profile;
};

Options options_of(std::span<char*> arguments) {
  Options out;
  const bool deep = std::getenv("DAYMARK_LONG") != nullptr;
  if (deep) out.limits = {0, 0, 0, 600};
  for (std::size_t i = 1; i + 1 < arguments.size(); i += 2) {
    const std::string_view name = arguments[i];
    const std::string_view value = arguments[i + 1];
    if (name == "--profile") out.profile = value;
    if (name == "--states") {
      std::from_chars(value.data(), value.data() + value.size(), out.limits.states);
    }
    if (name == "--seconds") out.limits.seconds = std::strtod(arguments[i + 1], nullptr);
  }
  return out;
}

void print(const std::string& name, const Report& report) {
  fmt::print("{:14} {:7} states {:9} transitions {:9} refusals {:7} cuts {:5} twins {:6} left {:7.1f} s {:016x}\n",
             name, report.states, report.transitions, report.refusals, report.cuts, report.twins,
             report.left, report.seconds, report.fingerprint);
  for (const std::string& broken : report.broken)
    fmt::print("  BROKEN {}\n", broken);
}

int explore(const Options& options) {
  bool sound = true;
  for (const Profile& profile : profiles()) {
    if (!options.profile.empty() && options.profile != profile.name) continue;
    const Report report = Explorer(profile).run(options.limits);
    print(profile.name, report);
    sound = sound && report.broken.empty();
  }
  return sound ? 0 : 1;
}

}  // namespace
}  // namespace daymark::explore

int main(int count, char** arguments) {
  using namespace daymark::explore;
  return explore(options_of({arguments, static_cast<std::size_t>(count)}));
}
