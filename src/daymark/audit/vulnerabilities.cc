#include "daymark/audit/vulnerabilities.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

#include <nlohmann/json.hpp>

#include "daymark/audit/errors.h"
#include "daymark/base/json_internal.h"

namespace daymark::audit {

namespace {

using nlohmann::json;

constexpr std::size_t entries_max = 4096;

std::unexpected<Error> bad_entry(std::size_t number) {
  return fail(errc::audit_list, field::audit_entry, static_cast<std::uint32_t>(number));
}

/// Numbers between dots; nothing where there is anything else.
std::optional<std::vector<std::uint32_t>> numbers_of(std::string_view version) {
  std::vector<std::uint32_t> out;
  const char* at = version.data();
  const char* const end = at + version.size();
  while (at != end) {
    std::uint32_t number = 0;
    const auto [next, problem] = std::from_chars(at, end, number);
    if (problem != std::errc()) return std::nullopt;
    out.push_back(number);
    at = next;
    if (at == end) return out;
    if (*at++ != '.' || at == end) return std::nullopt;
  }
  return std::nullopt;
}

bool is_date(std::string_view text) {
  return text.size() == 10 && text[4] == '-' && text[7] == '-';
}

Result<Vulnerability> read_entry(const json& entry, std::size_t number) {
  Vulnerability out;
  constexpr std::array<const char*, 5> names{"component", "branch", "before", "published",
                                             "source"};
  const std::array<std::string*, 5> places{&out.component, &out.branch, &out.before, &out.published,
                                           &out.source};
  for (std::size_t i = 0; i < names.size(); ++i) {
    auto text = internal::text_member(entry, names.at(i));
    if (!text) return bad_entry(number);
    *places.at(i) = *std::move(text);
  }
  const auto ids = entry.find("ids");
  const bool good = ids != entry.end() && ids->is_array() && !ids->empty() &&
                    entry.size() == names.size() + 1 && numbers_of(out.before) &&
                    is_date(out.published) && out.source.starts_with("https://");
  if (!good) return bad_entry(number);
  for (const json& id : *ids) {
    if (!id.is_string()) return bad_entry(number);
    out.ids.push_back(id.get<std::string>());
  }
  return out;
}

bool is_of_branch(const Vulnerability& entry, std::string_view version) {
  return entry.branch.empty() || version.starts_with(entry.branch + ".");
}

}  // namespace

Result<VulnerabilityList> parse_vulnerabilities(std::string_view text) {
  DAYMARK_TRY(const json all, internal::parse_json(text));
  VulnerabilityList out;
  auto as_of = internal::text_member(all, "as_of");
  if (!as_of || !is_date(*as_of) || all.size() != 2) return bad_entry(0);
  out.as_of = *std::move(as_of);
  const auto entries = all.find("entries");
  const bool good = entries != all.end() && entries->is_array() && entries->size() <= entries_max;
  if (!good) return bad_entry(0);
  out.entries.reserve(entries->size());
  for (const json& entry : *entries) {
    if (!entry.is_object()) return bad_entry(out.entries.size());
    DAYMARK_TRY(auto one, read_entry(entry, out.entries.size()));
    out.entries.push_back(std::move(one));
  }
  return out;
}

bool is_version_before(std::string_view version, std::string_view other) {
  const auto left = numbers_of(version);
  const auto right = numbers_of(other);
  return left && right && *left < *right;
}

VulnerabilityFinding find_vulnerabilities(const VulnerabilityList& list, std::string_view component,
                                          std::string_view version) {
  VulnerabilityFinding out;
  for (const Vulnerability& entry : list.entries) {
    if (entry.component != component || !is_of_branch(entry, version)) continue;
    out.branch_listed = true;
    if (is_version_before(version, entry.before)) out.matches.push_back(entry);
  }
  return out;
}

}  // namespace daymark::audit
