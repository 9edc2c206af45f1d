// Charters as JSON: what is accepted is a charter, and what is printed of it reads back to the same
// bytes.
#include <cstdlib>
#include <string_view>

#include "daymark/order/charter_text.h"

extern "C" int LLVMFuzzerTestOneInput(const daymark::Byte* data, std::size_t size) {
  using namespace daymark::order;
  const auto bytes = charter_from_json(daymark::text_of({data, size}));
  if (!bytes) return 0;
  const auto charter = parse_charter(*bytes);
  if (!charter) std::abort();
  const auto again = charter_from_json(charter_to_json(*charter));
  if (!again || *again != *bytes) std::abort();
  return 0;
}
