// Endorsement certificates (TCG EK Credential Profile for TPM 2.0, §3.2): who made a TPM, and which
// endorsement key is its own. Host only.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "daymark/base/bytes.h"
#include "daymark/base/result.h"
#include "daymark/base/units.h"

namespace daymark::evidence {

inline constexpr std::size_t ek_certificate_max = 4096;

/// What a certificate says; nothing of it is believed before check_ek_issuer held.
struct EkCertificate {
  std::string manufacturer;  ///< "id:" and 8 hex digits (TCG vendor id)
  std::string model;
  std::string version;
  std::vector<Byte> modulus;  ///< of the RSA 2048 key
  /// Its issuer's name as RFC 2253 writes it.
  std::string issuer = {};  // NOLINT(readability-redundant-member-init)
};

/// `der` is one certificate with nothing behind it, of an RSA key with exponent 65537, for keys of
/// a TPM (2.23.133.8.1), not an authority, with manufacturer, model and version in its alternative
/// name. Errors: errc::ek_certificate.
[[nodiscard]] Result<EkCertificate> parse_ek_certificate(ByteView der);

/// That one of the authorities in `pem` issued it, directly or over others in `pem`, and all were
/// valid at `time`. Errors: errc::ek_chain, errc::chain_pem.
[[nodiscard]] Result<void> check_ek_issuer(ByteView der, std::string_view pem, UnixMillis time);

/// That the maker is one whose TPM is software run by the host or by the owner of the host: swtpm
/// and the virtual TPMs of Google, Microsoft, VMware and Amazon.
[[nodiscard]] bool is_software_tpm(const EkCertificate& certificate);

}  // namespace daymark::evidence
