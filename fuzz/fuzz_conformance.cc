// Vector files of others: whatever they hold, they are refused or counted, and every failed case
// has its line.
#include <cstdlib>

#include "daymark/base/bytes.h"
#include "daymark/cbor/conformance.h"
#include "daymark/crypto/conformance.h"

extern "C" int LLVMFuzzerTestOneInput(const daymark::Byte* data, std::size_t size) {
  const std::string_view text = daymark::text_of({data, size});
  for (const auto& count : {daymark::cbor::run_cbor_conformance(text),
                            daymark::crypto::run_ed25519_conformance(text)}) {
    if (count && count->failed != count->failures.size()) std::abort();
  }
  return 0;
}
