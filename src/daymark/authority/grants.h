// Credentials that were granted, each bound to a role. A credential is 32 random bytes; the
// authority keeps its SHA-256 alone, so that its files and backups open no door. Host only.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "daymark/authority/roles.h"
#include "daymark/base/failure.h"
#include "daymark/base/ids.h"
#include "daymark/base/random.h"
#include "daymark/base/units.h"
#include "daymark/crypto/ports.h"

namespace daymark::authority {

/// What a credential is for.
struct GrantScope {
  Role role = Role::monitor;
  std::optional<ChipId> chip;  ///< an agent's chip; none: any chip
};

struct Grant {
  GrantScope scope;
  Digest hash{};  ///< SHA-256 of the credential's 32 bytes
  UnixMillis granted;

  /// The first 8 bytes of the hash: names the grant in lists, opens nothing.
  [[nodiscard]] std::string id() const;
};

/// A fresh credential as text: "daymark-credential-" and 64 hexadecimal digits.
[[nodiscard]] std::string make_credential(Random& random);

/// The SHA-256 by which the credential is known. Errors: errc::authority_credential_malformed.
[[nodiscard]] Result<Digest> credential_hash(std::string_view credential);

/// All grants of an authority. Safe to read from several threads.
class Grants {
 public:
  /// The form of `print`. Errors: errc::json_malformed, errc::hex_malformed, errc::time_malformed,
  /// errc::authority_grants_malformed for an unknown role, a chip with another role than agent, or
  /// one credential twice.
  [[nodiscard]] static Result<Grants> parse(std::string_view json);
  /// {"grants":[{"role","chip","granted","sha256"}]}; the chip is "any" or an id, null for other
  /// roles than agents.
  [[nodiscard]] std::string print() const;

  [[nodiscard]] bool empty() const { return by_id_.empty(); }

  /// By id.
  [[nodiscard]] std::vector<Grant> list() const;

  /// The grant of a presented credential, or none. Takes time that depends on its public id alone.
  [[nodiscard]] std::optional<Grant> of(std::string_view credential) const;

  /// Errors: errc::authority_grants_malformed where it is known already.
  [[nodiscard]] Result<void> add(const Grant& grant);
  /// Errors: errc::authority_grant_unknown.
  [[nodiscard]] Result<void> remove(const std::string& id);

 private:
  std::map<std::string, Grant, std::less<>> by_id_;
};

/// Where the door looks grants up: a folder, or a test's own.
class GrantSource {
 public:
  virtual ~GrantSource() = default;

  /// The grants as they are now. Safe from several threads.
  [[nodiscard]] virtual Outcome<std::shared_ptr<const Grants>> current() = 0;
};

}  // namespace daymark::authority
