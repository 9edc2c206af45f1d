#include "rehearsal.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <cmath>
#include <future>
#include <numeric>
#include <thread>

#include <gtest/gtest.h>

#include "daymark/agent/ranging_client.h"
#include "daymark/beacon/delay_relay.h"
#include "daymark/beacon/server.h"
#include "daymark/governor/governor_testing.h"
#include "daymark/locate/fence.h"
#include "daymark/locate/verdict.h"
#include "daymark/ranging/receipt_verifier.h"

namespace daymark::place {

namespace {

using governor::testing::Device;
using governor::testing::verdict;
using order::testing::World;

struct Spot {
  std::string_view name;
  double latitude;
  double longitude;
  std::string_view owner;
};

constexpr std::array<Spot, beacon_count> beacon_spots{
    {{"frankfurt", 50.11, 8.68, "op-a"},     {"paris", 48.86, 2.35, "op-b"},
     {"amsterdam", 52.37, 4.90, "op-c"},     {"cologne", 50.94, 6.96, "op-d"},
     {"luxembourg", 49.61, 6.13, "op-e"},    {"zurich", 47.38, 8.54, "op-a"},
     {"lyon", 45.76, 4.84, "op-b"},          {"brussels", 50.85, 4.35, "op-c"},
     {"stuttgart", 48.78, 9.18, "op-d"},     {"hamburg", 53.55, 9.99, "op-e"},
     {"munich", 48.14, 11.58, "op-f"},       {"strasbourg", 48.57, 7.75, "op-f"},
     {"athens", 37.98, 23.73, "op-a"},       {"istanbul", 41.01, 28.98, "op-b"},
     {"ankara", 39.93, 32.86, "op-c"},       {"sofia", 42.70, 23.32, "op-d"},
     {"bucharest", 44.43, 26.10, "op-e"},    {"izmir", 38.42, 27.14, "op-f"},
     {"thessaloniki", 40.64, 22.94, "op-a"}, {"antalya", 36.90, 30.71, "op-b"}}};
constexpr std::size_t dying_beacon = 3;
constexpr std::size_t lying_beacon = 4;

struct Journey {
  Spot home;
  Spot away;
};

constexpr std::array<Journey, chip_count> journeys{
    {{{"dusseldorf", 51.23, 6.78, ""}, {"eskisehir", 39.78, 30.52, ""}},
     {{"mainz", 50.00, 8.27, ""}, {"bursa", 40.19, 29.06, ""}},
     {{"metz", 49.12, 6.18, ""}, {"konya", 37.87, 32.48, ""}},
     {{"basel", 47.56, 7.59, ""}, {"plovdiv", 42.14, 24.75, ""}},
     {{"liege", 50.63, 5.57, ""}, {"edirne", 41.68, 26.56, ""}},
     {{"karlsruhe", 49.01, 8.40, ""}, {"volos", 39.37, 22.94, ""}}}};

constexpr double zone_km = 1200;
constexpr std::uint32_t liars_allowed = 1;
constexpr std::size_t home_beacons = 5;  // of a charter; the others stand where the chip goes
constexpr std::size_t own_beacons = order::beacons_max;
constexpr agent::RangingPatience place_patience{Millis{500}, 2, seconds(8)};

geo::LatLon place_of(const Spot& spot) {
  return geo::LatLon::of(spot.latitude, spot.longitude).value();
}

order::PlaceE7 e7_of(const Spot& spot) {
  return {static_cast<std::int32_t>(std::lround(spot.latitude * 1e7)),
          static_cast<std::int32_t>(std::lround(spot.longitude * 1e7))};
}

double km_between(const Spot& a, const Spot& b) {
  return geo::distance(place_of(a), place_of(b)).value / 1000;
}

/// Glass that is a fifth longer than the shortest line.
double path_ms(const Spot& a, const Spot& b) {
  return 0.1 + 1.2 * 2 * km_between(a, b) / locate::fiber.km_per_ms;
}

crypto::SecretKey key_of_beacon(std::size_t beacon) {
  crypto::SecretKey out{};
  out.seed[0] = static_cast<Byte>(beacon + 1);
  out.seed[1] = 0x50;
  return out;
}

/// The world's time, running with the machine's, but for travels: a chip moves 0.3 km in a second
/// at most, and its governor counts on that.
class PlaceClock final : public Clock {
 public:
  [[nodiscard]] UnixMillis now() override {
    return order::testing::world_start + Millis{tick().value - 1000};
  }

