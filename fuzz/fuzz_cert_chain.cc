// No input but the real chain stands under the built-in root; what stands once, stands again.
#include <cstdlib>

#include "daymark/evidence/nvidia/chain.h"
#include "daymark/evidence/pki/pem.h"

namespace {

using namespace daymark;

const evidence::ChainVerifier& verifier() {
  static const auto made = evidence::ChainVerifier::create();
  if (!made) std::abort();
  return *made;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = text_of({data, size});
  const auto certificates = evidence::parse_pem_certificates(text);
  const auto first = verifier().verify(text);
  const auto second = verifier().verify(text);
  if (first.has_value() != second.has_value()) std::abort();
  if (!first && first.error() != second.error()) std::abort();
  if (!first) return 0;
  const bool whole = certificates && certificates->size() == evidence::chain_certificates;
  if (!whole || first->device().device != second->device().device) std::abort();
  return 0;
}
