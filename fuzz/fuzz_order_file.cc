// Order files: what is accepted prints back to the same bytes, and its envelope, where somebody
// signed, parses.
#include <cstdlib>

#include "daymark/order/order_file.h"

extern "C" int LLVMFuzzerTestOneInput(const daymark::Byte* data, std::size_t size) {
  using namespace daymark::order;
  const daymark::ByteView input(data, size);
  const auto file = parse_order_file(input);
  if (!file) return 0;
  if (!daymark::equal(print_order_file(*file), input)) std::abort();
  const auto envelope = envelope_of(*file);
  if (envelope && !parse_signed_order(*envelope)) std::abort();
  return 0;
}
