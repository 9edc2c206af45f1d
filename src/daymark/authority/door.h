// Lets requests in: who asks, by which credential, may that role call this route, and is it not too
// often. Host only.
#pragma once

#include <optional>

#include "daymark/authority/grants.h"
#include "daymark/authority/rate_limiter.h"
#include "daymark/net/http.h"

namespace daymark::authority {

/// Who was let in.
struct Caller {
  std::optional<Role> role;    ///< none on a public route: nobody was asked
  std::string grant;           ///< id of the grant
  std::optional<ChipId> chip;  ///< the only chip that this agent speaks for; none: any

  /// Errors: errc::authority_chip_denied where the credential is for another chip.
  [[nodiscard]] Outcome<void> check_chip(const ChipId& wanted) const;
};

/// Safe from several threads.
class Door {
 public:
  /// `grants` and `clock` outlive the door; without grants nothing but the public routes is open.
  Door(GrantSource* grants, RateLimit rate, Clock& clock)
      : grants_(grants), limiter_(rate, clock) {}

  /// Judges "Authorization: Bearer …" (RFC 6750 §2.1) against the roles of a route. Errors, none of
  /// which repeats what was presented: errc::authority_unprovisioned, where no credential was
  /// granted yet; errc::authority_credential_missing, errc::authority_credential_unknown,
  /// errc::authority_role_denied; those of GrantSource.
  [[nodiscard]] Outcome<Caller> admit(const net::HttpRequest& request, Roles roles) const;

  /// Zero, or how long this caller has to wait before it may ask again. Public routes are free.
  [[nodiscard]] Millis wait_of(const Caller& caller) {
    return caller.role ? limiter_.take(caller.grant) : Millis{0};
  }

 private:
  GrantSource* grants_;
  RateLimiter limiter_;
};

}  // namespace daymark::authority
