// SQLite with the settings that lose nothing: write-ahead log, a sync at every commit, foreign
// keys, strict reading. Host only.
//
//   DAYMARK_TRY(Database db, Database::open("state.db"));
//   DAYMARK_CHECK(db.migrate(schema_steps));
//   DAYMARK_TRY(Transaction work, db.begin());
//   DAYMARK_CHECK(db.run("INSERT INTO chip(id, name) VALUES(?, ?)", {id.view(), name}));
//   DAYMARK_CHECK(work.commit());                                   // durable from here on
#pragma once

#include <concepts>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "daymark/base/bytes.h"
#include "daymark/base/failure.h"
#include "daymark/base/units.h"

struct sqlite3;
struct sqlite3_stmt;

namespace daymark::store {

/// A parameter of a statement; views must live until the call returns. Implicit, so that lists of
/// values read like lists.
class Value {
 public:
  Value(std::nullptr_t /*null*/) {}  // NOLINT(google-explicit-constructor)

  Value(std::string_view text) : content_(text) {}  // NOLINT(google-explicit-constructor)

  Value(const std::string& text) : content_(std::string_view(text)) {}  // NOLINT(*-constructor)

  Value(const char* text) : content_(std::string_view(text)) {}  // NOLINT(*-constructor)

  Value(ByteView bytes) : content_(bytes) {}  // NOLINT(google-explicit-constructor)

  /// Numbers beyond SQLite's signed 64 bits are refused when bound (errc::store_range).
  template <std::integral Number>
  Value(Number number) {  // NOLINT(google-explicit-constructor)
    if constexpr (std::same_as<Number, bool>) {
      content_ = std::int64_t{number ? 1 : 0};
    } else if (std::in_range<std::int64_t>(number)) {
      content_ = static_cast<std::int64_t>(number);
    } else {
      content_ = OutOfRange{};
    }
  }

 private:
  friend class Database;

  struct Null {};

  struct OutOfRange {};

  std::variant<Null, OutOfRange, std::int64_t, std::string_view, ByteView> content_;
};

/// The row at which a query stands; views live until the row function returns. A column of another
/// type than asked for is errc::store_type: a database file is input like any other.
class Row {
 public:
  [[nodiscard]] bool is_null(int column) const;
  [[nodiscard]] Result<std::int64_t> integer(int column) const;
  /// Errors: errc::store_type also for a negative number.
  [[nodiscard]] Result<std::uint64_t> unsigned_integer(int column) const;
  [[nodiscard]] Result<std::string_view> text(int column) const;
  [[nodiscard]] Result<ByteView> bytes(int column) const;

  /// Exactly N bytes.
  template <std::size_t N>
  [[nodiscard]] Result<ByteArray<N>> array(int column) const {
    DAYMARK_TRY(const ByteView found, bytes_of_size(column, N));
    return array_of<N>(found);
  }

 private:
  friend class Database;

  explicit Row(sqlite3_stmt* statement) : statement_(statement) {}

  [[nodiscard]] Result<ByteView> bytes_of_size(int column, std::size_t size) const;

  sqlite3_stmt* statement_;
};

/// Work that is undone unless it is committed. Must not outlive its database.
class Transaction {
 public:
  Transaction(Transaction&& other) noexcept : database_(std::exchange(other.database_, nullptr)) {}

  Transaction& operator=(Transaction&&) = delete;
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;
  /// Rolls back what was not committed.
  ~Transaction();

  /// Durable when it returns success; undone when it doesn't.
  [[nodiscard]] Outcome<void> commit();

 private:
  friend class Database;

  explicit Transaction(sqlite3* database) : database_(database) {}

  sqlite3* database_;
};

enum class OpenMode { create, existing, read_only };

struct DatabaseOptions {
  OpenMode mode = OpenMode::create;
  Millis busy_timeout = seconds(10);  ///< how long to wait for another process
};

/// One connection; one thread at a time. Statements are prepared once and kept by their text, so
/// texts are constants of the program, never made from input.
/// Errors of all functions (subject: the file): errc::store_full, errc::store_read_only,
/// errc::store_locked, errc::store_constraint, errc::store_corrupt, errc::store_io.
class Database {
 public:
  using RowFunction = std::function<Outcome<void>(const Row& row)>;

  /// Errors: also errc::store_not_opened.
  [[nodiscard]] static Outcome<Database> open(const std::string& path,
                                              const DatabaseOptions& options = {});

  Database(Database&&) noexcept = default;
  Database& operator=(Database&&) noexcept = default;
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;
  ~Database() = default;

  /// Runs the steps that the file has not seen, each in a transaction of its own; step i leads to
  /// version i + 1 (user_version). Steps are never changed once released. Errors: also
  /// errc::store_schema for a file with more steps than these.
  [[nodiscard]] Outcome<void> migrate(std::span<const std::string_view> steps);

  /// Takes the write lock at once, so that what is read inside can't change before the commit.
  /// Transactions don't nest.
  [[nodiscard]] Outcome<Transaction> begin();

  /// A statement without rows; the number of changed rows. Outside a transaction durable when it
  /// returns.
  Outcome<std::int64_t> run(std::string_view sql, std::initializer_list<Value> values = {});

  /// Calls `take` for each row; its first error ends the query and is returned.
  [[nodiscard]] Outcome<void> each(std::string_view sql, std::initializer_list<Value> values,
                                   const RowFunction& take);

  /// As each, for at most the first row; whether there was one.
  [[nodiscard]] Outcome<bool> first(std::string_view sql, std::initializer_list<Value> values,
                                    const RowFunction& take);

  /// The one number of a query such as count(*); 0 where it is null or there is no row.
  [[nodiscard]] Outcome<std::int64_t> number(std::string_view sql,
                                             std::initializer_list<Value> values = {});

  /// Id of the last inserted row.
  [[nodiscard]] std::int64_t last_id() const;

  /// Reads the whole file. Errors: errc::store_corrupt with the first finding as detail.
  [[nodiscard]] Outcome<void> check();

  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  struct Closer {
    void operator()(sqlite3* database) const;
    void operator()(sqlite3_stmt* statement) const;
  };

  using Statement = std::unique_ptr<sqlite3_stmt, Closer>;

  Database(std::string path, sqlite3* database) : path_(std::move(path)), database_(database) {}

  [[nodiscard]] Outcome<void> execute(const std::string& sql);
  [[nodiscard]] Outcome<sqlite3_stmt*> prepare(std::string_view sql);
  [[nodiscard]] Outcome<void> bind(sqlite3_stmt* statement, int index, const Value& value) const;
  [[nodiscard]] Outcome<sqlite3_stmt*> start(std::string_view sql,
                                             std::initializer_list<Value> values);
  [[nodiscard]] Outcome<bool> step(sqlite3_stmt* statement) const;
  [[nodiscard]] std::unexpected<Failure> failure() const;

  std::string path_;
  std::unique_ptr<sqlite3, Closer> database_;
  /// Destroyed before the connection that they belong to.
  std::map<std::string, Statement, std::less<>> statements_;
};

}  // namespace daymark::store
