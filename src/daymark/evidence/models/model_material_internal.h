// Members of Sigstore's JSON (protobuf-specs: bundle v0.3, trusted root v0.1).
#pragma once

#include <nlohmann/json.hpp>

#include "daymark/base/result.h"
#include "daymark/evidence/models/model_material.h"

namespace daymark::evidence::sigstore {

/// The member as text, empty where it is absent or none.
[[nodiscard]] std::string json_text(const nlohmann::json& object, const char* name);
/// The member, or null.
[[nodiscard]] const nlohmann::json& json_value(const nlohmann::json& object, const char* name);
/// A member in base64 that is not empty; empty where it is absent or malformed.
[[nodiscard]] std::vector<Byte> json_bytes(const nlohmann::json& object, const char* name);

/// Errors: errc::model_bundle.
[[nodiscard]] Result<LogEntry> read_log_entry(const nlohmann::json& value);
/// Timestamps in DER. Errors: errc::model_bundle.
[[nodiscard]] Result<std::vector<std::vector<Byte>>> read_timestamps(const nlohmann::json& value);

}  // namespace daymark::evidence::sigstore
