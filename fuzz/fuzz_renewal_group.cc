// Groups of renewal requests and their answers, and segments of the book that keeps them: what is
// accepted is written back to the same bytes, and no request of a segment lies outside it.
#include <cstdlib>

#include "daymark/authority/renewal_group.h"

namespace {

using namespace daymark;

void check_same(ByteView input, const std::vector<Byte>& again) {
  if (!equal(again, input)) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const Byte* data, std::size_t size) {
  const ByteView input(data, size);
  if (const auto group = authority::parse_renewal_group(input)) {
    check_same(input, authority::print_renewal_group(*group));
  }
  if (const auto answer = authority::parse_renewal_answer(input)) {
    check_same(input, authority::print_renewal_answer(*answer));
  }
  std::size_t taken = 0;
  const authority::SegmentPart part = authority::parse_segment(input);
  for (const ByteView request : part.requests)
    taken += request.size() + 2;
  if (taken > size) std::abort();
  return 0;
}
