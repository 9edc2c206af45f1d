// Eight lanes by AVX-512 IFMA. Compiled for such processors alone; all but the instructions is
// tested everywhere through kernel_ifma_emulated.cc.
#include "daymark/lanes/field_ifma_internal.h"
#include "daymark/lanes/judge_internal.h"
#include "daymark/lanes/probe_internal.h"
#include "daymark/lanes/vector_avx512_internal.h"

namespace daymark::lanes::internal {

namespace {

using RealField = IfmaField<Avx512Vector>;

void verify_ifma(const std::uint64_t* base, const Task* tasks, std::size_t count, bool* valid) {
  Judge<RealField>::verify(base, tasks, count, valid);
  // What runs next may be written for older processors, to which full registers are slow.
  _mm256_zeroupper();
}

}  // namespace

const Kernel ifma_kernel = {"avx512-ifma",
                            RealField::lanes,
                            Judge<RealField>::write_base_entry,
                            verify_ifma,
                            Probe<RealField>::run,
                            ifma_digits,
                            ifma_digits,
                            true};

}  // namespace daymark::lanes::internal
