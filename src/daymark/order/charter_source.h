// The JSON that people write for `charter new`: key files, URLs and a few decisions. Host only.
//
// No member but those of docs/formats/charter.md ("The source of charter new") may be there: one
// that is misspelt would otherwise leave its default in force, in silence.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "daymark/base/failure.h"
#include "daymark/order/charter_spec.h"

namespace daymark::order {

/// Reads the public keys that a source names; usually a file.
using KeyReader = std::function<Outcome<crypto::PublicKeys>(const std::string& name)>;

/// What charter_new takes. The failure's subject is the path of the member, e.g.
/// "silence.action" or "parties[2].key".
/// Errors: errc::json_malformed, errc::duration_malformed, errc::time_malformed,
/// errc::order_kind for a quorum of an unknown kind, those of `keys`.
[[nodiscard]] Outcome<CharterSpec> parse_charter_source(std::string_view json,
                                                        const KeyReader& keys);

}  // namespace daymark::order
