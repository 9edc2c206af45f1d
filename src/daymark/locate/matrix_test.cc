#include "daymark/locate/matrix.h"

#include <gtest/gtest.h>

#include "daymark/base/errors.h"
#include "daymark/geo/errors.h"
#include "daymark/locate/errors.h"
#include "daymark/locate/locate_testing.h"

namespace daymark::locate {
namespace {

const std::string file = "table.csv";
const std::string head = "id,lat,lon,city,country\n";
const std::string rows =
    head + "aws:af,-33.9084,18.4230,Africa (Cape Town,ZA\nb,90,-180,,\nc,0,0,São Paulo,BR\n";

TEST(NodeTable, ReadsNodesAsTheyAre) {
  const NodeTable table = NodeTable::parse(rows, file).value();
  ASSERT_EQ(table.nodes().size(), 3U);
  EXPECT_EQ(table.nodes()[0], (Node{"aws:af", at(-33.9084, 18.4230), "Africa (Cape Town", "ZA"}));
  EXPECT_EQ(table.find("c"), 2U);
  EXPECT_EQ(table.find("d"), NodeTable::npos);
  EXPECT_EQ(table.find(""), NodeTable::npos);
}

TEST(NodeTable, TakesCarriageReturnsAndAMissingLastLineEnd) {
  EXPECT_EQ(NodeTable::parse("id,lat,lon,city,country\r\nx,1,2,y,ZA\r\n", file)->nodes()[0].country,
            "ZA");
  EXPECT_EQ(NodeTable::parse(head + "x,1,2,y,ZA", file)->nodes().size(), 1U);
  EXPECT_TRUE(NodeTable::parse(head, file)->nodes().empty());
}

struct BadLine {
  const char* line;
  Errc code;
  const char* where;
};

TEST(NodeTable, NamesLineAndColumnOfAnError) {
  for (const BadLine& bad : {
           BadLine{"x,1,2,y", errc::csv_malformed, "line 5, column 4"},
           {"x,1,2,y,ZA,", errc::csv_malformed, "line 5, column 5"},
           {"", errc::csv_malformed, "line 5, column 1"},
           {",1,2,y,ZA", errc::csv_malformed, "line 5, column 1"},
           {"a\tb,1,2,y,ZA", errc::csv_malformed, "line 5, column 1"},
           {"x,91,2,y,ZA", errc::place_malformed, "line 5, column 2"},
           {"x,nan,2,y,ZA", errc::place_malformed, "line 5, column 2"},
           {"x,1e1,2,y,ZA", errc::place_malformed, "line 5, column 2"},
           {"x, 1,2,y,ZA", errc::place_malformed, "line 5, column 2"},
           {"x,1,180.1,y,ZA", errc::place_malformed, "line 5, column 3"},
           {"x,1,,y,ZA", errc::place_malformed, "line 5, column 3"},
           {"x,1,2,y\x01,ZA", errc::csv_malformed, "line 5, column 4"},
           {"x,1,2,y,za", errc::csv_malformed, "line 5, column 5"},
           {"x,1,2,y,ZAF", errc::csv_malformed, "line 5, column 5"},
           {"b,1,2,y,ZA", errc::locate_node_duplicate, "line 5, column 1"},
       }) {
    const auto result = NodeTable::parse(rows + bad.line + "\n", file);
    ASSERT_FALSE(result) << bad.line;
    EXPECT_EQ(result.error().error.code, bad.code) << bad.line;
    EXPECT_EQ(result.error().detail, bad.where) << bad.line;
    EXPECT_EQ(result.error().subject, file);
  }
  for (const char* text : {"", "\n", "id,lat,lon,city\n", "ID,lat,lon,city,country\n"})
    EXPECT_EQ(NodeTable::parse(text, file).error().error.code, errc::csv_malformed);
}

TEST(NodeTable, IsBounded) {
  std::string text = head;
  for (std::size_t i = 0; i <= max_nodes; ++i)
    text += std::to_string(i) + ",0,0,,\n";
  EXPECT_EQ(NodeTable::parse(text, file).error().error.code, errc::locate_table_size);
  EXPECT_FALSE(NodeTable::parse(head + std::string(65, 'x') + ",0,0,,\n", file));
  EXPECT_FALSE(NodeTable::parse(head + "x,0,0," + std::string(257, 'x') + ",\n", file));
}

TEST(Delays, ReadsOrderedPairs) {
  const NodeTable nodes = NodeTable::parse(rows, file).value();
  const auto delays =
      parse_delays("src,dst,min_rtt_ms\nc,b,0.437\nb,c,10\nb,b,0\nb,b,1\n", nodes, file);
  EXPECT_FALSE(delays) << "a zero is refused even on the diagonal";
  const auto good = parse_delays("src,dst,min_rtt_ms\nc,b,0.437\nb,c,10\nb,b,1\n", nodes, file);
  EXPECT_EQ(good.value(), (std::vector<Delay>{{2, 1, 0.437}, {1, 2, 10}}));
}

TEST(Delays, NamesLineAndColumnOfAnError) {
  const NodeTable nodes = NodeTable::parse(rows, file).value();
  for (const BadLine& bad : {
           BadLine{"d,b,1", errc::locate_row_node, "line 3, column 1"},
           {"b,d,1", errc::locate_row_node, "line 3, column 2"},
           {"b,c", errc::csv_malformed, "line 3, column 2"},
           {"b,c,1,", errc::csv_malformed, "line 3, column 3"},
           {"b,c,", errc::locate_delay, "line 3, column 3"},
           {"b,c,0", errc::locate_delay, "line 3, column 3"},
           {"b,c,-1", errc::locate_delay, "line 3, column 3"},
           {"b,c,nan", errc::locate_delay, "line 3, column 3"},
           {"b,c,inf", errc::locate_delay, "line 3, column 3"},
           {"b,c,1000001", errc::locate_delay, "line 3, column 3"},
           {"b,c,1 ", errc::locate_delay, "line 3, column 3"},
           {"c,b,2", errc::locate_row_duplicate, "line 3, column 1"},
       }) {
    const auto result =
        parse_delays(std::string("src,dst,min_rtt_ms\nc,b,1\n") + bad.line + "\n", nodes, file);
    ASSERT_FALSE(result) << bad.line;
    EXPECT_EQ(result.error().error.code, bad.code) << bad.line;
    EXPECT_EQ(result.error().detail, bad.where) << bad.line;
  }
}

TEST(Matrix, ReadsTheShippedOne) {
  const DelayMatrix cloud = shipped_cloud();
  EXPECT_EQ(cloud.nodes.nodes().size(), 69U);
  EXPECT_EQ(cloud.delays.size(), 3784U);
  EXPECT_EQ(load_matrix("/nowhere/nodes.csv", "/nowhere/rtt.csv").error().subject,
            "/nowhere/nodes.csv");
}

}  // namespace
}  // namespace daymark::locate
