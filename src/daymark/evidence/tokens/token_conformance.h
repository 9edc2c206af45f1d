// Runs foreign vectors of tokens, their signatures and signed models against the readers. Host
// only.
#pragma once

#include <string>
#include <string_view>

#include "daymark/base/conformance.h"
#include "daymark/base/failure.h"

namespace daymark::evidence {

/// Whether run_token_conformance knows the topic.
[[nodiscard]] bool is_token_topic(std::string_view topic);

/// One topic over a file or a folder of files, in the upstream's own form:
///
///   cose   cose-wg/Examples: sign0 and sign examples; others in the folder are passed over.
///          Taken for refused with their reason: keys of curves that are not verified here (Ed448:
///          verifying_key), an algorithm of another curve than the key's (cose_key_algorithm)
///   ecdsa  Wycheproof EcdsaVerify and EcdsaP1363Verify
///   eat    veraison/psatoken: signed tokens with the key beside them, and claim sets as JSON,
///   which
///          are written as CBOR and read by the profile that upstream's tests read them by
///   corim  veraison/corim and cocli: CoRIM signed and unsigned, bare CoMID
///   ear    veraison/ear: claim sets, and jwts-arc.json with the key beside it
///   oms    sigstore/model-transparency: signed folders beside keys/; a Sigstore identity leads to
///          no authority here (model_certificate), and v0.2 is refused by name (model_version)
///
/// Errors: errc::json_malformed for a file of another form; errc::file_not_opened where a folder
/// holds no case.
[[nodiscard]] Outcome<ConformanceCount> run_token_conformance(std::string_view topic,
                                                              const std::string& path);

}  // namespace daymark::evidence
