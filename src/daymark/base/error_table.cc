#include "daymark/base/error_table.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "daymark/base/errors.h"

namespace daymark {

namespace {

struct FieldEntry {
  FieldId id;
  std::string_view label;
};

constexpr auto make_entries() {
  return std::to_array<ErrorEntry>({
#define DAYMARK_ERROR(number, name, english, simplified, traditional) \
  {Errc{number}, #name, english, simplified, traditional},
#define DAYMARK_FIELD(number, name, label)
#include "daymark/base/errors/all.inc"
#undef DAYMARK_ERROR
#undef DAYMARK_FIELD
  });
}

constexpr auto make_fields() {
  return std::to_array<FieldEntry>({
#define DAYMARK_ERROR(number, name, english, simplified, traditional)
#define DAYMARK_FIELD(number, name, label) {FieldId{number}, label},
#include "daymark/base/errors/all.inc"
#undef DAYMARK_ERROR
#undef DAYMARK_FIELD
  });
}

constexpr auto entries = make_entries();
constexpr auto fields = make_fields();

static_assert(std::ranges::is_sorted(entries, {}, &ErrorEntry::code));
static_assert(std::ranges::adjacent_find(entries, {}, &ErrorEntry::code) == entries.end());
static_assert(std::ranges::is_sorted(fields, {}, &FieldEntry::id));
static_assert(std::ranges::adjacent_find(fields, {}, &FieldEntry::id) == fields.end());

}  // namespace

std::span<const ErrorEntry> error_table() {
  return entries;
}

const ErrorEntry& entry_of(Errc code) {
  const auto found = std::ranges::lower_bound(entries, code, {}, &ErrorEntry::code);
  return found != entries.end() && found->code == code ? *found : entries.front();
}

std::string_view label_of(FieldId field) {
  const auto found = std::ranges::lower_bound(fields, field, {}, &FieldEntry::id);
  return found != fields.end() && found->id == field ? found->label : std::string_view{};
}

std::string_view sentence(Errc code, Language language) {
  const ErrorEntry& entry = entry_of(code);
  switch (language) {
    case Language::simplified_chinese: return entry.simplified_chinese;
    case Language::traditional_chinese: return entry.traditional_chinese;
    case Language::english: break;
  }
  return entry.english;
}

std::string describe(const Failure& failure, Language language) {
  std::string out;
  if (!failure.subject.empty()) out += failure.subject + ": ";
  out += sentence(failure.error.code, language);
  if (const auto label = label_of(failure.error.field); !label.empty()) {
    out += fmt::format(" (field {}, byte {})", label, failure.error.offset);
  }
  if (!failure.detail.empty()) out += fmt::format(" [{}]", failure.detail);
  return out;
}

Language language_of(std::string_view tag) {
  if (!tag.starts_with("zh")) return Language::english;
  const bool traditional =
      tag.contains("Hant") || tag.contains("TW") || tag.contains("HK") || tag.contains("MO");
  return traditional ? Language::traditional_chinese : Language::simplified_chinese;
}

}  // namespace daymark
