// Credentials for tests of whoever stands behind the door. Tests only.
#pragma once

#include <string>

#include "daymark/authority/grants.h"

namespace daymark::authority::testing {

/// Grants in memory.
class KeyRing final : public GrantSource {
 public:
  explicit KeyRing(Random& random) : random_(random) {}

  /// A fresh credential; it opens from now on.
  std::string grant(Role role, std::optional<ChipId> chip = {}) {
    const std::string credential = make_credential(random_);
    (void)grants_.add({{role, chip}, credential_hash(credential).value(), {}});
    return credential;
  }

  void revoke(const std::string& credential) {
    (void)grants_.remove(Grant{{}, credential_hash(credential).value(), {}}.id());
  }

  Outcome<std::shared_ptr<const Grants>> current() override {
    return std::make_shared<const Grants>(grants_);
  }

 private:
  Random& random_;
  Grants grants_;
};

}  // namespace daymark::authority::testing
