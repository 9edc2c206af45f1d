#include "daymark/report/chart.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "daymark/base/time.h"

namespace daymark::report {

namespace {

constexpr double width = 960;
constexpr double left = 90;
constexpr double right = 940;
constexpr double lane_height = 22;
constexpr double plot_height = 220;
constexpr double mark_space = 74;

struct Range {
  UnixMillis from{};
  UnixMillis to{};
  bool any = false;

  void include(UnixMillis time) {
    if (!any || time < from) from = time;
    if (!any || time > to) to = time;
    any = true;
  }

  [[nodiscard]] bool holds(UnixMillis time) const { return any && from <= time && time <= to; }

  [[nodiscard]] double x(UnixMillis time) const {
    const auto whole = static_cast<double>(std::max<std::int64_t>((to - from).value, 1));
    return left + (right - left) * static_cast<double>((time - from).value) / whole;
  }
};

/// Colours that stay apart for readers with red-green blindness.
std::string_view colour_of(std::string_view state) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 7> colours{{
      {"observing", "#9db4c0"},
      {"licensed", "#2a9d8f"},
      {"grace", "#e9c46a"},
      {"lapsed", "#8d99ae"},
      {"suspended", "#d1495b"},
      {"released", "#577590"},
      {"unprovisioned", "#dfe3e6"},
  }};
  const auto found =
      std::ranges::find(colours, state, &std::pair<std::string_view, std::string_view>::first);
  return found == colours.end() ? "#c7ccd1" : found->second;
}

std::string_view line_colour(std::size_t i) {
  constexpr std::array<std::string_view, 8> colours{"#264653", "#2a9d8f", "#8ab17d", "#e9c46a",
                                                    "#f4a261", "#e76f51", "#6d597a", "#457b9d"};
  return colours[i % colours.size()];
}

std::string head(double height, std::string_view label) {
  return fmt::format(
      R"(<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {:.0f} {:.0f}" role="img" aria-label="{}" )"
      R"(font-family="system-ui,sans-serif" font-size="12">)",
      width, height, escape(label));
}

/// Day lines with their dates, every `step` days so that labels don't collide.
std::string day_axis(const Range& range, double top, double bottom) {
  constexpr std::int64_t day = 86'400'000;
  const std::int64_t span = std::max<std::int64_t>((range.to - range.from).value / day, 1);
  const std::int64_t step = day * std::max<std::int64_t>(1, span / 12);
  std::string out;
  for (std::int64_t at = (range.from.value / day + 1) * day; at <= range.to.value; at += step) {
    const double x = range.x({at});
    out += fmt::format(R"(<line x1="{0:.1f}" y1="{1}" x2="{0:.1f}" y2="{2}" stroke="#e6e9ec"/>)", x,
                       top, bottom);
    out += fmt::format(R"(<text x="{:.1f}" y="{}" text-anchor="middle" fill="#5c6770">{}</text>)",
                       x, bottom + 16, to_rfc3339({at}).substr(5, 5));
  }
  return out;
}

/// Numbered marks; their texts stand in the list below the chart, so that they are never cut. A
/// mark before or after what the chart shows stands in that list alone.
std::string mark_lines(std::span<const Mark> marks, const Range& range, double top, double bottom) {
  std::string out;
  double last_x = -100;
  double y = top - 8;
  for (std::size_t i = 0; i < marks.size(); ++i) {
    if (!range.holds(marks[i].time)) continue;
    const double x = range.x(marks[i].time);
    y = x - last_x < 16 ? y - 15 : top - 8;
    last_x = x;
    out += fmt::format(R"(<line x1="{0:.1f}" y1="{1}" x2="{0:.1f}" y2="{2}" )"
                       R"(stroke="#33415c" stroke-dasharray="3 3"/>)",
                       x, y + 2, bottom);
    out += fmt::format(
        R"(<circle cx="{0:.1f}" cy="{1}" r="8" fill="#33415c"><title>{3}</title></circle>)"
        R"(<text x="{0:.1f}" y="{2}" text-anchor="middle" fill="#fff" font-size="10">{4}</text>)",
        x, y - 4, y - 0.5, escape(marks[i].label[0]), i + 1);
  }
  return out;
}

