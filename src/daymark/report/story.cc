#include "daymark/report/story.h"

#include "daymark/base/errors.h"
#include "daymark/base/json_internal.h"
#include "daymark/base/time.h"
#include "daymark/report/inert_svg.h"

namespace daymark::report {

namespace {

using Json = nlohmann::json;

/// Thrown and caught inside this file only: the JSON library reports by exceptions as well.
struct Malformed {
  std::string member;
};

const Json& member(const Json& object, const char* name) {
  if (!object.is_object() || !object.contains(name)) throw Malformed{name};
  return object.at(name);
}

std::string text(const Json& object, const char* name) {
  return object.contains(name) ? object.at(name).get<std::string>() : std::string{};
}

UnixMillis time(const Json& value) {
  const Result<UnixMillis> parsed = from_rfc3339(value.get<std::string>());
  if (!parsed) throw Malformed{"time"};
  return *parsed;
}

Translated translated(const Json& value) {
  if (value.is_string())
    return {value.get<std::string>(), value.get<std::string>(), value.get<std::string>()};
  return {member(value, "en").get<std::string>(), member(value, "zh-Hans").get<std::string>(),
          member(value, "zh-Hant").get<std::string>()};
}

template <class T, class Read>
std::vector<T> list(const Json& object, const char* name, Read read) {
  std::vector<T> out;
  if (!object.contains(name)) return out;
  if (!object.at(name).is_array()) throw Malformed{name};
  for (const Json& item : object.at(name))
    out.push_back(read(item));
  return out;
}

Tone tone(const std::string& name) {
  if (name == "granted") return Tone::granted;
  if (name == "refused") return Tone::refused;
  if (name == "restriction") return Tone::restriction;
  return name == "finding" ? Tone::finding : Tone::note;
}

std::string plain(const Json& value) {
  return value.is_string() ? value.get<std::string>() : value.dump();
}

Verdict verdict(const Json& value) {
  Verdict out;
  out.verdict = text(value, "verdict");
  if (value.contains("reason") && value.at("reason").is_object()) {
    out.reason_name = text(value.at("reason"), "name");
    out.reason_text = text(value.at("reason"), "text");
  }
  if (value.contains("level")) out.level = plain(value.at("level"));
  if (value.contains("as_of")) out.as_of = plain(value.at("as_of"));
  out.grounds = list<std::string>(value, "grounds", plain);
  out.forgeable = value.value("forgeable", out.level == "L0" || out.level == "L1");
  return out;
}

Step step(const Json& value) {
  return {.time = time(member(value, "time")),
          .text = translated(member(value, "text")),
          .command = text(value, "command"),
          .output = text(value, "output"),
          .tone = tone(text(value, "tone")),
          .verdicts = list<Verdict>(value, "verdicts", verdict)};
}

Act act(const Json& value) {
  return {.title = translated(member(value, "title")), .steps = list<Step>(value, "steps", step)};
}

Lane lane(const Json& value) {
  const auto span = [](const Json& part) {
    return Span{time(member(part, "from")), time(member(part, "to")), text(part, "state")};
  };
  return {.name = text(value, "name"), .spans = list<Span>(value, "spans", span)};
}

Mark mark(const Json& value) {
  return {time(member(value, "time")), translated(member(value, "label"))};
}

Series series(const Json& value) {
  constexpr double value_most = 1e18;
  const auto point = [](const Json& pair) {
    const Point out{time(pair.at(0)), pair.at(1).get<double>()};
    // False for NaN.
    const bool in_range = out.value >= 0 && out.value <= value_most;
    if (!in_range) throw Malformed{"points"};
    return out;
  };
  return {.name = text(value, "name"), .points = list<Point>(value, "points", point)};
}

/// The one text that goes into the page as it is.
std::string picture(const Json& value, const char* name) {
  std::string svg = text(value, name);
  if (!svg.empty() && !is_inert_svg(svg)) throw Malformed{name};
  return svg;
}

std::vector<Act> acts(const Json& value) {
  std::vector<Act> out = list<Act>(value, "acts", act);
  if (out.empty()) throw Malformed{"acts"};
  return out;
}

Story story(const Json& value) {
  return {.title = translated(member(value, "title")),
          .introduction = translated(member(value, "introduction")),
          .acts = acts(value),
          .lanes = list<Lane>(value, "lanes", lane),
          .marks = list<Mark>(value, "marks", mark),
          .throughput = list<Series>(value, "throughput", series),
          .throughput_unit = text(value, "throughput_unit"),
          .map_svg = picture(value, "map_svg"),
          .limits = list<Translated>(value, "limits", translated),
          .closing_commands = list<std::string>(value, "closing_commands", plain)};
}

}  // namespace

Outcome<Story> parse_story(std::string_view json, const std::string& subject) {
  const auto document = internal::parse_json(json);
  if (!document) return refuse(document.error().code, subject);
  try {
    return story(*document);
  } catch (const Malformed& missing) {
    return refuse(errc::json_malformed, subject, missing.member);
  } catch (const Json::exception& malformed) {
    return refuse(errc::json_malformed, subject, malformed.what());
  }
}

}  // namespace daymark::report
