#include "daymark/store/sqlite.h"

#include <array>
#include <csignal>
#include <filesystem>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include "daymark/base/errors.h"
#include "daymark/base/file.h"
#include "daymark/store/errors.h"

namespace daymark::store {
namespace {

constexpr std::array<std::string_view, 1> schema{
    "CREATE TABLE owner(id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;"
    "CREATE TABLE chip(id BLOB PRIMARY KEY, owner INTEGER NOT NULL REFERENCES owner(id),"
    "                  note TEXT) STRICT;"
    "CREATE TABLE n(v INTEGER PRIMARY KEY) STRICT;"
    "CREATE TABLE raw(a, b, c, d);"};

class Sqlite : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = "/tmp/daymark-store-XXXXXX";
    ASSERT_NE(nullptr, ::mkdtemp(name.data()));
    folder_ = name;
    path_ = folder_ + "/a.db";
  }

  void TearDown() override { std::filesystem::remove_all(folder_); }

  [[nodiscard]] Database open(const DatabaseOptions& options = {}) const {
    auto database = Database::open(path_, options);
    EXPECT_TRUE(database) << database.error().detail;
    return *std::move(database);
  }

  [[nodiscard]] Database fresh() const {
    Database database = open();
    EXPECT_TRUE(database.migrate(schema));
    return database;
  }

  static std::int64_t count(Database& database) {
    return database.number("SELECT count(*) FROM n").value_or(-1);
  }

  std::string folder_;
  std::string path_;
};

Errc code_of(const auto& outcome) {
  return outcome ? Errc{} : outcome.error().error.code;
}

TEST_F(Sqlite, ValuesComeBackAsTheyWereBound) {
  Database database = fresh();
  const std::vector<Byte> bytes{0, 255, 7};
  ASSERT_TRUE(database.run("INSERT INTO raw VALUES(?, ?, ?, ?)",
                           {INT64_MIN, "Zürich\0x", ByteView(bytes), nullptr}));
  ASSERT_TRUE(database.run("INSERT INTO raw VALUES(?, ?, ?, ?)",
                           {INT64_MAX, std::string_view(), ByteView(), true}));
  int rows = 0;
  const auto done = database.each(
      "SELECT a, b, c, d FROM raw ORDER BY a", {}, [&](const Row& row) -> Outcome<void> {
        const bool first = rows++ == 0;
        EXPECT_EQ(first ? INT64_MIN : INT64_MAX, *row.integer(0));
        EXPECT_EQ(first ? "Zürich" : "", *row.text(1));
        EXPECT_TRUE(equal(first ? ByteView(bytes) : ByteView(), *row.bytes(2)));
        EXPECT_EQ(first, row.is_null(3));
        return {};
      });
  EXPECT_TRUE(done);
  EXPECT_EQ(2, rows);
}

TEST_F(Sqlite, ReadingIsStrictAboutTypes) {
  Database database = fresh();
  ASSERT_TRUE(database.run("INSERT INTO raw VALUES(?, ?, ?, ?)", {-1, "12", ByteView(), nullptr}));
  const auto found = database.first("SELECT * FROM raw", {}, [](const Row& row) -> Outcome<void> {
    EXPECT_EQ(errc::store_type, row.unsigned_integer(0).error().code);
    EXPECT_EQ(errc::store_type, row.integer(1).error().code);
    EXPECT_EQ(errc::store_type, row.bytes(1).error().code);
    EXPECT_EQ(errc::store_type, row.text(2).error().code);
    EXPECT_EQ(errc::store_type, row.array<16>(2).error().code);
    EXPECT_EQ(errc::store_type, row.integer(3).error().code);
    EXPECT_EQ(errc::store_type, row.integer(9).error().code) << "no such column";
    EXPECT_EQ(3U, row.text(3).error().offset);
    return {};
  });
  EXPECT_TRUE(found && *found);
}

TEST_F(Sqlite, NumbersBeyondSixtyThreeBitsAreRefused) {
  Database database = fresh();
  EXPECT_EQ(errc::store_range,
            code_of(database.run("INSERT INTO n VALUES(?)", {std::uint64_t{1} << 63})));
  EXPECT_TRUE(database.run("INSERT INTO n VALUES(?)", {(std::uint64_t{1} << 63) - 1}));
}

TEST_F(Sqlite, ConstraintsAreNamed) {
  Database database = fresh();
  const ByteArray<16> id{};
  ASSERT_TRUE(database.run("INSERT INTO owner VALUES(1, ?)", {"a"}));
  EXPECT_EQ(errc::store_constraint, code_of(database.run("INSERT INTO owner VALUES(2, ?)", {"a"})));
  EXPECT_EQ(errc::store_constraint,
            code_of(database.run("INSERT INTO chip VALUES(?, 7, NULL)", {ByteView(id)})))
      << "foreign keys are on";
  EXPECT_EQ(errc::store_constraint,
            code_of(database.run("INSERT INTO n VALUES(?)", {"not a number"})));
  EXPECT_EQ(1, *database.run("UPDATE owner SET name = ?", {"b"})) << "one row changed";
}

