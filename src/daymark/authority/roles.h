// Who calls the authority: five roles, each with the least rights that its work needs. Host only.
#pragma once

#include <array>
#include <optional>
#include <string_view>

namespace daymark::authority {

enum class Role : unsigned char {
  fleet_operator,  ///< "operator": drafts batches, submits orders, enrols chips, reads everything
  signer,          ///< a party of the charter: submits orders, reads what it is asked to sign
  agent,           ///< the host beside a chip: that chip's orders, leaf and statements
  auditor,         ///< reads everything, adds verdicts
  monitor          ///< figures and readiness of the service, nothing of the fleet
};

inline constexpr std::array all_roles{Role::fleet_operator, Role::signer, Role::agent,
                                      Role::auditor, Role::monitor};

/// A set of roles, or everybody.
class Roles {
 public:
  constexpr Roles(Role one) : bits_(bit(one)) {}  // NOLINT(google-explicit-constructor)

  [[nodiscard]] static constexpr Roles everybody() { return Roles(everybody_bit); }

  /// Whether no credential is asked for.
  [[nodiscard]] constexpr bool is_public() const { return bits_ == everybody_bit; }

  [[nodiscard]] constexpr bool has(Role role) const {
    return is_public() || (bits_ & bit(role)) != 0;
  }

  friend constexpr Roles operator|(Roles a, Roles b) { return Roles(a.bits_ | b.bits_); }

 private:
  static constexpr unsigned everybody_bit = 1U << 8U;

  static constexpr unsigned bit(Role role) { return 1U << static_cast<unsigned>(role); }

  explicit constexpr Roles(unsigned bits) : bits_(bits) {}

  unsigned bits_;
};

constexpr Roles operator|(Role a, Role b) {
  return Roles(a) | Roles(b);
}

/// "operator", "signer"…
[[nodiscard]] std::string_view name_of(Role role);
[[nodiscard]] std::optional<Role> role_named(std::string_view name);

}  // namespace daymark::authority
