#include <algorithm>
#include <memory>

#include "daymark/authority/sqlite_upgrade_internal.h"
#include "daymark/order/leaf.h"
#include "daymark/order/order_file.h"
#include "daymark/store/errors.h"

namespace daymark::authority::on_disk {

namespace {

using store::Database;
using store::Row;

/// A list of leaves as databases before version 7 kept it: a CBOR array without a bound of pages.
Result<LeafList> read_old_list(ByteView bytes) {
  constexpr std::size_t leaves_max = 1'000'000;
  cbor::Reader reader(bytes);
  DAYMARK_TRY(const std::size_t count, reader.enter_array(leaves_max));
  LeafList out;
  for (std::size_t i = 0; i < count; ++i) {
    DAYMARK_TRY(const ByteView leaf, reader.read_bytes(1, order::leaf_size_max));
    out.emplace_back(leaf.begin(), leaf.end());
  }
  DAYMARK_CHECK(reader.expect_end());
  return out;
}

Outcome<void> fill_key_ids(Database& db) {
  std::vector<crypto::PublicKey> keys;
  DAYMARK_CHECK(db.each("SELECT key FROM chips WHERE key_id IS NULL", {},
                        [&](const Row& row) -> Outcome<void> {
                          DAYMARK_TRY(const auto bytes, row.array<32>(0));
                          keys.push_back({bytes});
                          return {};
                        }));
  DAYMARK_TRY(store::Transaction work, db.begin());
  for (const crypto::PublicKey& key : keys) {
    const KeyId id = crypto::key_id(key);
    DAYMARK_CHECK(
        db.run("UPDATE chips SET key_id = ? WHERE key = ?", {id.view(), ByteView(key.bytes)}));
  }
  return work.commit();
}

/// Order files of licences whose batch is not known yet, oldest first.
Outcome<std::vector<std::vector<Byte>>> licence_files(Database& db) {
  std::vector<std::vector<Byte>> out;
  DAYMARK_CHECK(
      db.each("SELECT file FROM orders WHERE kind = ? "
              "AND hash NOT IN (SELECT hash FROM batches) ORDER BY number",
              {static_cast<int>(order::OrderKind::license)}, [&](const Row& row) -> Outcome<void> {
                DAYMARK_TRY(const ByteView file, row.bytes(0));
                out.emplace_back(file.begin(), file.end());
                return {};
              }));
  return out;
}

Outcome<LeafList> old_leaves(Database& db, const Digest& root) {
  LeafList out;
  DAYMARK_CHECK(db.first("SELECT leaves FROM drafts WHERE root = ?", {ByteView(root)},
                         [&](const Row& row) -> Outcome<void> {
                           DAYMARK_TRY(const ByteView bytes, row.bytes(0));
                           DAYMARK_TRY(out, about(read_old_list(bytes), "leaves"));
                           return {};
                         }));
  return out;
}

/// One more than the highest slot of the chips that have a leaf.
Outcome<std::uint64_t> slots_of(Database& db, const LeafList& leaves) {
  std::uint64_t out = leaves.size();
  const auto leaf = std::make_unique<order::Leaf>();
  for (const std::vector<Byte>& encoded : leaves) {
    DAYMARK_TRY(*leaf, about(order::parse_leaf(encoded), "leaf"));
    DAYMARK_TRY(const std::int64_t slot,
                db.number("SELECT slot FROM chips WHERE chip = ?", {leaf->chip.view()}));
    out = std::max(out, static_cast<std::uint64_t>(slot) + 1);
  }
  return out;
}

Outcome<void> move_batch(Database& db, LeafArchive& archive, ByteView encoded) {
  DAYMARK_TRY(const order::OrderFile file, about(order::parse_order_file(encoded), "order"));
  DAYMARK_TRY(const order::Order order, about(order::parse_order(file.payload), "order"));
  DAYMARK_TRY(const LeafList leaves, old_leaves(db, order.batch_root));
  DAYMARK_TRY(const std::unique_ptr<LeafWriter> writer, archive.begin());
  for (const std::vector<Byte>& leaf : leaves)
    DAYMARK_CHECK(writer->add(leaf));
  DAYMARK_TRY(const std::uint64_t slots, slots_of(db, leaves));
  DAYMARK_TRY(const order::BatchContent written, writer->finish(slots, order.expires));
  if (written.root != order.batch_root) return refuse(errc::store_corrupt, db.path(), "leaves");
  DAYMARK_CHECK(
      db.run("INSERT INTO batches(hash, root, number, leaves, slots) "
             "VALUES(?, ?, ?, ?, ?)",
             {ByteView(order.hash), ByteView(order.batch_root), order.seq, written.leaves, slots}));
  return {};
}

}  // namespace

Outcome<void> move_leaves(Database& db, LeafArchive* archive) {
  DAYMARK_CHECK(fill_key_ids(db));
  DAYMARK_TRY(const auto files, licence_files(db));
  if (files.empty()) return {};
  if (archive == nullptr)
    return refuse(errc::store_schema, db.path(), "its leaves need an archive");
  for (const std::vector<Byte>& file : files)
    DAYMARK_CHECK(move_batch(db, *archive, file));
  return {};
}

}  // namespace daymark::authority::on_disk
