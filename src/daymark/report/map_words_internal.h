// The words on a map in three languages.
#pragma once

#include <string_view>

#include "daymark/base/error_table.h"
#include "daymark/geo/region.h"

namespace daymark::report {

enum class MapWord { allowed, zone, not_zone, disc, other_disc, landmark, estimate, declared };

[[nodiscard]] std::string_view word_of(MapWord word, Language language);
[[nodiscard]] std::string_view word_of(geo::Verdict verdict, Language language);

}  // namespace daymark::report
