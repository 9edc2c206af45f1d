#include "daymark/authority/sqlite_records.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <utility>

#include "daymark/authority/errors.h"
#include "daymark/authority/sqlite_upgrade_internal.h"
#include "daymark/store/sqlite.h"

namespace daymark::authority {

namespace {

using store::Database;
using store::Row;
using store::Transaction;

constexpr std::array<std::string_view, 11> schema{R"sql(
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
CREATE TABLE leaves(
  chip BLOB PRIMARY KEY, batch BLOB NOT NULL, leaf BLOB NOT NULL, place INTEGER NOT NULL,
  path BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE documents(
  number INTEGER PRIMARY KEY, kind INTEGER NOT NULL, chip BLOB NOT NULL, subject BLOB NOT NULL,
  body BLOB NOT NULL, received INTEGER NOT NULL, UNIQUE(kind, chip, subject));
)sql",
                                                  R"sql(
CREATE INDEX pending ON orders(number) WHERE proof IS NULL;
CREATE TABLE cosigned_heads(
  origin TEXT PRIMARY KEY, checkpoint TEXT NOT NULL) WITHOUT ROWID;
)sql",
                                                  R"sql(
CREATE TABLE issued_leaves(
  number INTEGER PRIMARY KEY, chip BLOB NOT NULL, batch BLOB NOT NULL, leaf BLOB NOT NULL,
  place INTEGER NOT NULL, path BLOB NOT NULL, UNIQUE(chip, batch));
INSERT INTO issued_leaves(chip, batch, leaf, place, path)
  SELECT chip, batch, leaf, place, path FROM leaves;
DROP TABLE leaves;
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
)sql",
                                                  R"sql(
ALTER TABLE orders ADD COLUMN submitted INTEGER NOT NULL DEFAULT 0;
)sql",
                                                  R"sql(
CREATE TABLE batches(
  hash BLOB PRIMARY KEY REFERENCES orders(hash), root BLOB NOT NULL, number INTEGER NOT NULL,
  leaves INTEGER NOT NULL, slots INTEGER NOT NULL) WITHOUT ROWID;
CREATE INDEX batches_by_number ON batches(number);
CREATE INDEX batches_by_root ON batches(root);
ALTER TABLE chips ADD COLUMN key_id BLOB;
CREATE INDEX chips_by_key ON chips(key_id);
)sql",
                                                  R"sql(
DROP TABLE drafts;
DROP TABLE issued_leaves;
)sql",
                                                  // Requests have a book of their own.
                                                  R"sql(
DROP TABLE requests;
)sql",
                                                  R"sql(
CREATE TABLE findings(
  number INTEGER PRIMARY KEY, hash BLOB NOT NULL UNIQUE, file BLOB NOT NULL,
  log_index INTEGER NOT NULL, proof TEXT NOT NULL, logged_at INTEGER NOT NULL);
)sql",
                                                  // A batch walks all chips by slot: they lie in
                                                  // that order, each with the head of its stream.
                                                  R"sql(
CREATE TABLE held(
  slot INTEGER PRIMARY KEY, chip BLOB NOT NULL UNIQUE, key BLOB NOT NULL, model TEXT NOT NULL,
  serial TEXT NOT NULL, released INTEGER NOT NULL, key_id BLOB, head_seq INTEGER, head_hash BLOB);
INSERT INTO held
  SELECT slot, chip, key, model, serial, released, key_id,
    (SELECT max(seq) FROM places WHERE places.chip = chips.chip),
    (SELECT hash FROM places WHERE places.chip = chips.chip ORDER BY seq DESC LIMIT 1)
  FROM chips ORDER BY slot;
DROP TABLE chips;
ALTER TABLE held RENAME TO chips;
CREATE INDEX chips_by_key ON chips(key_id);
CREATE INDEX released_chips ON chips(slot) WHERE released;
CREATE INDEX orders_by_kind ON orders(kind);
)sql"};

constexpr std::string_view order_columns =
    "SELECT hash, kind, file, submitted, log_index, proof, logged_at, binds_at FROM orders ";

constexpr std::string_view batch_columns =
    "SELECT hash, root, batches.number, leaves, slots, proof FROM batches JOIN orders USING(hash) ";

constexpr std::string_view chip_columns =
    "SELECT chip, key, slot, model, serial, released FROM chips ";

constexpr std::string_view held_columns =
    "SELECT chip, key, slot, model, serial, released, head_seq, head_hash FROM chips ";

/// The fleet stream has the empty chip.
ByteView chip_key(const std::optional<ChipId>& chip) {
  return chip ? chip->view() : ByteView{};
}

