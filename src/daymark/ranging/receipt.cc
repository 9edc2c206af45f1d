#include "daymark/ranging/receipt.h"

#include "daymark/cbor/cose.h"
#include "daymark/cbor/layout.h"
#include "daymark/ranging/errors.h"
#include "daymark/tlog/errors.h"
#include "daymark/tlog/merkle.h"

namespace daymark::ranging {

namespace {

constexpr std::size_t receipt_items = 4;
constexpr std::size_t part_items = 7;
constexpr std::uint64_t receipt_version = 1;
constexpr std::size_t node_size = sizeof(Digest);
constexpr std::int32_t latitude_max = 900'000'000;
constexpr std::int32_t longitude_max = 1'800'000'000;
/// 9999-12-31T23:59:59.999Z: what RFC 3339 can still write.
constexpr std::uint64_t time_max = 253'402'300'799'999;
constexpr std::uint64_t round_trip_max = std::numeric_limits<std::int64_t>::max();

/// Of a leaf, behind the version.
constexpr auto leaf_layout = cbor::layout<ReceiptLeaf>(
    DAYMARK_MEMBER(ReceiptLeaf, chip), DAYMARK_MEMBER(ReceiptLeaf, chip_nonce, field::chip_nonce),
    DAYMARK_MEMBER(ReceiptLeaf, beacon_nonce));
constexpr auto exchanges_layout =
    cbor::layout<ReceiptLeaf>(DAYMARK_MEMBER(ReceiptLeaf, exchanges),
                              DAYMARK_MEMBER(ReceiptLeaf, quality, no_field,
                                             static_cast<std::size_t>(StampQuality::hardware)));

/// [leaf, index, path, root]
constexpr auto receipt_layout = cbor::layout<ReceiptParts>(
    cbor::items(receipt_items),
    at_least(1, DAYMARK_MEMBER(ReceiptParts, leaf, no_field, receipt_leaf_size_max)),
    DAYMARK_MEMBER(ReceiptParts, index.value, field::leaf_index, batch_receipts_max - 1),
    DAYMARK_MEMBER(ReceiptParts, path, field::path, receipt_nodes_max* node_size),
    at_least(1, DAYMARK_MEMBER(ReceiptParts, root, field::root, receipt_root_size_max)));

/// The array and the version that leaf and root begin with.
Result<void> enter_part(cbor::Reader& reader) {
  DAYMARK_CHECK(reader.enter_array_of(part_items));
  DAYMARK_TRY(const std::uint64_t version, reader.read_unsigned());
  return version == receipt_version ? ok() : fail(errc::receipt_malformed);
}

Result<std::int32_t> read_degrees(cbor::Reader& reader, std::int32_t most) {
  DAYMARK_TRY(const std::int64_t value, reader.read_integer(field::place));
  if (value < -most || value > most) {
    return fail(errc::receipt_malformed, field::place, reader.offset());
  }
  return static_cast<std::int32_t>(value);
}

/// Into `out`, for nothing is copied on a chip that need not be.
Result<void> read_leaf(ByteView leaf, ReceiptLeaf& out) {
  cbor::Reader reader(leaf);
  DAYMARK_CHECK(enter_part(reader));
  DAYMARK_CHECK(cbor::read_layout(reader, leaf_layout, out));
  DAYMARK_TRY(const std::uint64_t round_trip, reader.read_unsigned_up_to(round_trip_max));
  out.least_round_trip.value = static_cast<std::int64_t>(round_trip);
  DAYMARK_CHECK(cbor::read_layout(reader, exchanges_layout, out));
  return reader.expect_end();
}

Result<void> read_root(ByteView payload, BatchRoot& out) {
  cbor::Reader reader(payload);
  DAYMARK_CHECK(enter_part(reader));
  DAYMARK_TRY(out.hash, reader.read_array_of_bytes<node_size>(field::root));
  DAYMARK_TRY(out.size.value, reader.read_unsigned_up_to(batch_receipts_max, field::tree_size));
  if (out.size.value == 0) return fail(errc::receipt_malformed, field::tree_size);
  DAYMARK_TRY(out.place.latitude, read_degrees(reader, latitude_max));
  DAYMARK_TRY(out.place.longitude, read_degrees(reader, longitude_max));
  DAYMARK_TRY(const std::uint64_t time, reader.read_unsigned_up_to(time_max));
  DAYMARK_TRY(const std::uint64_t radius, reader.read_unsigned_up_to(time_max));
  out.time.value = static_cast<std::int64_t>(time);
  out.radius.value = static_cast<std::int64_t>(radius);
  return reader.expect_end();
}

/// An array of its own: on a chip it must not lie on the stack under a signature's verification.
Result<void> check_path(const ReceiptParts& parts, const BatchRoot& root) {
  std::array<Digest, receipt_nodes_max> nodes{};
  const std::size_t count = parts.path.size() / node_size;
  if (count > nodes.size() || parts.path.size() % node_size != 0) {
    return fail(errc::receipt_malformed, field::path);
  }
  for (std::size_t i = 0; i < count; ++i)
    nodes[i] = array_of<node_size>(parts.path.subspan(i * node_size, node_size));
  const Digest leaf = tlog::hash_leaf(parts.leaf, tlog::receipt_tree);
  DAYMARK_TRY(const Digest found,
              tlog::root_from_path(leaf, parts.index, root.size, std::span(nodes).first(count),
                                   tlog::receipt_tree));
  return found == root.hash ? ok() : fail(errc::tlog_root, field::root);
}

Result<void> check_expected(const Receipt& receipt, const ReceiptExpectation& expected) {
  if (receipt.place != expected.beacon->place) return fail(errc::receipt_place, field::place);
  if (receipt.chip != expected.chip) return fail(errc::receipt_chip);
  if (receipt.chip_nonce != expected.chip_nonce) {
    return fail(errc::receipt_nonce, field::chip_nonce);
  }
  if (receipt.exchanges == 0 || receipt.least_round_trip.value == 0) {
    return fail(errc::receipt_round_trip, field::round_trip);
  }
  return ok();
}

/// What the whole batch says becomes this receipt's.
void take_statement(const BatchStatement& statement, Receipt& out) {
  static_cast<BatchStatement&>(out) = statement;
}

}  // namespace

Result<ReceiptParts> split_receipt(ByteView message) {
  if (message.size() > receipt_size_max) return fail(errc::receipt_malformed);
  cbor::Reader reader(message);
  ReceiptParts out;
  DAYMARK_CHECK(cbor::read_layout(reader, receipt_layout, out));
  if (out.path.size() % node_size != 0) return fail(errc::receipt_malformed, field::path);
  DAYMARK_CHECK(reader.expect_end());
  return out;
}

Result<ReceiptLeaf> parse_receipt_leaf(ByteView leaf) {
  ReceiptLeaf out;
  DAYMARK_CHECK(read_leaf(leaf, out));
  return out;
}

Result<BatchRoot> parse_batch_root(ByteView payload) {
  BatchRoot out;
  DAYMARK_CHECK(read_root(payload, out));
  return out;
}

Result<Receipt> parse_receipt(ByteView message) {
  DAYMARK_TRY(const ReceiptParts parts, split_receipt(message));
  DAYMARK_TRY(const cbor::Sign1 signed_root, cbor::parse_sign1(parts.root));
  Receipt out;
  DAYMARK_CHECK(read_leaf(parts.leaf, out));
  DAYMARK_TRY(const BatchRoot root, parse_batch_root(signed_root.payload));
  take_statement(root, out);
  out.beacon = signed_root.key;
  return out;
}

Result<CheckedRoot> check_root(ByteView root, const crypto::PublicKey& beacon) {
  DAYMARK_TRY(const cbor::Sign1 signed_root, cbor::parse_sign1(root));
  // PROTOCOL §9.2: one key serves one place, so the pinned key is the only one that may sign.
  if (signed_root.key != crypto::key_id(beacon)) {
    return fail(errc::receipt_beacon, field::beacon_key);
  }
  DAYMARK_CHECK(cbor::verify_sign1(signed_root, receipt_root_purpose, beacon));
  CheckedRoot out;
  DAYMARK_CHECK(read_root(signed_root.payload, out.root_));
  out.beacon_ = beacon;
  return out;
}

Result<VerifiedReceipt> verify_under(const CheckedRoot& root, const ReceiptParts& parts,
                                     const ReceiptExpectation& expected) {
  if (root.beacon() != expected.beacon->key) return fail(errc::receipt_beacon, field::beacon_key);
  DAYMARK_CHECK(check_path(parts, root.root()));
  VerifiedReceipt out;
  DAYMARK_CHECK(read_leaf(parts.leaf, out.receipt_));
  take_statement(root.root(), out.receipt_);
  out.receipt_.beacon = crypto::key_id(root.beacon());
  DAYMARK_CHECK(check_expected(out.receipt_, expected));
  return out;
}

Result<VerifiedReceipt> verify_receipt(ByteView message, const ReceiptExpectation& expected) {
  DAYMARK_TRY(const ReceiptParts parts, split_receipt(message));
  DAYMARK_TRY(const CheckedRoot root, check_root(parts.root, expected.beacon->key));
  return verify_under(root, parts, expected);
}

}  // namespace daymark::ranging
