#include "residual.h"

#include <algorithm>
#include <chrono>
#include <csignal>
#include <limits>
#include <stop_token>
#include <thread>
#include <vector>

#include "bench_beacon.h"
#include "figures.h"
#include "ranging_servers.h"
#include <sys/prctl.h>
#include <sys/wait.h>

#include "daymark/agent/burst.h"
#include "daymark/agent/process_testing.h"
#include "daymark/net/udp_connected.h"

namespace daymark::bench {

namespace {

using governor::testing::World;

constexpr std::uint32_t exchanges = 10;
/// How long the beacon looks without sleeping; a session on loopback is over in one.
constexpr Millis beacon_busy{2};

/// The product's governor in a process of its own, on the second core.
class GovernorChild {
 public:
  explicit GovernorChild(const agent::GovernorOptions& options) : process_(::fork()) {
    require(process_ >= 0, "no process for the governor");
    if (process_ == 0) serve(options);
  }

  GovernorChild(const GovernorChild&) = delete;
  GovernorChild& operator=(const GovernorChild&) = delete;

  ~GovernorChild() {
    ::kill(process_, SIGTERM);
    ::waitpid(process_, nullptr, 0);
  }

 private:
  [[noreturn]] static void serve(const agent::GovernorOptions& options) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    pin_to_core(0, 1);
    SystemClock clock;
    crypto::SystemRandom random;
    auto process = agent::GovernorProcess::open(options, clock, random);
    require(process.has_value(), "the governor does not start");
    process->run();
    ::_exit(0);
  }

  pid_t process_;
};

/// The governor's side as an agent sees it, enrolled under a charter with the benchmark's beacon.
class Chip {
 public:
  Chip() {
    const beacon::BeaconSettings of = BenchBeacon::settings(exchanges);
    agent::testing::pin_first_beacon(world_, crypto::ed25519_public(of.key), of.place);
    child_.emplace(folder_.options(world_));
    host_ = agent::testing::transport_to(folder_.options(world_).socket);
    client_.emplace(host_);
    for (int tries = 0; tries < 500 && !client_->identify(); ++tries)
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    const auto nonce = client_->begin_enrolment();
    require(nonce && agent::testing::enrol_with(world_, *client_, *nonce),
            "the governor is not enrolled");
  }

  [[nodiscard]] governor::Client& client() { return *client_; }

  [[nodiscard]] const governor::Transport& host() const { return host_; }

 private:
  World world_;
  agent::testing::ProcessFolder folder_{"residual"};
  std::optional<GovernorChild> child_;
  governor::Transport host_;
  std::optional<governor::Client> client_;
};

/// The agent's way to a governor, with its own socket or without.
class AgentPort final : public agent::GovernorPort {
 public:
  AgentPort(Chip& chip, bool own_socket) : chip_(chip), own_socket_(own_socket) {}

  Outcome<std::vector<Byte>> open(std::size_t) override { return chip_.client().open_ranging(0); }

  Outcome<void> accept(std::size_t, ByteView welcome) override {
    return chip_.client().accept_welcome(0, welcome);
  }

  Outcome<ranging::AnswerTag> answer(std::size_t, std::uint32_t number,
                                     const ranging::Challenge& challenge) override {
    return chip_.client().answer(0, number, challenge);
  }

  Outcome<void> deliver(std::size_t, ByteView receipt) override {
    const auto reading = chip_.client().accept_receipt(0, receipt);
    return reading ? Outcome<void>{} : std::unexpected(reading.error());
  }

  std::optional<Outcome<std::vector<Byte>>> run_session(
      const agent::BeaconRoute& route, const agent::RangingPatience& patience) override {
    if (!own_socket_) return std::nullopt;
    return agent::ask_burst(chip_.host(), route, patience);
  }

