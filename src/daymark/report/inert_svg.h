// Pictures of others that a page may hold as they are. Host only.
#pragma once

#include <string_view>

namespace daymark::report {

/// Whether `text` is one SVG picture of the elements and attributes that this module writes, well
/// formed, and so without script, style sheet, link, event handler, or anything fetched from
/// elsewhere. Stricter than XML: no comment, CDATA section, processing instruction or doctype, and
/// attributes in double quotes.
[[nodiscard]] bool is_inert_svg(std::string_view text);

}  // namespace daymark::report
