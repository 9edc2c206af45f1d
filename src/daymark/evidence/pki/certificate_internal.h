// One X.509 certificate with what the chain rules ask of it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "daymark/base/bytes.h"
#include "daymark/base/result.h"
#include "daymark/base/units.h"
#include "daymark/evidence/pki/firmware_identity.h"
#include "daymark/evidence/pki/openssl_internal.h"

namespace daymark::evidence {

struct Validity {
  UnixMillis not_before;
  UnixMillis not_after;
};

/// A SHA-384 value.
using Digest384 = ByteArray<48>;

/// What a certificate is for, as far as its extensions may be critical.
enum class CertificateUse {
  chain,      ///< a link of a chain, or its leaf
  responder,  ///< signs revocation answers
};

/// A parsed certificate of a P-384 key signed by ECDSA with SHA-384, all extensions understood.
/// Its own signature is not verified yet.
class Certificate {
 public:
  /// Errors: errc::chain_certificate, errc::chain_algorithm, errc::chain_critical.
  [[nodiscard]] static Result<Certificate> parse(std::vector<Byte> der,
                                                 CertificateUse use = CertificateUse::chain);

  [[nodiscard]] ByteView der() const { return der_; }

  [[nodiscard]] EVP_PKEY* key() const { return key_.get(); }

  [[nodiscard]] const Validity& validity() const { return validity_; }

  /// That `issuer` signed this one and may: names and key identifiers match, CA flag, certSign.
  /// `below` is the number of CA certificates between the two and the leaf.
  /// Errors: errc::chain_link, errc::chain_authority, errc::chain_signature.
  [[nodiscard]] Result<void> check_issued_by(const Certificate& issuer, std::size_t below) const;

  /// No CA, and allowed to sign. Errors: errc::chain_leaf.
  [[nodiscard]] Result<void> check_signs_reports() const;

  /// No CA, and authorised to sign revocation answers (RFC 6960 §4.2.2.2): id-kp-OCSPSigning.
  [[nodiscard]] bool may_sign_answers() const;

  /// ECDSA with SHA-384 over `message`; `signature` as DER. Leaves no trace in the error queue.
  [[nodiscard]] bool verifies(ByteView message, ByteView signature) const;

  /// SHA-384 of the DER of the subject's name.
  [[nodiscard]] Digest384 name_hash() const;
  /// SHA-384 of the public key's bit string, as OCSP names keys.
  [[nodiscard]] Digest384 key_hash() const;
  /// SHA-1 of the same: a name of the key (RFC 6960 §4.2.1), on which nothing rests.
  [[nodiscard]] ByteArray<20> key_name() const;
  /// DER of the subject's name.
  [[nodiscard]] std::vector<Byte> subject() const;
  /// The serial number, most significant byte first, without leading zeros; empty if negative.
  [[nodiscard]] std::vector<Byte> serial_bytes() const;

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
