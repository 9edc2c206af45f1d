// What parses prints as something that parses to the same.
#include <cstdlib>

#include "daymark/evidence/host_identity.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace daymark;
  const ByteView input(data, size);
  const auto parsed = evidence::parse_host_description(input);
  if (!parsed) return 0;
  if (!evidence::is_host_file(input)) std::abort();
  const std::string text = evidence::print_host_description(*parsed);
  const auto again = evidence::parse_host_description(bytes_of(text));
  if (!again || evidence::print_host_description(*again) != text) std::abort();
  return 0;
}