  [[nodiscard]] TickMillis tick() override {
    return TickMillis{1000} + (system_.tick() - start_) + Millis{travelled_.load()};
  }

  void travel() { travelled_ += hours(3).value; }

 private:
  SystemClock system_;
  TickMillis start_ = system_.tick();
  std::atomic<std::int64_t> travelled_{0};
};

/// Its own thread serves, in its own part of the network.
class PlaceBeacon {
 public:
  PlaceBeacon(const Network& network, std::size_t number, Clock& clock, Random& random) {
    const auto ready = std::make_shared<std::promise<void>>();
    thread_ = std::jthread([&network, &clock, &random, this, number, ready] {
      network.enter_beacon(number);
      auto listening = beacon::BeaconServer::listen(options(network, number), clock, random);
      if (listening) server_.emplace(*std::move(listening));
      ready->set_value();
      if (server_) (void)server_->run();
    });
    ready->get_future().wait();
  }

  PlaceBeacon(const PlaceBeacon&) = delete;
  PlaceBeacon& operator=(const PlaceBeacon&) = delete;
  PlaceBeacon(PlaceBeacon&&) = delete;
  PlaceBeacon& operator=(PlaceBeacon&&) = delete;

  ~PlaceBeacon() { stop(); }

  [[nodiscard]] std::string address() const {
    return server_ ? net::print_endpoint(server_->local()) : "127.0.0.1:9";
  }

  void stop() {
    if (server_) server_->stop();
  }

 private:
  static beacon::BeaconOptions options(const Network& network, std::size_t number) {
    beacon::BeaconOptions out;
    out.address = network.beacon_address(number);
    out.allow_public = network.is_public();
    out.settings.key = key_of_beacon(number);
    out.settings.place = e7_of(beacon_spots[number]);
    if (number == lying_beacon)
      out.settings.simulated_fault.claimed_round_trip = RoundTripNanos{1'000'000};
    return out;
  }

  std::optional<beacon::BeaconServer> server_;
  std::jthread thread_;
};

/// All paths of all chips, from home and from away.
class PlaceRelay {
 public:
  PlaceRelay(const Network& network, beacon::RelayOptions options) {
    options.allow_public = network.is_public();
    const auto ready = std::make_shared<std::promise<void>>();
    thread_ = std::jthread([&network, this, options, ready] {
      network.enter_relay();
      auto opened = beacon::DelayRelay::open(options);
      if (opened) relay_.emplace(*std::move(opened));
      ready->set_value();
      if (relay_) (void)relay_->run();
    });
    ready->get_future().wait();
    EXPECT_TRUE(relay_.has_value());
  }

  PlaceRelay(const PlaceRelay&) = delete;
  PlaceRelay& operator=(const PlaceRelay&) = delete;
  PlaceRelay(PlaceRelay&&) = delete;
  PlaceRelay& operator=(PlaceRelay&&) = delete;

  ~PlaceRelay() {
    if (relay_) relay_->stop();
  }

  [[nodiscard]] std::string address(std::size_t pair) const {
    return relay_ ? net::print_endpoint(relay_->local(pair)) : "127.0.0.1:9";
  }

