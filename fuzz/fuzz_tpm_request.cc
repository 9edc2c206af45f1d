// What parses prints the same; what is not about the TPM is left to the core.
#include <cstdlib>

#include "daymark/tpm/exchange.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace daymark;
  const ByteView input(data, size);
  const auto request = tpm::parse_tpm_request(input);
  if (!request) return 0;
  const bool ours = size >= 4 && data[1] == 1 && data[2] == 0x18 && data[3] >= 64 && data[3] <= 66;
  if (!ours) std::abort();
  if (*request && !equal(tpm::print_tpm_request(**request), input)) std::abort();
  return 0;
}
