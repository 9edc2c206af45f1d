// Emergency grants: what is accepted writes back to the same payload.
#include <cstdlib>

#include "daymark/cbor/cose.h"
#include "daymark/order/content_writer.h"
#include "daymark/order/emergency.h"

extern "C" int LLVMFuzzerTestOneInput(const daymark::Byte* data, std::size_t size) {
  using namespace daymark;
  const ByteView input(data, size);
  const auto grant = order::parse_emergency(input);
  if (!grant) return 0;
  const auto again = order::make_emergency(
      {grant->fleet, grant->chip, grant->issued, grant->span, grant->text}, crypto::SecretKey{});
  const auto message = cbor::parse_sign1(again);
  if (!message || !equal(message->payload, input)) std::abort();
  return 0;
}