TEST_F(Sqlite, TransactionsAreAllOrNothing) {
  Database database = fresh();
  {
    auto work = database.begin();
    ASSERT_TRUE(work);
    ASSERT_TRUE(database.run("INSERT INTO n VALUES(1)"));
    EXPECT_EQ(1, count(database));
  }
  EXPECT_EQ(0, count(database));
  auto work = database.begin();
  ASSERT_TRUE(work);
  ASSERT_TRUE(database.run("INSERT INTO n VALUES(2)"));
  EXPECT_FALSE(database.begin()) << "they don't nest";
  EXPECT_TRUE(work->commit());
  EXPECT_FALSE(work->commit());
  EXPECT_EQ(1, count(database));
}

TEST_F(Sqlite, RowErrorEndsTheQueryAndFreesTheStatement) {
  Database database = fresh();
  for (int i = 0; i < 3; ++i)
    ASSERT_TRUE(database.run("INSERT INTO n VALUES(?)", {i}));
  int rows = 0;
  const auto done = database.each("SELECT v FROM n", {}, [&](const Row&) -> Outcome<void> {
    ++rows;
    return refuse(errc::store_type, "row");
  });
  EXPECT_EQ("row", done.error().subject);
  EXPECT_EQ(1, rows);
  const auto again = database.each("SELECT v FROM n", {}, [&](const Row&) -> Outcome<void> {
    ++rows;
    EXPECT_EQ(errc::internal, code_of(database.number("SELECT v FROM n"))) << "in use";
    return {};
  });
  EXPECT_TRUE(again);
  EXPECT_EQ(4, rows);
}

TEST_F(Sqlite, WrongNumberOfValuesIsRefused) {
  Database database = fresh();
  EXPECT_EQ(errc::internal, code_of(database.run("INSERT INTO n VALUES(?)")));
  EXPECT_EQ(errc::internal, code_of(database.run("INSERT INTO n VALUES(?)", {1, 2})));
}

TEST_F(Sqlite, MigrationRunsEachStepOnce) {
  const std::array<std::string_view, 2> two{"CREATE TABLE a(x)", "CREATE TABLE b(x)"};
  {
    Database database = open();
    EXPECT_TRUE(database.migrate(std::span(two).first(1)));
    EXPECT_TRUE(database.migrate(two));
    EXPECT_TRUE(database.migrate(two));
    EXPECT_EQ(2, *database.number("PRAGMA user_version"));
  }
  Database older = open();
  EXPECT_EQ(errc::store_schema, code_of(older.migrate(std::span(two).first(1))));
}

TEST_F(Sqlite, FailedMigrationLeavesTheVersionBefore) {
  const std::array<std::string_view, 2> bad{"CREATE TABLE a(x)", "CREATE TABLE b(x); nonsense"};
  Database database = open();
  EXPECT_FALSE(database.migrate(bad));
  EXPECT_EQ(1, *database.number("PRAGMA user_version"));
  EXPECT_FALSE(database.run("SELECT * FROM b")) << "half a step is no step";
}

TEST_F(Sqlite, SettingsAreTheDurableOnes) {
  Database database = fresh();
  EXPECT_EQ(2, *database.number("PRAGMA synchronous"));
  EXPECT_EQ(1, *database.number("PRAGMA foreign_keys"));
  const auto mode = database.first("PRAGMA journal_mode", {}, [](const Row& row) -> Outcome<void> {
    EXPECT_EQ("wal", *row.text(0));
    return {};
  });
  EXPECT_TRUE(mode);
}

TEST_F(Sqlite, ReadOnlyMayReadAndNothingElse) {
  {
    Database database = fresh();
    ASSERT_TRUE(database.run("INSERT INTO n VALUES(1)"));
  }
  DatabaseOptions options;
  options.mode = OpenMode::read_only;
  Database database = open(options);
  EXPECT_EQ(1, count(database));
  EXPECT_EQ(errc::store_read_only, code_of(database.run("INSERT INTO n VALUES(2)")));
}

TEST_F(Sqlite, MissingFilesAreNamed) {
  for (const OpenMode mode : {OpenMode::existing, OpenMode::read_only}) {
    DatabaseOptions options;
    options.mode = mode;
    const auto database = Database::open(path_, options);
    EXPECT_EQ(errc::store_not_opened, code_of(database));
    EXPECT_EQ(path_, database.error().subject);
  }
  EXPECT_EQ(errc::store_not_opened, code_of(Database::open(folder_ + "/no/folder.db")));
}

TEST_F(Sqlite, BusyIsNamed) {
  Database first = fresh();
  DatabaseOptions options;
  options.busy_timeout = Millis{20};
  Database second = open(options);
  const auto work = first.begin();
  ASSERT_TRUE(work);
  EXPECT_EQ(errc::store_locked, code_of(second.begin()));
  EXPECT_EQ(0, count(second)) << "reading goes on";
}

