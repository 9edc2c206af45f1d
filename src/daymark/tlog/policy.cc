#include "daymark/tlog/policy.h"

#include <bit>
#include <optional>

#include "daymark/base/errors.h"
#include "daymark/tlog/errors.h"
#include "daymark/tlog/text_internal.h"

namespace daymark::tlog {

namespace {

constexpr std::string_view none = "none";

MemberSet bit(std::size_t i) {
  return MemberSet{1} << i;
}

/// Takes the next word off `rest`; empty where none is left. Only blank and tab separate.
std::string_view cut_word(std::string_view& rest) {
  while (!rest.empty() && (rest.front() == ' ' || rest.front() == '\t'))
    rest.remove_prefix(1);
  const std::size_t end = rest.find_first_of(" \t");
  const std::string_view word = slice(rest, 0, end == std::string_view::npos ? rest.size() : end);
  rest.remove_prefix(word.size());
  return word;
}

bool is_blank(std::string_view rest) {
  return cut_word(rest).empty();
}

/// 0x09, 0x0A, 0x20..0x7E and 0x80..0xFF (C2SP tlog-policy, Character set).
bool is_policy_text(std::string_view text) {
  for (const char c : text) {
    const auto byte = static_cast<Byte>(c);
    if ((byte < 0x20 && c != '\t' && c != '\n') || byte == 0x7F) return false;
  }
  return true;
}

/// "any", "all" or 1..members without leading zeros.
std::optional<unsigned> threshold_of(std::string_view word, unsigned members) {
  if (word == "any") return 1;
  if (word == "all") return members;
  const auto number = parse_decimal(word);
  if (!number || *number == 0 || *number > members) return std::nullopt;
  return static_cast<unsigned>(*number);
}

Result<void> require_type(const VerifierKey& key, Byte type) {
  return key.type == type ? ok() : fail(errc::note_vkey, field::key_name);
}

bool holds_key(std::span<const VerifierKey> keys, const crypto::PublicKey& key) {
  for (const VerifierKey& other : keys)
    if (other.key == key) return true;
  return false;
}

}  // namespace

Result<Policy> Policy::parse(std::string_view text) {
  Policy policy;
  DAYMARK_CHECK(policy.read(text));
  return policy;
}

Result<Policy> Policy::parse_over(std::string_view text, std::span<const std::string_view> names) {
  Policy policy;
  DAYMARK_CHECK(policy.read_over(text, names));
  return policy;
}

Result<void> Policy::read_over(std::string_view text, std::span<const std::string_view> names) {
  if (names.size() > policy_members_max) return fail(errc::policy_size);
  for (const std::string_view name : names) {
    DAYMARK_CHECK(require_new(name));
    names_[member_count_++] = name;
  }
  return parse_lines(text, false);
}

bool Policy::met_by(MemberSet signers) const {
  MemberSet met = 0;
  for (std::size_t i = 0; i < group_count_; ++i)
    if (is_met(groups_[i], signers, met)) met |= bit(i);
  return is_met(quorum_, signers, met);
}

bool Policy::is_met(const Group& group, MemberSet signers, MemberSet met_groups) {
  const int present =
      std::popcount(group.members & signers) + std::popcount(group.groups & met_groups);
  return static_cast<unsigned>(present) >= group.threshold;
}

Result<void> Policy::parse_lines(std::string_view text, bool keys_allowed) {
  if (!is_policy_text(text)) return fail(errc::policy_malformed, field::note_line);
  std::string_view rest = text;
  while (!rest.empty()) {
    const auto offset = static_cast<std::uint32_t>(text.size() - rest.size());
    const std::string_view all = rest;
    // The last line may lack its newline: charters hold policies as single strings.
    const std::string_view line = cut_line(rest).value_or(all);
    if (line.size() == all.size()) rest = {};
    const Result<void> done = parse_line(line, keys_allowed);
    if (!done) return fail(done.error().code, field::note_line, offset);
  }
  return quorum_set_ ? ok() : fail(errc::policy_malformed, field::text);
}

Result<void> Policy::parse_line(std::string_view line, bool keys_allowed) {
  const std::string_view word = cut_word(line);
  if (word.empty() || word.front() == '#') return ok();
  if (word == "log" && keys_allowed) return add_log(line);
  if (word == "witness" && keys_allowed) return add_witness(line);
  if (word == "group") return add_group(line);
  if (word == "quorum") return set_quorum(line);
  return fail(errc::policy_malformed);
}

Result<void> Policy::add_log(std::string_view rest) {
  if (log_count_ == policy_logs_max) return fail(errc::policy_size);
  DAYMARK_TRY(const VerifierKey key, parse_vkey(cut_word(rest)));
  DAYMARK_CHECK(require_type(key, type_ed25519));
  if (holds_key(logs(), key.key)) return fail(errc::policy_key);
  log_urls_[log_count_] = cut_word(rest);
  logs_[log_count_++] = key;
  return is_blank(rest) ? ok() : fail(errc::policy_malformed);
}

Result<void> Policy::add_witness(std::string_view rest) {
  if (member_count_ == policy_members_max) return fail(errc::policy_size);
  const std::string_view name = cut_word(rest);
  DAYMARK_CHECK(require_new(name));
  DAYMARK_TRY(const VerifierKey key, parse_vkey(cut_word(rest)));
  DAYMARK_CHECK(require_type(key, type_cosignature));
  if (holds_key(std::span(keys_).first(member_count_), key.key)) return fail(errc::policy_key);
  names_[member_count_] = name;
  urls_[member_count_] = cut_word(rest);
  keys_[member_count_++] = key;
  return is_blank(rest) ? ok() : fail(errc::policy_malformed);
}

Result<void> Policy::add_group(std::string_view rest) {
  if (group_count_ == policy_groups_max) return fail(errc::policy_size);
  Group group;
  group.name = cut_word(rest);
  DAYMARK_CHECK(require_new(group.name));
  const std::string_view threshold = cut_word(rest);
  unsigned members = 0;
  while (!is_blank(rest)) {
    DAYMARK_CHECK(add_member(cut_word(rest), group));
    ++members;
  }
  const auto needed = threshold_of(threshold, members);
  if (!needed || members == 0) return fail(errc::policy_malformed);
  group.threshold = *needed;
  groups_[group_count_++] = group;
  return ok();
}

Result<void> Policy::add_member(std::string_view name, Group& group) {
  MemberSet members = 0;
  MemberSet groups = 0;
  if (const auto i = find_member(name)) members = bit(*i);
  if (const auto i = find_group(name)) groups = bit(*i);
  if ((members | groups) == 0) return fail(errc::policy_name);
  // Each name is a member at most once, so that nobody counts twice (C2SP tlog-policy).
  if (((grouped_.members & members) | (grouped_.groups & groups)) != 0) {
    return fail(errc::policy_name);
  }
  grouped_.members |= members;
  grouped_.groups |= groups;
  group.members |= members;
  group.groups |= groups;
  return ok();
}

Result<void> Policy::set_quorum(std::string_view rest) {
  const std::string_view name = cut_word(rest);
  if (quorum_set_ || name.empty() || !is_blank(rest)) return fail(errc::policy_malformed);
  quorum_set_ = true;
  if (name == none) return ok();
  quorum_.threshold = 1;
  if (const auto i = find_member(name)) quorum_.members = bit(*i);
  if (const auto i = find_group(name)) quorum_.groups = bit(*i);
  return (quorum_.members | quorum_.groups) != 0 ? ok() : fail(errc::policy_name);
}

Result<void> Policy::require_new(std::string_view name) const {
  if (name.empty()) return fail(errc::policy_malformed);
  const bool taken = name == none || find_member(name) || find_group(name);
  return taken ? fail(errc::policy_name) : ok();
}

std::optional<std::size_t> Policy::find_member(std::string_view name) const {
  for (std::size_t i = 0; i < member_count_; ++i)
    if (names_[i] == name) return i;
  return std::nullopt;
}

std::optional<std::size_t> Policy::find_group(std::string_view name) const {
  for (std::size_t i = 0; i < group_count_; ++i)
    if (groups_[i].name == name) return i;
  return std::nullopt;
}

}  // namespace daymark::tlog
