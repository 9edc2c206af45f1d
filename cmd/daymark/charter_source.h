// Charters from the JSON that people write for `charter new`.
#pragma once

#include <string>
#include <vector>

#include "daymark/base/bytes.h"
#include "daymark/base/failure.h"

namespace daymark::cli {

/// The encoded charter of a JSON source (docs/formats/charter.md, "The source of charter new").
/// The failure's subject is the file, its detail the member.
/// Errors: those of order::parse_charter_source and order::charter_new.
[[nodiscard]] Outcome<std::vector<Byte>> charter_from_spec(const std::string& file);

}  // namespace daymark::cli
