// UTF-8 as signed notes demand it (C2SP signed-note, Format). Core.
#pragma once

#include <optional>
#include <string_view>

namespace daymark::tlog {

/// Takes one code point off `rest`, which isn't empty; nothing where the bytes are no UTF-8
/// (overlong, surrogate, above U+10FFFF or cut off; RFC 3629 §4).
[[nodiscard]] std::optional<char32_t> cut_code_point(std::string_view& rest);

/// Valid UTF-8 without control characters other than newline.
[[nodiscard]] bool is_note_text(std::string_view text);

}  // namespace daymark::tlog
