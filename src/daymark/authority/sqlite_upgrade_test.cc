// A database of version 5, which held leaves, is taken over whole.
#include <gtest/gtest.h>

#include "daymark/authority/authority_testing.h"
#include "daymark/authority/leaf_desk.h"
#include "daymark/authority/sqlite_records.h"
#include "daymark/cbor/encode.h"
#include "daymark/store/sqlite.h"

namespace daymark::authority {
namespace {

using order::testing::World;
using testing::verdict;

/// Version 5 as it was, in one step; the test counts on no more of it than is there.
constexpr std::array<std::string_view, 5> old_schema{R"sql(
CREATE TABLE orders(
  number INTEGER PRIMARY KEY, hash BLOB NOT NULL UNIQUE, kind INTEGER NOT NULL, file BLOB NOT NULL,
  log_index INTEGER, proof TEXT, logged_at INTEGER, binds_at INTEGER);
CREATE TABLE places(
  chip BLOB NOT NULL, seq INTEGER NOT NULL, hash BLOB NOT NULL REFERENCES orders(hash),
  PRIMARY KEY(chip, seq)) WITHOUT ROWID;
CREATE TABLE chips(
  chip BLOB PRIMARY KEY, key BLOB NOT NULL, slot INTEGER NOT NULL UNIQUE, model TEXT NOT NULL,
  serial TEXT NOT NULL, released INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE requests(chip BLOB PRIMARY KEY, request BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE drafts(root BLOB PRIMARY KEY, leaves BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE documents(
  number INTEGER PRIMARY KEY, kind INTEGER NOT NULL, chip BLOB NOT NULL, subject BLOB NOT NULL,
  body BLOB NOT NULL, received INTEGER NOT NULL, UNIQUE(kind, chip, subject));
)sql",
                                                     R"sql(
CREATE INDEX pending ON orders(number) WHERE proof IS NULL;
CREATE TABLE cosigned_heads(origin TEXT PRIMARY KEY, checkpoint TEXT NOT NULL) WITHOUT ROWID;
)sql",
                                                     R"sql(
CREATE TABLE issued_leaves(
  number INTEGER PRIMARY KEY, chip BLOB NOT NULL, batch BLOB NOT NULL, leaf BLOB NOT NULL,
  place INTEGER NOT NULL, path BLOB NOT NULL, UNIQUE(chip, batch));
CREATE INDEX leaves_of_chip ON issued_leaves(chip, number);
)sql",
                                                     R"sql(
CREATE TABLE appeals(
  number INTEGER PRIMARY KEY, hash BLOB NOT NULL UNIQUE, order_hash BLOB NOT NULL,
  envelope BLOB NOT NULL, log_index INTEGER NOT NULL, proof TEXT NOT NULL,
  logged_at INTEGER NOT NULL);
CREATE INDEX appeals_of_order ON appeals(order_hash, number);
)sql",
                                                     R"sql(
CREATE TABLE probes(one INTEGER PRIMARY KEY, at INTEGER NOT NULL);
)sql"};

class SqliteUpgradeTest : public ::testing::Test {
 protected:
  SqliteUpgradeTest() {
    for (std::uint64_t i = 0; i < 5; ++i)
      leaves.push_back(order::testing::encoded(
          order::testing::licence_for(World::chip(i), {}, order::testing::world_start, days(7))));
    file = world.batch(leaves, deliveries);
    world.sign(file, {"authority"});
    hash = order::parse_order(file.payload)->hash;
  }

