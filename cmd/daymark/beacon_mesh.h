// The mesh of `daymark beacon serve`: this beacon ranges its peers and publishes their receipts.
#pragma once

#include <memory>
#include <stop_token>
#include <string>
#include <vector>

#include "session.h"

#include "daymark/base/random.h"
#include "daymark/beacon/mesh_publisher.h"
#include "daymark/beacon/service.h"

namespace daymark::cli {

struct MeshArguments {
  std::string charter;
  std::vector<std::string> peers;  ///< NAME=HOST:PORT
  std::string file;
  std::string every = "60s";
};

void add_mesh_options(CLI::App& command, MeshArguments& arguments);

/// Rounds over the peers until it is told to stop.
class MeshWork {
 public:
  /// Keys and places are the charter's, this beacon's too. `clock`, `random` and `session` outlive
  /// it. Errors: errc::mesh_beacon, errc::mesh_place, errc::mesh_peer, errc::usage_wrong, those of
  /// files and charters.
  [[nodiscard]] static Outcome<std::unique_ptr<MeshWork>> make(
      const MeshArguments& arguments, const beacon::BeaconSettings& settings, Clock& clock,
      const Session& session);

  /// On a thread beside the server's.
  void run(const std::stop_token& stop);

 private:
  explicit MeshWork(const Session& session) : session_(session) {}

  const Session& session_;
  std::vector<Byte> charter_;  ///< the peers' names view it
  crypto::SystemRandom random_;
  Millis every_;
  std::unique_ptr<beacon::MeshPublisher> publisher_;
};

}  // namespace daymark::cli
