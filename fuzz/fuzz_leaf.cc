// Leaves and leaf files: what is accepted writes back to the same bytes.
#include <cstdlib>
#include <vector>

#include "daymark/order/leaf_file.h"

extern "C" int LLVMFuzzerTestOneInput(const daymark::Byte* data, std::size_t size) {
  using namespace daymark::order;
  const daymark::ByteView input(data, size);
  if (const auto leaf = parse_leaf(input)) {
    std::vector<daymark::Byte> space(size);
    const auto written = write_leaf(*leaf, space);
    if (!written || !daymark::equal(*written, input)) std::abort();
  }
  if (const auto file = parse_leaf_file(input)) {
    if (!daymark::equal(print_leaf_file(*file), input)) std::abort();
  }
  return 0;
}
