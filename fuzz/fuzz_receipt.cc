// A payload that parses is written back to the same bytes; one by nobody's key never verifies.
#include "daymark/ranging/receipt.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace daymark;
  const ByteView input(data, size);
  const order::BeaconEntry beacon{"b", "o", crypto::ed25519_public({}), {}};
  if (ranging::verify_receipt(input, {&beacon, {}, {}})) __builtin_trap();
  const auto receipt = ranging::parse_receipt(input);
  if (!receipt) return 0;
  ByteArray<ranging::receipt_size_max> space{};
  const auto written = ranging::write_receipt(*receipt, space);
  if (!written || !equal(*written, input)) __builtin_trap();
  return 0;
}
