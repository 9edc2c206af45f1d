// The code of kernel_ifma.cc over emulated instructions: for tests, far slower than the library.
#include "daymark/lanes/field_ifma_internal.h"
#include "daymark/lanes/judge_internal.h"
#include "daymark/lanes/probe_internal.h"
#include "daymark/lanes/vector_emulated_internal.h"

namespace daymark::lanes::internal {

namespace {

using FakeField = IfmaField<EmulatedVector>;

}  // namespace

const Kernel emulated_ifma_kernel = {"avx512-ifma-emulated",
                                     FakeField::lanes,
                                     Judge<FakeField>::write_base_entry,
                                     Judge<FakeField>::verify,
                                     Probe<FakeField>::run,
                                     ifma_digits,
                                     ifma_digits,
                                     false};

}  // namespace daymark::lanes::internal
