// COSE_Sign1: what is accepted is deterministic CBOR and exactly what its parts write.
#include <cstdlib>
#include <vector>

#include "daymark/cbor/cose.h"
#include "daymark/cbor/reader.h"
#include "daymark/cbor/writer.h"

extern "C" int LLVMFuzzerTestOneInput(const daymark::Byte* data, std::size_t size) {
  using namespace daymark::cbor;
  const daymark::ByteView input(data, size);
  const auto parsed = parse_sign1(input);
  if (!parsed) return 0;
  if (!check_item(input, Profile::deterministic)) std::abort();
  std::vector<daymark::Byte> space(size);
  Writer out(space);
  out.put_tag(18);
  out.open_array(4);
  out.put_bytes(parsed->protected_header);
  out.open_map(0);
  out.put_bytes(parsed->payload);
  out.put_bytes(parsed->signature.bytes);
  const auto written = out.finish();
  if (!written || !daymark::equal(*written, input)) std::abort();
  return 0;
}
