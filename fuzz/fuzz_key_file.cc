// Key files: no text is two kinds, and public keys that are read print as keys that read the same.
#include <cstdlib>

#include "daymark/crypto/key_file.h"

extern "C" int LLVMFuzzerTestOneInput(const daymark::Byte* data, std::size_t size) {
  using namespace daymark::crypto;
  const std::string_view text = daymark::text_of({data, size});
  const auto pair = parse_key_pair(text);
  const auto keys = parse_public_keys(text);
  const auto open = parse_opening_key(text);
  if (pair && (keys || !is_name(pair->name))) std::abort();
  // Whatever signs also opens.
  if (pair && (!open || open->bytes != pair->open.bytes)) std::abort();
  if (keys && open) std::abort();
  if (!keys) return 0;
  const auto again = parse_public_keys(print_public_keys(*keys));
  const bool same =
      again && again->name == keys->name && again->sign == keys->sign && again->seal == keys->seal;
  if (!same) std::abort();
  return 0;
}
