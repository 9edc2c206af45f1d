// The words that stand for roles, bounds and silence in JSON.
#pragma once

#include <array>
#include <string_view>

#include "daymark/order/charter.h"

namespace daymark::order::internal {

inline constexpr std::array<std::string_view, 6> role_words = {"",          "owner",     "maker",
                                                               "regulator", "authority", "auditor"};
inline constexpr std::array<std::string_view, 3> silence_words = {"observe", "lapse",
                                                                  "extended_grace"};

struct BoundWord {
  std::string_view word;
  Millis Bounds::* member;
};

inline constexpr std::array<BoundWord, 9> bound_words = {
    {{"notice", &Bounds::notice},
     {"grace", &Bounds::grace},
     {"suspension_longest", &Bounds::suspension_longest},
     {"suspension_budget", &Bounds::suspension_budget},
     {"appeal", &Bounds::appeal},
     {"licence_longest", &Bounds::licence_longest},
     {"renewal", &Bounds::renewal},
     {"time_age", &Bounds::time_age},
     {"fence_age", &Bounds::fence_age}}};

}  // namespace daymark::order::internal
