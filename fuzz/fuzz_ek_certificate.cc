// What parses is complete and has nothing behind it; nothing stands under an authority by chance.
#include <cstdlib>

#include "daymark/evidence/tpm/ek_certificate.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace daymark;
  const auto certificate = evidence::parse_ek_certificate({data, size});
  if (evidence::check_ek_issuer({data, size}, {}, UnixMillis{1'796'083'200'000})) std::abort();
  if (!certificate) return 0;
  const bool complete = certificate->manufacturer.size() == 11 && !certificate->model.empty() &&
                        certificate->modulus.size() == 256;
  std::vector<Byte> longer(data, data + size);
  longer.push_back(0);
  if (!complete || evidence::parse_ek_certificate(longer)) std::abort();
  return 0;
}
