// Appeals: what is accepted writes back to the same payload, and no order is taken for one.
#include <cstdlib>

#include "daymark/cbor/cose.h"
#include "daymark/order/appeal.h"
#include "daymark/order/content_writer.h"

extern "C" int LLVMFuzzerTestOneInput(const daymark::Byte* data, std::size_t size) {
  using namespace daymark;
  const ByteView input(data, size);
  const auto appeal = order::parse_appeal(input);
  if (appeal) {
    const auto again = order::make_appeal(
        {appeal->fleet, appeal->order, appeal->issued, appeal->text}, crypto::SecretKey{});
    const auto message = cbor::parse_sign1(again);
    if (!message || !equal(message->payload, input)) std::abort();
    if (!order::read_appeal_entry(again)) std::abort();
  }
  if (order::is_appeal_entry(input) && order::parse_signed_order(input)) std::abort();
  return 0;
}
