#include "daymark/report/timing_chart.h"

#include <array>
#include <vector>

#include <fmt/format.h>

#include "daymark/report/svg.h"

namespace daymark::report {

namespace {

constexpr Pixel canvas{760, 360};
constexpr Pixel origin{60, 300};  ///< of the axes
constexpr Pixel extent{660, 250};
constexpr double millis_per_hour = 3'600'000;

double in_hours(Millis span) {
  return static_cast<double>(span.value) / millis_per_hour;
}

/// Hours to the right up to a little beyond the last stop, share upward.
class Axes {
 public:
  explicit Axes(const order::LapseTimes& times) : most_(in_hours(times.last) * 1.1) {}

  [[nodiscard]] double most() const { return most_; }

  [[nodiscard]] Pixel at(double hours, double share) const {
    return {origin.x + extent.x * hours / most_, origin.y - extent.y * share};
  }

 private:
  double most_;
};

void draw_axes(SvgWriter& svg, const Axes& axes) {
  svg.line(axes.at(0, 0), axes.at(axes.most(), 0), R"(stroke="#64748b")");
  svg.line(axes.at(0, 0), axes.at(0, 1), R"(stroke="#64748b")");
  for (const double share : {0.0, 0.5, 1.0}) {
    const Pixel tick = axes.at(0, share);
    svg.text({tick.x - 8, tick.y + 4}, fmt::format("{:.0f} %", share * 100),
             R"(text-anchor="end" font-size="12" fill="#334155")");
  }
  svg.text({origin.x + extent.x, origin.y + 44}, "hours since issuing stopped",
           R"(text-anchor="end" font-size="12" fill="#334155")");
  svg.text({origin.x, origin.y - extent.y - 16}, "chips still running",
           R"(font-size="12" fill="#334155")");
}

void mark_stop(SvgWriter& svg, const Axes& axes, const order::LapseTimes& times, Millis at) {
  const double share = 1 - order::share_stopped(times, at);
  svg.line(axes.at(in_hours(at), 0), axes.at(in_hours(at), share),
           R"(stroke="#94a3b8" stroke-dasharray="3 3")");
  svg.circle(axes.at(in_hours(at), share), 4, R"(fill="#b45309")");
}

}  // namespace

std::string timing_chart(const order::LapseTimes& times) {
  const std::string label = fmt::format(
      "The first chip stops after {:.1f} h, the median after {:.1f} h, the last after {:.1f} h",
      in_hours(times.first), in_hours(times.median), in_hours(times.last));
  SvgWriter svg(canvas.x, canvas.y, label);
  svg.rectangle({0, 0}, canvas, R"(fill="#ffffff")");
  svg.text({origin.x, 22}, label, R"(font-size="14" fill="#0f172a")");
  const Axes axes(times);
  draw_axes(svg, axes);
  const std::array<std::vector<Pixel>, 1> curve{
      {{axes.at(0, 1), axes.at(in_hours(times.first), 1), axes.at(in_hours(times.last), 0),
        axes.at(axes.most(), 0)}}};
  svg.strokes(curve, R"(fill="none" stroke="#0f766e" stroke-width="2.5")");
  for (const Millis stop : {times.first, times.median, times.last})
    mark_stop(svg, axes, times, stop);
  // The three stops may lie close together: only the outer ones are labelled on the axis.
  for (const Millis stop : {times.first, times.last}) {
    const Pixel at = axes.at(in_hours(stop), 0);
    const bool last = stop == times.last;
    svg.text({at.x, at.y + 18}, fmt::format("{:.1f}", in_hours(stop)),
             last ? R"(font-size="12" fill="#334155")"
                  : R"(text-anchor="end" font-size="12" fill="#334155")");
  }
  return svg.finish();
}

}  // namespace daymark::report
