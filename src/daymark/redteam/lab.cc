#include "daymark/redteam/lab.h"

#include <array>
#include <chrono>
#include <cmath>

#include "daymark/locate/fence.h"

namespace daymark::redteam {

namespace {

constexpr double lab_zone_km = 1000;
constexpr std::array<std::string_view, Lab::beacons> lab_names{"frankfurt", "paris", "amsterdam"};
constexpr std::array<std::string_view, Lab::beacons> lab_operators{"op-a", "op-b", "op-c"};
constexpr std::array<order::PlaceE7, Lab::beacons> lab_places{
    {{501'109'000, 86'821'000}, {488'566'000, 23'522'000}, {523'676'000, 49'041'000}}};
constexpr std::array lab_kinds{LabBeacon::honest, LabBeacon::lying, LabBeacon::wrong_place,
                               LabBeacon::impostor, LabBeacon::wrong_time};
constexpr RoundTripNanos lab_lie{1'000'000};

crypto::SecretKey lab_key(std::size_t beacon) {
  crypto::SecretKey out{};
  out.seed[0] = static_cast<Byte>(beacon + 1);
  out.seed[1] = 0x6C;
  return out;
}

geo::LatLon lab_place(std::size_t beacon) {
  constexpr double unit = 1e-7;
  return geo::LatLon::of(unit * lab_places[beacon].latitude, unit * lab_places[beacon].longitude)
      .value_or(geo::LatLon{});
}

/// Paths of glass that are a fifth longer than the shortest line.
RoundTripNanos lab_round_trip(double km) {
  constexpr double fifth = 1.2;
  const double ms = 0.1 + fifth * 2 * km / locate::fiber.km_per_ms;
  return {std::llround(ms * 1e6)};
}

beacon::BeaconOptions options_of(std::size_t beacon, LabBeacon kind) {
  beacon::BeaconOptions out;
  out.name = std::string(lab_names[beacon]);
  out.settings.key = lab_key(beacon);
  out.settings.place = lab_places[beacon];
  if (kind == LabBeacon::lying) out.settings.simulated_fault.claimed_round_trip = lab_lie;
  if (kind == LabBeacon::wrong_time) out.settings.simulated_fault.time_shift = days(400);
  if (kind == LabBeacon::wrong_place) out.settings.place.latitude += 10'000'000;
  if (kind == LabBeacon::impostor) out.settings.key.seed[2] = 1;
  return out;
}

constexpr std::size_t lab_slot(std::size_t place, std::size_t beacon, std::size_t kind) {
  return (place * Lab::beacons + beacon) * lab_kinds.size() + kind;
}

/// The compiled fence as a licence names it.
order::Fence fence_of(const locate::CompiledFence& compiled, const order::Charter& charter) {
  order::Fence out;
  out.faults = Lab::faults;
  for (std::size_t i = 0; i < charter.beacon_count; ++i) {
    const order::BeaconEntry& entry = charter.beacons[i];
    out.beacons[out.beacon_count++] = {entry.key, static_cast<std::uint8_t>(i), entry.place};
  }
  for (const locate::FenceChoice& choice : compiled.choices) {
    order::FenceAlternative& one = out.alternatives[out.alternative_count++];
    one.needed = static_cast<std::uint8_t>(choice.needed);
    for (const locate::FenceLimit& limit : choice.limits)
      one.clauses[one.clause_count++] = {static_cast<std::uint8_t>(limit.beacon), limit.rtt_us};
  }
  return out;
}

}  // namespace

LabChip::LabChip(const order::Charter& charter, const crypto::SecretKey& key)
    : charter_(charter), key_(key) {
  time_.adopt(&charter_, UnixMillis{});
}

Outcome<std::vector<Byte>> LabChip::open(std::size_t beacon) {
  ByteArray<ranging::opening_size_max> space{};
  DAYMARK_TRY(const ByteView opening, time_.open(beacon, clock_.tick(), key_, random_, space));
  return std::vector<Byte>(opening.begin(), opening.end());
}

Outcome<void> LabChip::accept(std::size_t beacon, ByteView welcome) {
  return about(time_.accept({static_cast<std::uint8_t>(beacon), welcome}), "welcome");
}

Outcome<ranging::AnswerTag> LabChip::answer(std::size_t beacon, std::uint32_t number,
                                            const ranging::Challenge& challenge) {
  if (slowness > Millis{}) std::this_thread::sleep_for(std::chrono::milliseconds(slowness.value));
  if (guesses) return random_.draw<sizeof(ranging::AnswerTag)>();
  return about(time_.answer({static_cast<std::uint8_t>(beacon), number, challenge}), "challenge");
}

Outcome<void> LabChip::deliver(std::size_t beacon, ByteView receipt) {
  return about(time_.take_receipt({static_cast<std::uint8_t>(beacon), receipt}, clock_.tick(),
                                  crypto::ed25519_public(key_)),
               "receipt");
}

governor::FenceResult LabChip::fence(const order::Fence& fence) {
  return time_.locate(fence, clock_.tick());
}

/// A server on a thread of its own.
struct Lab::Served {
  explicit Served(beacon::BeaconServer&& listening) : server(std::move(listening)) {}

