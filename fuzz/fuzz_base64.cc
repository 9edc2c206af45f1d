// Base64 and hexadecimal: one text for each byte string, both ways.
#include <cstdlib>

#include "daymark/base/encode.h"

extern "C" int LLVMFuzzerTestOneInput(const daymark::Byte* data, std::size_t size) {
  const daymark::ByteView bytes(data, size);
  const std::string_view text = daymark::text_of(bytes);
  const auto decoded = daymark::from_base64(text);
  if (decoded && daymark::to_base64(*decoded) != text) std::abort();
  const auto returned = daymark::from_base64(daymark::to_base64(bytes));
  if (!returned || !daymark::equal(*returned, bytes)) std::abort();
  const auto from_hex = daymark::from_hex(text);
  if (from_hex && daymark::to_hex(*from_hex).size() != size) std::abort();
  const auto hex_returned = daymark::from_hex(daymark::to_hex(bytes));
  if (!hex_returned || !daymark::equal(*hex_returned, bytes)) std::abort();
  return 0;
}