TEST_F(Sqlite, FullIsNamedAndLosesNothing) {
  Database database = fresh();
  ASSERT_TRUE(database.run("INSERT INTO n VALUES(1)"));
  const std::int64_t pages = *database.number("PRAGMA page_count");
  ASSERT_TRUE(database.run("PRAGMA max_page_count = 1")) << "stands for a full disk";
  const std::string large(static_cast<std::size_t>(pages + 10) * 4096, 'x');
  EXPECT_EQ(errc::store_full, code_of(database.run("INSERT INTO owner VALUES(1, ?)", {large})));
  EXPECT_EQ(1, count(database));
  EXPECT_EQ(0, *database.number("SELECT count(*) FROM owner"));
}

TEST_F(Sqlite, CorruptionIsNamed) {
  ASSERT_TRUE(write_text(path_,
                         "this is no database, but it is longer than its header would be, "
                         "which is one hundred bytes of which this has more"));
  EXPECT_EQ(errc::store_corrupt, code_of(Database::open(path_)));
  std::filesystem::remove(path_);
  {
    Database database = fresh();
    auto work = database.begin();
    ASSERT_TRUE(work);
    for (int i = 0; i < 2000; ++i)
      ASSERT_TRUE(database.run("INSERT INTO raw VALUES(?,1,2,3)", {i}));
    ASSERT_TRUE(work->commit());
    EXPECT_TRUE(database.check());
  }
  std::vector<Byte> content = *read_file(path_);
  ASSERT_GT(content.size(), 5U * 4096);
  std::fill(content.begin() + 5 * 4096, content.end(), Byte{0xA5});
  ASSERT_TRUE(write_file(path_, content));
  Database database = open();
  EXPECT_EQ(errc::store_corrupt, code_of(database.check()));
}

TEST_F(Sqlite, CopyInMidTransactionHoldsWhatWasCommitted) {
  Database database = fresh();
  ASSERT_TRUE(database.run("INSERT INTO n VALUES(1)"));
  const auto work = database.begin();
  ASSERT_TRUE(work);
  ASSERT_TRUE(database.run("PRAGMA cache_size = 1")) << "so that pages spill into the WAL";
  for (int i = 2; i < 3000; ++i)
    ASSERT_TRUE(database.run("INSERT INTO n VALUES(?)", {i}));
  const std::string copy = folder_ + "/copy.db";
  std::filesystem::copy_file(path_, copy);
  std::filesystem::copy_file(path_ + "-wal", copy + "-wal");
  auto found = Database::open(copy);
  ASSERT_TRUE(found);
  EXPECT_EQ(1, count(*found));
  EXPECT_TRUE(found->check());
}

/// Inserts 1, 2, 3… and says so after each durable insert, until it is killed.
[[noreturn]] void insert_for_ever(const std::string& path, int report) {
  auto database = Database::open(path);
  for (std::int32_t i = 1; database; ++i) {
    if (!database->run("INSERT INTO n VALUES(?)", {i})) break;
    if (::write(report, &i, sizeof i) != sizeof i) break;
  }
  ::_exit(1);
}

TEST_F(Sqlite, KillLosesNothingThatWasAcknowledged) {
  {
    const Database made = fresh();
  }
  std::int32_t last = 0;
  for (int round = 0; round < 5; ++round) {
    std::filesystem::remove(path_);
    std::filesystem::remove(path_ + "-wal");
    std::filesystem::remove(path_ + "-shm");
    {
      const Database made = fresh();
    }
    std::array<int, 2> ends{};
    ASSERT_EQ(0, ::pipe(ends.data()));
    const pid_t child = ::fork();
    if (child == 0) insert_for_ever(path_, ends[1]);
    ::close(ends[1]);
    while (last < 20 + round && ::read(ends[0], &last, sizeof last) == sizeof last) {
    }
    ::kill(child, SIGKILL);
    ::waitpid(child, nullptr, 0);
    while (::read(ends[0], &last, sizeof last) == sizeof last) {
    }
    ::close(ends[0]);
    Database database = open();
    EXPECT_GE(last, 20 + round);
    EXPECT_GE(count(database), last);
    EXPECT_LE(count(database), last + 1) << "at most the one that was under way";
    EXPECT_EQ(count(database), *database.number("SELECT max(v) FROM n")) << "no gap";
    last = 0;
  }
}

RC_GTEST_PROP(SqliteProperty, TextsAndBytesRoundTrip,
              (const std::string& text, const std::vector<Byte>& bytes)) {
  auto database = Database::open(":memory:");
  RC_ASSERT(database && database->migrate(schema));
  RC_ASSERT(
      database->run("INSERT INTO raw VALUES(1, ?, ?, 0)", {text, ByteView(bytes)}).has_value());
  bool same = false;
  const auto found =
      database->first("SELECT b, c FROM raw", {}, [&](const Row& row) -> Outcome<void> {
        same = *row.text(0) == text && equal(*row.bytes(1), bytes);
        return {};
      });
  RC_ASSERT(found && *found && same);
}

}  // namespace
}  // namespace daymark::store
