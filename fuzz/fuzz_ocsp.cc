// What is read of a revocation answer lies in the answer, and is the same when it comes as base64.
#include <algorithm>
#include <cstdlib>

#include "daymark/base/encode.h"
#include "daymark/evidence/explain.h"
#include "daymark/evidence/pki/ocsp.h"
#include "daymark/evidence/pki/revocation.h"

namespace {

using namespace daymark;

bool lies_in(ByteView part, ByteView whole) {
  return part.empty() ||
         (part.data() >= whole.data() && part.data() + part.size() <= whole.data() + whole.size());
}

void require(bool holds) {
  if (!holds) std::abort();
}

void check(const evidence::OcspAnswer& answer, ByteView input) {
  require(lies_in(answer.signed_bytes, input) && lies_in(answer.signature, input));
  require(answer.responder_name.has_value() != answer.responder_key.has_value());
  require(!answer.statuses.empty() && !answer.signature.empty());
  for (const evidence::OcspSingle& one : answer.statuses) {
    require(lies_in(one.id.serial, answer.signed_bytes));
    require(one.revoked_at.has_value() == (one.status == evidence::OcspStatus::revoked));
    require(!one.next_update || one.this_update <= *one.next_update);
  }
  for (const ByteView certificate : answer.certificates)
    require(lies_in(certificate, input));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const ByteView input(data, size);
  const auto answer = evidence::parse_ocsp(input);
  if (answer) check(*answer, input);
  require(evidence::explain_ocsp(input).has_value() == answer.has_value());
  evidence::StapledAnswers stapled;
  require(stapled.add(bytes_of(to_base64(input))).has_value() == answer.has_value());
  return 0;
}
