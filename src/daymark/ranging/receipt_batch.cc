#include "daymark/ranging/receipt_batch.h"

#include <set>

#include "daymark/cbor/cose.h"
#include "daymark/cbor/writer.h"
#include "daymark/ranging/errors.h"
#include "daymark/tlog/tree.h"

namespace daymark::ranging {

namespace {

constexpr std::size_t receipt_items = 4;
constexpr std::size_t part_items = 7;
constexpr std::uint64_t receipt_version = 1;

using Encoded = std::vector<Byte>;

Encoded to_vector(ByteView bytes) {
  return {bytes.begin(), bytes.end()};
}

Result<std::vector<Encoded>> encode_all(std::span<const ReceiptLeaf> leaves) {
  std::vector<Encoded> out;
  ByteArray<receipt_leaf_size_max> space{};
  for (const ReceiptLeaf& leaf : leaves) {
    DAYMARK_TRY(const ByteView encoded, write_receipt_leaf(leaf, space));
    out.push_back(to_vector(encoded));
  }
  return out;
}

Result<Encoded> sign_root(const BatchRoot& root, const crypto::SecretKey& beacon) {
  ByteArray<receipt_root_size_max> payload_space{};
  ByteArray<receipt_root_size_max> space{};
  DAYMARK_TRY(const ByteView payload, write_batch_root(root, payload_space));
  DAYMARK_TRY(const ByteView message,
              cbor::make_sign1(payload, receipt_root_purpose, beacon, space));
  return to_vector(message);
}

Encoded join(std::span<const Digest> path) {
  Encoded out;
  for (const Digest& node : path)
    out.insert(out.end(), node.begin(), node.end());
  return out;
}

}  // namespace

Result<ByteView> write_receipt_leaf(const ReceiptLeaf& leaf, MutableBytes out) {
  if (leaf.least_round_trip.value < 0) return fail(errc::receipt_malformed, field::round_trip);
  cbor::Writer writer(out);
  writer.open_array(part_items);
  writer.put_unsigned(receipt_version);
  writer.put_bytes(leaf.chip.bytes);
  writer.put_bytes(leaf.chip_nonce);
  writer.put_bytes(leaf.beacon_nonce);
  writer.put_integer(leaf.least_round_trip.value);
  writer.put_unsigned(leaf.exchanges);
  writer.put_unsigned(static_cast<std::uint64_t>(leaf.quality));
  return writer.finish();
}

Result<ByteView> write_batch_root(const BatchRoot& root, MutableBytes out) {
  if (root.time.value < 0 || root.radius.value < 0) return fail(errc::receipt_malformed);
  cbor::Writer writer(out);
  writer.open_array(part_items);
  writer.put_unsigned(receipt_version);
  writer.put_bytes(root.hash);
  writer.put_unsigned(root.size.value);
  writer.put_integer(root.place.latitude);
  writer.put_integer(root.place.longitude);
  writer.put_integer(root.time.value);
  writer.put_integer(root.radius.value);
  return writer.finish();
}

Result<ByteView> write_receipt(const ReceiptParts& parts, MutableBytes out) {
  cbor::Writer writer(out);
  writer.open_array(receipt_items);
  writer.put_bytes(parts.leaf);
  writer.put_unsigned(parts.index.value);
  writer.put_bytes(parts.path);
  writer.put_bytes(parts.root);
  return writer.finish();
}

Result<std::vector<Encoded>> sign_batch(std::span<const ReceiptLeaf> leaves,
                                        const BatchStatement& statement,
                                        const crypto::SecretKey& beacon) {
  if (leaves.empty() || leaves.size() > batch_receipts_max) return fail(errc::receipt_batch);
  DAYMARK_TRY(const std::vector<Encoded> encoded, encode_all(leaves));
  // A leaf that stood twice would be two receipts of one session.
  if (std::set(encoded.begin(), encoded.end()).size() != encoded.size()) {
    return fail(errc::receipt_batch);
  }
  tlog::Tree tree(tlog::receipt_tree);
  for (const Encoded& leaf : encoded)
    tree.append(leaf);
  const tlog::TreeHead head = tree.head();
  DAYMARK_TRY(const Encoded root, sign_root({statement, head.size, head.root}, beacon));
  std::vector<Encoded> out;
  ByteArray<receipt_size_max> space{};
  for (std::size_t i = 0; i < encoded.size(); ++i) {
    DAYMARK_TRY(const std::vector<Digest> path, tree.inclusion_path(LeafIndex{i}, head.size));
    const Encoded joined = join(path);
    DAYMARK_TRY(const ByteView receipt,
                write_receipt({encoded[i], LeafIndex{i}, joined, root}, space));
    out.push_back(to_vector(receipt));
  }
  return out;
}

Result<Encoded> sign_receipt(const Receipt& receipt, const crypto::SecretKey& beacon) {
  const ReceiptLeaf& leaf = receipt;
  DAYMARK_TRY(std::vector<Encoded> batch, sign_batch({&leaf, 1}, receipt, beacon));
  return std::move(batch.front());
}

}  // namespace daymark::ranging
