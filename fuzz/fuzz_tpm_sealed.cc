// What parses prints the same.
#include <cstdlib>

#include "daymark/tpm/sealed_file.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace daymark;
  const ByteView input(data, size);
  const auto file = tpm::parse_sealed_file(input);
  if (file && !equal(tpm::print_sealed_file(*file), input)) std::abort();
  const auto secrets = tpm::split_secrets(input);
  if (secrets && !equal(tpm::join_secrets(*secrets), input)) std::abort();
  return 0;
}