std::vector<Byte> copy(ByteView bytes) {
  return {bytes.begin(), bytes.end()};
}

Result<StoredOrder> read_order(const Row& row) {
  StoredOrder out;
  DAYMARK_TRY(out.hash, row.array<32>(0));
  DAYMARK_TRY(const std::int64_t kind, row.integer(1));
  out.kind = static_cast<order::OrderKind>(kind);
  DAYMARK_TRY(const ByteView file, row.bytes(2));
  out.file = copy(file);
  DAYMARK_TRY(out.submitted.value, row.integer(3));
  if (row.is_null(4)) return out;
  Publication publication;
  DAYMARK_TRY(publication.index.value, row.unsigned_integer(4));
  DAYMARK_TRY(const std::string_view proof, row.text(5));
  publication.proof = proof;
  DAYMARK_TRY(publication.logged_at.value, row.integer(6));
  DAYMARK_TRY(publication.binds_at.value, row.integer(7));
  out.publication = std::move(publication);
  return out;
}

Result<ChipRecord> read_chip(const Row& row) {
  ChipRecord out;
  DAYMARK_TRY(out.chip.bytes, row.array<16>(0));
  DAYMARK_TRY(out.key.bytes, row.array<32>(1));
  DAYMARK_TRY(out.slot, row.unsigned_integer(2));
  DAYMARK_TRY(const std::string_view model, row.text(3));
  DAYMARK_TRY(const std::string_view serial, row.text(4));
  DAYMARK_TRY(const std::int64_t released, row.integer(5));
  out.model = model;
  out.serial = serial;
  out.released = released != 0;
  return out;
}

Result<HeldChip> read_held(const Row& row) {
  HeldChip out;
  DAYMARK_TRY(out.chip, read_chip(row));
  if (row.is_null(6)) return out;
  DAYMARK_TRY(out.head.seq, row.unsigned_integer(6));
  DAYMARK_TRY(out.head.hash, row.array<32>(7));
  return out;
}

Result<IssuedBatch> read_batch(const Row& row) {
  IssuedBatch out;
  DAYMARK_TRY(out.order, row.array<32>(0));
  DAYMARK_TRY(out.place.root, row.array<32>(1));
  DAYMARK_TRY(out.place.number, row.unsigned_integer(2));
  DAYMARK_TRY(out.place.leaves, row.unsigned_integer(3));
  DAYMARK_TRY(out.place.slots, row.unsigned_integer(4));
  out.is_public = !row.is_null(5);
  return out;
}

Result<StoredAppeal> read_appeal_row(const Row& row) {
  StoredAppeal out;
  DAYMARK_TRY(out.hash, row.array<32>(0));
  DAYMARK_TRY(out.order, row.array<32>(1));
  DAYMARK_TRY(const ByteView envelope, row.bytes(2));
  DAYMARK_TRY(out.index.value, row.unsigned_integer(3));
  DAYMARK_TRY(const std::string_view proof, row.text(4));
  DAYMARK_TRY(out.logged_at.value, row.integer(5));
  out.envelope = copy(envelope);
  out.proof = proof;
  return out;
}

Result<StoredFinding> read_finding_row(const Row& row) {
  StoredFinding out;
  DAYMARK_TRY(out.hash, row.array<32>(0));
  DAYMARK_TRY(const ByteView file, row.bytes(1));
  DAYMARK_TRY(out.index.value, row.unsigned_integer(2));
  DAYMARK_TRY(const std::string_view proof, row.text(3));
  DAYMARK_TRY(out.logged_at.value, row.integer(4));
  out.file = copy(file);
  out.proof = proof;
  return out;
}

Result<Document> read_document(const Row& row) {
  Document out;
  DAYMARK_TRY(const std::int64_t kind, row.integer(0));
  out.kind = static_cast<DocumentKind>(kind);
  DAYMARK_TRY(out.chip.bytes, row.array<16>(1));
  DAYMARK_TRY(const ByteView subject, row.bytes(2));
  DAYMARK_TRY(const ByteView body, row.bytes(3));
  DAYMARK_TRY(out.received.value, row.integer(4));
  out.subject = copy(subject);
  out.body = copy(body);
  return out;
}

class SqliteRecords final : public Records {
 public:
  explicit SqliteRecords(Database database) : db_(std::move(database)) {}

