// Runs foreign test vectors against the verifiers of merkle.h. Host only.
#pragma once

#include <string_view>

#include "daymark/base/conformance.h"
#include "daymark/base/result.h"

namespace daymark::tlog {

/// The vectors of transparency-dev/merkle, one JSON object a line: its `file` tells inclusion,
/// consistency, subtreeinclusion or subtreeconsistency, its `wantErr` what must come out. Errors:
/// errc::json_malformed with the line's number as offset, where a line is no such object.
[[nodiscard]] Result<ConformanceCount> run_merkle_conformance(std::string_view jsonl);

}  // namespace daymark::tlog
