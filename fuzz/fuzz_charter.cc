// Charters: what is accepted writes back to the same bytes; checker and explanation bear it.
#include <cstdlib>
#include <vector>

#include "daymark/order/charter.h"
#include "daymark/order/check.h"
#include "daymark/order/explain.h"

extern "C" int LLVMFuzzerTestOneInput(const daymark::Byte* data, std::size_t size) {
  using namespace daymark::order;
  const daymark::ByteView input(data, size);
  const auto charter = parse_charter(input);
  if (!charter) return 0;
  std::vector<daymark::Byte> space(size);
  const auto written = write_charter(*charter, space);
  if (!written || !daymark::equal(*written, input)) std::abort();
  // Both try all sets of signers: with many parties that is too slow for a fuzzer.
  if (charter->party_count > 8) return 0;
  for (const CharterFinding& finding : check_charter(*charter)) {
    if (finding.detail.empty()) std::abort();
  }
  if (explain_charter(*charter).empty()) std::abort();
  return 0;
}