  Outcome<void> add_order(const StoredOrder& order, std::span<const StreamPlace> places) override {
    DAYMARK_TRY(Transaction work, db_.begin());
    DAYMARK_CHECK(insert(order));
    for (const StreamPlace& place : places) {
      DAYMARK_TRY(const std::int64_t taken,
                  db_.number("SELECT count(*) FROM places WHERE chip = ? AND seq = ?",
                             {chip_key(place.chip), place.seq}));
      if (taken != 0) return refuse(errc::authority_stream_taken, "order");
      DAYMARK_CHECK(db_.run("INSERT INTO places(chip, seq, hash) VALUES(?, ?, ?)",
                            {chip_key(place.chip), place.seq, ByteView(order.hash)}));
      DAYMARK_CHECK(
          db_.run("UPDATE chips SET head_seq = ?, head_hash = ? WHERE chip = ? AND "
                  "coalesce(head_seq, 0) < ?",
                  {place.seq, ByteView(order.hash), chip_key(place.chip), place.seq}));
    }
    return work.commit();
  }

  Outcome<void> add_licence(const StoredOrder& order, const BatchPlace& batch) override {
    DAYMARK_TRY(Transaction work, db_.begin());
    DAYMARK_CHECK(insert(order));
    DAYMARK_TRY(const std::int64_t taken,
                db_.number("SELECT count(*) FROM batches WHERE number = ?", {batch.number}));
    if (taken != 0) return refuse(errc::authority_stream_taken, "order");
    DAYMARK_CHECK(db_.run(
        "INSERT INTO batches(hash, root, number, leaves, slots) "
        "VALUES(?, ?, ?, ?, ?)",
        {ByteView(order.hash), ByteView(batch.root), batch.number, batch.leaves, batch.slots}));
    return work.commit();
  }

  Outcome<std::optional<IssuedBatch>> batch(const Digest& root) override {
    static const std::string sql =
        std::string(batch_columns) + "WHERE root = ? ORDER BY orders.number LIMIT 1";
    DAYMARK_TRY(auto found, list<IssuedBatch>(sql, {ByteView(root)}, read_batch));
    return first_of(std::move(found));
  }

  Outcome<std::vector<IssuedBatch>> batches(const BatchQuery& query) override {
    static const std::string sql = std::string(batch_columns) +
                                   "WHERE batches.number < ? AND slots > ? AND proof IS NOT NULL "
                                   "ORDER BY batches.number DESC LIMIT ?";
    return list<IssuedBatch>(
        sql, {bounded(query.before), bounded(query.slot), bounded(query.limit)}, read_batch);
  }

  Outcome<std::uint64_t> last_batch_number() override {
    DAYMARK_TRY(const std::int64_t number, db_.number("SELECT max(number) FROM batches"));
    return static_cast<std::uint64_t>(number);
  }

  Outcome<void> publish_order(const Digest& hash, const Publication& publication) override {
    return run(
        "UPDATE orders SET log_index = ?, proof = ?, logged_at = ?, binds_at = ? "
        "WHERE hash = ? AND proof IS NULL",
        {publication.index.value, publication.proof, publication.logged_at.value,
         publication.binds_at.value, ByteView(hash)});
  }

  Outcome<std::optional<StoredOrder>> order(const Digest& hash) override {
    static const std::string sql = std::string(order_columns) + "WHERE hash = ?";
    DAYMARK_TRY(auto found, list<StoredOrder>(sql, {ByteView(hash)}, read_order));
    return first_of(std::move(found));
  }

  Outcome<std::vector<StoredOrder>> orders() override {
    static const std::string sql = std::string(order_columns) + "ORDER BY number";
    return list<StoredOrder>(sql, {}, read_order);
  }

  Outcome<std::vector<StoredOrder>> orders_page(const Page& page) override {
    // Numbers are given from 1 on without gaps: no order is ever taken away.
    static const std::string sql =
        std::string(order_columns) + "WHERE number > ? ORDER BY number LIMIT ?";
    return list<StoredOrder>(sql, {bounded(page.after), bounded(page.limit)}, read_order);
  }

  Outcome<std::vector<StoredOrder>> pending_orders() override {
    static const std::string sql =
        std::string(order_columns) + "WHERE proof IS NULL ORDER BY number";
    return list<StoredOrder>(sql, {}, read_order);
  }

  Outcome<std::vector<StoredOrder>> stream_after(const StreamPlace& after) override {
    static const std::string sql =
        std::string(order_columns) +
        "JOIN places USING(hash) WHERE chip = ? AND seq > ? ORDER BY seq";
    return list<StoredOrder>(sql, {chip_key(after.chip), after.seq}, read_order);
  }

