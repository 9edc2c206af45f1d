// A beacon's answers per core, beside a plain UDP echo and chrony with AES-128-CMAC, in turns:
// bench_ranging rate SECONDS [CHRONYD FOLDER]; what it measures on loopback beyond the path:
// bench_ranging residual SESSIONS.
#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <limits>
#include <optional>
#include <string_view>
#include <thread>

#include "chip_load.h"
#include "figures.h"
#include "ranging_servers.h"
#include <fmt/format.h>

#include "daymark/base/time.h"
#include "daymark/beacon/mesh_publisher.h"
#include "daymark/beacon/server.h"

namespace {

using namespace daymark;
using bench::median;
using bench::require;

constexpr std::size_t rounds = 7;
constexpr std::size_t chips = 4096;
/// The fleet: 10 million chips once an hour, 8 beacons, 10 exchanges each.
constexpr double fleet_exchanges = 10e6 * 8 * 10 / 3600;
constexpr double fleet_sessions = 10e6 * 8 / 3600;

/// A beacon on a thread of its own.
class Beacon {
 public:
  explicit Beacon(std::uint32_t exchanges) {
    options_.settings.key.seed[0] = 42;
    options_.settings.exchanges = exchanges;
    beacon::BeaconLimits& limits = options_.settings.limits;
    limits.sessions = chips;
    limits.session_nanos = 3'600'000'000'000;
    limits.per_address = {chips * 2, 1};
    limits.per_chip = {chips, 1};
    auto listening = beacon::BeaconServer::listen(options_, clock_, random_);
    require(listening.has_value(), "no port on loopback");
    server_.emplace(*std::move(listening));
    thread_ = std::thread([this] {
      bench::pin_to_core(0, 0);
      (void)server_->run();
    });
  }

  Beacon(const Beacon&) = delete;
  Beacon& operator=(const Beacon&) = delete;

  ~Beacon() {
    server_->stop();
    thread_.join();
  }

  [[nodiscard]] const net::Endpoint& local() const { return server_->local(); }

  [[nodiscard]] crypto::PublicKey key() const {
    return crypto::ed25519_public(options_.settings.key);
  }

  [[nodiscard]] double processor_seconds() { return bench::thread_seconds(thread_); }

  [[nodiscard]] const beacon::BeaconCounters& counters() const { return server_->counters(); }

