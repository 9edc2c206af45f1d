// What parses prints the same; what is not about a burst is left to the core. Answers come back.
#include <cstdlib>

#include "daymark/agent/burst_message.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace daymark;
  const ByteView input(data, size);
  const auto request = agent::parse_burst_request(input);
  const bool ours =
      size >= 4 && data[1] == 1 && data[2] == 0x18 && (data[3] == 72 || data[3] == 73);
  if (request && !ours) std::abort();
  if (request && *request && !equal(agent::print_burst_request(**request), input)) std::abort();
  const auto state = agent::parse_burst_state(input);
  if (state && !equal(agent::print_burst_state(*state), input)) std::abort();
  const auto number = agent::parse_burst_number(input);
  if (number && !equal(agent::print_burst_number(*number), input)) std::abort();
  return 0;
}
