// What revocation asks of a certificate.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "daymark/evidence/pki/certificate_internal.h"
#include "daymark/evidence/pki/revocation.h"

namespace daymark::evidence {

struct RevocationSubject {
  std::string_view chain;
  std::size_t number = 0;
  std::string name;
  std::vector<Byte> serial;
  Digest fingerprint{};
  /// Verified up to a pinned root; outlives the subject.
  const Certificate* issuer = nullptr;
};

/// Asks about `certificate`, which `issuer` issued; chain and number are left to the caller.
[[nodiscard]] RevocationSubject subject_of(const Certificate& certificate,
                                           const Certificate& issuer);

}  // namespace daymark::evidence
