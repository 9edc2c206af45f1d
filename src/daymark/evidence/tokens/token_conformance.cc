#include "daymark/evidence/tokens/token_conformance.h"

#include <algorithm>
#include <array>
#include <filesystem>

#include "daymark/base/error_table.h"
#include "daymark/base/errors.h"
#include "daymark/base/file.h"
#include "daymark/base/json_internal.h"
#include "daymark/evidence/tokens/token_conformance_internal.h"

namespace daymark::evidence {

namespace {

struct TokenTopic {
  std::string_view name;
  Outcome<ConformanceCount> (*run)(const std::string& path);
};

constexpr std::array<TokenTopic, 6> token_topics{{
    {"cose", run_cose_conformance},
    {"ecdsa", run_ecdsa_conformance},
    {"eat", run_eat_conformance},
    {"corim", run_corim_conformance},
    {"ear", run_ear_conformance},
    {"oms", run_oms_conformance},
}};

}  // namespace

bool is_token_topic(std::string_view topic) {
  return std::ranges::find(token_topics, topic, &TokenTopic::name) != token_topics.end();
}

Outcome<ConformanceCount> run_token_conformance(std::string_view topic, const std::string& path) {
  const auto* const known = std::ranges::find(token_topics, topic, &TokenTopic::name);
  if (known == token_topics.end()) return refuse(errc::usage_wrong, std::string(topic));
  DAYMARK_TRY(auto count, known->run(path));
  if (count.passed + count.failed == 0) return refuse(errc::file_not_opened, path, "no vectors");
  return count;
}

std::vector<std::string> vector_files(const std::string& path, std::string_view ending) {
  std::vector<std::string> out;
  std::error_code code;
  if (!std::filesystem::is_directory(path, code)) return {path};
  for (auto at = std::filesystem::recursive_directory_iterator(path, code);
       !code && at != std::filesystem::recursive_directory_iterator(); at.increment(code)) {
    const std::string file = at->path().string();
    if (file.ends_with(ending) && at->is_regular_file(code)) out.push_back(file);
  }
  std::ranges::sort(out);
  return out;
}

Outcome<nlohmann::json> read_json_vector(const std::string& file) {
  DAYMARK_TRY(const std::string text, read_text(file));
  return about(internal::parse_json(text), file);
}

std::string_view verdict_name(const Result<void>& verdict) {
  return verdict ? "accepted" : entry_of(verdict.error().code).name;
}

}  // namespace daymark::evidence
