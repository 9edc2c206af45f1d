// Names of governor states and events as machines print them. Host only.
#pragma once

#include <string_view>

#include "daymark/governor/standing.h"
#include "daymark/governor/status.h"

namespace daymark::agent {

[[nodiscard]] std::string_view name_of(governor::Standing standing);
[[nodiscard]] std::string_view name_of(governor::NextEvent event);
[[nodiscard]] std::string_view name_of(governor::FenceResult fence);

}  // namespace daymark::agent
