// Which kernels there are, and verifiers over a given one. For this module and its tests.
#pragma once

#include <memory>
#include <span>

#include "daymark/lanes/kernel_internal.h"
#include "daymark/lanes/verifier.h"

namespace daymark::lanes::internal {

/// Every kernel in this build, the portable one first, whether or not this processor runs it.
[[nodiscard]] std::span<const Kernel* const> built_kernels();

/// Whether this processor has the instructions of `kernel`. A kernel that it can't run may only be
/// looked at.
[[nodiscard]] bool runs_here(const Kernel& kernel);

/// How many signatures a kernel's last, partly filled group must have: fewer go to the library,
/// which is quicker for them. 1: all go to the kernel.
struct FillMin {
  std::size_t value = 1;
};

/// A verifier over `kernel`, which must run here. It holds a table of the base point (128 KiB).
[[nodiscard]] std::unique_ptr<Verifier> kernel_verifier(const Kernel& kernel, FillMin fill_min);

}  // namespace daymark::lanes::internal
