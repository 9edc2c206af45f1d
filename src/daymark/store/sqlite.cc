#include "daymark/store/sqlite.h"

#include <fmt/format.h>
#include <sqlite3.h>

#include "daymark/base/errors.h"
#include "daymark/store/errors.h"

namespace daymark::store {

namespace {

Errc code_of(int status) {
  switch (status & 0xFF) {
    case SQLITE_FULL: return errc::store_full;
    case SQLITE_READONLY: return errc::store_read_only;
    case SQLITE_BUSY:
    case SQLITE_LOCKED: return errc::store_locked;
    case SQLITE_MISMATCH:
    case SQLITE_CONSTRAINT: return errc::store_constraint;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB: return errc::store_corrupt;
    case SQLITE_CANTOPEN: return errc::store_not_opened;
    case SQLITE_TOOBIG: return errc::store_range;
    default: return errc::store_io;
  }
}

std::unexpected<Failure> failure_of(sqlite3* database) {
  const char* const file = ::sqlite3_db_filename(database, "main");
  return refuse(code_of(::sqlite3_extended_errcode(database)), file == nullptr ? "" : file,
                ::sqlite3_errmsg(database));
}

int flags_of(OpenMode mode) {
  switch (mode) {
    case OpenMode::create: return SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
    case OpenMode::existing: return SQLITE_OPEN_READWRITE;
    case OpenMode::read_only: return SQLITE_OPEN_READONLY;
  }
  return SQLITE_OPEN_READONLY;
}

/// Gives a statement back when its rows are done with, whatever happened.
class Use {
 public:
  explicit Use(sqlite3_stmt* statement) : statement_(statement) {}

  Use(const Use&) = delete;
  Use& operator=(const Use&) = delete;
  Use(Use&&) = delete;
  Use& operator=(Use&&) = delete;

  ~Use() {
    ::sqlite3_reset(statement_);
    ::sqlite3_clear_bindings(statement_);
  }

