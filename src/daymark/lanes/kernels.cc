#include <array>

#include "daymark/lanes/kernels_internal.h"

namespace daymark::lanes::internal {

std::span<const Kernel* const> built_kernels() {
#ifdef DAYMARK_LANES_X86
  static constexpr std::array kernels = {&portable_kernel, &emulated_ifma_kernel, &avx2_kernel,
                                         &ifma_kernel};
#else
  static constexpr std::array kernels = {&portable_kernel, &emulated_ifma_kernel};
#endif
  return kernels;
}

bool runs_here(const Kernel& kernel) {
#ifdef DAYMARK_LANES_X86
  if (&kernel == &avx2_kernel) {
    return __builtin_cpu_supports("avx2") != 0 && __builtin_cpu_supports("fma") != 0;
  }
  if (&kernel == &ifma_kernel) {
    return __builtin_cpu_supports("avx512f") != 0 && __builtin_cpu_supports("avx512ifma") != 0;
  }
#endif
  return &kernel == &portable_kernel || &kernel == &emulated_ifma_kernel;
}

}  // namespace daymark::lanes::internal
