// URIs of keys on tokens: what parses prints to a text that parses to the same, and asks for no
// path that is relative and for no text that a module would cut short.
#include <cstdlib>

#include "daymark/token/uri.h"

extern "C" int LLVMFuzzerTestOneInput(const daymark::Byte* data, std::size_t size) {
  using namespace daymark;
  const std::string_view text = text_of({data, size});
  const auto uri = token::parse_token_uri(text);
  if (!uri) return 0;
  if (!token::is_token_uri(text)) std::abort();
  const auto again = token::parse_token_uri(token::print_token_uri(*uri));
  if (!again || *again != *uri) std::abort();
  if (!uri->module_path.starts_with('/')) std::abort();
  if (!uri->pin_source.empty() && !uri->pin_source.starts_with('/')) std::abort();
  const std::string all = uri->token + uri->manufacturer + uri->serial + uri->model + uri->object +
                          uri->module_path + uri->pin_source;
  if (all.find('\0') != std::string::npos) std::abort();
  return 0;
}
