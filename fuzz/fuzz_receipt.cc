// A receipt that parses is written back to the same bytes; out of a genuine batch nothing verifies
// but its own receipts, with remembered roots as without.
#include "daymark/cbor/cose.h"
#include "daymark/ranging/ranging_testing.h"
#include "daymark/ranging/receipt_verifier.h"

namespace {

using namespace daymark;
using namespace daymark::ranging;

void check_genuine(ByteView input) {
  static const testing::Batch batch(5);
  static ReceiptVerifier verifier;
  for (std::size_t i = 0; i < batch.receipts.size(); ++i) {
    const bool own = equal(input, batch.receipts[i]);
    if (verify_receipt(input, batch.expected(i)).has_value() != own) __builtin_trap();
    if (verifier.verify(input, batch.expected(i)).has_value() != own) __builtin_trap();
  }
}

void check_written(ByteView input) {
  const auto claims = parse_receipt(input);
  if (!claims) return;
  const ReceiptParts parts = *split_receipt(input);
  const ByteView payload = cbor::parse_sign1(parts.root)->payload;
  ByteArray<receipt_size_max> space{};
  const auto whole = write_receipt(parts, space);
  if (!whole || !equal(*whole, input)) __builtin_trap();
  const auto leaf = write_receipt_leaf(*claims, space);
  if (!leaf || !equal(*leaf, parts.leaf)) __builtin_trap();
  const auto root = write_batch_root(*parse_batch_root(payload), space);
  if (!root || !equal(*root, payload)) __builtin_trap();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const ByteView input(data, size);
  check_genuine(input);
  check_written(input);
  return 0;
}
