// What a monitor checks with a whole log in hand. Host only.
#pragma once

#include <span>
#include <vector>

#include "daymark/tlog/checkpoint.h"
#include "daymark/tlog/merkle.h"

namespace daymark::tlog {

/// That `entries`, all of them from the first on, are the tree of `head`. Whether `head` is signed
/// is the caller's question. Errors: errc::tlog_index for another number, errc::tlog_root.
[[nodiscard]] Result<void> verify_log_range(std::span<const std::vector<Byte>> entries,
                                            const TreeHead& head);

/// That two checkpoints don't contradict each other on their face: one origin and size, one root.
/// Checkpoints that contradict each other are proof of a split view if both are signed or cosigned.
/// Errors: errc::log_split.
[[nodiscard]] Result<void> verify_same_view(const Checkpoint& a, const Checkpoint& b);

}  // namespace daymark::tlog