  /// A public batch of five leaves.
  void write_old(bool with_drafts = true) {
    auto db = store::Database::open(path).value();
    ASSERT_EQ(verdict(db.migrate(old_schema)), "ok");
    for (std::uint64_t i = 0; i < 5; ++i) {
      const auto chip = World::chip(i);
      ASSERT_TRUE(db.run("INSERT INTO chips VALUES(?, ?, ?, '', '', 0)",
                         {chip.id.view(), ByteView(chip.key.bytes), i}));
    }
    const std::vector<Byte> printed = order::print_order_file(file);
    ASSERT_TRUE(
        db.run("INSERT INTO orders(hash, kind, file, log_index, proof, logged_at, binds_at)"
               " VALUES(?, ?, ?, 1, 'proof', 1, 1)",
               {ByteView(hash), static_cast<int>(order::OrderKind::license), ByteView(printed)}));
    ASSERT_TRUE(db.run("INSERT INTO places VALUES(?, 3, ?)",
                       {World::chip(held_slot).id.view(), ByteView(hash)}));
    if (!with_drafts) return;
    const std::vector<Byte> list =
        cbor::encode([&](cbor::Writer& out) { put_leaf_list(out, leaves); });
    const Digest root = order::parse_order(file.payload)->batch_root;
    ASSERT_TRUE(db.run("INSERT INTO drafts VALUES(?, ?)", {ByteView(root), ByteView(list)}));
  }

  /// The chip in whose stream an order stands.
  static constexpr std::uint64_t held_slot = 2;

  World world;
  LeafList leaves;
  std::vector<order::testing::LeafDelivery> deliveries;
  order::OrderFile file;
  Digest hash{};
  testing::QuickFolder folder;
  std::string path = folder.path() + "/authority.db";
  testing::MemoryArchive archive;
};

TEST_F(SqliteUpgradeTest, LeavesMoveToTheArchiveAndKeysAreFound) {
  write_old();
  for (int start = 0; start < 2; ++start) {
    const auto records = open_sqlite_records(path, &archive);
    ASSERT_EQ(verdict(records), "ok");
    EXPECT_EQ(*(*records)->last_batch_number(), order::parse_order(file.payload)->seq);
    LeafDesk desk(**records, archive);
    for (std::uint64_t i = 0; i < 5; ++i) {
      const auto chip = *(*records)->chip_of_key(crypto::key_id(World::chip(i).key));
      ASSERT_TRUE(chip);
      EXPECT_EQ(chip->chip, World::chip(i).id);
      const auto leaf = *desk.newest(*chip);
      ASSERT_TRUE(leaf);
      EXPECT_EQ(leaf->leaf, leaves[i]);
      EXPECT_EQ(leaf->batch, hash);
      EXPECT_EQ(leaf->path, deliveries[i].path);
    }
  }
}

TEST_F(SqliteUpgradeTest, ChipsComeWithTheHeadsOfTheirStreams) {
  write_old();
  const auto records = open_sqlite_records(path, &archive);
  ASSERT_EQ(verdict(records), "ok");
  const auto held = *(*records)->held_page({0, 10});
  ASSERT_EQ(held.size(), 5U);
  for (std::uint64_t i = 0; i < 5; ++i) {
    EXPECT_EQ(held[i].chip.chip, World::chip(i).id);
    EXPECT_EQ(held[i].head, (*records)->head(World::chip(i).id));
    EXPECT_EQ(held[i].head.seq, i == held_slot ? 3U : 0U);
  }
}

TEST_F(SqliteUpgradeTest, WithoutAnArchiveItIsRefusedAndLosesNothing) {
  write_old();
  EXPECT_EQ(verdict(open_sqlite_records(path)), "store_schema");
  EXPECT_EQ(verdict(open_sqlite_records(path, &archive)), "ok");
  EXPECT_EQ(verdict(open_sqlite_records(path)), "ok") << "they moved";
}

TEST_F(SqliteUpgradeTest, LeavesThatDoNotLeadToTheRootAreRefused) {
  write_old(false);
  EXPECT_EQ(verdict(open_sqlite_records(path, &archive)), "store_corrupt");
}

TEST_F(SqliteUpgradeTest, ADatabaseWithoutBatchesNeedsNoArchive) {
  {
    auto db = store::Database::open(path).value();
    ASSERT_EQ(verdict(db.migrate(old_schema)), "ok");
  }
  EXPECT_EQ(verdict(open_sqlite_records(path)), "ok");
}

}  // namespace
}  // namespace daymark::authority
