#include "daymark/ranging/mesh.h"

#include <algorithm>
#include <optional>

#include "daymark/cbor/encode.h"
#include "daymark/cbor/reader.h"
#include "daymark/ranging/errors.h"

namespace daymark::ranging {

namespace {

constexpr std::size_t mesh_items = 6;
constexpr std::size_t entry_items = 3;
constexpr std::uint64_t mesh_version = 1;
constexpr std::int64_t mesh_latitude_max = 900'000'000;
constexpr std::int64_t mesh_longitude_max = 1'800'000'000;
/// 9999-12-31T23:59:59.999Z: what RFC 3339 can still write.
constexpr std::uint64_t mesh_time_max = 253'402'300'799'999;

bool within(std::int64_t value, std::int64_t most) {
  return value >= -most && value <= most;
}

Result<std::int32_t> read_coordinate(cbor::Reader& reader, std::int64_t most) {
  DAYMARK_TRY(const std::int64_t value, reader.read_integer(field::place));
  if (!within(value, most)) return fail(errc::mesh_malformed, field::place, reader.offset());
  return static_cast<std::int32_t>(value);
}

Result<MeshEntry> read_entry(cbor::Reader& reader) {
  MeshEntry out;
  DAYMARK_CHECK(reader.enter_array_of(entry_items));
  DAYMARK_TRY(out.peer.bytes, reader.read_array_of_bytes<32>(field::beacon_key));
  DAYMARK_TRY(out.nonce, reader.read_array_of_bytes<32>(field::chip_nonce));
  DAYMARK_TRY(const ByteView receipt, reader.read_bytes(1, receipt_size_max));
  out.receipt.assign(receipt.begin(), receipt.end());
  return out;
}

/// One order, so that one mesh has one form.
Result<void> check_peers(const Mesh& mesh) {
  const MeshEntry* last = nullptr;
  for (const MeshEntry& entry : mesh.entries) {
    const bool rising = last == nullptr || last->peer < entry.peer;
    if (!rising || entry.peer == mesh.beacon) return fail(errc::mesh_peer, field::beacon_key);
    last = &entry;
  }
  return ok();
}

bool is_in_bounds(const Mesh& mesh) {
  const bool receipts = std::ranges::all_of(mesh.entries, [](const MeshEntry& entry) {
    return !entry.receipt.empty() && entry.receipt.size() <= receipt_size_max;
  });
  return receipts && mesh.entries.size() <= mesh_peers_max && mesh.time.value >= 0 &&
         std::cmp_less_equal(mesh.time.value, mesh_time_max) &&
         within(mesh.place.latitude, mesh_latitude_max) &&
         within(mesh.place.longitude, mesh_longitude_max);
}

void put_mesh(const Mesh& mesh, cbor::Writer& out) {
  out.open_array(mesh_items);
  out.put_unsigned(mesh_version);
  out.put_bytes(mesh.beacon.bytes);
  out.put_integer(mesh.place.latitude);
  out.put_integer(mesh.place.longitude);
  out.put_integer(mesh.time.value);
  out.open_array(mesh.entries.size());
  for (const MeshEntry& entry : mesh.entries) {
    out.open_array(entry_items);
    out.put_bytes(entry.peer.bytes);
    out.put_bytes(entry.nonce);
    out.put_bytes(entry.receipt);
  }
}

std::optional<std::size_t> index_of(std::span<const order::BeaconEntry> beacons, const auto& is) {
  const auto found = std::ranges::find_if(beacons, is);
  if (found == beacons.end()) return std::nullopt;
  return static_cast<std::size_t>(found - beacons.begin());
}

}  // namespace

Result<Mesh> parse_mesh(ByteView payload) {
  cbor::Reader reader(payload);
  Mesh out;
  DAYMARK_CHECK(reader.enter_array_of(mesh_items));
  DAYMARK_TRY(const std::uint64_t version, reader.read_unsigned());
  if (version != mesh_version) return fail(errc::mesh_malformed);
  DAYMARK_TRY(out.beacon.bytes, reader.read_array_of_bytes<32>(field::beacon_key));
  DAYMARK_TRY(out.place.latitude, read_coordinate(reader, mesh_latitude_max));
  DAYMARK_TRY(out.place.longitude, read_coordinate(reader, mesh_longitude_max));
  DAYMARK_TRY(const std::uint64_t time, reader.read_unsigned_up_to(mesh_time_max));
  out.time = UnixMillis{static_cast<std::int64_t>(time)};
  DAYMARK_TRY(const std::size_t count, reader.enter_array(mesh_peers_max));
  for (std::size_t i = 0; i < count; ++i) {
    DAYMARK_TRY(MeshEntry entry, read_entry(reader));
    out.entries.push_back(std::move(entry));
  }
  DAYMARK_CHECK(reader.expect_end());
  DAYMARK_CHECK(check_peers(out));
  return out;
}

Result<std::vector<Byte>> write_mesh(Mesh mesh) {
  std::ranges::sort(mesh.entries, {}, &MeshEntry::peer);
  if (!is_in_bounds(mesh)) return fail(errc::mesh_malformed);
  DAYMARK_CHECK(check_peers(mesh));
  return cbor::encode([&](cbor::Writer& out) { put_mesh(mesh, out); });
}

Result<std::vector<Byte>> sign_mesh(const Mesh& mesh, const crypto::SecretKey& key) {
  DAYMARK_TRY(const std::vector<Byte> payload, write_mesh(mesh));
  return cbor::sign1(payload, mesh_purpose, key);
}

Result<VerifiedMesh> verify_mesh(ByteView message, std::span<const order::BeaconEntry> beacons) {
  if (message.size() > mesh_size_max) return fail(errc::mesh_malformed);
  DAYMARK_TRY(const cbor::Sign1 signed_mesh, cbor::parse_sign1(message));
  const auto self = index_of(beacons, [&](const order::BeaconEntry& beacon) {
    return crypto::key_id(beacon.key) == signed_mesh.key;
  });
  if (!self) return fail(errc::mesh_beacon, field::beacon_key);
  const order::BeaconEntry& beacon = beacons[*self];
  DAYMARK_CHECK(cbor::verify_sign1(signed_mesh, mesh_purpose, beacon.key));
  DAYMARK_TRY(const Mesh mesh, parse_mesh(signed_mesh.payload));
  if (mesh.beacon != beacon.key) return fail(errc::mesh_beacon, field::beacon_key);
  if (mesh.place != beacon.place) return fail(errc::mesh_place, field::place);
  VerifiedMesh out;
  out.beacon_ = *self;
  out.time_ = mesh.time;
  for (const MeshEntry& entry : mesh.entries) {
    const auto peer =
        index_of(beacons, [&](const order::BeaconEntry& other) { return other.key == entry.peer; });
    if (!peer) return fail(errc::mesh_peer, field::beacon_key);
    DAYMARK_TRY(const VerifiedReceipt verified,
                verify_receipt(entry.receipt, {&beacons[*peer], beacon.key, entry.nonce}));
    out.timings_.push_back({*peer, verified.receipt()});
  }
  return out;
}

}  // namespace daymark::ranging
