#include "daymark/report/story.h"

#include <gtest/gtest.h>

#include "daymark/base/error_table.h"
#include "daymark/base/errors.h"

namespace daymark::report {
namespace {

constexpr std::string_view good_story = R"({
  "title": "Two weeks",
  "introduction": {"en": "Three chips.", "zh-Hans": "三枚芯片。", "zh-Hant": "三枚晶片。"},
  "acts": [{"title": "A stop", "steps": [
    {"time": "2026-03-02T00:00:00Z", "text": "Refused.", "command": "daymark order submit",
     "output": "Too few.", "tone": "refused",
     "verdicts": [{"verdict": "refused", "reason": {"name": "order_quorum", "text": "Too few."},
                   "level": "L1", "as_of": "2026-03-02T00:00:00Z", "grounds": ["charter", 7]}]}]}],
  "lanes": [{"name": "chip-1", "spans": [
    {"from": "2026-03-01T00:00:00Z", "to": "2026-03-05T00:00:00Z", "state": "licensed"}]}],
  "marks": [{"time": "2026-03-02T00:00:00Z", "label": "notice"}],
  "throughput": [{"name": "chip-1", "points": [["2026-03-01T00:00:00Z", 391.5]]}],
  "throughput_unit": "ops/s",
  "map_svg": "<svg width=\"1\"></svg>",
  "limits": ["L1 only."],
  "closing_commands": ["daymark verify"]
})";

Outcome<Story> read_story(std::string_view from = "", std::string_view to = "") {
  std::string text(good_story);
  const std::size_t at = from.empty() ? 0 : text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  if (at != std::string::npos) text.replace(at, from.size(), to);
  return parse_story(text, "story.json");
}

void expect_story_refused(std::string_view from, std::string_view to, std::string_view member) {
  const auto story = read_story(from, to);
  ASSERT_FALSE(story) << to;
  EXPECT_EQ(story.error().error.code, errc::json_malformed) << to;
  EXPECT_EQ(story.error().subject, "story.json");
  EXPECT_NE(story.error().detail.find(member), std::string::npos) << story.error().detail;
}

TEST(Story, ReadsEveryMember) {
  const auto story = read_story();
  ASSERT_TRUE(story) << describe(story.error());
  EXPECT_EQ(story->title, (Translated{"Two weeks", "Two weeks", "Two weeks"}));
  EXPECT_EQ(story->introduction[2], "三枚晶片。");
  ASSERT_EQ(story->acts.size(), 1U);
  const Step& step = story->acts[0].steps.at(0);
  EXPECT_EQ(step.tone, Tone::refused);
  EXPECT_EQ(step.output, "Too few.");
  const Verdict& verdict = step.verdicts.at(0);
  EXPECT_EQ(verdict.reason_name, "order_quorum");
  EXPECT_EQ(verdict.grounds, (std::vector<std::string>{"charter", "7"}));
  EXPECT_TRUE(verdict.forgeable) << "level L1";
  EXPECT_EQ(story->lanes.at(0).spans.at(0).state, "licensed");
  EXPECT_EQ(story->marks.at(0).label[1], "notice");
  EXPECT_DOUBLE_EQ(story->throughput.at(0).points.at(0).value, 391.5);
  EXPECT_EQ(story->throughput_unit, "ops/s");
  EXPECT_EQ(story->map_svg, R"(<svg width="1"></svg>)");
  EXPECT_EQ(story->limits.size(), 1U);
  EXPECT_EQ(story->closing_commands.at(0), "daymark verify");
}

TEST(Story, EveryToneHasItsWord) {
  for (const auto& [word, tone] :
       {std::pair("note", Tone::note), std::pair("granted", Tone::granted),
        std::pair("restriction", Tone::restriction), std::pair("finding", Tone::finding),
        std::pair("anything", Tone::note)})
    EXPECT_EQ(read_story(R"("tone": "refused")", std::string(R"("tone": ")") + word + "\"")
                  ->acts[0]
                  .steps[0]
                  .tone,
              tone)
        << word;
}

TEST(Story, ForgeableFollowsTheLevelUnlessSaid) {
  const auto forgeable = [](std::string_view to) {
    return read_story(R"("level": "L1")", to)->acts[0].steps[0].verdicts[0].forgeable;
  };
  EXPECT_TRUE(forgeable(R"("level": "L0")"));
  EXPECT_FALSE(forgeable(R"("level": "L3")"));
  EXPECT_TRUE(forgeable(R"("level": "L3", "forgeable": true)"));
  EXPECT_FALSE(forgeable(R"("level": "L1", "forgeable": false)"));
}

TEST(Story, AnEmptyStoryIsRefused) {
  for (const char* text : {"", "{}", "[]", "null", "{", R"({"title":"x"})"}) {
    EXPECT_FALSE(parse_story(text, "s")) << text;
  }
  expect_story_refused(R"("acts": [)", R"("acts": [], "other": [)", "acts");
  expect_story_refused(R"("acts": [)", R"("other": [)", "acts");
}

TEST(Story, WhatIsWrongIsNamed) {
  expect_story_refused(R"("title": "Two weeks")", R"("titel": "Two weeks")", "title");
  expect_story_refused(R"("zh-Hans": "三枚芯片。", )", "", "zh-Hans");
  expect_story_refused("2026-03-02T00:00:00Z\", \"text", "yesterday\", \"text", "time");
  expect_story_refused(R"("to": "2026-03-05T00:00:00Z")", R"("till": "x")", "to");
  expect_story_refused("391.5", "-1", "points");
  expect_story_refused("391.5", "1e19", "points");
  expect_story_refused("391.5", "\"391.5\"", "number");
  expect_story_refused(R"(["2026-03-01T00:00:00Z", 391.5])", "[]", "range");
  expect_story_refused(R"("limits": ["L1 only."])", R"("limits": {"a": "L1 only."})", "limits");
  expect_story_refused(R"("command": "daymark)", R"("command": 7, "x": "daymark)", "string");
}

TEST(Story, AMapThatActsIsRefused) {
  expect_story_refused(R"(<svg width=\"1\"></svg>)",
                       R"(<svg width=\"1\"><script>alert(1)</script></svg>)", "map_svg");
  expect_story_refused(R"(<svg width=\"1\"></svg>)", R"(<svg onload=\"alert(1)\"></svg>)",
                       "map_svg");
  EXPECT_TRUE(read_story(R"(<svg width=\"1\"></svg>)", "")->map_svg.empty());
}

TEST(Story, DeepNestingIsRefusedBeforeItIsRead) {
  const std::string deep(100'000, '[');
  EXPECT_FALSE(parse_story(deep, "s"));
  EXPECT_FALSE(read_story(R"("charter", 7)", std::string(50, '[') + std::string(50, ']')));
}

TEST(Story, AKeyTwiceIsRefused) {
  EXPECT_FALSE(read_story(R"("title": "Two weeks")", R"("title": "a", "title": "b")"));
}

}  // namespace
}  // namespace daymark::report
