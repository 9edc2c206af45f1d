// A beacon on a thread of its own, with room for many chips at once.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <thread>

#include "daymark/base/time.h"
#include "daymark/beacon/server.h"

namespace daymark::bench {

/// Sessions that it holds, and openings that it takes at once from one address or chip.
inline constexpr std::size_t bench_sessions = 4096;

/// Pinned to the first core.
class BenchBeacon {
 public:
  explicit BenchBeacon(std::uint32_t exchanges) : BenchBeacon(settings(exchanges), Millis{}) {}

  BenchBeacon(const beacon::BeaconSettings& settings, Millis busy);
  BenchBeacon(const BenchBeacon&) = delete;
  BenchBeacon& operator=(const BenchBeacon&) = delete;
  ~BenchBeacon();

  /// No limit but the number of sessions.
  [[nodiscard]] static beacon::BeaconSettings settings(std::uint32_t exchanges);

  [[nodiscard]] const net::Endpoint& local() const { return server_->local(); }

  [[nodiscard]] crypto::PublicKey key() const {
    return crypto::ed25519_public(options_.settings.key);
  }

  [[nodiscard]] double processor_seconds();

  [[nodiscard]] const beacon::BeaconCounters& counters() const { return server_->counters(); }

 private:
  beacon::BeaconOptions options_;
  SystemClock clock_;
  crypto::SystemRandom random_;
  std::optional<beacon::BeaconServer> server_;
  std::thread thread_;
};

}  // namespace daymark::bench
