#include "daymark/tlog/tiles.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "daymark/base/file.h"
#include "daymark/tlog/errors.h"
#include "daymark/tlog/monitor.h"
#include "daymark/tlog/tlog_testing.h"

namespace daymark::tlog {
namespace {

std::vector<Byte> vector_file(const std::string& name) {
  return *read_file(testing::vector_path("tessera-log/" + name));
}

TEST(TilePath, FollowsTheSpecification) {
  EXPECT_EQ(tile_path({.index = 1234067}), "tile/0/x001/x234/067");
  EXPECT_EQ(tile_path({.level = 2, .index = 5, .width = 12}), "tile/2/005.p/12");
  EXPECT_EQ(tile_path({.entries = true, .index = 1000}), "tile/entries/x001/000");
}

TEST(TilePath, RefusesOtherSpellings) {
  for (const char* path : {"",
                           "tile",
                           "tile/",
                           "tile/0",
                           "tile/0/",
                           "tile/0/0",
                           "tile/0/00",
                           "tile/0/0000",
                           "tile/00/000",
                           "tile/64/000",
                           "tile/-1/000",
                           "tile/0/x000/000",
                           "tile/0/001/000",
                           "tile/0/x001/x234",
                           "tile/0/x001",
                           "tile/0/000.p/0",
                           "tile/0/000.p/256",
                           "tile/0/000.p/01",
                           "tile/0/000.p/",
                           "tile/0/000.p",
                           "tile/0/000/",
                           "tile/0/../000",
                           "tile/entries",
                           "tile/entries/0/000",
                           "/tile/0/000",
                           "tile/0/000 ",
                           "tile/0/x001/x001/x001/x001/x001/x001/000",
                           "checkpoint"})
    EXPECT_EQ(parse_tile_path(path).error().code, errc::tile_path) << path;
}

RC_GTEST_PROP(TilePathProperty, RoundTrip, ()) {
  TileId tile;
  tile.entries = *rc::gen::arbitrary<bool>();
  tile.level = tile.entries ? 0 : *rc::gen::inRange(0U, 64U);
  tile.index = *rc::gen::arbitrary<std::uint64_t>() % 1'000'000'000'000'000'000U;
  tile.width = *rc::gen::inRange(1U, 257U);
  const auto again = parse_tile_path(tile_path(tile));
  RC_ASSERT(again.has_value());
  RC_ASSERT(*again == tile);
}

TEST(NewTiles, FollowTheExampleOfTheSpecification) {
  // "a tree of size 70,000 will be represented by 273 full level 0 tiles, one partial level 0 tile
  // of width 112, one full level 1 tile, one partial level 1 tile of width 17, and one partial
  // level 2 tile of width 1"
  std::map<unsigned, std::vector<unsigned>> widths;
  for (const TileId& tile : new_tiles({0}, {70'000}))
    if (!tile.entries) widths[tile.level].push_back(tile.width);
  EXPECT_EQ(widths[0].size(), 274U);
  EXPECT_EQ(widths[0].back(), 112U);
  EXPECT_EQ(widths[1], (std::vector<unsigned>{256, 17}));
  EXPECT_EQ(widths[2], (std::vector<unsigned>{1}));
  EXPECT_EQ(widths.size(), 3U);
}

TEST(NewTiles, AFullTileBringsTheNextLevel) {
  const std::vector<TileId> tiles = new_tiles({255}, {256});
  const std::vector<TileId> wanted{{.entries = true}, {.level = 0}, {.level = 1, .width = 1}};
  EXPECT_EQ(tiles, wanted);
  EXPECT_TRUE(new_tiles({256}, {256}).empty());
  EXPECT_TRUE(new_tiles({9}, {3}).empty());
}

RC_GTEST_PROP(NewTilesProperty, StepsReachWhatOneLeapReaches, ()) {
  const auto last = *rc::gen::inRange<std::uint64_t>(0, 200'000);
  const auto middle = *rc::gen::inRange<std::uint64_t>(0, last + 1);
  std::set<std::string> steps;
  for (const std::vector<TileId>& some : {new_tiles({0}, {middle}), new_tiles({middle}, {last})})
    for (const TileId& tile : some)
      steps.insert(tile_path(tile));
  for (const TileId& tile : new_tiles({0}, {last}))
    RC_ASSERT(steps.contains(tile_path(tile)));
}

TEST(Bundle, ReadsTheTesseraLogAtEachSize) {
  for (unsigned size = 1; size <= 15; ++size) {
    const std::string width = std::to_string(size);
    const std::vector<Byte> content = vector_file("tile/entries/000.p/" + width);
    const auto entries = parse_bundle(content, size);
    ASSERT_TRUE(entries);
    const auto hashes = parse_tile(vector_file("tile/0/000.p/" + width), size);
    ASSERT_TRUE(hashes);
    std::vector<Byte> again;
    std::vector<std::vector<Byte>> owned;
    for (unsigned i = 0; i < size; ++i) {
      EXPECT_EQ(hash_leaf((*entries)[i]), (*hashes)[i]);
      EXPECT_TRUE(add_to_bundle(again, (*entries)[i]));
      owned.emplace_back((*entries)[i].begin(), (*entries)[i].end());
    }
    EXPECT_EQ(again, content);
    const std::vector<Byte> text = vector_file("checkpoint." + width);
    const auto checkpoint = parse_checkpoint(text_of(text));
    ASSERT_TRUE(checkpoint);
    EXPECT_TRUE(verify_log_range(owned, checkpoint->head));
    owned.back().push_back('!');
    EXPECT_EQ(verify_log_range(owned, checkpoint->head).error().code, errc::tlog_root);
    owned.pop_back();
    EXPECT_EQ(verify_log_range(owned, checkpoint->head).error().code, errc::tlog_index);
  }
}

TEST(Bundle, RefusesAnotherNumberOfEntries) {
  const std::vector<Byte> content = vector_file("tile/entries/000.p/5");
  for (const unsigned width : {0U, 4U, 6U, 256U, 257U})
    EXPECT_EQ(parse_bundle(content, width).error().code, errc::tile_malformed) << width;
}

TEST(Bundle, RefusesEveryCut) {
  const std::vector<Byte> content = vector_file("tile/entries/000.p/5");
  for (std::size_t i = 0; i < content.size(); ++i)
    EXPECT_FALSE(parse_bundle(ByteView(content).first(i), 5)) << i;
  std::vector<Byte> longer = content;
  longer.push_back(0);
  EXPECT_FALSE(parse_bundle(longer, 5));
}

TEST(Bundle, HoldsEntriesUpToItsLimit) {
  std::vector<Byte> bundle;
  EXPECT_TRUE(add_to_bundle(bundle, std::vector<Byte>(65535, 1)));
  EXPECT_TRUE(add_to_bundle(bundle, {}));
  EXPECT_EQ(parse_bundle(bundle, 2)->front().size(), 65535U);
  EXPECT_EQ(add_to_bundle(bundle, std::vector<Byte>(65536, 1)).error().code, errc::log_entry_size);
  EXPECT_EQ(parse_entries(bundle)->size(), 2U);
}

TEST(Tile, RefusesAnotherLength) {
  const std::vector<Byte> content = vector_file("tile/0/000.p/3");
  EXPECT_TRUE(parse_tile(content, 3));
  EXPECT_EQ(parse_tile(content, 2).error().code, errc::tile_malformed);
  EXPECT_EQ(parse_tile(content, 4).error().code, errc::tile_malformed);
  EXPECT_EQ(parse_tile({}, 0).error().code, errc::tile_malformed);
  EXPECT_EQ(parse_tile(ByteView(content).first(95), 3).error().code, errc::tile_malformed);
}

}  // namespace
}  // namespace daymark::tlog
