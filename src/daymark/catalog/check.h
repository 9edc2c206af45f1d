// Published totals of a system against those that its parts give.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "daymark/base/failure.h"
#include "daymark/catalog/catalog.h"

namespace daymark::catalog {

enum class Agreement {
  consistent,  // within 2 %, or equal where things are counted
  deviates,
  unknown,  // a number is missing on one side
};

/// One total, both ways.
struct TotalCheck {
  std::string what;        // "memory bandwidth"
  std::string unit;        // "TB/s", or empty for counts
  std::string from_parts;  // how it was recomputed: "384 x 3200 GB/s"
  Figure computed;
  Figure published;
  Figure ratio;  // published / computed
  Agreement agreement = Agreement::unknown;
};

/// All totals of one system.
struct SystemCheck {
  const System* system = nullptr;  // of the catalogue, which must outlive this
  const Chip* chip = nullptr;      // null if the system has no one chip
  std::vector<TotalCheck> totals;
};

/// Published totals may be rounded by this much.
inline constexpr double tolerance = 0.02;

/// Recomputes what can be recomputed. Errors: errc::catalog_unknown.
[[nodiscard]] Outcome<SystemCheck> check_system(const Catalog& catalog, std::string_view id);

/// How many totals deviate; 0 is the good answer.
[[nodiscard]] std::size_t deviations(const SystemCheck& check);

/// A table for people; both numbers of every total.
[[nodiscard]] std::string to_text(const SystemCheck& check);

/// {"system","name","chip","totals":[{"what","unit","from_parts","computed","published","ratio",
/// "agreement"}],"deviations","source","source_date"}; unknown numbers are null.
[[nodiscard]] std::string to_json(const SystemCheck& check);

/// An entry with every figure and where it comes from; `id` is a chip or a system. Errors:
/// errc::catalog_unknown.
[[nodiscard]] Outcome<std::string> show_text(const Catalog& catalog, std::string_view id);
[[nodiscard]] Outcome<std::string> show_json(const Catalog& catalog, std::string_view id);

}  // namespace daymark::catalog
