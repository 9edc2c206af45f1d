// Submodules of a token (RFC 9711 §4.2.18), each with a verdict of its own.
#pragma once

#include <string>
#include <vector>

#include "daymark/evidence/tokens/cbor_tree.h"
#include "daymark/evidence/tokens/token_verdict.h"

namespace daymark::evidence {

/// Most tokens inside one another.
inline constexpr unsigned submodule_depth_max = 4;

struct SubmoduleVerdict {
  std::string name;
  Verdict verdict = Verdict::undecided;
  /// What it is, and why the verdict is so.
  std::string words;
};

/// Claims are the outer signer's own word: judged for form and times. A token is judged by the key
/// that the asker named; one that another key signed stays undecided, and so does the digest of one
/// that is elsewhere, and any kind that is not known. Freshness is the outer token's.
[[nodiscard]] std::vector<SubmoduleVerdict> judge_submodules(const CborTree& claims,
                                                             const TokenOptions& options);

}  // namespace daymark::evidence
