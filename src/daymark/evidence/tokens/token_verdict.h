// Verdicts on tokens of others: PSA and other EATs (CWT), CoRIM, and attestation results (EAR).
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "daymark/evidence/explain.h"
#include "daymark/evidence/tokens/corim.h"
#include "daymark/evidence/verdict.h"

namespace daymark::evidence {

/// A CoRIM as reference values, or why this file is none.
struct CorimReference {
  /// Printed in the verdict.
  std::string file;
  Result<VerifiedCorim> corim;
};

struct TokenOptions {
  /// The key that the asker trusts for this token; without it nothing is judged but the form.
  std::optional<VerifyingKey> key;
  /// The challenge that the asker drew. Without it freshness is not judged.
  std::optional<std::vector<Byte>> nonce;
  UnixMillis as_of;
  /// Those about other implementations may be among them.
  std::span<const CorimReference> references = {};  // NOLINT(readability-redundant-member-init)
  /// How many tokens stand around this one.
  unsigned depth = 0;
};

/// Whether a file is for verify_token: CBOR by its tag (COSE, CoRIM), a signed JSON token, or the
/// JSON claims of an attestation result.
[[nodiscard]] bool is_token_file(ByteView content);

/// Genuine means that the given key signed it and that its form, nonce and times are right. The
/// level is L1: the key is the asker's word, and where it is kept the token can't show. A CoRIM or
/// EAR is L0: nobody's device says anything in it.
[[nodiscard]] EvidenceVerdict verify_token(const std::string& file, ByteView content,
                                           const TokenOptions& options);

/// Every field of a token, CoRIM, CoMID or EAR; nothing is verified. Errors: those of the readers,
/// errc::token_form.
[[nodiscard]] Result<Explanation> explain_token(ByteView content);

}  // namespace daymark::evidence
