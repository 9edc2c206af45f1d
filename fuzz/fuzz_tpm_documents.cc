// What parses prints the same; an enrolment does, once it is signed and opened.
#include <cstdlib>

#include "daymark/cbor/encode.h"
#include "daymark/evidence/tpm/tpm_activation.h"
#include "daymark/evidence/tpm/tpm_binding.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace daymark;
  const ByteView input(data, size);
  const auto identity = evidence::parse_tpm_identity(input);
  if (identity && !equal(evidence::print_tpm_identity(*identity), input)) std::abort();
  const auto attested = evidence::parse_tpm_attested(input);
  if (attested && !equal(evidence::print_tpm_attested(*attested), input)) std::abort();
  const auto activation = evidence::parse_tpm_activation(input);
  if (activation && !equal(evidence::print_tpm_activation(*activation), input)) std::abort();
  const auto enrolment = evidence::parse_tpm_enrolment(input);
  if (!enrolment) return 0;
  crypto::SecretSigner maker(crypto::SecretKey{{1}});
  const auto message = evidence::sign_tpm_enrolment(*enrolment, maker);
  if (!message) std::abort();
  const auto payload =
      cbor::open_sign1(*message, evidence::tpm_enrolment_purpose, maker.public_key());
  if (!payload || !equal(*payload, input)) std::abort();
  return 0;
}
