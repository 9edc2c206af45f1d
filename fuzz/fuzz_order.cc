// Envelopes, payloads and contents of orders: what is accepted is deterministic CBOR through and
// through, and writes back to the same bytes where there is a writer.
#include <cstdlib>
#include <vector>

#include "daymark/cbor/reader.h"
#include "daymark/order/content_writer.h"
#include "daymark/order/order.h"

namespace {

using daymark::ByteView;

void expect(bool holds) {
  if (!holds) std::abort();
}

void expect_deterministic(ByteView item) {
  expect(check_item(item, daymark::cbor::Profile::deterministic).has_value());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const daymark::Byte* data, std::size_t size) {
  using namespace daymark::order;
  const ByteView input(data, size);
  if (const auto signed_order = parse_signed_order(input)) {
    expect_deterministic(input);
    const auto again = parse_order(signed_order->envelope.payload);
    expect(again && again->hash == signed_order->order.hash);
  }
  if (parse_order(input)) expect_deterministic(input);
  if (const auto scope = parse_scope(input)) expect(daymark::equal(write_scope(*scope), input));
  if (const auto enrol = parse_enrol(input)) expect(daymark::equal(write_enrol(*enrol), input));
  if (const auto batch = parse_batch(input)) expect(daymark::equal(write_batch(*batch), input));
  if (const auto image = parse_firmware(input))
    expect(daymark::equal(write_firmware(*image), input));
  if (const auto transfer = parse_transfer(input))
    expect(daymark::equal(write_transfer(*transfer), input));
  if (parse_policy(input)) expect_deterministic(input);
  if (const auto list = parse_programs(input)) (void)program_root(*list);
  return 0;
}
