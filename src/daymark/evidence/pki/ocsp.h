// Revocation answers (OCSP, RFC 6960) as somebody stapled them to evidence.
//
// Parsing only: nothing in a parsed answer is to be believed before it is judged (revocation.h).
// Views point into the input, which must outlive the answer.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "daymark/base/bytes.h"
#include "daymark/base/result.h"
#include "daymark/base/units.h"

namespace daymark::evidence {

/// Largest answer that is looked at.
inline constexpr std::size_t ocsp_size_max = 16384;
/// Most statuses in one answer.
inline constexpr std::size_t ocsp_statuses_max = 64;
/// Most certificates that come with one answer.
inline constexpr std::size_t ocsp_certificates_max = 4;

enum class OcspStatus : std::uint8_t { good, revoked, unknown };

/// Reason of a revocation that may be lifted again (RFC 5280 §5.3.1).
inline constexpr std::uint8_t certificate_hold = 6;

/// How an answer names a certificate (RFC 6960 §4.1.1).
struct OcspCertificateId {
  /// DER content of the hash algorithm's identifier.
  ByteView algorithm;
  ByteView issuer_name_hash;
  ByteView issuer_key_hash;
  /// Most significant byte first, without leading zeros.
  ByteView serial;

  [[nodiscard]] bool uses_sha384() const;
};

/// What an answer says about one certificate (RFC 6960 §4.2.1, SingleResponse).
struct OcspSingle {
  OcspCertificateId id;
  OcspStatus status{};
  UnixMillis this_update;
  std::optional<UnixMillis> next_update;
  /// Only where revoked.
  std::optional<UnixMillis> revoked_at;
  std::optional<std::uint8_t> reason;
};

struct OcspAnswer {
  /// All that the signature covers: DER of ResponseData.
  ByteView signed_bytes;
  /// Exactly one of the two: DER of the responder's name, or SHA-1 of its key.
  std::optional<ByteView> responder_name;
  std::optional<ByteView> responder_key;
  UnixMillis produced_at;
  /// In the answer's order, each certificate once, at least one.
  std::vector<OcspSingle> statuses;
  /// The number that the asker sent, if the answer carries one.
  std::optional<ByteView> nonce;
  /// ECDSA with SHA-384, DER.
  ByteView signature;
  /// DER of what came with the answer.
  std::vector<ByteView> certificates;
};

/// One successful basic response with nothing behind it. Errors: errc::ocsp_too_large,
/// errc::ocsp_form, errc::ocsp_no_answer (offset: the responder's status), errc::ocsp_algorithm,
/// errc::ocsp_critical, errc::ocsp_duplicate; the offset is that of the byte otherwise.
[[nodiscard]] Result<OcspAnswer> parse_ocsp(ByteView der);

}  // namespace daymark::evidence
