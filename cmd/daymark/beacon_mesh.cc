#include "beacon_mesh.h"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <mutex>

#include "arguments.h"
#include <fmt/format.h>

#include "daymark/agent/ranging_client.h"
#include "daymark/base/file.h"
#include "daymark/net/endpoint.h"
#include "daymark/order/charter.h"
#include "daymark/ranging/errors.h"

namespace daymark::cli {

namespace {

/// A beacon that loses a packet waits little: the next round comes.
agent::RangingPatience mesh_patience() {
  agent::RangingPatience out{Millis{500}, 3, seconds(5)};
  out.busy = true;  // key and socket are in this process
  return out;
}

/// The beacon's own session as the client carries it.
class PeerPort final : public agent::GovernorPort {
 public:
  explicit PeerPort(beacon::PeerSession& session) : session_(session) {}

  Outcome<std::vector<Byte>> open(std::size_t) override { return session_.open(); }

  Outcome<void> accept(std::size_t, ByteView welcome) override { return session_.accept(welcome); }

  Outcome<ranging::AnswerTag> answer(std::size_t, std::uint32_t number,
                                     const ranging::Challenge& challenge) override {
    return session_.answer(number, challenge);
  }

  Outcome<void> deliver(std::size_t, ByteView receipt) override {
    return session_.deliver(receipt);
  }

 private:
  beacon::PeerSession& session_;
};

Outcome<void> range_peer(const std::string& address, beacon::PeerSession& session) {
  PeerPort port(session);
  DAYMARK_CHECK(agent::range_with({0, address}, port, mesh_patience()));
  return {};
}

Outcome<beacon::MeshPeer> peer_of(const std::string& text, const order::Charter& charter,
                                  const crypto::PublicKey& self) {
  const std::size_t split = text.find('=');
  if (split == std::string::npos) return refuse(errc::usage_wrong, "--peer", text);
  const std::string name = text.substr(0, split);
  const std::string address = text.substr(split + 1);
  DAYMARK_CHECK(about(net::parse_endpoint(address), address));
  const auto beacons = charter.beacon_list();
  const auto found = std::ranges::find(beacons, name, &order::BeaconEntry::name);
  if (found == beacons.end() || found->key == self) return refuse(errc::mesh_peer, name);
  return beacon::MeshPeer{*found, address};
}

/// What this beacon states must be what the charter pins: else nobody would take its mesh.
Outcome<void> check_self(const order::Charter& charter, const beacon::BeaconSettings& settings,
                         const std::string& file) {
  const auto beacons = charter.beacon_list();
  const crypto::PublicKey key = crypto::ed25519_public(settings.key);
  const auto self = std::ranges::find(beacons, key, &order::BeaconEntry::key);
  if (self == beacons.end()) return refuse(errc::mesh_beacon, file);
  if (self->place != settings.place) return refuse(errc::mesh_place, file);
  return {};
}

}  // namespace

void add_mesh_options(CLI::App& command, MeshArguments& arguments) {
  CLI::Option* charter =
      command.add_option("--charter", arguments.charter, "Names beacons, keys and places");
  CLI::Option* peers = command.add_option("--peer", arguments.peers,
                                          "NAME=HOST:PORT: a beacon of the charter to range");
  CLI::Option* file = command.add_option("--mesh", arguments.file,
                                         "Publish the receipts of the peers in this file");
  command.add_option("--mesh-every", arguments.every, "How often")->capture_default_str();
  file->needs(charter)->needs(peers);
  peers->needs(file);
  charter->needs(file);
}

Outcome<std::unique_ptr<MeshWork>> MeshWork::make(const MeshArguments& arguments,
                                                  const beacon::BeaconSettings& settings,
                                                  Clock& clock, const Session& session) {
  std::unique_ptr<MeshWork> out(new MeshWork(session));
  DAYMARK_TRY(out->every_, duration_argument("--mesh-every", arguments.every));
  DAYMARK_TRY(out->charter_, read_file(arguments.charter, order::charter_size_max));
  DAYMARK_TRY(const order::Charter charter,
              about(order::parse_charter(out->charter_), arguments.charter));
  DAYMARK_CHECK(check_self(charter, settings, arguments.charter));
  beacon::MeshOptions options{settings.key, settings.place, {}, arguments.file};
  for (const std::string& text : arguments.peers) {
    DAYMARK_TRY(beacon::MeshPeer peer,
                peer_of(text, charter, crypto::ed25519_public(settings.key)));
    options.peers.push_back(std::move(peer));
  }
  out->publisher_ =
      std::make_unique<beacon::MeshPublisher>(std::move(options), clock, out->random_, range_peer);
  return out;
}

void MeshWork::run(const std::stop_token& stop) {
  std::mutex mutex;
  std::condition_variable_any changed;
  while (!stop.stop_requested()) {
    const auto problems = publisher_->round([&stop] { return !stop.stop_requested(); });
    if (!problems) session_.log(describe(problems.error()));
    if (problems) {
      for (const beacon::PeerProblem& problem : *problems)
        session_.log(fmt::format("mesh: {}: {}", problem.peer, describe(problem.failure)));
    }
    std::unique_lock lock(mutex);
    changed.wait_for(lock, stop, std::chrono::milliseconds(every_.value), [] { return false; });
  }
}

}  // namespace daymark::cli
