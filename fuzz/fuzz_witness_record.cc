// A witness's record that is read is written back to the same bytes, and never read for another
// log.
#include <cstdlib>

#include "daymark/base/bytes.h"
#include "daymark/tlog/witness_store.h"

extern "C" int LLVMFuzzerTestOneInput(const daymark::Byte* data, std::size_t size) {
  using namespace daymark;
  constexpr std::string_view origin = "example.com/log";
  const std::string_view text = text_of({data, size});
  const auto head = tlog::parse_witness_record(text, origin);
  if (!head) return 0;
  if (tlog::print_witness_record(origin, *head) != text) std::abort();
  if (tlog::parse_witness_record(text, "example.com/other")) std::abort();
  return 0;
}
