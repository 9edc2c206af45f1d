#include "daymark/agent/words.h"

#include <array>

namespace daymark::agent {

std::string_view name_of(governor::Standing standing) {
  constexpr std::array<std::string_view, 7> names{"unprovisioned", "observing", "licensed", "grace",
                                                  "lapsed",        "suspended", "released"};
  return names[static_cast<std::size_t>(standing)];
}

std::string_view name_of(governor::NextEvent event) {
  constexpr std::array<std::string_view, 8> names{
      "none",       "licence_ends", "grace_ends", "suspension_ends", "restriction_binds",
      "lapse_ends", "sunset",       "time_ages"};
  return names[static_cast<std::size_t>(event)];
}

std::string_view name_of(governor::FenceResult fence) {
  constexpr std::array<std::string_view, 4> names{"none", "inside", "outside", "stale"};
  return names[static_cast<std::size_t>(fence)];
}

}  // namespace daymark::agent
