// What is read of a COSE message lies in it, and no message that a fuzzer makes verifies with a key
// of which only the public part exists. What is signed names the headers and the payload whole.
#include <cstdlib>

#include "daymark/evidence/tokens/cose_message.h"

namespace {

using namespace daymark;

void require(bool holds) {
  if (!holds) std::abort();
}

bool lies_in(ByteView part, ByteView whole) {
  return part.empty() ||
         (part.data() >= whole.data() && part.data() + part.size() <= whole.data() + whole.size());
}

const evidence::VerifyingKey& base_point() {
  constexpr std::string_view jwk =
      R"({"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"})";
  static const auto key = evidence::VerifyingKey::from_jwk(jwk);
  return *key;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const ByteView input(data, size);
  const auto strict = evidence::parse_cose(input, evidence::Untagged::refused);
  const auto message = evidence::parse_cose(input, evidence::Untagged::allowed);
  require(message.has_value() || !strict.has_value());
  if (!message) return 0;
  require(strict.has_value() == (message->tagged || !message->one_signer));
  require(lies_in(message->protected_header, input));
  require(!message->signatures.empty() &&
          message->signatures.size() <= evidence::cose_signatures_max);
  const std::size_t payload = message->payload ? message->payload->size() : 0;
  for (std::size_t i = 0; i < message->signatures.size(); ++i) {
    require(lies_in(message->signatures[i].signature, input));
    const auto covered = evidence::cose_signed_bytes(*message, i, {});
    require(covered.size() > payload + message->protected_header.size());
  }
  (void)evidence::verify_cose(*message, base_point());
  (void)evidence::VerifyingKey::from_text(text_of(input));
  return 0;
}