 private:
  std::optional<beacon::DelayRelay> relay_;
  std::jthread thread_;
};

/// The beacons nearest to where the chip lives and to where it goes.
std::vector<std::size_t> charter_beacons(const Journey& journey) {
  std::vector<std::size_t> order(beacon_count);
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::sort(order, {},
                    [&](std::size_t i) { return km_between(beacon_spots[i], journey.home); });
  std::vector<std::size_t> out(order.begin(), order.begin() + home_beacons);
  std::ranges::sort(order, {},
                    [&](std::size_t i) { return km_between(beacon_spots[i], journey.away); });
  out.insert(out.end(), order.begin(), order.begin() + (own_beacons - home_beacons));
  return out;
}

std::size_t pair_of(std::size_t chip, bool away, std::size_t beacon) {
  return (chip * 2 + (away ? 1 : 0)) * own_beacons + beacon;
}

/// One chip with its fleet of one: charter, licence with a compiled fence, governor.
class PlaceChip final : public agent::GovernorPort {
 public:
  PlaceChip(std::size_t number, PlaceClock& clock)
      : number_(number),
        journey_(journeys[number]),
        clock_(clock),
        own_(charter_beacons(journey_)),
        world_(number + 1),
        device_(world_, number + 1),
        zone_(geo::Zone::within(place_of(journey_.home), Metres{zone_km * 1000}).value()) {
    order::Charter source = world_.source();
    source.beacon_count = 0;
    for (const std::size_t beacon : own_) {
      const Spot& spot = beacon_spots[beacon];
      source.beacons[source.beacon_count++] = {
          spot.name, spot.owner, crypto::ed25519_public(key_of_beacon(beacon)), e7_of(spot)};
    }
    world_.set_charter(source);
    keep_time();
    device_.enrol();
  }

  [[nodiscard]] const std::vector<std::size_t>& beacons() const { return own_; }

  [[nodiscard]] const Journey& journey() const { return journey_; }

  void take_licence() {
    keep_time();
    device_.license({.fence = compiled()});
  }

  void range(const PlaceRelay& relay, bool away) {
    receipts_.clear();
    for (std::size_t i = 0; i < own_.size(); ++i) {
      const agent::BeaconRoute route{i, relay.address(pair_of(number_, away, i))};
      const auto receipt = agent::range_with(route, *this, place_patience);
      if (receipt) add_measurement(i, *receipt);
    }
  }

  /// The governor's answer to a request for a permit, and what a verifier says.
  [[nodiscard]] StageLog judged(bool away) {
    keep_time();
    StageLog out;
    out.receipts = receipts_.size();
    out.answer = std::string(verdict(device_.ask()));
    locate::Question question{.zone = zone_, .faults = liars_allowed};
    question.with_region = false;
    const auto answer = locate::judge("chip", receipts_, question);
    EXPECT_TRUE(answer);
    if (answer) out.verdict = answer->verdict;
    const Spot& truth = away ? journey_.away : journey_.home;
    out.truly_inside = km_between(truth, journey_.home) <= zone_km;
    return out;
  }

  Outcome<std::vector<Byte>> open(std::size_t beacon) override {
    keep_time();
    return device_.client().open_ranging(static_cast<std::uint8_t>(beacon));
  }

  Outcome<void> accept(std::size_t beacon, ByteView welcome) override {
    return device_.client().accept_welcome(static_cast<std::uint8_t>(beacon), welcome);
  }

  Outcome<ranging::AnswerTag> answer(std::size_t beacon, std::uint32_t number,
                                     const ranging::Challenge& challenge) override {
    return device_.client().answer(static_cast<std::uint8_t>(beacon), number, challenge);
  }

  Outcome<void> deliver(std::size_t beacon, ByteView receipt) override {
    keep_time();
    const auto done = device_.client().accept_receipt(static_cast<std::uint8_t>(beacon), receipt);
    return done ? Outcome<void>{} : std::unexpected(done.error());
  }

 private:
  void keep_time() {
    world_.now = clock_.now();
    device_.tick = clock_.tick();
  }

  /// Only what the beacon signed counts.
  void add_measurement(std::size_t i, ByteView message) {
    const auto claimed = ranging::parse_receipt(message);
    ASSERT_TRUE(claimed);
    const order::BeaconEntry& entry = world_.charter().beacons[i];
    const auto verified =
        verifier_.verify(message, {&entry, device_.chip.key, claimed->chip_nonce});
    ASSERT_TRUE(verified);
    const Spot& spot = beacon_spots[own_[i]];
    receipts_.push_back({std::string(spot.name), place_of(spot), std::string(spot.owner),
                         locate::to_ms(verified->receipt().least_round_trip)});
  }

