// Whatever parses is written back to the same bytes: there is one form of each datagram.
#include "daymark/ranging/packet.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace daymark;
  const ByteView input(data, size);
  const auto packet = ranging::parse_packet(input);
  if (!packet) return 0;
  ByteArray<ranging::packet_size_max> space{};
  const auto written = ranging::write_packet(*packet, space);
  if (!written || !equal(*written, input)) __builtin_trap();
  return 0;
}
