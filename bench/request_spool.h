// Signed requests on disk, made before a storm begins: chips sign on chips, not on the machine
// that they storm.
#pragma once

#include <fstream>
#include <optional>
#include <string>

#include "chip_swarm.h"

namespace daymark::bench {

/// Has every chip of `swarm` sign a request with this counter, and writes them to `path` in groups
/// of `group_size`.
void spool_requests(const std::string& path, const ChipSwarm& swarm, std::uint64_t counter,
                    std::size_t group_size);

/// Reads such a file from its beginning. Not thread-safe.
class RequestSpool {
 public:
  explicit RequestSpool(const std::string& path);

  /// The next group; none at the end.
  [[nodiscard]] std::optional<RequestGroup> next();

 private:
  std::ifstream file_;
};

}  // namespace daymark::bench
