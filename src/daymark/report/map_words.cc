#include <array>
#include <cstddef>

#include "daymark/report/map_words_internal.h"

namespace daymark::report {

namespace {

using Words = std::array<std::string_view, 3>;

constexpr std::array<Words, 8> words{{
    {"all places that the delays allow", "延迟所允许的全部地点", "延遲所允許的全部地點"},
    {"the zone asked about", "所询问的区域", "所詢問的區域"},
    {"the country asked about (not in)", "所询问的国家或地区（不在其中）",
     "所詢問的國家或地區（不在其中）"},
    {"farthest an answer can have come from, decisive", "应答可能来自的最远处，起决定作用",
     "應答可能來自的最遠處，起決定作用"},
    {"the same, not decisive", "同上，不起决定作用", "同上，不起決定作用"},
    {"landmark with its round trip", "地标及其往返时间", "地標及其往返時間"},
    {"best guess, grants nothing", "最佳猜测，不授予任何权限", "最佳猜測，不授予任何權限"},
    {"declared place", "声明的地点", "聲明的地點"},
}};

constexpr std::array<Words, 3> verdicts{{
    {"inside", "在内", "在內"},
    {"outside", "在外", "在外"},
    {"undecided", "未定", "未定"},
}};

}  // namespace

std::string_view word_of(MapWord word, Language language) {
  return words[static_cast<std::size_t>(word)][static_cast<std::size_t>(language)];
}

std::string_view word_of(geo::Verdict verdict, Language language) {
  return verdicts[static_cast<std::size_t>(verdict)][static_cast<std::size_t>(language)];
}

}  // namespace daymark::report
