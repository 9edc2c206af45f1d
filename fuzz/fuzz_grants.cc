// A list of grants that is read is printed to a list that is read to the same grants; a credential
// is never taken for two.
#include <cstdlib>

#include "daymark/authority/grants.h"

extern "C" int LLVMFuzzerTestOneInput(const daymark::Byte* data, std::size_t size) {
  using namespace daymark;
  const std::string_view text = text_of({data, size});
  if (authority::credential_hash(text) && text.size() > 256) std::abort();
  const auto grants = authority::Grants::parse(text);
  if (!grants) return 0;
  const std::string printed = grants->print();
  const auto again = authority::Grants::parse(printed);
  if (!again || again->print() != printed || again->list().size() != grants->list().size())
    std::abort();
  return 0;
}
