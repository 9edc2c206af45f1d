// What beacons say of one another: each ranges the others as if it were a chip, and publishes the
// receipts that they signed for it (docs/formats/mesh.md). Host only.
//
//   COSE_Sign1 by the beacon, "daymark mesh v1":
//   [1, beacon key, latitude, longitude, time, [* [peer key, nonce, receipt]]]
//
// A beacon whose declared place is wrong is nearer to some peer than light allows, and that peer's
// receipt shows it. Delay can hide a wrong place, but accuses nobody.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "daymark/base/bytes.h"
#include "daymark/base/result.h"
#include "daymark/base/units.h"
#include "daymark/ranging/receipt.h"

namespace daymark::ranging {

inline constexpr std::string_view mesh_purpose = "daymark mesh v1";
inline constexpr std::size_t mesh_peers_max = 64;
/// Around each receipt: two arrays of 32 bytes and their heads.
inline constexpr std::size_t mesh_entry_size_max = receipt_size_max + 80;
inline constexpr std::size_t mesh_size_max = 256 + mesh_peers_max * mesh_entry_size_max;

/// A receipt as its peer sent it, and the nonce that this beacon had drawn for it.
struct MeshEntry {
  crypto::PublicKey peer;
  Digest nonce{};
  std::vector<Byte> receipt;

  friend bool operator==(const MeshEntry&, const MeshEntry&) = default;
};

struct Mesh {
  crypto::PublicKey beacon;
  order::PlaceE7 place;
  UnixMillis time;                 ///< the beacon's clock when it signed
  std::vector<MeshEntry> entries;  ///< by rising key of the peer, each once, never the beacon's own

  friend bool operator==(const Mesh&, const Mesh&) = default;
};

/// Form and bounds alone; verifies nothing.
/// Errors: errc::mesh_malformed, errc::mesh_peer (twice, out of order, or itself), errc::cbor_*.
[[nodiscard]] Result<Mesh> parse_mesh(ByteView payload);

/// Writes the same bytes that parse_mesh reads; sorts the entries. Errors: errc::mesh_malformed,
/// errc::mesh_peer.
[[nodiscard]] Result<std::vector<Byte>> write_mesh(Mesh mesh);

/// Writes and signs. Errors: those of write_mesh.
[[nodiscard]] Result<std::vector<Byte>> sign_mesh(const Mesh& mesh, const crypto::SecretKey& key);

/// A mesh whose signatures and places have been checked, its receipts' as well; made only by
/// verify_mesh.
class VerifiedMesh {
 public:
  /// A peer timed this mesh's beacon.
  struct Timing {
    std::size_t peer = 0;  ///< index into the beacons that it was verified against
    Receipt receipt;
  };

  /// Whose it is: index into the same beacons.
  [[nodiscard]] std::size_t beacon() const { return beacon_; }

  [[nodiscard]] UnixMillis time() const { return time_; }

  [[nodiscard]] std::span<const Timing> timings() const { return timings_; }

 private:
  VerifiedMesh() = default;
  friend Result<VerifiedMesh> verify_mesh(ByteView message,
                                          std::span<const order::BeaconEntry> beacons);

  std::size_t beacon_ = 0;
  UnixMillis time_;
  std::vector<Timing> timings_;
};

/// Against the beacons of a charter. One receipt that does not verify refuses the whole: whoever
/// signed the mesh had to check it first.
/// Errors: errc::mesh_beacon, errc::mesh_place, errc::mesh_peer (unknown), errc::cose_*, those of
/// parse_mesh and verify_receipt.
[[nodiscard]] Result<VerifiedMesh> verify_mesh(ByteView message,
                                               std::span<const order::BeaconEntry> beacons);

}  // namespace daymark::ranging
