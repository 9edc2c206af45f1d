// Judges NVIDIA evidence offline: chain to the pinned root, validity at a stated time, signature,
// firmware identity, challenge.
//
// "Genuine" means: a device that NVIDIA certified made this report, and it runs the firmware that
// its certificate names. Whether a certificate was revoked, whether the firmware is *known*
// (reference values) and *allowed* (policy) is judged where answers, reference values and a policy
// are given; every verdict says what was not judged.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "daymark/base/bytes.h"
#include "daymark/evidence/nvidia/chain.h"
#include "daymark/evidence/nvidia/reference.h"
#include "daymark/evidence/policy.h"
#include "daymark/evidence/verdict.h"

namespace daymark::evidence {

/// A report with its chain, as received.
struct NvidiaEvidence {
  std::vector<Byte> report;
  /// PEM, leaf first; empty where none came with the report.
  std::string chain;
  /// What the sender says about the report; checked against it, never relied on.
  std::optional<SpdmNonce> stated_nonce;
  std::string stated_architecture;
};

struct VerifyOptions {
  /// The challenge that the verifier itself drew. Without it freshness is not judged.
  std::optional<SpdmNonce> nonce;
  /// The time at which the certificates are judged.
  UnixMillis as_of;
  /// Revocation answers for device and signers of reference values; without them nobody asks.
  const StapledAnswers* answers = nullptr;
  /// The number that was sent to the responders; answers must carry it.
  std::optional<std::vector<Byte>> ocsp_nonce = {};  // NOLINT(readability-redundant-member-init)
  /// Reference values; those for other devices may be among them.
  std::span<const ReferenceFile> references = {};  // NOLINT(readability-redundant-member-init)
  const EvidencePolicy* policy = nullptr;
};

/// Judges any number of reports and remembers verified chains. Safe from several threads.
class NvidiaVerifier {
 public:
  explicit NvidiaVerifier(ChainVerifier chains) : chains_(std::move(chains)) {}

  /// With the built-in root. Errors: errc::chain_* if the library lacks what it takes.
  [[nodiscard]] static Result<NvidiaVerifier> create();

  /// `undecided` only where the chain is missing. The verdict's file is left empty.
  [[nodiscard]] EvidenceVerdict verify(const NvidiaEvidence& evidence,
                                       const VerifyOptions& options) const;

 private:
  ChainVerifier chains_;
};

/// One report judged by itself, with the built-in root.
[[nodiscard]] EvidenceVerdict verify_nvidia(const NvidiaEvidence& evidence,
                                            const VerifyOptions& options);

}  // namespace daymark::evidence
