// One run over a folder of vectors.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "daymark/base/conformance.h"
#include "daymark/evidence/evidence_file.h"

namespace daymark::evidence {

class VectorFolder {
 public:
  explicit VectorFolder(std::string folder) : folder_(std::move(folder) + "/") {}

  [[nodiscard]] std::optional<std::vector<Byte>> bytes(std::string_view file) const;
  [[nodiscard]] std::optional<std::string> text(std::string_view file) const;
  [[nodiscard]] std::optional<nlohmann::json> json(std::string_view file) const;
  /// Hexadecimal text as bytes.
  [[nodiscard]] std::optional<std::vector<Byte>> report(std::string_view file) const;

 private:
  std::string folder_;
};

/// Counts a case by the name of the reason that came out.
void add_case(ConformanceCount& count, std::string_view name, Errc expected, Errc found);
void add_equal(ConformanceCount& count, std::string_view name, const nlohmann::json& expected,
               const nlohmann::json& found);

/// Fields and claims as other implementations state them.
void run_foreign_fields(const VectorFolder& folder, ConformanceCount& count);
void run_switch_fields(const VectorFolder& folder, ConformanceCount& count);
void run_claims(const VectorFolder& folder, ConformanceCount& count);

}  // namespace daymark::evidence
