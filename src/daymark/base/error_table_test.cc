#include "daymark/base/error_table.h"

#include <algorithm>
#include <filesystem>
#include <map>
#include <regex>
#include <set>

#include <gtest/gtest.h>

#include "daymark/base/errors.h"
#include "daymark/base/file.h"

namespace daymark {
namespace {

const std::string lists = std::string(DAYMARK_SOURCE_DIR) + "/src/daymark/base/errors";

std::string source(const std::string& path) {
  return read_text(path).value();
}

/// Number and name of every error that a list of base/errors/ declares, read as text.
std::map<unsigned long, std::string> declared_errors() {
  const std::regex line(R"(DAYMARK_ERROR\((\d+), *(\w+),)");
  std::map<unsigned long, std::string> out;
  for (const auto& file : std::filesystem::directory_iterator(lists)) {
    if (file.path().extension() != ".def") continue;
    const std::string text = source(file.path());
    for (std::sregex_iterator at(text.begin(), text.end(), line), end; at != end; ++at) {
      const auto [place, fresh] = out.emplace(std::stoul((*at)[1]), (*at)[2]);
      EXPECT_TRUE(fresh) << file.path() << ": number given twice: " << place->first;
    }
  }
  return out;
}

TEST(ErrorTable, HoldsExactlyWhatTheListsDeclare) {
  std::map<unsigned long, std::string> held;
  for (const ErrorEntry& entry : error_table()) {
    held.emplace(static_cast<unsigned long>(entry.code), entry.name);
  }
  const auto declared = declared_errors();
  std::vector<std::pair<unsigned long, std::string>> different;
  std::ranges::set_symmetric_difference(held, declared, std::back_inserter(different));
  EXPECT_TRUE(different.empty()) << ::testing::PrintToString(different);
}

TEST(ErrorTable, NumbersAndNamesAreUnique) {
  std::set<Errc> codes;
  std::set<std::string_view> names;
  for (const ErrorEntry& entry : error_table()) {
    EXPECT_TRUE(codes.insert(entry.code).second) << entry.name;
    EXPECT_TRUE(names.insert(entry.name).second) << entry.name;
    EXPECT_GE(static_cast<unsigned>(entry.code), 100U) << entry.name;
  }
}

/// One sentence: a stop at its end and none before.
bool is_sentence(std::string_view text, std::string_view stop) {
  if (text.size() <= stop.size() || !text.ends_with(stop)) return false;
  text.remove_suffix(stop.size());
  return !text.ends_with(stop) && text.front() != ' ' && !text.ends_with(' ') &&
         !text.contains(std::string(stop) + " ");
}

bool is_ascii(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c >= ' ' && c < '\x7F'; });
}

TEST(ErrorTable, EverySentenceIsOneInItsLanguage) {
  for (const ErrorEntry& entry : error_table()) {
    EXPECT_TRUE(is_sentence(entry.english, ".")) << entry.name;
    EXPECT_TRUE(is_sentence(entry.simplified_chinese, "。")) << entry.name;
    EXPECT_TRUE(is_sentence(entry.traditional_chinese, "。")) << entry.name;
    EXPECT_FALSE(is_ascii(entry.simplified_chinese)) << entry.name;
    EXPECT_FALSE(is_ascii(entry.traditional_chinese)) << entry.name;
  }
}

TEST(ErrorTable, EnglishStartsWithACapital) {
  for (const ErrorEntry& entry : error_table()) {
    const char first = entry.english.front();
    EXPECT_TRUE(first >= 'A' && first <= 'Z') << entry.name << ": " << entry.english;
  }
}

TEST(ErrorTable, NoTwoErrorsSayTheSame) {
  std::map<std::string_view, std::string_view> said;
  for (const ErrorEntry& entry : error_table()) {
    const auto [other, fresh] = said.emplace(entry.english, entry.name);
    EXPECT_TRUE(fresh) << entry.name << " and " << other->second;
  }
}

TEST(ErrorTable, FindsEachEntryByItsCode) {
  for (const ErrorEntry& entry : error_table()) {
    EXPECT_EQ(entry_of(entry.code).name, entry.name);
    EXPECT_EQ(sentence(entry.code), entry.english);
    EXPECT_EQ(sentence(entry.code, Language::simplified_chinese), entry.simplified_chinese);
    EXPECT_EQ(sentence(entry.code, Language::traditional_chinese), entry.traditional_chinese);
  }
}

TEST(ErrorTable, UnknownNumbersAreInternal) {
  EXPECT_EQ(entry_of(Errc{1}).code, errc::internal);
  EXPECT_EQ(entry_of(Errc{65535}).code, errc::internal);
  EXPECT_EQ(label_of(FieldId{65535}), "");
  EXPECT_EQ(label_of(no_field), "");
  EXPECT_EQ(label_of(field::line), "line");
}

TEST(Describe, NamesSubjectFieldAndOffset) {
  const Failure failure(Error{errc::hex_malformed, field::text, 12}, "key.pub", "said so");
  EXPECT_EQ(describe(failure),
            "key.pub: The text is not hexadecimal of the required length. (field text, byte 12) "
            "[said so]");
  EXPECT_EQ(describe(Failure(errc::hex_malformed, "")),
            "The text is not hexadecimal of the required length.");
  EXPECT_EQ(describe(Failure(errc::file_exists, "x"), Language::traditional_chinese),
            "x: 檔案已存在，不會覆寫。");
}

TEST(Describe, ReadsLanguageTags) {
  const std::pair<std::string_view, Language> tags[] = {
      {"en", Language::english},
      {"", Language::english},
      {"de_DE.UTF-8", Language::english},
      {"zh-Hans", Language::simplified_chinese},
      {"zh_CN.UTF-8", Language::simplified_chinese},
      {"zh-Hant", Language::traditional_chinese},
      {"zh_TW.UTF-8", Language::traditional_chinese},
      {"zh_HK", Language::traditional_chinese}};
  for (const auto& [tag, language] : tags)
    EXPECT_EQ(language_of(tag), language) << tag;
}

}  // namespace
}  // namespace daymark
