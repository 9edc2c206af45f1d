#include "bench_beacon.h"

#include "figures.h"
#include "ranging_servers.h"

namespace daymark::bench {

beacon::BeaconSettings BenchBeacon::settings(std::uint32_t exchanges) {
  beacon::BeaconSettings out;
  out.key.seed[0] = 42;
  out.exchanges = exchanges;
  out.limits.sessions = bench_sessions;
  out.limits.session_nanos = 3'600'000'000'000;
  out.limits.per_address = {bench_sessions * 2, 1};
  out.limits.per_chip = {bench_sessions, 1};
  return out;
}

BenchBeacon::BenchBeacon(const beacon::BeaconSettings& settings, Millis busy) {
  options_.settings = settings;
  options_.busy = busy;
  auto listening = beacon::BeaconServer::listen(options_, clock_, random_);
  require(listening.has_value(), "no port on loopback");
  server_.emplace(*std::move(listening));
  thread_ = std::thread([this] {
    pin_to_core(0, 0);
    (void)server_->run();
  });
}

BenchBeacon::~BenchBeacon() {
  server_->stop();
  thread_.join();
}

double BenchBeacon::processor_seconds() {
  return thread_seconds(thread_);
}

}  // namespace daymark::bench
