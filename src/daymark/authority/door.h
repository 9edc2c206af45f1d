// Lets requests in: who asks, by which credential, and may that role call this route. Host only.
#pragma once

#include <optional>

#include "daymark/authority/grants.h"
#include "daymark/net/http.h"

namespace daymark::authority {

/// Who was let in.
struct Caller {
  std::optional<Role> role;    ///< none on a public route: nobody was asked
  std::optional<ChipId> chip;  ///< the only chip that this agent speaks for; none: any

  /// Errors: errc::authority_chip_denied where the credential is for another chip.
  [[nodiscard]] Outcome<void> check_chip(const ChipId& wanted) const;
};

/// Safe from several threads.
class Door {
 public:
  /// `grants` outlives the door; without one nothing but the public routes is open.
  explicit Door(GrantSource* grants) : grants_(grants) {}

  /// Judges "Authorization: Bearer …" (RFC 6750 §2.1) against the roles of a route. Errors, none of
  /// which repeats what was presented: errc::authority_unprovisioned, where no credential was
  /// granted yet; errc::authority_credential_missing, errc::authority_credential_unknown,
  /// errc::authority_role_denied; those of GrantSource.
  [[nodiscard]] Outcome<Caller> admit(const net::HttpRequest& request, Roles roles) const;

 private:
  GrantSource* grants_;
};

}  // namespace daymark::authority
