// A CoRIM that is read is one of what the foreign checker accepts; what is read of it lies in it,
// and a legacy reader accepts no less than the strict one. Explaining agrees with reading.
#include <cstdlib>

#include "daymark/evidence/tokens/corim.h"
#include "daymark/evidence/tokens/token_verdict.h"

namespace {

using namespace daymark;

void require(bool holds) {
  if (!holds) std::abort();
}

bool lies_in(ByteView part, ByteView whole) {
  return part.empty() ||
         (part.data() >= whole.data() && part.data() + part.size() <= whole.data() + whole.size());
}

void check(const evidence::Comid& comid, ByteView input) {
  for (const evidence::CorimTriple& triple : comid.triples) {
    require(!triple.measurements.empty());
    require(lies_in(triple.environment.class_id, input));
    for (const evidence::CorimMeasurement& one : triple.measurements) {
      require(!one.words.empty());
      for (const evidence::CorimDigest& digest : one.digests)
        require(lies_in(digest.value, input));
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const ByteView input(data, size);
  const auto strict = evidence::read_corim(input);
  const auto legacy = evidence::read_corim(input, evidence::CorimForm::legacy);
  require(!strict || (legacy && evidence::is_corim(input)));
  if (legacy) {
    require(cbor::check_item(input, cbor::Profile::foreign).has_value());
    for (const evidence::Comid& comid : legacy->comids)
      check(comid, input);
  }
  if (const auto comid = evidence::read_comid(input)) check(*comid, input);
  const auto words = evidence::explain_token(input);
  require(!strict || words);
  return 0;
}
