// The fixed phrases of explain.h and describe.h in three languages.
#pragma once

#include <string>

#include <fmt/format.h>

#include "daymark/base/error_table.h"
#include "daymark/base/units.h"
#include "daymark/order/charter.h"

namespace daymark::order::internal {

enum class Phrase {
#define DAYMARK_PHRASE(name, english, simplified, traditional) name,
#include "daymark/order/phrases.def"
#undef DAYMARK_PHRASE
};

[[nodiscard]] std::string_view text_of(Phrase phrase, Language language);

/// The phrase with its gaps filled.
template <class... Parts>
[[nodiscard]] std::string say(Language language, Phrase phrase, const Parts&... parts) {
  return fmt::vformat(text_of(phrase, language), fmt::make_format_args(parts...));
}

/// "3 d 2 h", "3 天 2 小时": at most two units.
[[nodiscard]] std::string span_words(Millis span, Language language);

/// What an order of this kind does.
[[nodiscard]] std::string_view deed_of(OrderKind kind, Language language);

/// "owner + regulator-a; or maker + owner": at most 12 sets, then how many more there are.
[[nodiscard]] std::string sets_text(const Charter& charter, OrderKind kind, Language language);

}  // namespace daymark::order::internal
