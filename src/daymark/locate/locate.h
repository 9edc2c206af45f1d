// Where a node of a delay matrix is, judged by the other nodes.
#pragma once

#include <string>
#include <vector>

#include "daymark/base/failure.h"
#include "daymark/locate/matrix.h"
#include "daymark/locate/options.h"
#include "daymark/locate/verdict.h"

namespace daymark::locate {

struct LocateRequest {
  std::string target;
  Question question;
  Selection selection;
};

/// What every landmark measured about `target`, least round trip first. Only rows with the target
/// as `dst` count: the reverse rows were timed by the target itself, which could shorten them at
/// will. A matrix names no operators, so each landmark is its own.
[[nodiscard]] std::vector<Measurement> measurements_of(const DelayMatrix& matrix,
                                                       std::size_t target);

/// The selected ones of `all`, which must be sorted by round trip; in the same order.
[[nodiscard]] std::vector<Measurement> selected_of(const std::vector<Measurement>& all,
                                                   const Selection& selection);

/// Judges where `request.target` is by the selected landmarks; the others are listed as unused.
/// The target's own row in the list of nodes is not looked at. Errors:
/// errc::locate_target_unknown and those of judge().
[[nodiscard]] Outcome<PlaceVerdict> locate(const DelayMatrix& matrix, const LocateRequest& request);

}  // namespace daymark::locate
