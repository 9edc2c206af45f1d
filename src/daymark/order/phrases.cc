#include <array>

#include "daymark/order/phrases_internal.h"
#include "daymark/order/signer_sets.h"

namespace daymark::order::internal {

namespace {

constexpr std::size_t sets_shown = 12;

using Row = std::array<std::string_view, 3>;

constexpr auto table = std::to_array<Row>({
#define DAYMARK_PHRASE(name, english, simplified, traditional) {english, simplified, traditional},
#include "daymark/order/phrases.def"
#undef DAYMARK_PHRASE
});

struct Unit {
  std::int64_t seconds = 0;
  Row words;
};

constexpr std::array<Unit, 4> units = {{{86'400, {"d", "天", "天"}},
                                        {3600, {"h", "小时", "小時"}},
                                        {60, {"min", "分钟", "分鐘"}},
                                        {1, {"s", "秒", "秒"}}}};

}  // namespace

std::string_view text_of(Phrase phrase, Language language) {
  return table.at(static_cast<std::size_t>(phrase)).at(static_cast<std::size_t>(language));
}

std::string span_words(Millis span, Language language) {
  constexpr std::int64_t millis_per_second = 1000;
  std::int64_t rest = span.value / millis_per_second;
  std::string out = rest < 0 ? "-" : "";
  if (rest < 0) rest = -rest;
  int shown = 0;
  for (const Unit& unit : units) {
    const std::int64_t count = rest / unit.seconds;
    const bool last_resort = unit.seconds == 1 && shown == 0;
    if ((count == 0 && !last_resort) || shown == 2) continue;
    out += fmt::format("{}{} {}", shown > 0 ? " " : "", count,
                       unit.words.at(static_cast<std::size_t>(language)));
    rest -= count * unit.seconds;
    ++shown;
  }
  return out;
}

std::string_view deed_of(OrderKind kind, Language language) {
  // The table begins with the deeds, in the order of the kinds.
  return text_of(static_cast<Phrase>(static_cast<std::size_t>(kind) - 1), language);
}

std::string sets_text(const Charter& charter, OrderKind kind, Language language) {
  const auto sets = minimal_signers(charter, kind);
  if (sets.empty()) return std::string(text_of(Phrase::nobody, language));
  std::string out;
  for (std::size_t i = 0; i < sets.size() && i < sets_shown; ++i) {
    if (i > 0) out += text_of(Phrase::joined_by_or, language);
    out += names_of(charter, sets[i]);
  }
  if (sets.size() > sets_shown) out += say(language, Phrase::and_more, sets.size() - sets_shown);
  return out;
}

}  // namespace daymark::order::internal
