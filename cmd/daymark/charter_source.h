// The JSON that people write for `charter new`: key files, URLs and a few decisions.
#pragma once

#include <string>
#include <vector>

#include "daymark/base/bytes.h"
#include "daymark/base/failure.h"

namespace daymark::cli {

/// The encoded charter of a JSON source (docs/formats/charter.md, "The source of charter new").
/// Errors: errc::json_malformed with the member, those of the key files and of charter_new.
[[nodiscard]] Outcome<std::vector<Byte>> charter_from_spec(const std::string& file);

}  // namespace daymark::cli
