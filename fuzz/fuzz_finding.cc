// Findings: what is read as a notice, a notice file or a finding file is written to the same bytes;
// no bytes are both files, and what is read of a finding names one notice.
#include <algorithm>
#include <cstdlib>

#include "daymark/order/finding.h"

extern "C" int LLVMFuzzerTestOneInput(const daymark::Byte* data, std::size_t size) {
  using namespace daymark;
  const ByteView input(data, size);
  if (const auto notice = order::parse_notice(input)) {
    if (!std::ranges::equal(order::write_notice(*notice), input)) std::abort();
  }
  const auto open = order::parse_notice_file(input);
  if (open && !std::ranges::equal(order::print_notice_file(*open), input)) std::abort();
  const auto decided = order::parse_finding_file(input);
  if (!decided) return 0;
  if (open || !std::ranges::equal(order::print_finding_file(*decided), input)) std::abort();
  if (!order::read_finding(*decided)) std::abort();
  return 0;
}