  beacon::BeaconServer server;
  std::jthread thread;
};

Outcome<std::unique_ptr<Lab>> Lab::open(const std::vector<double>& away_km) {
  std::unique_ptr<Lab> out(new Lab);
  out->add_charter();
  DAYMARK_CHECK(out->add_fence());
  for (std::size_t beacon = 0; beacon < beacons; ++beacon)
    DAYMARK_CHECK(out->serve_all(beacon));
  DAYMARK_CHECK(out->connect(away_km));
  return out;
}

Lab::~Lab() {
  for (const auto& relay : relays_)
    relay->stop();
  for (const auto& [which, served] : served_)
    served->server.stop();
}

geo::LatLon Lab::home() const {
  return geo::LatLon::of(50.85, 4.35).value_or(geo::LatLon{});
}

double Lab::within_km() const {
  return lab_zone_km;
}

void Lab::add_charter() {
  for (std::size_t i = 0; i < beacons; ++i) {
    charter_.beacons[i] = {lab_names[i], lab_operators[i], crypto::ed25519_public(lab_key(i)),
                           lab_places[i]};
  }
  charter_.beacon_count = beacons;
  charter_.faults = faults;
  charter_.bounds.time_age = days(2);
  charter_.bounds.fence_age = days(2);
  charter_.bounds.tick_drift_ppm = 200;
}

Outcome<void> Lab::add_fence() {
  DAYMARK_TRY(geo::Zone zone, about(geo::Zone::within(home(), {lab_zone_km * 1000}), "zone"));
  locate::FenceTask task{std::move(zone), {}, {{"home", home(), 1}}, faults};
  for (std::size_t i = 0; i < beacons; ++i) {
    const geo::LatLon place = lab_place(i);
    task.beacons.push_back({std::string(lab_names[i]), place, std::string(lab_operators[i])});
    const double km = geo::distance(place, home()).value / 1000;
    task.measured.push_back({0, i, static_cast<double>(lab_round_trip(km).value) * 1e-6});
  }
  DAYMARK_TRY(const locate::CompiledFence compiled,
              locate::compile_fence(task, locate::PathLaw(locate::DelayMatrix{})));
  fence_ = fence_of(compiled, charter_);
  return {};
}

Outcome<void> Lab::serve_all(std::size_t beacon) {
  for (const LabBeacon kind : lab_kinds)
    DAYMARK_CHECK(serve(beacon, kind));
  return {};
}

Outcome<void> Lab::serve(std::size_t beacon, LabBeacon kind) {
  DAYMARK_TRY(beacon::BeaconServer server,
              beacon::BeaconServer::listen(options_of(beacon, kind), clock_, random_));
  auto served = std::make_unique<Served>(std::move(server));
  Served* const running = served.get();
  running->thread = std::jthread([running] { (void)running->server.run(); });
  served_[{beacon, kind}] = std::move(served);
  return {};
}

Outcome<void> Lab::start(const beacon::RelayOptions& options) {
  DAYMARK_TRY(beacon::DelayRelay relay, beacon::DelayRelay::open(options));
  relays_.push_back(std::make_unique<beacon::DelayRelay>(std::move(relay)));
  threads_.emplace_back([running = relays_.back().get()] { (void)running->run(); });
  return {};
}

void Lab::add_paths(const geo::LatLon& place, std::size_t beacon, beacon::RelayOptions& out) const {
  const double km = geo::distance(place, lab_place(beacon)).value / 1000;
  for (const LabBeacon kind : lab_kinds) {
    const net::Endpoint& target = served_.at({beacon, kind})->server.local();
    out.pairs.push_back({"127.0.0.1:0", net::print_endpoint(target), lab_round_trip(km)});
  }
}

Outcome<void> Lab::connect(const std::vector<double>& away_km) {
  std::vector<geo::LatLon> places{home()};
  for (const double km : away_km)
    places.push_back(geo::destination(home(), 80, Metres{km * 1000}));
  beacon::RelayOptions paths;
  for (const geo::LatLon place : places) {
    for (std::size_t beacon = 0; beacon < beacons; ++beacon)
      add_paths(place, beacon, paths);
  }
  DAYMARK_CHECK(start(paths));
  return connect_boxes(places);
}

Outcome<void> Lab::connect_boxes(const std::vector<geo::LatLon>& places) {
  beacon::RelayOptions boxes;
  for (std::size_t place = 0; place < places.size(); ++place) {
    const double km = geo::distance(places[place], home()).value / 1000;
    for (std::size_t beacon = 0; beacon < beacons; ++beacon)
      boxes.pairs.push_back({"127.0.0.1:0", route(0, beacon), lab_round_trip(km)});
  }
  return start(boxes);
}

std::string Lab::route(std::size_t place, std::size_t beacon, LabBeacon kind) const {
  return net::print_endpoint(
      relays_.front()->local(lab_slot(place, beacon, static_cast<std::size_t>(kind))));
}

std::string Lab::relayed(std::size_t place, std::size_t beacon) const {
  return net::print_endpoint(relays_.back()->local(place * beacons + beacon));
}

net::Endpoint Lab::direct(std::size_t beacon) const {
  return served_.at({beacon, LabBeacon::honest})->server.local();
}

}  // namespace daymark::redteam