 private:
  sqlite3_stmt* statement_;
};

std::unexpected<Error> wrong_type(int column) {
  return fail(errc::store_type, field::store_column, static_cast<std::uint32_t>(column));
}

}  // namespace

void Database::Closer::operator()(sqlite3* database) const {
  ::sqlite3_close_v2(database);
}

void Database::Closer::operator()(sqlite3_stmt* statement) const {
  ::sqlite3_finalize(statement);
}

std::unexpected<Failure> Database::failure() const {
  return failure_of(database_.get());
}

Outcome<Database> Database::open(const std::string& path, const DatabaseOptions& options) {
  sqlite3* raw = nullptr;
  const int flags = flags_of(options.mode) | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
  const int status = ::sqlite3_open_v2(path.c_str(), &raw, flags, nullptr);
  Database database(path, raw);
  if (status != SQLITE_OK) {
    return refuse(errc::store_not_opened, path, ::sqlite3_errstr(status));
  }
  ::sqlite3_busy_timeout(raw, static_cast<int>(options.busy_timeout.value));
  // A hostile file can't make its own schema run functions, nor may statements rewrite the schema.
  ::sqlite3_db_config(raw, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  ::sqlite3_db_config(raw, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
  DAYMARK_CHECK(database.execute("PRAGMA foreign_keys = ON"));
  if (options.mode != OpenMode::read_only) {
    DAYMARK_CHECK(database.execute("PRAGMA journal_mode = WAL"));
    DAYMARK_CHECK(database.execute("PRAGMA synchronous = FULL"));
  }
  // Opening is lazy: this is the first look into the file.
  DAYMARK_CHECK(database.execute("SELECT count(*) FROM sqlite_schema"));
  return database;
}

Outcome<void> Database::execute(const std::string& sql) {
  if (::sqlite3_exec(database_.get(), sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK) {
    return failure();
  }
  return {};
}

Outcome<void> Database::migrate(std::span<const std::string_view> steps) {
  while (true) {
    // Read under the write lock: two processes may start at once.
    DAYMARK_TRY(Transaction work, begin());
    DAYMARK_TRY(const std::int64_t version, number("PRAGMA user_version"));
    if (!std::in_range<std::size_t>(version) || std::cmp_greater(version, steps.size())) {
      return refuse(errc::store_schema, path_,
                    fmt::format("version {} of {}", version, steps.size()));
    }
    if (std::cmp_equal(version, steps.size())) return {};
    DAYMARK_CHECK(execute(std::string(steps[static_cast<std::size_t>(version)])));
    DAYMARK_CHECK(execute(fmt::format("PRAGMA user_version = {}", version + 1)));
    DAYMARK_CHECK(work.commit());
  }
}

Outcome<Transaction> Database::begin() {
  DAYMARK_CHECK(execute("BEGIN IMMEDIATE"));
  return Transaction(database_.get());
}

Transaction::~Transaction() {
  if (database_ != nullptr && ::sqlite3_get_autocommit(database_) == 0) {
    ::sqlite3_exec(database_, "ROLLBACK", nullptr, nullptr, nullptr);
  }
}

Outcome<void> Transaction::commit() {
  sqlite3* const database = std::exchange(database_, nullptr);
  if (database == nullptr) return refuse(errc::internal, "transaction", "committed already");
  if (::sqlite3_exec(database, "COMMIT", nullptr, nullptr, nullptr) == SQLITE_OK) return {};
  const auto failed = failure_of(database);
  if (::sqlite3_get_autocommit(database) == 0) {
    ::sqlite3_exec(database, "ROLLBACK", nullptr, nullptr, nullptr);
  }
  return failed;
}

Outcome<sqlite3_stmt*> Database::prepare(std::string_view sql) {
  const auto kept = statements_.find(sql);
  if (kept != statements_.end()) return kept->second.get();
  sqlite3_stmt* made = nullptr;
  const int status = ::sqlite3_prepare_v3(database_.get(), sql.data(), static_cast<int>(sql.size()),
                                          SQLITE_PREPARE_PERSISTENT, &made, nullptr);
  if (status != SQLITE_OK) return failure();
  statements_.emplace(sql, Statement(made));
  return made;
}

Outcome<void> Database::bind(sqlite3_stmt* statement, int index, const Value& value) const {
  int status = SQLITE_OK;
  if (std::holds_alternative<Value::OutOfRange>(value.content_)) {
    return std::unexpected(Failure(Error{errc::store_range, field::store_value, 0}, path_));
  }
  if (const auto* const number = std::get_if<std::int64_t>(&value.content_)) {
    status = ::sqlite3_bind_int64(statement, index, *number);
  } else if (const auto* const text = std::get_if<std::string_view>(&value.content_)) {
    // SQLite takes a null pointer for NULL; an empty text is not NULL.
    const char* const data = text->data() == nullptr ? "" : text->data();
    status =
        ::sqlite3_bind_text64(statement, index, data, text->size(), SQLITE_STATIC, SQLITE_UTF8);
  } else if (const auto* const bytes = std::get_if<ByteView>(&value.content_)) {
    status = bytes->empty() ? ::sqlite3_bind_zeroblob(statement, index, 0)
                            : ::sqlite3_bind_blob64(statement, index, bytes->data(), bytes->size(),
                                                    SQLITE_STATIC);
  } else {
    status = ::sqlite3_bind_null(statement, index);
  }
  if (status != SQLITE_OK) return failure();
  return {};
}

Outcome<sqlite3_stmt*> Database::start(std::string_view sql, std::initializer_list<Value> values) {
  DAYMARK_TRY(sqlite3_stmt* const statement, prepare(sql));
  if (::sqlite3_stmt_busy(statement) != 0) {
    return refuse(errc::internal, path_, "the statement is in use by an outer query");
  }
  if (std::cmp_not_equal(::sqlite3_bind_parameter_count(statement), values.size())) {
    return refuse(errc::internal, path_, "another number of values than the statement takes");
  }
  int index = 0;
  for (const Value& value : values)
    DAYMARK_CHECK(bind(statement, ++index, value));
  return statement;
}

Outcome<bool> Database::step(sqlite3_stmt* statement) const {
  switch (::sqlite3_step(statement)) {
    case SQLITE_ROW: return true;
    case SQLITE_DONE: return false;
    default: return failure();
  }
}

Outcome<std::int64_t> Database::run(std::string_view sql, std::initializer_list<Value> values) {
  DAYMARK_CHECK(each(sql, values, [](const Row&) -> Outcome<void> { return {}; }));
  return ::sqlite3_changes64(database_.get());
}

Outcome<void> Database::each(std::string_view sql, std::initializer_list<Value> values,
                             const RowFunction& take) {
  DAYMARK_TRY(sqlite3_stmt* const statement, start(sql, values));
  const Use use(statement);
  while (true) {
    DAYMARK_TRY(const bool more, step(statement));
    if (!more) return {};
    DAYMARK_CHECK(take(Row(statement)));
  }
}

Outcome<bool> Database::first(std::string_view sql, std::initializer_list<Value> values,
                              const RowFunction& take) {
  DAYMARK_TRY(sqlite3_stmt* const statement, start(sql, values));
  const Use use(statement);
  DAYMARK_TRY(const bool found, step(statement));
  if (found) DAYMARK_CHECK(take(Row(statement)));
  return found;
}

Outcome<std::int64_t> Database::number(std::string_view sql, std::initializer_list<Value> values) {
  std::int64_t out = 0;
  DAYMARK_TRY(const bool found, first(sql, values, [&out](const Row& row) -> Outcome<void> {
                if (row.is_null(0)) return {};
                DAYMARK_TRY(out, row.integer(0));
                return {};
              }));
  return found ? out : 0;
}

std::int64_t Database::last_id() const {
  return ::sqlite3_last_insert_rowid(database_.get());
}

Outcome<void> Database::check() {
  return each("PRAGMA quick_check(1)", {}, [this](const Row& row) -> Outcome<void> {
    DAYMARK_TRY(const std::string_view finding, about(row.text(0), path_));
    if (finding == "ok") return {};
    return refuse(errc::store_corrupt, path_, std::string(finding));
  });
}

bool Row::is_null(int column) const {
  return ::sqlite3_column_type(statement_, column) == SQLITE_NULL;
}

Result<std::int64_t> Row::integer(int column) const {
  if (::sqlite3_column_type(statement_, column) != SQLITE_INTEGER) return wrong_type(column);
  return ::sqlite3_column_int64(statement_, column);
}

Result<std::uint64_t> Row::unsigned_integer(int column) const {
  DAYMARK_TRY(const std::int64_t number, integer(column));
  if (number < 0) return wrong_type(column);
  return static_cast<std::uint64_t>(number);
}

Result<std::string_view> Row::text(int column) const {
  if (::sqlite3_column_type(statement_, column) != SQLITE_TEXT) return wrong_type(column);
  const unsigned char* const data = ::sqlite3_column_text(statement_, column);
  const auto size = static_cast<std::size_t>(::sqlite3_column_bytes(statement_, column));
  return text_of(ByteView(data, size));
}

Result<ByteView> Row::bytes(int column) const {
  if (::sqlite3_column_type(statement_, column) != SQLITE_BLOB) return wrong_type(column);
  const auto* const data = static_cast<const Byte*>(::sqlite3_column_blob(statement_, column));
  return ByteView(data, static_cast<std::size_t>(::sqlite3_column_bytes(statement_, column)));
}

Result<ByteView> Row::bytes_of_size(int column, std::size_t size) const {
  DAYMARK_TRY(const ByteView found, bytes(column));
  if (found.size() != size) return wrong_type(column);
  return found;
}

}  // namespace daymark::store
