// The host's table of all errors: stable number, name and one sentence in three languages.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "daymark/base/error.h"
#include "daymark/base/failure.h"

namespace daymark {

/// The languages of reasons and reports; never part of signed bytes.
enum class Language { english, simplified_chinese, traditional_chinese };

struct ErrorEntry {
  Errc code;
  std::string_view name;
  std::string_view english;
  std::string_view simplified_chinese;
  std::string_view traditional_chinese;
};

/// All entries, sorted by number.
[[nodiscard]] std::span<const ErrorEntry> error_table();

/// The entry of `code`, or that of errc::internal for a number this build doesn't know.
[[nodiscard]] const ErrorEntry& entry_of(Errc code);

/// The English label of a field, e.g. "nonce"; empty for no_field.
[[nodiscard]] std::string_view label_of(FieldId field);

/// The table's sentence for `code`.
[[nodiscard]] std::string_view sentence(Errc code, Language language = Language::english);

/// One sentence with subject, field and offset: "order.cose: order_expired: … (field expires, byte
/// 12)".
[[nodiscard]] std::string describe(const Failure& failure, Language language = Language::english);

/// "en", "zh-Hans", "zh-Hant" and common spellings of POSIX locales ("zh_TW.UTF-8"); English for
/// others.
[[nodiscard]] Language language_of(std::string_view tag);

}  // namespace daymark