  Outcome<order::StreamHead> head(const std::optional<ChipId>& chip) override {
    order::StreamHead out;
    DAYMARK_TRY(const bool found,
                db_.first("SELECT seq, hash FROM places WHERE chip = ? ORDER BY seq DESC LIMIT 1",
                          {chip_key(chip)}, [&](const Row& row) -> Outcome<void> {
                            DAYMARK_TRY(out.seq, row.unsigned_integer(0));
                            DAYMARK_TRY(out.hash, row.array<32>(1));
                            return {};
                          }));
    return found ? out : order::StreamHead{};
  }

  Outcome<void> add_appeal(const StoredAppeal& appeal) override {
    return run(
        "INSERT OR IGNORE INTO appeals(hash, order_hash, envelope, log_index, proof, logged_at) "
        "VALUES(?, ?, ?, ?, ?, ?)",
        {ByteView(appeal.hash), ByteView(appeal.order), ByteView(appeal.envelope),
         appeal.index.value, appeal.proof, appeal.logged_at.value});
  }

  Outcome<std::vector<StoredAppeal>> appeals(const Digest& order) override {
    return list<StoredAppeal>(
        "SELECT hash, order_hash, envelope, log_index, proof, logged_at FROM appeals "
        "WHERE order_hash = ? ORDER BY number",
        {ByteView(order)}, read_appeal_row);
  }

  Outcome<void> add_finding(const StoredFinding& finding) override {
    return run(
        "INSERT OR IGNORE INTO findings(hash, file, log_index, proof, logged_at) "
        "VALUES(?, ?, ?, ?, ?)",
        {ByteView(finding.hash), ByteView(finding.file), finding.index.value, finding.proof,
         finding.logged_at.value});
  }

  Outcome<std::optional<StoredFinding>> finding(const Digest& hash) override {
    DAYMARK_TRY(auto found,
                list<StoredFinding>(
                    "SELECT hash, file, log_index, proof, logged_at FROM findings WHERE hash = ?",
                    {ByteView(hash)}, read_finding_row));
    if (found.empty()) return std::nullopt;
    return std::move(found.front());
  }

  Outcome<void> put_cosigned_head(const std::string& origin,
                                  const std::string& checkpoint) override {
    return run("INSERT OR REPLACE INTO cosigned_heads VALUES(?, ?)", {origin, checkpoint});
  }

  Outcome<std::string> cosigned_head(const std::string& origin) override {
    std::string out;
    DAYMARK_TRY(const bool found,
                db_.first("SELECT checkpoint FROM cosigned_heads WHERE origin = ?", {origin},
                          [&](const Row& row) -> Outcome<void> {
                            DAYMARK_TRY(const std::string_view text, row.text(0));
                            out = text;
                            return {};
                          }));
    return found ? out : std::string{};
  }

  Outcome<void> put_chip(const ChipRecord& chip) override {
    const KeyId key = crypto::key_id(chip.key);
    return run(
        "INSERT OR REPLACE INTO chips(chip, key, slot, model, serial, released, key_id, head_seq, "
        "head_hash) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, "
        "(SELECT max(seq) FROM places WHERE chip = ?1), "
        "(SELECT hash FROM places WHERE chip = ?1 ORDER BY seq DESC LIMIT 1))",
        {chip.chip.view(), ByteView(chip.key.bytes), chip.slot, chip.model, chip.serial,
         chip.released, key.view()});
  }

  Outcome<std::optional<ChipRecord>> chip(const ChipId& id) override {
    static const std::string sql = std::string(chip_columns) + "WHERE chip = ?";
    DAYMARK_TRY(auto found, list<ChipRecord>(sql, {id.view()}, read_chip));
    return first_of(std::move(found));
  }

  Outcome<std::optional<ChipRecord>> chip_of_key(const KeyId& key) override {
    static const std::string sql =
        std::string(chip_columns) + "WHERE key_id = ? ORDER BY slot LIMIT 1";
    DAYMARK_TRY(auto found, list<ChipRecord>(sql, {key.view()}, read_chip));
    return first_of(std::move(found));
  }

  Outcome<std::uint64_t> chip_count() override {
    // Slots have no gaps, and the highest is the end of an index.
    DAYMARK_TRY(const std::int64_t count, db_.number("SELECT max(slot) + 1 FROM chips"));
    return static_cast<std::uint64_t>(count);
  }

