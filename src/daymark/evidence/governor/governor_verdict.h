// The verdict on a governor's attestation with the evidence that it names (governor_eat.h): who
// signed it, for which question and when, and then every submodule by the verifier of its kind.
// Host only.
//
// The governor binds what its host handed it to its nonce and time; it judges none of it. What the
// evidence of a submodule is worth, that evidence shows by itself.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "daymark/base/ids.h"
#include "daymark/evidence/governor/governor_eat.h"
#include "daymark/evidence/nvidia/nvidia.h"
#include "daymark/evidence/tokens/token_verdict.h"
#include "daymark/evidence/tpm/tpm_quote.h"

namespace daymark::evidence {

/// An attestation whose signature held, with members of which each is the one that it names. Only
/// verify_governor_eat makes one.
class VerifiedGovernorEat {
 public:
  [[nodiscard]] const governor::Attestation& claims() const { return claims_; }

  /// In the order of their names.
  [[nodiscard]] const std::vector<DetachedSubmodule>& members() const { return members_; }

  /// Submodules whose evidence was not given; only where the attestation came alone.
  [[nodiscard]] const std::vector<std::string>& elsewhere() const { return elsewhere_; }

 private:
  friend Result<VerifiedGovernorEat> verify_governor_eat(const GovernorEat& eat,
                                                         const crypto::PublicKey& chip);

  VerifiedGovernorEat() = default;

  governor::Attestation claims_;
  std::vector<DetachedSubmodule> members_;
  std::vector<std::string> elsewhere_;
};

/// Signature by `chip`, claims, and for a bundle: that every submodule named is there with the
/// digest stated, and no other. Views the bytes that `eat` views.
/// Errors: those of governor::verify_attestation; errc::submodule_missing, errc::submodule_unnamed,
/// errc::submodule_digest, with the number of the submodule.
[[nodiscard]] Result<VerifiedGovernorEat> verify_governor_eat(const GovernorEat& eat,
                                                              const crypto::PublicKey& chip);

/// The key that an attestation states for itself; nothing is verified. Errors: those of parsing.
[[nodiscard]] Result<crypto::PublicKey> stated_chip(const GovernorEat& eat);

/// What submodules are judged with; nonces in these options do not count, `nonces` does.
struct SubmoduleOptions {
  VerifyOptions report;
  std::string chain;  ///< for NVIDIA reports that bring none, PEM
  TokenOptions token;
  /// Also for statements that came with an attestation of their own: enrolment, maker, authorities.
  TpmQuoteOptions quote;
  /// What stands apart from a TPM's raw statement.
  std::vector<Byte> quote_signature;
  std::vector<Byte> quote_pcrs;
  std::vector<Byte> event_log;
  /// Challenges that the asker gave for single submodules, in place of submodule_nonce.
  std::map<std::string, std::vector<Byte>, NameOrder> nonces;
};

struct GovernorOptions {
  /// Whom the asker means: the chip's key, or its id. A TPM enrolment (submodules.quote) that its
  /// maker signed names the chip as well. Without any of them the verdict is `undecided`.
  std::optional<crypto::PublicKey> key;
  std::optional<ChipId> chip;
  /// The challenge that the asker drew; without it freshness is not judged.
  std::optional<std::vector<Byte>> nonce;
  /// How old the attestation may be by its own clock; without it its age is not judged.
  std::optional<Millis> age_most;
  UnixMillis as_of;
  SubmoduleOptions submodules;
};

/// Kind "governor", with a verdict for every submodule; the whole is the worst of all, at the
/// lowest of their levels. The governor itself is L1: a key that signs, wherever it is kept. Where
/// a nonce is given, every submodule must answer submodule_nonce of it, or the challenge that
/// `nonces` has for it; where none is given, the verdict still says whether it answers the
/// attestation's own.
[[nodiscard]] EvidenceVerdict verify_governor(const std::string& file, ByteView content,
                                              const GovernorOptions& options);

}  // namespace daymark::evidence
