// A beacon ranges its peers as a chip would, and publishes what they signed (ranging/mesh.h). Host
// only.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "daymark/base/failure.h"
#include "daymark/base/random.h"
#include "daymark/base/time.h"
#include "daymark/order/charter.h"
#include "daymark/ranging/mesh.h"
#include "daymark/ranging/session.h"

namespace daymark::beacon {

/// The chip's side of one session, played by a beacon with its own key. Holds secrets.
class PeerSession {
 public:
  /// References outlive it.
  PeerSession(const crypto::SecretKey& key, const order::BeaconEntry& peer, Random& random)
      : key_(key), peer_(peer), random_(random) {}

  /// Errors: those of ranging::ChipSession and ranging::verify_receipt.
  [[nodiscard]] Outcome<std::vector<Byte>> open();
  [[nodiscard]] Outcome<void> accept(ByteView welcome);
  [[nodiscard]] Outcome<ranging::AnswerTag> answer(std::uint32_t number,
                                                   const ranging::Challenge& challenge) const;
  /// Verifies and keeps.
  [[nodiscard]] Outcome<void> deliver(ByteView receipt);

  /// The receipt that was delivered; empty before.
  [[nodiscard]] const ranging::MeshEntry& entry() const { return entry_; }

 private:
  const crypto::SecretKey& key_;
  const order::BeaconEntry& peer_;
  Random& random_;
  ranging::ChipSession session_;
  ranging::MeshEntry entry_;
};

/// Runs one session with the beacon at `address` up to its receipt.
using RangePeer = std::function<Outcome<void>(const std::string& address, PeerSession& session)>;

struct MeshPeer {
  order::BeaconEntry beacon;  ///< as the charter pins it
  std::string address;        ///< of the peer, or of a relay before it
};

struct MeshOptions {
  crypto::SecretKey key;
  order::PlaceE7 place;
  std::vector<MeshPeer> peers;  ///< at most ranging::mesh_peers_max
  std::string file;             ///< where the mesh is published
};

/// A peer that gave no receipt this time.
struct PeerProblem {
  std::string peer;
  Failure failure;
};

/// Not thread-safe.
class MeshPublisher {
 public:
  /// `clock` and `random` outlive it.
  MeshPublisher(MeshOptions options, Clock& clock, Random& random, RangePeer range);

  /// Ranges every peer once, then publishes each peer's newest receipt: signed, written beside the
  /// file, synced, renamed. A peer that is not reached keeps its last receipt and is named; where
  /// none ever answered nothing is written. Between two peers `go_on` is asked. Errors: those of
  /// write_file and sign_mesh.
  [[nodiscard]] Outcome<std::vector<PeerProblem>> round(const std::function<bool()>& go_on);

 private:
  [[nodiscard]] Outcome<void> publish();
  void keep(const ranging::MeshEntry& entry);

  MeshOptions options_;
  Clock& clock_;
  Random& random_;
  RangePeer range_;
  std::vector<ranging::MeshEntry> entries_;
};

}  // namespace daymark::beacon
