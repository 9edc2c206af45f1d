#include "daymark/evidence/pki/revocation.h"

#include <algorithm>

#include "daymark/base/encode.h"
#include "daymark/crypto/ports.h"
#include "daymark/evidence/errors.h"
#include "daymark/evidence/pki/revocation_internal.h"

namespace daymark::evidence {

namespace {

constexpr Byte der_sequence = 0x30;

std::unexpected<Error> answer_refused(Errc code) {
  return fail(code, field::ocsp_answer);
}

/// Whether this status is about the subject: hashes of issuer's name and key, and serial number.
bool names_subject(const OcspCertificateId& id, const RevocationSubject& subject) {
  return id.uses_sha384() && !subject.serial.empty() && equal(id.serial, subject.serial) &&
         equal(id.issuer_name_hash, subject.issuer->name_hash()) &&
         equal(id.issuer_key_hash, subject.issuer->key_hash());
}

Result<const OcspSingle*> status_of(const OcspAnswer& answer, const RevocationSubject& subject) {
  bool comparable = false;
  for (const OcspSingle& one : answer.statuses) {
    if (names_subject(one.id, subject)) return &one;
    comparable = comparable || one.id.uses_sha384();
  }
  return answer_refused(comparable ? errc::ocsp_other_certificate : errc::ocsp_algorithm);
}

bool is_responder(const OcspAnswer& answer, const Certificate& candidate) {
  if (answer.responder_name) return equal(*answer.responder_name, candidate.subject());
  return answer.responder_key && equal(*answer.responder_key, candidate.key_name());
}

/// The certificate that came with the answer and that the responder's name is of; it must be one
/// that the subject's own issuer gave to a responder (RFC 6960 §4.2.2.2).
Result<Certificate> delegated(const OcspAnswer& answer, const Certificate& issuer) {
  for (const ByteView der : answer.certificates) {
    auto candidate = Certificate::parse({der.begin(), der.end()}, CertificateUse::responder);
    if (!candidate || !is_responder(answer, *candidate)) continue;
    if (!candidate->check_issued_by(issuer, 0) || !candidate->may_sign_answers()) {
      return answer_refused(errc::ocsp_responder);
    }
    return candidate;
  }
  return answer_refused(errc::ocsp_responder);
}

Result<void> check_signed(const OcspAnswer& answer, const Certificate& signer) {
  return signer.verifies(answer.signed_bytes, answer.signature)
             ? ok()
             : answer_refused(errc::ocsp_signature);
}

Result<void> check_signer(const OcspAnswer& answer, const Certificate& issuer, UnixMillis as_of) {
  if (is_responder(answer, issuer)) return check_signed(answer, issuer);
  DAYMARK_TRY(const Certificate responder, delegated(answer, issuer));
  DAYMARK_CHECK(check_signed(answer, responder));
  const Validity& span = responder.validity();
  const bool valid = span.not_before <= as_of && as_of <= span.not_after;
  return valid ? ok() : answer_refused(errc::ocsp_responder_time);
}

Result<void> check_answer_nonce(const OcspAnswer& answer, const RevocationTerms& terms) {
  if (!terms.nonce) return ok();
  const bool same = answer.nonce && equal(*answer.nonce, *terms.nonce);
  return same ? ok() : answer_refused(errc::ocsp_nonce);
}

Result<void> check_window(const OcspAnswer& answer, const OcspSingle& one, UnixMillis as_of) {
  if (as_of < one.this_update || as_of < answer.produced_at) {
    return answer_refused(errc::ocsp_not_yet);
  }
  if (!one.next_update) return answer_refused(errc::ocsp_no_end);
  return as_of <= *one.next_update ? ok() : answer_refused(errc::ocsp_stale);
}

bool is_hold(const OcspSingle& one) {
  return one.status == OcspStatus::revoked && one.reason == certificate_hold;
}

Result<Errc> judge_status(const OcspSingle& one, const RevocationSubject& subject,
                          const RevocationTerms& terms) {
  if (one.status == OcspStatus::good) return errc::ocsp_good;
  if (one.status == OcspStatus::unknown) return answer_refused(errc::ocsp_unknown);
  const bool accepted =
      std::ranges::find(terms.hold_accepted, subject.fingerprint) != terms.hold_accepted.end();
  if (!accepted) return answer_refused(errc::ocsp_held);
  return errc::ocsp_hold_accepted;
}

/// Which of two reasons says more: revoked, then good, then why an answer does not count.
int weight(Errc code) {
  if (code == errc::ocsp_revoked) return 4;
  if (code == errc::ocsp_held) return 3;
  if (code == errc::ocsp_good || code == errc::ocsp_hold_accepted) return 2;
  return code == errc::ocsp_nothing_found ? 0 : 1;
}

bool is_about_another(Errc code) {
  return code == errc::ocsp_other_certificate || code == errc::ocsp_algorithm;
}

}  // namespace

RevocationSubject subject_of(const Certificate& certificate, const Certificate& issuer) {
  RevocationSubject out;
  out.name = certificate.common_name();
  out.serial = certificate.serial_bytes();
  out.fingerprint = crypto::sha256(certificate.der());
  out.issuer = &issuer;
  return out;
}

bool RevocationFinding::good() const {
  return reason.code == errc::ocsp_good || reason.code == errc::ocsp_hold_accepted;
}

bool RevocationFinding::revoked() const {
  return reason.code == errc::ocsp_revoked || reason.code == errc::ocsp_held;
}

Result<Errc> judge_answer(const OcspAnswer& answer, const RevocationSubject& subject,
                          const RevocationTerms& terms) {
  const ErrorQueueGuard queue;
  DAYMARK_TRY(const OcspSingle* const one, status_of(answer, subject));
  DAYMARK_CHECK(check_signer(answer, *subject.issuer, terms.as_of));
  DAYMARK_CHECK(check_answer_nonce(answer, terms));
  // A revocation is for good, so an old answer proves it as well as a new one; a hold is not.
  if (one->status == OcspStatus::revoked && !is_hold(*one)) {
    return answer_refused(errc::ocsp_revoked);
  }
  DAYMARK_CHECK(check_window(answer, *one, terms.as_of));
  return judge_status(*one, subject, terms);
}

Result<void> StapledAnswers::add(ByteView content) {
  auto stapled = std::make_shared<Stapled>();
  if (!content.empty() && content.front() == der_sequence) {
    stapled->der.assign(content.begin(), content.end());
  } else {
    std::string text;
    for (const char c : text_of(content)) {
      if (c != '\n' && c != '\r' && c != ' ' && c != '\t') text += c;
    }
    DAYMARK_TRY(stapled->der, from_base64(text));
  }
  DAYMARK_TRY(stapled->answer, parse_ocsp(stapled->der));
  answers_.push_back(std::move(stapled));
  return ok();
}

RevocationFinding StapledAnswers::find(const RevocationSubject& subject,
                                       const RevocationTerms& terms) const {
  RevocationFinding out;
  out.chain = subject.chain;
  out.number = subject.number;
  out.certificate = subject.name;
  out.fingerprint = subject.fingerprint;
  out.reason = {errc::ocsp_nothing_found, field::certificate,
                static_cast<std::uint32_t>(subject.number)};
  for (const auto& stapled : answers_) {
    const auto judged = judge_answer(stapled->answer, subject, terms);
    const Errc code = judged ? *judged : judged.error().code;
    if (is_about_another(code) || weight(code) <= weight(out.reason.code)) continue;
    out.reason.code = code;
    const auto one = status_of(stapled->answer, subject);
    out.this_update = (*one)->this_update;
    out.next_update = (*one)->next_update;
    out.revoked_at = (*one)->revoked_at;
  }
  return out;
}

}  // namespace daymark::evidence
