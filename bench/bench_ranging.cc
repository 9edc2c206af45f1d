// A beacon's answers per core, beside a plain UDP echo and chrony with AES-128-CMAC, in turns:
// bench_ranging rate SECONDS [CHRONYD FOLDER]; what it measures on loopback beyond the path
// (residual.h): bench_ranging residual SESSIONS; how many sessions it holds and ends:
// bench_ranging sessions COUNT.
#include <cstdlib>
#include <optional>
#include <string_view>

#include "bench_beacon.h"
#include "chip_load.h"
#include "figures.h"
#include "ranging_servers.h"
#include "residual.h"
#include <fmt/format.h>
#include <malloc.h>

namespace {

using namespace daymark;
using bench::BenchBeacon;
using bench::median;
using bench::require;

constexpr std::size_t rounds = 7;
constexpr std::size_t chips = bench::bench_sessions;
/// The fleet: 10 million chips once an hour, 8 beacons, 10 exchanges each.
constexpr double fleet_exchanges = 10e6 * 8 * 10 / 3600;
constexpr double fleet_sessions = 10e6 * 8 / 3600;

/// Answers a second: of the server's core, and by the wall.
struct Rates {
  std::vector<double> core;
  std::vector<double> wall;

  template <class Server, class Load>
  void measure(Server& server, const Load& load) {
    const double used = server.processor_seconds();
    std::size_t answers = 0;
    const double wall_seconds = bench::microseconds_of([&] { answers = load(); }) * 1e-6;
    core.push_back(static_cast<double>(answers) / (server.processor_seconds() - used));
    wall.push_back(static_cast<double>(answers) / wall_seconds);
  }

  void print(const std::string& id, const std::string& what) const {
    bench::print_value({"ranging." + id, what, "1/s a core"}, median(core), rounds);
    bench::print_value({"ranging." + id + "_wall", "  by the wall", "1/s"}, median(wall), rounds);
  }
};

/// Opening, ten exchanges, signed receipt: microseconds of the server's core.
double session_cost() {
  constexpr std::size_t sessions = 1024;
  BenchBeacon beacon(10);
  bench::ChipLoad load(beacon.local(), beacon.key(), sessions);
  require(load.answer_all() == sessions, "not all sessions ended with a receipt");
  return beacon.processor_seconds() / sessions * 1e6;
}

void print_ratios(const Rates& echo, const std::optional<Rates>& chrony, const Rates& beacon) {
  const double answers = median(beacon.core);
  bench::print_value({"ranging.to_echo", "a beacon's answer ÷ a plain UDP echo", "ratio", 0.6},
                     answers / median(echo.core), rounds);
  if (chrony) {
    bench::print_value(
        {"ranging.to_chrony", "a beacon's answer ÷ chrony with AES-CMAC", "ratio", 0.9},
        answers / median(chrony->core), rounds);
  }
  bench::print_value(
      {"ranging.fleet", "exchanges of 4096 open sessions, beacon and chips on two cores", "1/s",
       fleet_exchanges},
      median(beacon.wall), rounds);
}

/// What the allocator has given out.
double allocated_bytes() {
  return static_cast<double>(::mallinfo2().uordblks);
}

/// Memory of a session with the largest receipt, and what it means for a fleet.
int measure_sessions(std::size_t count) {
  constexpr double per_beacon = fleet_sessions / 8;
  const beacon::BeaconLimits limits;
  crypto::SystemRandom random;
  const double before = allocated_bytes();
  beacon::SessionTable table({count, limits.session_nanos, limits.linger_nanos});
  ranging::Opened opened;
  for (std::size_t i = 0; i < count; ++i) {
    random.fill(opened.session.bytes);
    random.fill(opened.chip_nonce);
    beacon::Session* session = table.add(opened, {}, 0);
    session->receipt.assign(ranging::receipt_size_max, Byte{1});
    table.retire(opened.session, 0);
  }
  const double bytes = (allocated_bytes() - before) / static_cast<double>(count);
  bench::print_value(
      {"ranging.session_bytes", "memory of a session, the largest receipt in it", "bytes"}, bytes,
      count);
  const double linger = static_cast<double>(limits.linger_nanos) * 1e-9;
  bench::print_value(
      {"ranging.room", "  sessions a second that find room, by default", "1/s", per_beacon},
      static_cast<double>(limits.sessions) / linger, 1);
  bench::print_value(
      {"ranging.sessions", "sessions of ten exchanges a second", "1/s a core", per_beacon},
      1e6 / session_cost(), 1024);
  return 0;
}

int measure_rates(double seconds, const char* chronyd_program, const char* folder) {
  std::optional<bench::ChronyServer> chronyd;
  if (folder != nullptr) {
    chronyd.emplace(chronyd_program, folder);
  } else {
    fmt::print(stderr, "bench: chrony is left out: no chronyd was named\n");
  }
  const double session = session_cost();
  bench::EchoServer echo;
  BenchBeacon beacon(100'000'000);
  bench::ChipLoad load(beacon.local(), beacon.key(), chips);
  bench::pin_to_core(0, 1);
  const ByteArray<64> ping{};
  const auto request = bench::ChronyServer::request();
  Rates echo_rates;
  Rates beacon_rates;
  std::optional<Rates> chrony_rates;
  if (chronyd) chrony_rates.emplace();
  (void)load.answer_for(0.05);
  for (std::size_t i = 0; i < rounds; ++i) {
    echo_rates.measure(echo, [&] { return bench::echo_load(echo.local(), ping, seconds); });
    if (chronyd) {
      chrony_rates->measure(*chronyd,
                            [&] { return bench::echo_load(chronyd->local(), request, seconds); });
    }
    beacon_rates.measure(beacon, [&] { return load.answer_for(seconds); });
  }
  require(beacon.counters().wrong_answers == 0, "the beacon found answers wrong");
  echo_rates.print("echo", "UDP echo of 64 bytes, recvfrom and sendto");
  if (chrony_rates) chrony_rates->print("chrony", "chrony, requests with AES-128-CMAC");
  beacon_rates.print("answers",
                     "a beacon's exchanges: tag checked, kernel's stamps, next challenge");
  print_ratios(echo_rates, chrony_rates, beacon_rates);
  bench::print_value({"ranging.session", "a whole session: opening, ten exchanges, signed receipt",
                      "us of a core"},
                     session, 1024);
  bench::print_value(
      {"ranging.fleet_cores", "cores for the whole of it: 22,222 sessions a second", "cores"},
      session * 1e-6 * fleet_sessions, 1024);
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  require(
      argc > 2,
      "usage: bench_ranging rate SECONDS [CHRONYD FOLDER] | residual SESSIONS | sessions COUNT");
  const double number = std::atof(argv[2]);  // NOLINT(cert-err34-c)
  if (std::string_view(argv[1]) == "residual") {
    return bench::measure_residual(static_cast<std::size_t>(number));
  }
  if (std::string_view(argv[1]) == "sessions") {
    return measure_sessions(static_cast<std::size_t>(number));
  }
  return argc > 4 ? measure_rates(number, argv[3], argv[4])
                  : measure_rates(number, nullptr, nullptr);
}
