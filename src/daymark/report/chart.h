// Charts over time as SVG: governor states as lanes, throughput as lines. Host only.
#pragma once

#include <span>
#include <string>

#include "daymark/report/story.h"

namespace daymark::report {

/// Lanes of coloured states with marks across them; empty for no lanes. Every text is escaped.
[[nodiscard]] std::string timeline_svg(std::span<const Lane> lanes, std::span<const Mark> marks);

/// One line per series over the same time axis and marks.
[[nodiscard]] std::string throughput_svg(std::span<const Series> series,
                                         std::span<const Mark> marks, const std::string& unit);

/// `&`, `<`, `>` and both quotes as entities, control characters but newline and tab as spaces:
/// for text inside XML and HTML.
[[nodiscard]] std::string escape(std::string_view text);

}  // namespace daymark::report
