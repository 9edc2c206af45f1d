// Keys and signatures: views lie in the input, nothing may follow, and a key that is taken has the
// name of its area and verifies nothing by chance.
#include <cstdlib>
#include <vector>

#include "daymark/evidence/tpm/tpm_explain.h"
#include "daymark/evidence/tpm/tpm_key.h"

namespace {

using namespace daymark;

void require(bool holds) {
  if (!holds) std::abort();
}

bool lies_in(ByteView part, ByteView whole) {
  return part.empty() ||
         (part.data() >= whole.data() && part.data() + part.size() <= whole.data() + whole.size());
}

void check_signature(ByteView input, ByteView longer) {
  const auto signature = evidence::parse_tpmt_signature(input);
  require(evidence::explain_tpm_signature(input).has_value() == signature.has_value());
  const auto der = evidence::parse_ecdsa_der(input);
  if (der) require(lies_in(der->r, input) && lies_in(der->s, input));
  if (der) require(!evidence::parse_ecdsa_der(longer));
  if (!signature) return;
  require(!evidence::parse_tpmt_signature(longer));
  require(lies_in(signature->rsa, input) && lies_in(signature->r, input));
  const std::size_t parts = signature->rsa.empty() ? 4 + signature->r.size() + signature->s.size()
                                                   : 2 + signature->rsa.size();
  require(4 + parts == input.size());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const ByteView input(data, size);
  std::vector<Byte> longer(data, data + size);
  longer.push_back(0);
  check_signature(input, longer);
  const auto area = evidence::parse_tpmt_public(input);
  if (area) {
    require(lies_in(area->modulus, input) && lies_in(area->x, input) && lies_in(area->y, input));
    require(!evidence::parse_tpmt_public(longer));
  }
  const auto key = evidence::TpmKey::parse(input);
  if (!key) return 0;
  require(key->area().empty() == key->name().empty());
  require(key->same_key(*key));
  require(!key->verify(input, input));
  if (!key->area().empty()) require(lies_in(input.last(key->area().size()), input));
  return 0;
}
