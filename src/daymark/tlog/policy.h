// Quorum policies in the grammar of C2SP tlog-policy. Core.
//
//   log log.example+1f0e…+AX… https://log.example/
//   witness W1 w1.example+52ac…+BD… https://w1.example/
//   group both all W1 W2
//   quorum both
//
// The same grammar serves the charter's quorums per kind of order: there the members are the
// charter's parties, given by name, and only `group` and `quorum` lines occur.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "daymark/base/result.h"
#include "daymark/tlog/checkpoint.h"

namespace daymark::tlog {

inline constexpr std::size_t policy_members_max = 16;
inline constexpr std::size_t policy_groups_max = 16;
inline constexpr std::size_t policy_logs_max = 4;

/// Which members have signed: bit i is member i.
using MemberSet = std::uint32_t;

class Policy {
 public:
  /// A policy with log and witness lines. Views into `text`, which must outlive the policy.
  /// Errors: errc::policy_malformed, errc::policy_name (unknown, taken, or member of two groups),
  /// errc::policy_key (one key twice), errc::policy_size, errc::note_vkey; the offset is the
  /// line's.
  [[nodiscard]] static Result<Policy> parse(std::string_view text);
  /// A policy over members known by name: bit i of a MemberSet is names[i].
  [[nodiscard]] static Result<Policy> parse_over(std::string_view text,
                                                 std::span<const std::string_view> names);

  // The same into a policy that is new. On an error it is unspecified.
  [[nodiscard]] Result<void> read(std::string_view text) { return parse_lines(text, true); }

  [[nodiscard]] Result<void> read_over(std::string_view text,
                                       std::span<const std::string_view> names);

  [[nodiscard]] std::span<const VerifierKey> logs() const {
    return std::span(logs_).first(log_count_);
  }

  /// URL of log i, or empty.
  [[nodiscard]] std::string_view log_url(std::size_t i) const { return log_urls_[i]; }

  [[nodiscard]] std::size_t member_count() const { return member_count_; }

  [[nodiscard]] std::string_view member_name(std::size_t i) const { return names_[i]; }

  /// Key and URL of witness i; only in a policy made by parse.
  [[nodiscard]] const VerifierKey& witness_key(std::size_t i) const { return keys_[i]; }

  [[nodiscard]] std::string_view witness_url(std::size_t i) const { return urls_[i]; }

  /// Whether `signers` fill the quorum. `quorum none` is always met.
  [[nodiscard]] bool met_by(MemberSet signers) const;

 private:
  struct Group {
    std::string_view name;
    unsigned threshold = 0;
    MemberSet members = 0;
    MemberSet groups = 0;  ///< bit i is group i; only earlier groups, so no cycles
  };

  [[nodiscard]] static bool is_met(const Group& group, MemberSet signers, MemberSet met_groups);
  [[nodiscard]] Result<void> parse_lines(std::string_view text, bool keys_allowed);
  [[nodiscard]] Result<void> parse_line(std::string_view line, bool keys_allowed);
  [[nodiscard]] Result<void> add_log(std::string_view rest);
  [[nodiscard]] Result<void> add_witness(std::string_view rest);
  [[nodiscard]] Result<void> add_group(std::string_view rest);
  [[nodiscard]] Result<void> add_member(std::string_view name, Group& group);
  [[nodiscard]] Result<void> set_quorum(std::string_view rest);
  [[nodiscard]] Result<void> require_new(std::string_view name) const;
  [[nodiscard]] std::optional<std::size_t> find_member(std::string_view name) const;
  [[nodiscard]] std::optional<std::size_t> find_group(std::string_view name) const;

  std::size_t log_count_ = 0;
  std::size_t member_count_ = 0;
  std::size_t group_count_ = 0;
  Group quorum_{};
  Group grouped_{};  ///< whoever is a member of some group already
  std::array<VerifierKey, policy_logs_max> logs_{};
  std::array<std::string_view, policy_logs_max> log_urls_{};
  std::array<std::string_view, policy_members_max> names_{};
  std::array<VerifierKey, policy_members_max> keys_{};
  std::array<std::string_view, policy_members_max> urls_{};
  std::array<Group, policy_groups_max> groups_{};
  bool quorum_set_ = false;
};

}  // namespace daymark::tlog
