#include "daymark/catalog/table.h"

#include <gtest/gtest.h>

#include "daymark/base/errors.h"
#include "daymark/catalog/errors.h"

namespace daymark::catalog {
namespace {

const std::string file = "t.csv";

std::vector<std::string> only_row(const std::string& line) {
  const auto rows = parse_table("a,b,c\n" + line + "\n", "a,b,c", file);
  return rows && rows->size() == 1 ? rows->front().cells : std::vector<std::string>{};
}

TEST(Table, ReadsPlainAndQuotedCells) {
  using Cells = std::vector<std::string>;
  EXPECT_EQ(only_row("1,,x y"), (Cells{"1", "", "x y"}));
  EXPECT_EQ(only_row("\"a, b\",\"say \"\"hi\"\"\",\"\""), (Cells{"a, b", "say \"hi\"", ""}));
  EXPECT_EQ(only_row(",,"), (Cells{"", "", ""}));
  EXPECT_EQ(only_row("1,2,3\r"), (Cells{"1", "2", "3"}));
}

TEST(Table, RefusesBadLinesAndNamesThem) {
  for (const char* line : {"", "1,2", "1,2,3,4", "\"1,2,3", "\"1\"x,2,3", "1,\"2,3", "a\"b,2,3",
                           "1,2,\"3\"\"", "1,2,\"3\" ", "1,\t,3"}) {
    const auto rows = parse_table(std::string("a,b,c\n1,2,3\n") + line + "\n", "a,b,c", file);
    ASSERT_FALSE(rows) << line;
    EXPECT_EQ(rows.error().error.code, errc::csv_malformed);
    EXPECT_EQ(rows.error().detail, "line 3");
  }
  EXPECT_EQ(parse_table("a,b\n", "a,b,c", file).error().detail, "line 1");
  EXPECT_EQ(parse_table("", "a,b,c", file).error().error.code, errc::csv_malformed);
}

TEST(Table, IsBounded) {
  std::string text = "a\n";
  for (std::size_t i = 0; i <= max_table_rows; ++i)
    text += "1\n";
  EXPECT_EQ(parse_table(text, "a", file).error().error.code, errc::catalog_size);
  EXPECT_FALSE(parse_table("a\n" + std::string(max_cell_bytes + 1, 'x'), "a", file));
  EXPECT_TRUE(parse_table("a\n" + std::string(max_cell_bytes, 'x'), "a", file));
}

TEST(Figure, IsUnknownWhenEmptyNeverZero) {
  EXPECT_EQ(figure_in("").value(), std::nullopt);
  EXPECT_EQ(figure_in("0").value(), 0);
  EXPECT_EQ(figure_in("1.228").value(), 1.228);
  for (const char* cell : {" ", "1 ", "-1", "-0", "nan", "inf", "1e3", "x", "1,5", "9999999999999"})
    EXPECT_EQ(figure_in(cell).error().code, errc::number_malformed) << cell;
}

}  // namespace
}  // namespace daymark::catalog
