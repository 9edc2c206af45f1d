#include "daymark/geo/borders.h"

#include <gtest/gtest.h>

#include "daymark/base/file.h"
#include "daymark/geo/errors.h"
#include "daymark/geo/geo_testing.h"

namespace daymark::geo {
namespace {

constexpr std::string_view two_countries =
    "daymark-borders 1\n"
    "country AA 1 Alpha\n"
    "4 17999000 0 2000 0 0 1000 -2000 0\n"
    "country BB 2 Beta Land\n"
    "3 0 0 1000000 0 0 1000000\n"
    "3 -1000000 -9000000 5 5 5 0\n"
    "end\n";

TEST(Borders, ReadsRingsAcrossTheDateLine) {
  const Borders borders = Borders::parse(two_countries).value();
  ASSERT_EQ(borders.all().size(), 2U);
  const BorderRing& ring = borders.find("AA")->rings.front();
  EXPECT_EQ(ring[1], (BorderVertex{-17999000, 0}));
  EXPECT_EQ(ring[3], (BorderVertex{17999000, 1000}));
  EXPECT_EQ(borders.find("BB")->name, "Beta Land");
  EXPECT_EQ(borders.find("ZZ"), nullptr);
  EXPECT_EQ(borders.to_text(), two_countries);
}

TEST(Borders, RefusesEveryOtherForm) {
  const auto with = [](std::string_view from, std::string_view to) {
    std::string text(two_countries);
    text.replace(text.find(from), from.size(), to);
    return text;
  };
  for (const auto& [from, to] : std::vector<std::pair<std::string_view, std::string_view>>{
           {"borders 1", "borders 2"},
           {"country AA", "country Aa"},
           {"country BB", "country AA"},
           {"AA 1", "AA 2"},
           {"AA 1", "AA 0"},
           {"AA 1", "AA -1"},
           {"AA 1", "AA 01"},
           {"AA 1 Alpha", "AA 1 "},
           {"AA 1 Alpha", "AA 1"},
           {"4 1799", "5 1799"},
           {"4 1799", "3 1799"},
           {"4 1799", "9999999 1799"},
           {"17999000 0", "18000001 0"},
           {"17999000 0", "-18000000 0"},
           {"0 1000 -2000", "0 9000001 -2000"},
           {" 0 1000", " 0  1000"},
           {" 0 1000", " -0 1000"},
           {" 0 1000", " 00 1000"},
           {" 0 1000", " +0 1000"},
           {"-2000 0\n", "-2000 0 \n"},
           {"-2000 0\n", "-2000 0\r\n"},
           {"end\n", "end"},
           {"end\n", "end\n\n"},
           {"end\n", ""},
           {"-9000000 5", "-9000001 5"}}) {
    const auto result = Borders::parse(with(from, to));
    ASSERT_FALSE(result) << from << " -> " << to;
    EXPECT_EQ(result.error().code, errc::borders_malformed);
  }
  for (std::size_t size = 0; size < two_countries.size(); ++size)
    EXPECT_FALSE(Borders::parse(two_countries.substr(0, size))) << size;
}

TEST(Borders, NamesTheLineOfTheError) {
  std::string text(two_countries);
  text.replace(text.find("3 0 0"), 1, "2");
  EXPECT_EQ(Borders::parse(text).error().offset, text.find("2 0 0"));
}

TEST(Borders, ReadsTheShippedListWithoutLoss) {
  const std::string path = DAYMARK_SOURCE_DIR "/data/borders/countries.txt";
  const std::string text = read_text(path).value();
  const Borders borders = Borders::parse(text).value();
  EXPECT_EQ(borders.all().size(), 241U);
  EXPECT_EQ(borders.to_text(), text);
}

TEST(Borders, NamesUnknownCountriesAndMissingFiles) {
  EXPECT_EQ(shipped_borders().country("QQ").error().code, errc::country_unknown);
  EXPECT_EQ(load_borders("/nowhere/borders").error().subject, "/nowhere/borders");
}

}  // namespace
}  // namespace daymark::geo
