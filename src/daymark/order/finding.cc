#include "daymark/order/finding.h"

#include <algorithm>
#include <memory>

#include "daymark/cbor/cose.h"
#include "daymark/cbor/encode.h"
#include "daymark/cbor/sign.h"
#include "daymark/order/errors.h"
#include "daymark/order/fields_internal.h"
#include "daymark/order/finding_internal.h"
#include "daymark/order/load_internal.h"
#include "daymark/order/prover_internal.h"
#include "daymark/order/signed_file_internal.h"

namespace daymark::order {

namespace {

using cbor::Reader;
using cbor::Writer;

/// Statements that stand in a content: COSE_Sign1 around a text.
constexpr std::size_t answer_size_max = 1024;

/// Lower-case letters, digits, '.', '_' and '-': a rule's name outlives its sentence.
bool is_rule_code(std::string_view code) {
  const auto allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '-' || c == '_';
  };
  return !code.empty() && std::ranges::all_of(code, allowed);
}

Result<std::string> read_plain(Reader& in, std::size_t most) {
  DAYMARK_TRY(const std::string_view text, in.read_text(most, field::reason));
  if (!internal::is_plain_text(text)) return fail(errc::finding_malformed, field::reason);
  return std::string(text);
}

Result<Evidence> read_evidence(Reader& in) {
  Evidence out;
  DAYMARK_CHECK(in.enter_array_of(2, field::evidence));
  DAYMARK_TRY(const std::uint64_t kind, in.read_unsigned_up_to(4, field::evidence));
  if (kind == 0) return fail(errc::finding_malformed, field::evidence);
  out.kind = static_cast<EvidenceKind>(kind);
  DAYMARK_TRY(out.digest, internal::read_digest(in, field::evidence));
  return out;
}

Result<void> read_subject(Reader& in, FindingNotice& out) {
  if (in.next_is_null()) return in.read_null(field::chip);
  out.chip.emplace();
  DAYMARK_TRY(out.chip->bytes, in.read_array_of_bytes<ChipId::size>(field::chip));
  return ok();
}

struct FindingAnswer {
  FleetId fleet{};
  Digest notice{};
  UnixMillis issued;
  std::string text;
};

Result<FindingAnswer> parse_answer(ByteView payload) {
  FindingAnswer out;
  Reader in(payload);
  DAYMARK_CHECK(in.enter_array_of(5));
  DAYMARK_CHECK(internal::read_version(in, errc::finding_malformed));
  DAYMARK_TRY(out.fleet.bytes, in.read_array_of_bytes<FleetId::size>(field::fleet));
  DAYMARK_TRY(out.notice, internal::read_digest(in, field::finding));
  DAYMARK_TRY(out.issued, internal::read_time(in, field::issued));
  DAYMARK_TRY(out.text, read_plain(in, finding_text_max));
  DAYMARK_CHECK(in.expect_end());
  return out;
}

/// The parts of a content, as bytes.
struct FindingContent {
  ByteView notice;
  std::vector<Byte> answer;
  Decision decision;
};

Result<FindingContent> parse_content(ByteView content) {
  FindingContent out;
  Reader in(content);
  DAYMARK_CHECK(in.enter_array_of(6));
  DAYMARK_TRY(out.notice, in.read_bytes(1, content_size_max));
  DAYMARK_TRY(out.answer, internal::read_answer(in));
  DAYMARK_TRY(out.decision.decided, internal::read_time(in, field::issued));
  DAYMARK_TRY(out.decision.denies, in.read_bool(field::finding));
  DAYMARK_TRY(out.decision.text, read_plain(in, finding_text_max));
  DAYMARK_TRY(out.decision.appeal_until, internal::read_time(in, field::until));
  DAYMARK_CHECK(in.expect_end());
  return out;
}

/// PROTOCOL §4.3: the owner's own words on this very notice, or none after its deadline.
Result<void> check_owner_answer(const FindingContent& content, const Finding& finding,
                                const Charter& charter) {
  if (content.answer.empty()) {
    const bool past = finding.decision.decided >= finding.notice.answer_until;
    return past ? ok() : fail(errc::finding_early, field::until);
  }
  const internal::Statement statement{content.answer, finding_answer_purpose, errc::finding_answer,
                                      field::signers};
  DAYMARK_TRY(const ByteView payload, internal::open_statement(statement, *charter.owner()));
  DAYMARK_TRY(const FindingAnswer answer, parse_answer(payload));
  const bool same = answer.fleet == charter.fleet && answer.notice == notice_hash(content.notice);
  return same ? ok() : fail(errc::finding_answer, field::finding);
}

/// Nobody is given less time to answer than the charter's notice, nor less to appeal than its
/// appeal time.
Result<void> check_times(const Finding& finding, const Charter& charter) {
  const FindingNotice& notice = finding.notice;
  const Decision& decision = finding.decision;
  const bool fair = notice.answer_until >= notice.issued + charter.bounds.notice &&
                    decision.decided >= notice.issued &&
                    decision.appeal_until >= decision.decided + charter.bounds.appeal;
  return fair ? ok() : fail(errc::finding_times, field::until);
}

/// A denial ends in a lapse: it takes the parties that a suspension of the same chip takes, and no
/// party fills that quorum alone (PROTOCOL §1.2).
Result<void> check_finding_quorum(tlog::MemberSet signers, const Charter& charter) {
  DAYMARK_TRY(const tlog::Policy quorum, quorum_of(charter, OrderKind::suspend));
  if (!quorum.met_by(signers)) return fail(errc::order_quorum, field::parties);
  for (tlog::MemberSet left = signers; left != 0; left &= left - 1) {
    if (quorum.met_by(left & (~left + 1))) return fail(errc::order_one_party, field::parties);
  }
  return ok();
}

}  // namespace

