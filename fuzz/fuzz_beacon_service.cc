// From an address that returned no cookie: no reply is larger than its request, nothing is kept,
// and whatever is replied is itself a packet.
#include "daymark/beacon/beacon_testing.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace daymark;
  static beacon::testing::Scene scene;
  const auto reply =
      scene.service.handle(ByteView(data, size), beacon::testing::address(), {scene.now++});
  if (scene.service.open_sessions() != 0) __builtin_trap();
  if (!reply) return 0;
  if (reply->size > size || reply->timed) __builtin_trap();
  if (!ranging::parse_packet(reply->view())) __builtin_trap();
  return 0;
}
