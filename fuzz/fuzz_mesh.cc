// A payload that parses is written back to the same bytes; one that nobody signed never verifies,
// and one that is signed here verifies only without receipts, which nobody signed.
#include <array>

#include "daymark/cbor/encode.h"
#include "daymark/ranging/mesh.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace daymark;
  const ByteView input(data, size);
  const crypto::SecretKey key{{1}};
  const auto mesh = ranging::parse_mesh(input);
  const order::BeaconEntry beacon{"b", "o", crypto::ed25519_public(key),
                                  mesh ? mesh->place : order::PlaceE7{}};
  const std::array<order::BeaconEntry, 1> beacons{beacon};
  if (ranging::verify_mesh(input, beacons)) __builtin_trap();
  const auto verified =
      ranging::verify_mesh(cbor::sign1(input, ranging::mesh_purpose, key), beacons);
  if (!mesh) {
    if (verified) __builtin_trap();
    return 0;
  }
  const auto written = ranging::write_mesh(*mesh);
  if (!written || !equal(*written, input)) __builtin_trap();
  const bool sound = mesh->beacon == beacon.key && mesh->entries.empty();
  if (verified.has_value() != sound) __builtin_trap();
  return 0;
}