namespace internal {

Result<FindingPayload> parse_payload(ByteView payload) {
  FindingPayload out;
  Reader in(payload);
  DAYMARK_CHECK(in.enter_array_of(5));
  DAYMARK_CHECK(read_version(in, errc::finding_malformed));
  DAYMARK_TRY(out.fleet.bytes, in.read_array_of_bytes<FleetId::size>(field::fleet));
  DAYMARK_TRY(out.commitment, read_digest(in, field::commitment));
  DAYMARK_TRY(const ByteView box, in.read_bytes(72, order_size_max, field::box));
  out.sealed.box.assign(box.begin(), box.end());
  DAYMARK_TRY(const std::size_t count, in.enter_array(parties_max, field::box));
  for (std::size_t i = 0; i < count; ++i) {
    DAYMARK_TRY(const ByteView key, in.read_bytes(80, 80, field::box));
    out.sealed.keys.emplace_back(key.begin(), key.end());
  }
  DAYMARK_CHECK(in.expect_end());
  return out;
}

Result<std::vector<Byte>> read_answer(Reader& in) {
  if (in.next_is_null()) {
    DAYMARK_CHECK(in.read_null(field::finding));
    return std::vector<Byte>{};
  }
  DAYMARK_TRY(const ByteView answer, in.read_bytes(1, answer_size_max, field::finding));
  DAYMARK_TRY(const cbor::Sign1 message, cbor::parse_sign1(answer));
  DAYMARK_CHECK(parse_answer(message.payload));
  return std::vector<Byte>(answer.begin(), answer.end());
}

}  // namespace internal

Result<FindingNotice> parse_notice(ByteView encoded) {
  FindingNotice out;
  Reader in(encoded);
  DAYMARK_CHECK(in.enter_array_of(8));
  DAYMARK_CHECK(internal::read_version(in, errc::finding_malformed));
  DAYMARK_TRY(out.fleet.bytes, in.read_array_of_bytes<FleetId::size>(field::fleet));
  DAYMARK_CHECK(read_subject(in, out));
  DAYMARK_TRY(out.code, read_plain(in, finding_code_max));
  DAYMARK_TRY(out.rule, read_plain(in, finding_text_max));
  DAYMARK_TRY(const std::size_t count, in.enter_array(finding_evidence_max, field::evidence));
  for (std::size_t i = 0; i < count; ++i) {
    DAYMARK_TRY(const Evidence one, read_evidence(in));
    out.evidence.push_back(one);
  }
  DAYMARK_TRY(out.issued, internal::read_time(in, field::issued));
  DAYMARK_TRY(out.answer_until, internal::read_time(in, field::until));
  DAYMARK_CHECK(in.expect_end());
  // A finding without evidence is an opinion.
  if (out.evidence.empty()) return fail(errc::finding_malformed, field::evidence);
  if (!is_rule_code(out.code)) return fail(errc::finding_malformed, field::reason);
  return out;
}

