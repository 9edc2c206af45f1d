// COSE_Sign: what is accepted is deterministic CBOR and exactly what write_sign writes.
#include <cstdlib>
#include <vector>

#include "daymark/cbor/cose.h"
#include "daymark/cbor/reader.h"

extern "C" int LLVMFuzzerTestOneInput(const daymark::Byte* data, std::size_t size) {
  using namespace daymark::cbor;
  const daymark::ByteView input(data, size);
  const auto parsed = parse_sign(input);
  if (!parsed) return 0;
  if (!check_item(input, Profile::deterministic)) std::abort();
  std::vector<daymark::Byte> space(size);
  const auto written = write_sign(parsed->payload, parsed->signer_list(), space);
  if (!written || !daymark::equal(*written, input)) std::abort();
  return 0;
}
