// daymark beacon serve|relay: landmarks, and real delays in front of them for rehearsals.
#include <algorithm>
#include <cmath>

#include "arguments.h"
#include "beacon_mesh.h"
#include "commands.h"
#include <fmt/format.h>

#include "daymark/base/file.h"
#include "daymark/beacon/relay_pairs.h"
#include "daymark/beacon/server.h"
#include "daymark/crypto/key_file.h"
#include "daymark/crypto/random.h"
#include "daymark/geo/lat_lon.h"

namespace daymark::cli {

namespace {

struct ServeOptions {
  beacon::BeaconOptions beacon;
  std::string key_file;
  std::string place;
  std::int64_t busy_ms = 0;
  std::int64_t batch_ms = beacon::BeaconSettings{}.batch_interval.value;
  double lie_rtt_ms = 0;
  std::string lie_time;
  MeshArguments mesh;
};

/// Degrees as the charter states them.
std::int32_t to_e7(double degrees) {
  return static_cast<std::int32_t>(std::lround(degrees * 1e7));
}

Outcome<void> take_faults(const ServeOptions& options, beacon::SimulatedFault& fault) {
  if (options.lie_rtt_ms > 0) {
    fault.claimed_round_trip = RoundTripNanos{std::llround(options.lie_rtt_ms * 1e6)};
  }
  if (options.lie_time.empty()) return {};
  DAYMARK_TRY(fault.time_shift, duration_argument("--simulate-lie-time", options.lie_time));
  return {};
}

Outcome<Exit> serve(ServeOptions options, const Session& session) {
  DAYMARK_TRY(const crypto::KeyPair key, crypto::read_key_pair(options.key_file));
  DAYMARK_TRY(const geo::LatLon place, about(geo::LatLon::parse(options.place), "--place"));
  options.beacon.name = key.name;
  options.beacon.settings.key = key.sign;
  options.beacon.settings.batch_interval = Millis{options.batch_ms};
  options.beacon.busy = Millis{options.busy_ms};
  beacon::BeaconLimits& limits = options.beacon.settings.limits;
  // A chip or address is remembered for about a second, and a tenth of the sessions come in one.
  limits.rate_keys = std::max(limits.rate_keys, limits.sessions);
  options.beacon.settings.place = {to_e7(place.latitude()), to_e7(place.longitude())};
  DAYMARK_CHECK(take_faults(options, options.beacon.settings.simulated_fault));
  const std::unique_ptr<Clock> clock = session.clock();
  crypto::SystemRandom random;
  std::unique_ptr<MeshWork> mesh;
  beacon::Beside beside;
  if (!options.mesh.file.empty()) {
    DAYMARK_TRY(mesh, MeshWork::make(options.mesh, options.beacon.settings, *clock, session));
    beside = [&mesh](const std::stop_token& stop) { mesh->run(stop); };
  }
  DAYMARK_CHECK(beacon::run_beacon(options.beacon, *clock, random, beside));
  return Exit::success;
}

Outcome<Exit> relay(const std::string& file) {
  DAYMARK_TRY(const std::string text, read_text(file, 1UL << 20));
  auto pairs = beacon::parse_relay_pairs(text);
  if (!pairs) {
    return std::unexpected(Failure(pairs.error().error, file, std::move(pairs.error().subject)));
  }
  beacon::RelayOptions options;
  options.pairs = *std::move(pairs);
  DAYMARK_CHECK(beacon::run_delay_relay(options));
  return Exit::success;
}

}  // namespace

void add_beacon(CLI::App& app, Session& session) {
  CLI::App* family = app.add_subcommand("beacon", "Landmarks that time chips");
  family->require_subcommand(1);
  auto options = std::make_shared<ServeOptions>();
  CLI::App* command = family->add_subcommand("serve", "Time chips and sign what was measured");
  command->add_option("--key", options->key_file, "The beacon's key (mode 0600)")->required();
  command->add_option("--place", options->place, "LAT,LON as in the charter")->required();
  command->add_option("--listen", options->beacon.address, "HOST:PORT")->capture_default_str();
  command->add_flag("--allow-public", options->beacon.allow_public, "Listen beyond loopback");
  command
      ->add_option("--batch-ms", options->batch_ms,
                   "Sign once for the sessions that end within so long; 0: for each at once")
      ->check(CLI::Range(std::int64_t{0}, beacon::batch_interval_max.value))
      ->capture_default_str();
  command
      ->add_option("--sessions", options->beacon.settings.limits.sessions,
                   "Sessions held at once, 1.5 KiB each; a tenth of them a second")
      ->check(CLI::Range(std::size_t{1}, beacon::beacon_sessions_max))
      ->capture_default_str();
  command
      ->add_option("--busy-ms", options->busy_ms,
                   "Look without sleeping for so long after each packet: a core, for round trips "
                   "half a microsecond shorter")
      ->check(CLI::Range(std::int64_t{0}, beacon::beacon_busy_max.value))
      ->capture_default_str();
  command->add_option("--simulate-lie-rtt-ms", options->lie_rtt_ms,
                      "Simulation only: claim this round trip");
  command->add_option("--simulate-lie-time", options->lie_time,
                      "Simulation only: sign a time that is so much ahead");
  command
      ->add_option("--exchanges", options->beacon.settings.exchanges,
                   "Round trips of a session, the least of which counts")
      ->check(CLI::Range(1, 16))
      ->capture_default_str();
  add_mesh_options(*command, options->mesh);
  command->footer("Example: daymark beacon serve --key b1.key --place 1.35,103.82");
  session.on_run(*command, [options, &session] { return serve(*options, session); });

  auto pairs = std::make_shared<std::string>();
  CLI::App* delays = family->add_subcommand("relay", "Real delays on loopback, for rehearsals");
  delays->add_option("pairs", *pairs, "JSON: [{\"listen\",\"target\",\"rtt_ms\"}]")->required();
  delays->footer("Example: daymark beacon relay pairs.json");
  session.on_run(*delays, [pairs] { return relay(*pairs); });
}

}  // namespace daymark::cli
