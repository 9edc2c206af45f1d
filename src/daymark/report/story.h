// The story of one rehearsal: what was done, when, and what every part answered. Host only.
//
// A script collects it as JSON (docs/formats/story.md); report/html.h turns it into one page.
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "daymark/base/failure.h"
#include "daymark/base/units.h"

namespace daymark::report {

/// One text in English, simplified and traditional Chinese, in this order.
using Translated = std::array<std::string, 3>;

/// What a part answered, with its grounds (principle 3).
struct Verdict {
  std::string verdict;
  std::string reason_name;
  std::string reason_text;
  std::string level;
  std::string as_of;
  std::vector<std::string> grounds;
  /// "Host root could forge this" holds for it.
  bool forgeable = false;
};

/// How a step is coloured: its meaning, never a judgement of somebody.
enum class Tone { note, granted, refused, restriction, finding };

struct Step {
  UnixMillis time;
  Translated text;
  std::string command;
  std::string output;
  Tone tone = Tone::note;
  std::vector<Verdict> verdicts;
};

struct Act {
  Translated title;
  std::vector<Step> steps;
};

/// One stretch of a lane of the timeline in one state of the governor.
struct Span {
  UnixMillis from;
  UnixMillis to;
  std::string state;
};

struct Lane {
  std::string name;
  std::vector<Span> spans;
};

/// A point in time that the charts mark.
struct Mark {
  UnixMillis time;
  Translated label;
};

struct Point {
  UnixMillis time;
  double value = 0;
};

struct Series {
  std::string name;
  std::vector<Point> points;
};

struct Story {
  Translated title;
  Translated introduction;
  std::vector<Act> acts;
  std::vector<Lane> lanes;
  std::vector<Mark> marks;
  std::vector<Series> throughput;
  std::string throughput_unit;
  std::string map_svg;  ///< goes into the page as it is
  std::vector<Translated> limits;
  std::vector<std::string> closing_commands;
};

/// A story has at least one act, and its map is an inert picture (inert_svg.h).
/// Errors: errc::json_malformed with the member that is missing or wrong.
[[nodiscard]] Outcome<Story> parse_story(std::string_view json, const std::string& subject);

}  // namespace daymark::report
