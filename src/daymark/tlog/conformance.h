// Runs foreign test vectors against the verifiers of merkle.h. Host only.
#pragma once

#include <string>
#include <string_view>

#include "daymark/base/conformance.h"
#include "daymark/base/failure.h"

namespace daymark::tlog {

/// The vectors of transparency-dev/merkle, one JSON object a line: its `file` tells inclusion,
/// consistency, subtreeinclusion or subtreeconsistency, its `wantErr` what must come out. Errors:
/// errc::json_malformed with the line's number as offset, where a line is no such object.
[[nodiscard]] Result<ConformanceCount> run_merkle_conformance(std::string_view jsonl);

/// A folder of foreign notes and logs; what it lacks is left out:
///
///   keys.json              verifier keys by name: "tessera-log", "c2sp-note-example"
///   tessera-log/           checkpoint.<size> for each size from 0 on, tiles and entry bundles
///   c2sp-note-example.txt  a signed note
///   cosigned/              checkpoint and its witness's witness.v0.json
///   split-view/            checkpoint-a by that witness, checkpoint-b by the mirror of
///                          mirror.v0.json: both valid, and a contradiction
///
/// Errors: errc::file_not_opened where it holds none of them, errc::json_malformed.
[[nodiscard]] Outcome<ConformanceCount> run_tlog_conformance(const std::string& folder);

}  // namespace daymark::tlog