 private:
  Chip& chip_;
  bool own_socket_;
};

struct How {
  bool own_socket = true;
  bool busy = true;
};

/// Least of ten exchanges of each session, microseconds, without the stamps' stated error.
std::vector<double> residuals(Chip& chip, const BenchBeacon& beacon, std::size_t sessions,
                              const How& how) {
  const beacon::BeaconSettings stated;
  AgentPort port(chip, how.own_socket);
  agent::RangingPatience patience;
  patience.busy = how.busy;
  const agent::BeaconRoute route{0, net::print_endpoint(beacon.local())};
  std::vector<double> out;
  for (std::size_t i = 0; i < sessions; ++i) {
    const auto receipt = agent::range_with(route, port, patience);
    require(receipt.has_value(), "a session gave no receipt");
    const auto claimed = ranging::parse_receipt(*receipt);
    require(claimed.has_value(), "a receipt is none");
    if (claimed->quality != ranging::StampQuality::kernel_software) continue;
    const std::int64_t nanos = claimed->least_round_trip.value - stated.stamp_error.value;
    out.push_back(static_cast<double>(nanos) * 1e-3);
  }
  require(out.size() > sessions * 9 / 10, "the stamps are not the kernel's");
  return out;
}

net::UdpSocket loopback_socket(bool kernel_stamps) {
  net::UdpOptions options;
  options.kernel_stamps = kernel_stamps;
  auto socket = net::UdpSocket::bind(options);
  require(socket.has_value(), "no port on loopback");
  return *std::move(socket);
}

/// Sends back what comes, without sleeping, until it is stopped; on the second core.
void echo(const std::stop_token& stop, net::UdpSocket& socket) {
  pin_to_core(0, 1);
  ByteArray<128> buffer{};
  while (!stop.stop_requested()) {
    const auto got = socket.receive(buffer, Millis{});
    if (got && *got) (void)socket.send_to((*got)->from, (*got)->content);
  }
}

void echo_connected(const std::stop_token& stop, net::ConnectedUdp& socket) {
  pin_to_core(0, 1);
  ByteArray<128> buffer{};
  while (!stop.stop_requested()) {
    const auto got = socket.take(buffer);
    if (got && *got) (void)socket.send(**got);
  }
}

/// Without sleeping, as the echo does.
net::Datagram await(net::UdpSocket& socket, MutableBytes buffer) {
  for (int tries = 0; tries < 100'000'000; ++tries) {
    const auto got = socket.receive(buffer, Millis{});
    if (got && *got) return **got;
  }
  require(false, "a ping was lost");
  return {};
}

/// The path alone: a ping of a challenge's size, by the kernel's stamps; the least of ten each.
std::vector<double> pings(net::UdpSocket& pinger, const net::Endpoint& to, std::size_t samples) {
  const ByteArray<44> ping{};
  ByteArray<128> buffer{};
  std::vector<double> out;
  for (std::size_t i = 0; i < samples; ++i) {
    std::int64_t least = std::numeric_limits<std::int64_t>::max();
    for (std::uint32_t tries = 0; tries < exchanges; ++tries) {
      const auto sent = pinger.send_to(to, ping);
      require(sent.has_value(), "a ping can't be sent");
      const net::Datagram got = await(pinger, buffer);
      least = std::min(least, got.received.nanos - sent->nanos);
    }
    out.push_back(static_cast<double>(least) * 1e-3);
  }
  return out;
}

std::vector<double> bare_pings(std::size_t samples) {
  net::UdpSocket socket = loopback_socket(false);
  net::UdpSocket pinger = loopback_socket(true);
  const std::jthread echoing([&socket](const std::stop_token& stop) { echo(stop, socket); });
  return pings(pinger, socket.local(), samples);
}

std::vector<double> connected_pings(std::size_t samples) {
  net::UdpSocket pinger = loopback_socket(true);
  auto socket = net::ConnectedUdp::open(net::print_endpoint(pinger.local()));
  ByteArray<128> buffer{};
  require(socket && socket->send({}), "no port on loopback");
  const net::Endpoint from = await(pinger, buffer).from;
  const std::jthread echoing(
      [&socket](const std::stop_token& stop) { echo_connected(stop, *socket); });
  return pings(pinger, from, samples);
}

double p99_of(std::vector<double> values) {
  std::ranges::sort(values);
  return values[(values.size() * 99 + 99) / 100 - 1];
}

}  // namespace

int measure_residual(std::size_t sessions) {
  Chip chip;  // first: it forks, and nothing else runs yet
  beacon::BeaconSettings settings = BenchBeacon::settings(exchanges);
  settings.batch_interval = {};
  const BenchBeacon beacon(settings, beacon_busy);
  pin_to_core(0, 0);
  // The kernel begins to stamp received packets a little after it was asked to.
  std::this_thread::sleep_for(std::chrono::milliseconds(300));
  const auto bare = bare_pings(sessions);
  const auto connected = connected_pings(sessions);
  const auto busy = residuals(chip, beacon, sessions, {true, true});
  const auto sleeping = residuals(chip, beacon, sessions, {true, false});
  pin_to_core(0, 1);  // the agent beside the governor: the beacon keeps its core
  const auto carried = residuals(chip, beacon, sessions, {false, false});
  print_spread(
      {"ranging.ping", "least of 10 bare pings on loopback, both ends without sleep", "us"}, bare);
  print_spread({"ranging.ping_connected", "the same, the echo's socket connected", "us"},
               connected);
  print_spread(
      {"ranging.residual", "least of 10 round trips, governor's process without sleep", "us"},
      busy);
  print_value({"ranging.residual_p99", "  its p99", "us", 3}, p99_of(busy), busy.size());
  print_value({"ranging.residual_to_ping", "  its p99 ÷ that of the bare ping", "ratio"},
              p99_of(busy) / p99_of(bare), busy.size());
  print_spread({"ranging.residual_sleeping", "the same, it sleeps between packets", "us"},
               sleeping);
  print_spread({"ranging.residual_carried", "the same, carried by the agent", "us"}, carried);
  return 0;
}

}  // namespace daymark::bench
