#include "daymark/report/html.h"

#include <algorithm>

#include <gtest/gtest.h>

namespace daymark::report {
namespace {

const std::string hostile_text =
    "</span></pre><script src=\"http://evil.example/x.js\">'\"]]>&<!--";

/// A story in which every text is `text`.
Story story_of(const std::string& text) {
  const Translated words{text + " en", text + " 简", text + " 繁"};
  Story story;
  story.title = words;
  story.introduction = words;
  Verdict verdict{text, text, text, text, text, {text, text}, true};
  Step step{{1'772'323'200'000}, words, text, text, Tone::refused, {verdict}};
  story.acts = {{words, {step, step}}};
  story.lanes = {{text, {{{1'772'323'200'000}, {1'772'409'600'000}, text}}}};
  story.marks = {{{1'772'323'200'000}, words}};
  story.throughput = {{text, {{{1'772'323'200'000}, 1}, {{1'772'409'600'000}, 2}}}};
  story.throughput_unit = text;
  story.map_svg = R"(<svg xmlns="http://www.w3.org/2000/svg"><rect width="1" height="1"/></svg>)";
  story.limits = {words};
  story.closing_commands = {text};
  return story;
}

/// The tags of a page in their order, without what stands in script and style. Naive on purpose:
/// a tag begins at '<' and ends at the next '>'.
std::vector<std::string> tags_of(const std::string& page) {
  std::vector<std::string> out;
  for (std::size_t i = page.find('<'); i != std::string::npos; i = page.find('<', i)) {
    const std::size_t end = page.find('>', i);
    EXPECT_NE(end, std::string::npos);
    if (end == std::string::npos) break;
    out.push_back(page.substr(i + 1, end - i - 1));
    i = end;
    for (const char* raw : {"script", "style"}) {
      if (out.back() == raw) i = page.find(std::string("</") + raw, end);
    }
  }
  return out;
}

std::string name_in(const std::string& tag) {
  const std::size_t from = tag.starts_with("/") ? 1 : 0;
  const std::size_t end = tag.find_first_of(" /\n", from);
  return tag.substr(from, end == std::string::npos ? end : end - from);
}

/// Every element that is opened is closed, in turn; empty elements of HTML aside.
void expect_balanced(const std::string& page) {
  std::vector<std::string> open;
  for (const std::string& tag : tags_of(page)) {
    const std::string name = name_in(tag);
    if (tag.starts_with("!") || name == "meta" || tag.ends_with("/")) continue;
    if (!tag.starts_with("/")) {
      open.push_back(name);
      continue;
    }
    ASSERT_FALSE(open.empty()) << tag;
    EXPECT_EQ(open.back(), name);
    open.pop_back();
  }
  EXPECT_TRUE(open.empty()) << open.size() << " left open";
}

std::size_t parts_in(const std::string& text, std::string_view part) {
  std::size_t out = 0;
  for (std::size_t i = text.find(part); i != std::string::npos; i = text.find(part, i + 1))
    ++out;
  return out;
}

TEST(Html, IsOneBalancedPage) {
  for (const std::string& text : {std::string("plain"), hostile_text, std::string()}) {
    const std::string page = render_html(story_of(text));
    EXPECT_TRUE(page.starts_with("<!doctype html>\n"));
    EXPECT_TRUE(page.ends_with("</html>\n"));
    expect_balanced(page);
  }
}

TEST(Html, HostileTextAddsNoTag) {
  // The same tags as with plain words, whatever the words are.
  std::vector<std::string> plain = tags_of(render_html(story_of("plain")));
  std::vector<std::string> hostile = tags_of(render_html(story_of(hostile_text)));
  std::ranges::transform(plain, plain.begin(), name_in);
  std::ranges::transform(hostile, hostile.begin(), name_in);
  EXPECT_EQ(plain, hostile);
  EXPECT_EQ(parts_in(render_html(story_of(hostile_text)), "<script"), 1U) << "the switch";
  EXPECT_EQ(parts_in(render_html(story_of(hostile_text)), "<!--"), 0U);
}

TEST(Html, FetchesNothing) {
  for (const std::string& tag : tags_of(render_html(story_of(hostile_text)))) {
    EXPECT_EQ(tag.find(" src="), std::string::npos) << tag;
    EXPECT_EQ(tag.find("href="), std::string::npos) << tag;
    EXPECT_FALSE(name_in(tag) == "link" || name_in(tag) == "img" || name_in(tag) == "iframe")
        << tag;
    EXPECT_EQ(tag.find(" on"), std::string::npos) << tag;
  }
  const std::string page = render_html(story_of("plain"));
  EXPECT_EQ(parts_in(page, "http"), parts_in(page, "http://www.w3.org/2000/svg")) << "name spaces";
  EXPECT_EQ(page.find("url("), std::string::npos);
  EXPECT_EQ(page.find("@import"), std::string::npos);
}

TEST(Html, HoldsEveryTextInThreeLanguages) {
  const std::string page = render_html(story_of("words"));
  for (const char* tag : {"en", "zh-Hans", "zh-Hant"}) {
    EXPECT_GE(parts_in(page, std::string("data-l=\"") + tag + "\""), 9U) << tag;
    EXPECT_EQ(parts_in(page, std::string("data-to=\"") + tag + "\""), 1U) << tag;
  }
  // Title, introduction, act, two steps, mark in two lists, limit; the head names the English one.
  EXPECT_GE(parts_in(page, "words 简"), 8U);
  EXPECT_EQ(parts_in(page, "words 简"), parts_in(page, "words 繁"));
  EXPECT_NE(page.find("主机 root 用户可伪造此项"), std::string::npos);
  EXPECT_NE(page.find("主機 root 使用者可偽造此項"), std::string::npos);
  EXPECT_NE(page.find("root on the host could forge this"), std::string::npos);
}

TEST(Html, BeginsInTheLanguageAskedFor) {
  const Story story = story_of("words");
  EXPECT_NE(render_html(story).find("<html lang=\"en\">"), std::string::npos);
  EXPECT_NE(render_html(story, Language::simplified_chinese).find("<html lang=\"zh-Hans\">"),
            std::string::npos);
  EXPECT_NE(render_html(story, Language::traditional_chinese).find("data-lang=\"zh-Hant\""),
            std::string::npos);
}

TEST(Html, MarksWhatRootCouldForge) {
  Story story = story_of("words");
  EXPECT_EQ(parts_in(render_html(story), "class=\"forge\""), 2U);
  for (Step& step : story.acts[0].steps)
    step.verdicts[0].forgeable = false;
  EXPECT_EQ(parts_in(render_html(story), "class=\"forge\""), 0U);
}

TEST(Html, TonesGiveTheirClass) {
  Story story = story_of("words");
  for (const auto& [tone, name] :
       {std::pair(Tone::note, "note"), std::pair(Tone::granted, "granted"),
        std::pair(Tone::refused, "refused"), std::pair(Tone::restriction, "restriction"),
        std::pair(Tone::finding, "finding")}) {
    story.acts[0].steps[0].tone = tone;
    EXPECT_NE(render_html(story).find(std::string("class=\"step ") + name + "\""),
              std::string::npos);
  }
}

TEST(Html, LeavesOutWhatIsNotThere) {
  Story story = story_of("words");
  EXPECT_EQ(parts_in(render_html(story), "<figure>"), 3U);
  story.map_svg.clear();
  story.lanes.clear();
  story.throughput.clear();
  story.limits.clear();
  story.closing_commands.clear();
  const std::string page = render_html(story);
  EXPECT_EQ(parts_in(page, "<figure>"), 0U);
  EXPECT_EQ(parts_in(page, "<h2>"), 1U) << "the act";
  expect_balanced(page);
}

TEST(Html, TheSameStoryGivesTheSameBytes) {
  EXPECT_EQ(render_html(story_of("words")), render_html(story_of("words")));
}

}  // namespace
}  // namespace daymark::report
