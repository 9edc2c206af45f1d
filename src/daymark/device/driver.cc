#include "daymark/device/driver.h"

#include "daymark/device/errors.h"

namespace daymark::device {

Outcome<Attestation> Driver::attest(unsigned chip, const ByteArray<32>& /*nonce*/) {
  if (chip >= chips()) return std::unexpected(Failure(Error{errc::device_number}));
  return refuse(errc::device_unsupported, std::string(name()));
}

}  // namespace daymark::device
