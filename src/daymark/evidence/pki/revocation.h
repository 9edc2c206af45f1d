// Judges stapled revocation answers: whether a certificate was revoked, as of a stated time.
//
// An answer counts only for the one certificate that it names by SHA-384 hashes of its issuer and
// by its serial number, and only where that issuer, or a responder that it authorised, signed it.
// What no answer is about stays unknown, which is never the same as good.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "daymark/base/bytes.h"
#include "daymark/base/result.h"
#include "daymark/base/units.h"
#include "daymark/evidence/pki/ocsp.h"

namespace daymark::evidence {

/// A certificate whose status is asked for, with its issuer.
struct RevocationSubject;

struct RevocationTerms {
  /// The time at which answers and responders are judged.
  UnixMillis as_of;
  /// The number sent to the responder; without it, answers with and without one are taken.
  std::optional<std::vector<Byte>> nonce;
  /// SHA-256 of the DER of each certificate that may be on hold.
  std::span<const Digest> hold_accepted;
};

/// What became of one certificate.
struct RevocationFinding {
  /// "device", "driver", "vbios" or "switch": whose chain it is in.
  std::string_view chain;
  /// Its place in that chain, leaf first.
  std::size_t number = 0;
  std::string certificate;  ///< common name
  Digest fingerprint{};     ///< SHA-256 of its DER
  /// errc::ocsp_good, errc::ocsp_hold_accepted, or why it is neither.
  Error reason;
  /// From the answer that decided; absent where none is about the certificate.
  std::optional<UnixMillis> this_update;
  std::optional<UnixMillis> next_update;
  std::optional<UnixMillis> revoked_at;

  [[nodiscard]] bool good() const;
  /// Revoked or on hold; anything that is neither this nor good is unknown.
  [[nodiscard]] bool revoked() const;
};

/// Judges one answer for one certificate. A revocation counts whatever the time; everything else
/// only within the answer's window.
/// Errors: errc::ocsp_other_certificate, errc::ocsp_algorithm where it names certificates by
/// another hash, errc::ocsp_responder, errc::ocsp_responder_time, errc::ocsp_signature,
/// errc::ocsp_nonce, errc::ocsp_revoked, errc::ocsp_not_yet, errc::ocsp_no_end, errc::ocsp_stale,
/// errc::ocsp_held, errc::ocsp_unknown. The value is errc::ocsp_good or errc::ocsp_hold_accepted.
[[nodiscard]] Result<Errc> judge_answer(const OcspAnswer& answer, const RevocationSubject& subject,
                                        const RevocationTerms& terms);

/// The answers that came with evidence. Reading is safe from several threads, adding is not.
class StapledAnswers {
 public:
  /// Takes a file: DER, or base64 of it with white space. Errors: those of parse_ocsp,
  /// errc::base64_malformed; then nothing is added.
  [[nodiscard]] Result<void> add(ByteView content);

  [[nodiscard]] bool empty() const { return answers_.empty(); }

  [[nodiscard]] std::size_t size() const { return answers_.size(); }

  /// What all answers together say: a revocation before anything else, then an answer that stands,
  /// then the reason why one does not, then errc::ocsp_nothing_found.
  [[nodiscard]] RevocationFinding find(const RevocationSubject& subject,
                                       const RevocationTerms& terms) const;

 private:
  struct Stapled {
    std::vector<Byte> der;
    OcspAnswer answer;  ///< views into `der`
  };

  std::vector<std::shared_ptr<const Stapled>> answers_;
};

}  // namespace daymark::evidence
