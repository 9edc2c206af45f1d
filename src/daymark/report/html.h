// The report of a story as one page without any outside reference. Host only.
#pragma once

#include <string>

#include "daymark/base/error_table.h"
#include "daymark/report/story.h"

namespace daymark::report {

/// A self-contained HTML page: charts and map inline, a switch between English, 简体 and 繁體 that
/// needs no network, and a marker wherever root on the host could have forged what is shown.
/// The same story gives the same bytes.
[[nodiscard]] std::string render_html(const Story& story, Language first = Language::english);

}  // namespace daymark::report
