// The runs behind run_token_conformance, and what they share.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "daymark/base/conformance.h"
#include "daymark/base/failure.h"
#include "daymark/evidence/tokens/cose_key.h"

namespace daymark::evidence {

/// The file itself, or the files in the folder and below whose names end so; in order.
[[nodiscard]] std::vector<std::string> vector_files(const std::string& path,
                                                    std::string_view ending);

[[nodiscard]] Outcome<nlohmann::json> read_json_vector(const std::string& file);

/// The name of an error, "accepted" for none.
[[nodiscard]] std::string_view verdict_name(const Result<void>& verdict);

[[nodiscard]] Outcome<ConformanceCount> run_cose_conformance(const std::string& path);
[[nodiscard]] Outcome<ConformanceCount> run_ecdsa_conformance(const std::string& path);
[[nodiscard]] Outcome<ConformanceCount> run_eat_conformance(const std::string& path);
[[nodiscard]] Outcome<ConformanceCount> run_corim_conformance(const std::string& path);
[[nodiscard]] Outcome<ConformanceCount> run_ear_conformance(const std::string& path);
[[nodiscard]] Outcome<ConformanceCount> run_oms_conformance(const std::string& path);

}  // namespace daymark::evidence