 private:
  beacon::BeaconOptions options_;
  SystemClock clock_;
  crypto::SystemRandom random_;
  std::optional<beacon::BeaconServer> server_;
  std::thread thread_;
};

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

double p99_of(std::vector<double> values) {
  std::ranges::sort(values);
  return values[(values.size() * 99 + 99) / 100 - 1];
}

/// Opening, ten exchanges, signed receipt: microseconds of the server's core.
double session_cost() {
  constexpr std::size_t sessions = 1024;
  Beacon beacon(10);
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

net::UdpSocket loopback_socket(bool kernel_stamps) {
  net::UdpOptions options;
  options.kernel_stamps = kernel_stamps;
  auto socket = net::UdpSocket::bind(options);
  require(socket.has_value(), "no port on loopback");
  return *std::move(socket);
}

/// A chip whose key and socket are in one process; `busy` looks for packets without sleeping.
class OwnChip {
 public:
  OwnChip(const net::Endpoint& server, const order::BeaconEntry& beacon, bool busy)
      : server_(server), busy_(busy), beacon_(beacon), key_{random_.draw<32>()} {
    socket_.emplace(loopback_socket(false));
  }

  /// One session: microseconds of its least round trip, as the beacon signed it; none where the
  /// stamps behind it were not the kernel's.
  [[nodiscard]] std::optional<double> range() {
    beacon::PeerSession session(key_, beacon_, random_);
    const auto first = ask(ranging::OpeningPacket{});
    const auto opening = session.open();
    require(opening.has_value(), "a chip does not open");
    const auto second =
        ask(ranging::OpeningPacket{std::get<ranging::CookiePacket>(first).cookie, *opening});
    const auto& welcome = std::get<ranging::WelcomePacket>(second);
    require(session.accept(welcome.welcome).has_value(), "a chip refuses the welcome");
    const ranging::SessionId id = welcome.session;
    auto reply = ask(ranging::ReadyPacket{id});
    while (const auto* challenge = std::get_if<ranging::ChallengePacket>(&reply)) {
      const auto tag = session.answer(challenge->number, challenge->challenge);
      reply = ask(ranging::AnswerPacket{id, challenge->number, *tag});
    }
    const ByteView receipt = std::get<ranging::ReceiptPacket>(reply).receipt;
    require(session.deliver(receipt).has_value(), "a chip refuses the receipt");
    const auto verified = ranging::verify_receipt(
        receipt, {&beacon_, crypto::ed25519_public(key_), session.entry().nonce});
    if (verified->receipt().quality != ranging::StampQuality::kernel_software) return std::nullopt;
    return static_cast<double>(verified->receipt().least_round_trip.value) * 1e-3;
  }

 private:
  [[nodiscard]] ranging::Packet ask(const ranging::Packet& packet) {
    ByteArray<ranging::packet_size_max> space{};
    const auto written = ranging::write_packet(packet, space);
    require(written && socket_->send_to(server_, *written), "a packet can't be sent");
    for (int tries = 0; tries < 100'000'000; ++tries) {
      const auto got = socket_->receive(buffer_, busy_ ? Millis{} : Millis{1000});
      if (got && *got) return ranging::parse_packet((*got)->content).value();
    }
    require(false, "the beacon does not answer");
    return {};
  }

  net::Endpoint server_;
  bool busy_;
  order::BeaconEntry beacon_;
  crypto::SystemRandom random_;
  crypto::SecretKey key_;
  std::optional<net::UdpSocket> socket_;
  ByteArray<2048> buffer_{};
};

/// Least of ten exchanges, microseconds, without the stamps' stated error.
std::vector<double> residuals(const Beacon& beacon, std::size_t sessions, bool busy) {
  const beacon::BeaconSettings stated;
  const order::BeaconEntry entry{"beacon", "operator", beacon.key(), {}};
  std::vector<double> out;
  for (std::size_t i = 0; i < sessions; ++i) {
    OwnChip chip(beacon.local(), entry, busy);
    const auto measured = chip.range();
    if (measured) out.push_back(*measured - static_cast<double>(stated.stamp_error.value) * 1e-3);
  }
  require(out.size() > sessions * 9 / 10, "the stamps are not the kernel's");
  return out;
}

/// The path alone: a ping of 64 bytes that is echoed without sleeping, by the kernel's stamps; the
/// least of ten, microseconds.
std::vector<double> bare_pings(std::size_t samples) {
  net::UdpSocket echo = loopback_socket(false);
  net::UdpSocket pinger = loopback_socket(true);
  const std::jthread echoing([&echo](const std::stop_token& stop) {
    bench::pin_to_core(0, 1);
    ByteArray<128> buffer{};
    while (!stop.stop_requested()) {
      const auto got = echo.receive(buffer, Millis{});
      if (got && *got) (void)echo.send_to((*got)->from, (*got)->content);
    }
  });
  bench::pin_to_core(0, 0);
  const ByteArray<64> ping{};
  ByteArray<128> buffer{};
  std::vector<double> out;
  for (std::size_t i = 0; i < samples; ++i) {
    std::int64_t least = std::numeric_limits<std::int64_t>::max();
    for (int tries = 0; tries < 10; ++tries) {
      const auto sent = pinger.send_to(echo.local(), ping);
      const auto got = pinger.receive(buffer, Millis{1000});
      require(sent && got && *got, "a ping was lost");
      least = std::min(least, (*got)->received.nanos - sent->nanos);
    }
    out.push_back(static_cast<double>(least) * 1e-3);
  }
  return out;
}

int measure_residual(std::size_t sessions) {
  const Beacon beacon(10);
  // The kernel begins to stamp received packets a little after it was asked to.
  std::this_thread::sleep_for(std::chrono::milliseconds(300));
  const auto bare = bare_pings(sessions);
  bench::pin_to_core(0, 1);
  const auto busy = residuals(beacon, sessions, true);
  const auto sleeping = residuals(beacon, sessions, false);
  bench::print_spread(
      {"ranging.ping", "least of 10 bare pings on loopback, both ends without sleep", "us"}, bare);
  bench::print_spread(
      {"ranging.residual", "least of 10 round trips on loopback, chip looks without sleep", "us"},
      busy);
  bench::print_value({"ranging.residual_p99", "  its p99", "us", 3}, p99_of(busy), busy.size());
  bench::print_spread({"ranging.residual_sleeping", "the same, chip sleeps between packets", "us"},
                      sleeping);
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
  Beacon beacon(100'000'000);
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
  require(argc > 2, "usage: bench_ranging rate SECONDS [CHRONYD FOLDER] | residual SESSIONS");
  const double number = std::atof(argv[2]);  // NOLINT(cert-err34-c)
  if (std::string_view(argv[1]) == "residual") {
    return measure_residual(static_cast<std::size_t>(number));
  }
  return argc > 4 ? measure_rates(number, argv[3], argv[4])
                  : measure_rates(number, nullptr, nullptr);
}
