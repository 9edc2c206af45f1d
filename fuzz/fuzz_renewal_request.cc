// Renewal requests: what is accepted writes back to the same bytes.
#include <cstdlib>
#include <vector>

#include "daymark/order/leaf.h"

extern "C" int LLVMFuzzerTestOneInput(const daymark::Byte* data, std::size_t size) {
  using namespace daymark::order;
  const daymark::ByteView input(data, size);
  const auto request = parse_request(input);
  if (!request) return 0;
  std::vector<daymark::Byte> space(size);
  const auto written = write_request(*request, space);
  if (!written || !daymark::equal(*written, input)) std::abort();
  return 0;
}