  [[nodiscard]] order::Fence compiled() const {
    locate::FenceTask task{zone_, {}, {{"home", place_of(journey_.home), 1}}, liars_allowed};
    for (std::size_t i = 0; i < own_.size(); ++i) {
      const Spot& spot = beacon_spots[own_[i]];
      task.beacons.push_back({std::string(spot.name), place_of(spot), std::string(spot.owner)});
      task.measured.push_back({0, i, path_ms(spot, journey_.home)});
    }
    const auto fence = locate::compile_fence(task, locate::PathLaw(locate::DelayMatrix{})).value();
    EXPECT_TRUE(fence.holds()) << journey_.home.name;
    order::Fence out;
    out.faults = liars_allowed;
    out.beacon_count = own_.size();
    for (std::size_t i = 0; i < own_.size(); ++i) {
      const order::BeaconEntry& entry = world_.charter().beacons[i];
      out.beacons[i] = {entry.key, static_cast<std::uint8_t>(entry.operator_name.back() - 'a'),
                        entry.place};
    }
    for (const locate::FenceChoice& choice : fence.choices) {
      order::FenceAlternative& one = out.alternatives[out.alternative_count++];
      one.needed = static_cast<std::uint8_t>(choice.needed);
      for (const locate::FenceLimit& limit : choice.limits)
        one.clauses[one.clause_count++] = {static_cast<std::uint8_t>(limit.beacon), limit.rtt_us};
    }
    return out;
  }

  std::size_t number_;
  const Journey& journey_;
  PlaceClock& clock_;
  std::vector<std::size_t> own_;
  World world_;
  Device device_;
  geo::Zone zone_;
  std::vector<locate::Measurement> receipts_;
  ranging::ReceiptVerifier verifier_;
};

using Chips = std::vector<std::unique_ptr<PlaceChip>>;
using Beacons = std::vector<std::unique_ptr<PlaceBeacon>>;

beacon::RelayOptions paths_of(const Network& network, const Chips& chips, const Beacons& beacons) {
  beacon::RelayOptions out;
  for (std::size_t chip = 0; chip < chips.size(); ++chip) {
    const Journey& journey = chips[chip]->journey();
    for (const Spot& from : {journey.home, journey.away}) {
      for (const std::size_t beacon : chips[chip]->beacons()) {
        const double ms = path_ms(from, beacon_spots[beacon]);
        out.pairs.push_back({network.gate_address(chip), beacons[beacon]->address(),
                             RoundTripNanos{std::llround(ms * 1e6)}});
      }
    }
  }
  return out;
}

/// Ranges and asks for a permit. A busy machine makes answers slow, never quick: at home a chip may
/// try again, as agents do all the time.
StageLog stay(PlaceChip& chip, const PlaceRelay& relay, bool away, bool licensed) {
  constexpr int tries = 6;
  StageLog out;
  for (int i = 0; i < tries; ++i) {
    chip.range(relay, away);
    if (!licensed) chip.take_licence();
    licensed = true;
    out = chip.judged(away);
    const bool quick = out.answer == "ok" && out.verdict == geo::Verdict::inside;
    if (away || (quick && out.receipts + 1 >= own_beacons)) break;
  }
  return out;
}

/// All chips at once, each from its own part of the network.
void live(const Network& network, const PlaceRelay& relay, Chips& chips, bool away,
          std::vector<ChipLog>& logs) {
  std::vector<std::jthread> threads;
  threads.reserve(chips.size());
  for (std::size_t i = 0; i < chips.size(); ++i) {
    threads.emplace_back([&, i] {
      network.enter_chip(i);
      logs[i].stages.push_back(stay(*chips[i], relay, away, !logs[i].stages.empty()));
    });
  }
}

}  // namespace

std::vector<ChipLog> rehearse(const Network& network) {
  PlaceClock clock;
  crypto::SystemRandom random;
  Beacons beacons;
  for (std::size_t i = 0; i < beacon_count; ++i)
    beacons.push_back(std::make_unique<PlaceBeacon>(network, i, clock, random));
  Chips chips;
  std::vector<ChipLog> logs;
  for (std::size_t i = 0; i < chip_count; ++i) {
    chips.push_back(std::make_unique<PlaceChip>(i, clock));
    logs.push_back({std::string(journeys[i].home.name), {}});
  }
  const PlaceRelay relay(network, paths_of(network, chips, beacons));
  live(network, relay, chips, false, logs);
  beacons[dying_beacon]->stop();
  clock.travel();
  live(network, relay, chips, true, logs);
  clock.travel();
  live(network, relay, chips, false, logs);
  return logs;
}

}  // namespace daymark::place
