// A small world on loopback to attack: beacons that serve, delays as of real distances, and chips
// with the governor's own timekeeper. Host only.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "daymark/agent/ranging_client.h"
#include "daymark/beacon/delay_relay.h"
#include "daymark/beacon/server.h"
#include "daymark/crypto/random.h"
#include "daymark/geo/lat_lon.h"
#include "daymark/governor/timekeeper.h"

namespace daymark::redteam {

/// A chip as far as place and time go: governor::Timekeeper behind the agent's port. It may be
/// slow, or answer without knowing.
class LabChip final : public agent::GovernorPort {
 public:
  /// `charter` must outlive it.
  LabChip(const order::Charter& charter, const crypto::SecretKey& key);

  [[nodiscard]] Outcome<std::vector<Byte>> open(std::size_t beacon) override;
  [[nodiscard]] Outcome<void> accept(std::size_t beacon, ByteView welcome) override;
  [[nodiscard]] Outcome<ranging::AnswerTag> answer(std::size_t beacon, std::uint32_t number,
                                                   const ranging::Challenge& challenge) override;
  [[nodiscard]] Outcome<void> deliver(std::size_t beacon, ByteView receipt) override;

  /// What the governor says of the fence now.
  [[nodiscard]] governor::FenceResult fence(const order::Fence& fence);

  [[nodiscard]] governor::Now now() { return time_.at(clock_.tick()); }

  Millis slowness{0};    ///< waits so long before each answer
  bool guesses = false;  ///< answers with random tags

 private:
  const order::Charter& charter_;
  crypto::SecretKey key_;
  SystemClock clock_;
  crypto::SystemRandom random_;
  governor::Timekeeper time_;
};

/// Which server stands behind a beacon of the charter.
enum class LabBeacon { honest, lying, wrong_place, impostor, wrong_time };

/// Three beacons of three operators, each honest or otherwise; a chip at home, and further places
/// at stated distances from it.
class Lab {
 public:
  /// Errors: those of the beacons and relays; errc::locate_fence_site never.
  [[nodiscard]] static Outcome<std::unique_ptr<Lab>> open(const std::vector<double>& away_km);

  Lab(const Lab&) = delete;
  Lab& operator=(const Lab&) = delete;
  Lab(Lab&&) = delete;
  Lab& operator=(Lab&&) = delete;
  ~Lab();

  static constexpr std::size_t beacons = 3;
  static constexpr std::uint32_t faults = 1;

  [[nodiscard]] const order::Charter& charter() const { return charter_; }

  /// At least two of three, compiled for within_km of home.
  [[nodiscard]] const order::Fence& fence() const { return fence_; }

  [[nodiscard]] geo::LatLon home() const;
  [[nodiscard]] double within_km() const;

  /// The address by which a chip at place `place` (0 is home) reaches a beacon.
  [[nodiscard]] std::string route(std::size_t place, std::size_t beacon,
                                  LabBeacon kind = LabBeacon::honest) const;

  /// The same through a box at home, for a chip at `place`.
  [[nodiscard]] std::string relayed(std::size_t place, std::size_t beacon) const;

  /// The beacon itself, without delay.
  [[nodiscard]] net::Endpoint direct(std::size_t beacon) const;

 private:
  Lab() = default;

  struct Served;

  void add_charter();
  [[nodiscard]] Outcome<void> add_fence();
  [[nodiscard]] Outcome<void> serve(std::size_t beacon, LabBeacon kind);
  [[nodiscard]] Outcome<void> serve_all(std::size_t beacon);
  void add_paths(const geo::LatLon& place, std::size_t beacon, beacon::RelayOptions& out) const;
  [[nodiscard]] Outcome<void> connect(const std::vector<double>& away_km);
  [[nodiscard]] Outcome<void> connect_boxes(const std::vector<geo::LatLon>& places);
  [[nodiscard]] Outcome<void> start(const beacon::RelayOptions& options);

  SystemClock clock_;
  crypto::SystemRandom random_;
  order::Charter charter_;
  order::Fence fence_;
  std::map<std::pair<std::size_t, LabBeacon>, std::unique_ptr<Served>> served_;
  std::vector<std::unique_ptr<beacon::DelayRelay>> relays_;
  std::vector<std::jthread> threads_;
};

}  // namespace daymark::redteam
