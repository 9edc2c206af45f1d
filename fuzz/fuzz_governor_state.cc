// Saved states: what is accepted is written again as the same bytes.
#include <cstdlib>
#include <memory>
#include <vector>

#include "daymark/governor/journal.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace daymark;  // NOLINT(google-build-using-namespace)
  constexpr ledger::Peak peak{TeraOps{1000}};
  const ByteView input(data, size);
  const auto state = std::make_unique<governor::State>(peak);
  if (!governor::read_state(input, peak, *state)) return 0;
  std::vector<Byte> space(governor::slot_size_max);
  const auto again = governor::write_state(*state, space);
  if (!again || !equal(*again, input)) std::abort();
  return 0;
}
