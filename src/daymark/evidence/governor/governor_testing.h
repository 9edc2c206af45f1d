// A governor of our own making, for the tests: attestations that name submodules. Test only.
#pragma once

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "daymark/cbor/encode.h"
#include "daymark/evidence/governor/governor_eat.h"
#include "daymark/evidence/tokens/token_testing.h"

namespace daymark::evidence {

inline constexpr UnixMillis governor_time{1'772'323'200'000};

/// The key of chip number `number`.
inline crypto::SecretKey governor_secret(Byte number = 1) {
  crypto::SecretKey out;
  out.seed.fill(number);
  return out;
}

/// What a chip says of itself, with a clock of a minute around governor_time.
struct TestGovernor {
  std::vector<Byte> nonce = std::vector<Byte>(32, 9);
  crypto::SecretKey secret = governor_secret();
  governor::ClockReading clock{true, {governor_time.value - 60'000}, {governor_time.value}};

  [[nodiscard]] crypto::PublicKey key() const { return crypto::ed25519_public(secret); }

  /// `claim`: as SubmoduleSet::claim gives it.
  [[nodiscard]] std::vector<Byte> attest(ByteView claim = {}) const {
    governor::Attestation claims;
    claims.nonce = nonce;
    claims.chip = key();
    claims.clock = clock;
    claims.submodules = claim;
    std::vector<Byte> space(governor::document_size_max);
    const auto payload = governor::write_attestation(claims, space);
    EXPECT_TRUE(payload);
    return cbor::sign1(*payload, governor::attestation_purpose, secret);
  }

  [[nodiscard]] std::vector<Byte> bundle(const SubmoduleSet& members) const {
    return members.bundle(attest(members.claim()));
  }
};

/// A token that answers `nonce`.
inline std::vector<Byte> token_for(const TestKey& key, ByteView nonce) {
  const std::vector<Byte> copy(nonce.begin(), nonce.end());
  return sign1_by(key, encode_claims({{10, [copy](cbor::Writer& out) { out.put_bytes(copy); }}}));
}

/// A set with these tokens under these names.
inline SubmoduleSet tokens_named(const TestKey& key, const std::vector<std::string>& names) {
  const TestGovernor governor;
  SubmoduleSet out;
  for (const std::string& name : names)
    EXPECT_TRUE(out.add(name, token_for(key, submodule_nonce(governor.nonce, name))));
  return out;
}

}  // namespace daymark::evidence