std::string lane_svg(const Lane& lane, const Range& range, double y) {
  std::string out = fmt::format(R"(<text x="{}" y="{}" text-anchor="end" fill="#22303c">{}</text>)",
                                left - 8, y + lane_height - 8, escape(lane.name));
  for (const Span& span : lane.spans) {
    out += fmt::format(R"(<rect x="{:.1f}" y="{}" width="{:.1f}" height="{}" rx="2" fill="{}">)"
                       R"(<title>{}: {} – {}</title></rect>)",
                       range.x(span.from), y, std::max(range.x(span.to) - range.x(span.from), 1.0),
                       lane_height - 6, colour_of(span.state), escape(span.state),
                       to_rfc3339(span.from), to_rfc3339(span.to));
  }
  return out;
}

/// The states that occur, as a legend.
std::string legend(std::span<const Lane> lanes, double y) {
  std::vector<std::string> states;
  for (const Lane& lane : lanes) {
    for (const Span& span : lane.spans) {
      if (std::ranges::find(states, span.state) == states.end()) states.push_back(span.state);
    }
  }
  std::string out;
  double x = left;
  for (const std::string& state : states) {
    out += fmt::format(R"(<rect x="{}" y="{}" width="12" height="12" rx="2" fill="{}"/>)", x, y,
                       colour_of(state));
    out += fmt::format(R"(<text x="{}" y="{}" fill="#22303c">{}</text>)", x + 17, y + 10,
                       escape(state));
    x += 30 + 8.0 * static_cast<double>(state.size());
  }
  return out;
}

std::string series_svg(const Series& series, const Range& range, double highest,
                       std::string_view colour) {
  std::string path;
  for (const Point& point : series.points) {
    const double y = mark_space + plot_height * (1 - point.value / highest);
    path += fmt::format("{}{:.1f} {:.1f}", path.empty() ? "M" : "L", range.x(point.time), y);
  }
  return fmt::format(
      R"(<path d="{}" fill="none" stroke="{}" stroke-width="1.6"><title>{}</title></path>)", path,
      colour, escape(series.name));
}

double highest_of(std::span<const Series> series) {
  double highest = 0;
  for (const Series& one : series) {
    for (const Point& point : one.points)
      highest = std::max(highest, point.value);
  }
  return highest > 0 ? highest * 1.1 : 1;
}

}  // namespace

std::string escape(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '"': out += "&quot;"; break;
      case '\'': out += "&#39;"; break;
      default: out += static_cast<unsigned char>(c) < ' ' && c != '\n' && c != '\t' ? ' ' : c;
    }
  }
  return out;
}

std::string timeline_svg(std::span<const Lane> lanes, std::span<const Mark> marks) {
  if (lanes.empty()) return {};
  Range range;
  for (const Lane& lane : lanes) {
    for (const Span& span : lane.spans) {
      range.include(span.from);
      range.include(span.to);
    }
  }
  const double bottom = mark_space + lane_height * static_cast<double>(lanes.size());
  std::string out = head(bottom + 50, "States of the chips over time");
  out += day_axis(range, mark_space, bottom);
  for (std::size_t i = 0; i < lanes.size(); ++i) {
    out += lane_svg(lanes[i], range, mark_space + lane_height * static_cast<double>(i) + 3);
  }
  return out + mark_lines(marks, range, mark_space, bottom) + legend(lanes, bottom + 28) + "</svg>";
}

std::string throughput_svg(std::span<const Series> series, std::span<const Mark> marks,
                           const std::string& unit) {
  if (series.empty()) return {};
  Range range;
  for (const Series& one : series) {
    for (const Point& point : one.points)
      range.include(point.time);
  }
  const double highest = highest_of(series);
  const double bottom = mark_space + plot_height;
  std::string out = head(bottom + 30, "Throughput over time");
  out += day_axis(range, mark_space, bottom);
  for (int i = 0; i <= 4; ++i) {
    const double y = mark_space + plot_height * (4 - i) / 4;
    out += fmt::format(R"(<line x1="{}" y1="{}" x2="{}" y2="{}" stroke="#e6e9ec"/>)", left, y,
                       right, y);
    out += fmt::format(R"(<text x="{}" y="{}" text-anchor="end" fill="#5c6770">{:.0f}</text>)",
                       left - 8, y + 4, highest * i / 4);
  }
  out += fmt::format(R"(<text x="{}" y="14" fill="#5c6770">{}</text>)", 8, escape(unit));
  for (std::size_t i = 0; i < series.size(); ++i)
    out += series_svg(series[i], range, highest, line_colour(i));
  return out + mark_lines(marks, range, mark_space, bottom) + "</svg>";
}

}  // namespace daymark::report
