// One X.509 certificate with what the chain rules ask of it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "daymark/base/bytes.h"
#include "daymark/base/result.h"
#include "daymark/base/units.h"
#include "daymark/evidence/openssl_internal.h"
#include "daymark/evidence/spdm_report.h"

namespace daymark::evidence {

struct Validity {
  UnixMillis not_before;
  UnixMillis not_after;
};

/// A parsed certificate of a P-384 key signed by ECDSA with SHA-384, all extensions understood.
/// Its own signature is not verified yet.
class Certificate {
 public:
  /// Errors: errc::chain_certificate, errc::chain_algorithm, errc::chain_critical.
  [[nodiscard]] static Result<Certificate> parse(std::vector<Byte> der);

  [[nodiscard]] ByteView der() const { return der_; }

  [[nodiscard]] EVP_PKEY* key() const { return key_.get(); }

  [[nodiscard]] const Validity& validity() const { return validity_; }

  /// That `issuer` signed this one and may: names and key identifiers match, CA flag, certSign.
  /// `below` is the number of CA certificates between the two and the leaf.
  /// Errors: errc::chain_link, errc::chain_authority, errc::chain_signature.
  [[nodiscard]] Result<void> check_issued_by(const Certificate& issuer, std::size_t below) const;

  /// No CA, and allowed to sign. Errors: errc::chain_leaf.
  [[nodiscard]] Result<void> check_signs_reports() const;

  [[nodiscard]] std::string common_name() const;
  /// The serial number in decimal.
  [[nodiscard]] std::string serial() const;
  /// DER of SubjectPublicKeyInfo.
  [[nodiscard]] std::vector<Byte> public_key() const;
  /// DER content of the extension with this encoded identifier. A repeated one counts as malformed.
  /// Errors: errc::chain_certificate.
  [[nodiscard]] Result<std::optional<ByteView>> extension(ByteView identifier) const;

 private:
  Certificate(std::vector<Byte> der, X509Owner x509);

  std::vector<Byte> der_;
  X509Owner x509_;
  KeyOwner key_;
  Validity validity_;
};

/// The firmware identity in a leaf. Errors: errc::fwid_malformed.
[[nodiscard]] Result<std::optional<FirmwareIdentity>> certified_firmware(const Certificate& leaf);

/// The DMTF device information in a leaf's alternative names; empty where absent.
/// Errors: errc::chain_certificate.
[[nodiscard]] Result<std::string> certified_device_info(const Certificate& leaf);

}  // namespace daymark::evidence
