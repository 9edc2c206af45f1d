// The maker's certificate for a chip's identity key, as X.509 (RFC 5280): what says whose first
// stage answers. Host only.
//
//   root   Ed25519, the maker's own key; CA, path length 0
//   chip   Ed25519, the identity key of the first stage; no end (9999-12-31, RFC 5280 §4.1.2.5), as
//   a
//          chip's birth certificate has none; the first stage's digest as DiceTcbInfo (TCG DICE
//          Attestation Architecture 1.1, §6.1.1)
#pragma once

#include <string>
#include <string_view>

#include "daymark/base/random.h"
#include "daymark/base/units.h"
#include "daymark/crypto/ports.h"

namespace daymark::evidence {

/// Who answers, below every image.
struct DeviceIdentity {
  crypto::PublicKey key;
  Digest first_stage{};
  friend bool operator==(const DeviceIdentity&, const DeviceIdentity&) = default;
};

/// The maker's name, 1 to 64 printable characters, and key.
struct Maker {
  std::string name;
  crypto::SecretKey key;
};

/// A root for the maker's key, as PEM; valid for 30 years from `now` on. Errors:
/// errc::gov_maker_certificate where the name can't be written.
[[nodiscard]] Result<std::string> make_maker_root(const Maker& maker, UnixMillis now,
                                                  Random& random);

/// A chip's certificate under that root, as PEM. Errors: errc::gov_maker_certificate where `root`
/// is no certificate of the maker's key.
[[nodiscard]] Result<std::string> certify_identity(const Maker& maker, std::string_view root,
                                                   const DeviceIdentity& device, UnixMillis now,
                                                   Random& random);

/// The identity that `certificate` names, if `root` issued it, both hold at `time`, and neither
/// says more than the two forms above. Errors: errc::gov_maker_certificate.
[[nodiscard]] Result<DeviceIdentity> check_identity_certificate(std::string_view certificate,
                                                                std::string_view root,
                                                                UnixMillis time);

}  // namespace daymark::evidence