std::vector<Byte> write_notice(const FindingNotice& notice) {
  return cbor::encode([&](Writer& out) {
    out.open_array(8);
    out.put_unsigned(1);
    out.put_bytes(notice.fleet.view());
    if (notice.chip) {
      out.put_bytes(notice.chip->view());
    } else {
      out.put_null();
    }
    out.put_text(notice.code);
    out.put_text(notice.rule);
    out.open_array(notice.evidence.size());
    for (const Evidence& one : notice.evidence) {
      out.open_array(2);
      out.put_unsigned(static_cast<std::uint64_t>(one.kind));
      out.put_bytes(one.digest);
    }
    internal::put_time(out, notice.issued);
    internal::put_time(out, notice.answer_until);
  });
}

Digest notice_hash(ByteView notice) {
  return crypto::tagged_hash(finding_notice_purpose, notice);
}

Outcome<std::vector<Byte>> make_finding_answer(ByteView notice, UnixMillis issued,
                                               std::string_view text, crypto::Signer& owner) {
  DAYMARK_TRY(const FindingNotice parsed, parse_notice(notice));
  const auto payload = cbor::encode([&](Writer& out) {
    out.open_array(5);
    out.put_unsigned(1);
    out.put_bytes(parsed.fleet.view());
    out.put_bytes(notice_hash(notice));
    internal::put_time(out, issued);
    out.put_text(text);
  });
  DAYMARK_CHECK(parse_answer(payload));
  return cbor::sign1(payload, finding_answer_purpose, owner);
}

Result<Finding> read_finding(const FindingFile& file) {
  DAYMARK_TRY(const internal::FindingPayload payload, internal::parse_payload(file.payload));
  if (commit(file.salt, file.content) != payload.commitment) {
    return fail(errc::order_commitment, field::commitment);
  }
  DAYMARK_TRY(const FindingContent content, parse_content(file.content));
  Finding out;
  DAYMARK_TRY(out.notice, parse_notice(content.notice));
  if (out.notice.fleet != payload.fleet) return fail(errc::order_charter, field::fleet);
  out.decision = content.decision;
  out.hash = crypto::tagged_hash(finding_purpose, file.payload);
  if (content.answer.empty()) return out;
  DAYMARK_TRY(const cbor::Sign1 message, cbor::parse_sign1(content.answer));
  DAYMARK_TRY(FindingAnswer answer, parse_answer(message.payload));
  out.answer = std::move(answer.text);
  return out;
}

Result<VerifiedFinding> verify_finding(const FindingFile& file, const Charter& charter) {
  VerifiedFinding out;
  DAYMARK_TRY(out.finding_, read_finding(file));
  if (out.finding_.notice.fleet != charter.fleet) return fail(errc::order_charter, field::fleet);
  DAYMARK_TRY(out.signers_, internal::signing_parties(file.signatures, charter));
  DAYMARK_CHECK(internal::check_signatures(file, charter, finding_purpose));
  DAYMARK_CHECK(check_finding_quorum(out.signers_, charter));
  DAYMARK_TRY(const FindingContent content, parse_content(file.content));
  DAYMARK_CHECK(check_owner_answer(content, out.finding_, charter));
  DAYMARK_CHECK(check_times(out.finding_, charter));
  return out;
}

Result<UnixMillis> prove_finding(const FindingFile& file, std::string_view proof,
                                 const Charter& charter) {
  DAYMARK_TRY(const VerifiedFinding verified, verify_finding(file, charter));
  DAYMARK_TRY(const std::vector<Byte> envelope, finding_envelope(file));
  DAYMARK_TRY(const tlog::Proof parsed, tlog::parse_proof(proof));
  DAYMARK_TRY(const tlog::Policy witnesses, tlog::Policy::parse(charter.log_policy));
  DAYMARK_TRY(const tlog::Policy mirrors, tlog::Policy::parse(charter.mirror_policy));
  const tlog::LogTrust trust{&witnesses, &mirrors};
  DAYMARK_TRY(const tlog::LoggedEntry entry, tlog::verify_logged(envelope, parsed, trust));
  // The witnesses' clocks, not the deciders', say whether the deadline was past.
  const Finding& finding = verified.finding();
  const bool in_time = finding.answer || entry.logged_at() >= finding.notice.answer_until;
  if (!in_time) return fail(errc::finding_early, field::until);
  return entry.logged_at();
}

}  // namespace daymark::order