  Outcome<RecordCounts> counts() override {
    RecordCounts out;
    DAYMARK_TRY(out.chips, counted("SELECT count(*) FROM chips"));
    DAYMARK_TRY(out.chips_released, counted("SELECT count(*) FROM chips WHERE released"));
    DAYMARK_TRY(out.orders_pending, counted("SELECT count(*) FROM orders WHERE proof IS NULL"));
    DAYMARK_CHECK(db_.each("SELECT kind, count(*) FROM orders GROUP BY kind", {},
                           [&](const Row& row) -> Outcome<void> {
                             DAYMARK_TRY(const std::uint64_t kind, row.unsigned_integer(0));
                             DAYMARK_TRY(const std::uint64_t count, row.unsigned_integer(1));
                             if (kind < out.orders.size()) out.orders[kind] = count;
                             return {};
                           }));
    return out;
  }

  Outcome<std::vector<ChipRecord>> chips() override {
    static const std::string sql = std::string(chip_columns) + "ORDER BY slot";
    return list<ChipRecord>(sql, {}, read_chip);
  }

  Outcome<std::vector<ChipRecord>> chips_page(const Page& page) override {
    static const std::string sql =
        std::string(chip_columns) + "WHERE slot >= ? ORDER BY slot LIMIT ?";
    return list<ChipRecord>(sql, {bounded(page.after), bounded(page.limit)}, read_chip);
  }

  Outcome<std::vector<HeldChip>> held_page(const Page& page) override {
    static const std::string sql =
        std::string(held_columns) + "WHERE slot >= ? ORDER BY slot LIMIT ?";
    return list<HeldChip>(sql, {bounded(page.after), bounded(page.limit)}, read_held);
  }

  Outcome<void> put_document(const Document& document) override {
    return run(
        "INSERT OR REPLACE INTO documents(kind, chip, subject, body, received) "
        "VALUES(?, ?, ?, ?, ?)",
        {static_cast<int>(document.kind), document.chip.view(), ByteView(document.subject),
         ByteView(document.body), document.received.value});
  }

  Outcome<std::vector<Document>> documents(DocumentKind kind, const ChipId& chip) override {
    return list<Document>(
        "SELECT kind, chip, subject, body, received FROM documents "
        "WHERE kind = ? AND chip = ? ORDER BY number",
        {static_cast<int>(kind), chip.view()}, read_document);
  }

  Outcome<void> probe(UnixMillis now) override {
    return run("INSERT OR REPLACE INTO probes VALUES(1, ?)", {now.value});
  }

 private:
  /// Within SQLite's integers; no list is longer.
  static std::int64_t bounded(std::uint64_t count) {
    return static_cast<std::int64_t>(std::min<std::uint64_t>(count, INT64_MAX));
  }

  Outcome<std::uint64_t> counted(std::string_view sql) {
    DAYMARK_TRY(const std::int64_t count, db_.number(sql));
    return static_cast<std::uint64_t>(count);
  }

  Outcome<void> insert(const StoredOrder& order) {
    return run("INSERT INTO orders(hash, kind, file, submitted) VALUES(?, ?, ?, ?)",
               {ByteView(order.hash), static_cast<int>(order.kind), ByteView(order.file),
                order.submitted.value});
  }

  Outcome<void> run(std::string_view sql, std::initializer_list<store::Value> values) {
    DAYMARK_CHECK(db_.run(sql, values));
    return {};
  }

  template <class T>
  Outcome<std::vector<T>> list(std::string_view sql, std::initializer_list<store::Value> values,
                               Result<T> (*read)(const Row&)) {
    std::vector<T> out;
    DAYMARK_CHECK(db_.each(sql, values, [&](const Row& row) -> Outcome<void> {
      DAYMARK_TRY(T item, read(row));
      out.push_back(std::move(item));
      return {};
    }));
    return out;
  }

  template <class T>
  static std::optional<T> first_of(std::vector<T> found) {
    return found.empty() ? std::nullopt : std::optional<T>(std::move(found.front()));
  }

  Database db_;
};

}  // namespace

Outcome<std::unique_ptr<Records>> open_sqlite_records(const std::string& path,
                                                      LeafArchive* archive) {
  DAYMARK_TRY(Database database, Database::open(path));
  DAYMARK_TRY(const std::int64_t version, database.number("PRAGMA user_version"));
  if (std::cmp_less_equal(version, on_disk::leaves_in_database)) {
    DAYMARK_CHECK(database.migrate(std::span(schema).first(on_disk::leaves_in_database)));
    DAYMARK_CHECK(on_disk::move_leaves(database, archive));
  }
  DAYMARK_CHECK(database.migrate(schema));
  return std::unique_ptr<Records>(std::make_unique<SqliteRecords>(std::move(database)));
}

}  // namespace daymark::authority
