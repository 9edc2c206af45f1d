#include "daymark/authority/door.h"

#include "daymark/authority/errors.h"
#include "daymark/base/hex.h"

namespace daymark::authority {

namespace {

constexpr std::string_view bearer_scheme = "bearer ";

/// The scheme's name has no case (RFC 9110 §11.1).
std::optional<std::string_view> presented_credential(const net::HttpRequest& request) {
  std::string_view value = net::header_of(request.headers, "Authorization");
  const auto same = [](char a, char b) {
    return (a >= 'A' && a <= 'Z' ? static_cast<char>(a - 'A' + 'a') : a) == b;
  };
  if (value.size() < bearer_scheme.size()) return std::nullopt;
  if (!std::ranges::equal(value.substr(0, bearer_scheme.size()), bearer_scheme, same)) {
    return std::nullopt;
  }
  value.remove_prefix(bearer_scheme.size());
  return value;
}

}  // namespace

Outcome<void> Caller::check_chip(const ChipId& wanted) const {
  if (!chip || *chip == wanted) return {};
  return refuse(errc::authority_chip_denied, to_hex(wanted.view()));
}

Outcome<Caller> Door::admit(const net::HttpRequest& request, Roles roles) const {
  if (roles.is_public()) return Caller{};
  const std::string subject = request.method + " " + request.path;
  std::shared_ptr<const Grants> grants;
  if (grants_ != nullptr) {
    DAYMARK_TRY(grants, grants_->current());
  }
  if (grants == nullptr || grants->empty()) {
    return refuse(errc::authority_unprovisioned, subject);
  }
  const auto credential = presented_credential(request);
  if (!credential) return refuse(errc::authority_credential_missing, subject);
  const std::optional<Grant> grant = grants->of(*credential);
  if (!grant) return refuse(errc::authority_credential_unknown, subject);
  if (!roles.has(grant->scope.role)) {
    return refuse(errc::authority_role_denied, subject, std::string(name_of(grant->scope.role)));
  }
  return Caller{grant->scope.role, grant->id(), grant->scope.chip};
}

}  // namespace daymark::authority
