#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "daymark/evidence/errors.h"
#include "daymark/evidence/evidence_file.h"
#include "daymark/evidence/governor/governor_submodules_internal.h"
#include "daymark/evidence/tpm/tpm_quote_file.h"
#include "daymark/evidence/tpm/tpm_verdict.h"
#include "daymark/governor/errors.h"

namespace daymark::evidence {

namespace {

using AskedNonce = std::optional<std::vector<Byte>>;
using Items = std::vector<EvidenceVerdict>;

EvidenceVerdict refused_item(std::string_view kind, Error reason, UnixMillis as_of) {
  EvidenceVerdict out;
  out.kind = kind;
  out.reason = reason;
  out.genuine = {Finding::failed, reason};
  out.as_of = as_of;
  out.grounds.push_back({"form", Finding::failed});
  return out;
}

Answer tpm_answer(const TpmVerdict& verdict) {
  if (verdict.verdict == Verdict::genuine) return {Finding::held, verdict.reason};
  const bool refused = verdict.verdict == Verdict::refused;
  return {refused ? Finding::failed : Finding::unknown, verdict.reason};
}

EvidenceVerdict verdict_of(const TpmVerdict& from) {
  EvidenceVerdict out;
  out.kind = name_of(SubmoduleKind::tpm_attested);
  out.verdict = from.verdict;
  out.genuine = tpm_answer(from);
  out.reason = from.reason;
  out.level = from.level;
  out.as_of = from.as_of;
  out.grounds = from.grounds;
  if (!from.certificate) return out;
  out.facts = {
      {"TPM", name_of_tpm(*from.certificate)},
      {"resets", fmt::format("{}", from.resets)},
      {"counter", fmt::format("{}", from.counter)},
      {"boot state", from.boot_changed ? "changed since the enrolment" : "as at enrolment"}};
  return out;
}

/// Judges one member, with a nonce or without.
class MemberJudge {
 public:
  MemberJudge(const DetachedSubmodule& member, const crypto::PublicKey& chip,
              const SubmoduleOptions& options)
      : member_(member), chip_(chip), options_(options) {}

  [[nodiscard]] Items judge(const AskedNonce& nonce) const {
    switch (member_.kind) {
      case SubmoduleKind::nvidia: return reports(nonce);
      case SubmoduleKind::tpm_quote: return {quote(nonce)};
      case SubmoduleKind::tpm_attested: return {attested(nonce)};
      case SubmoduleKind::token: break;
    }
    TokenOptions how = options_.token;
    how.nonce = nonce;
    return {verify_token("", member_.evidence, how)};
  }

 private:
  [[nodiscard]] Items reports(const AskedNonce& nonce) const {
    const auto verifier = NvidiaVerifier::create();
    const UnixMillis as_of = options_.report.as_of;
    if (!verifier) return {refused_item("nvidia-spdm", verifier.error(), as_of)};
    VerifyOptions how = options_.report;
    how.nonce.reset();
    if (nonce && nonce->size() != sizeof(SpdmNonce)) {
      return {
          refused_item("nvidia-spdm", {errc::evidence_nonce, field::requester_nonce, 0}, as_of)};
    }
    if (nonce) how.nonce = array_of<sizeof(SpdmNonce)>(*nonce);
    return verify_file(*verifier, {"", member_.evidence, options_.chain}, how);
  }

  [[nodiscard]] EvidenceVerdict quote(const AskedNonce& nonce) const {
    constexpr std::string_view kind = "tpm-quote";
    TpmQuoteOptions how = options_.quote;
    how.nonce = nonce;
    auto evidence = parse_tpm_file(member_.evidence);
    if (!evidence) return refused_item(kind, evidence.error(), how.as_of);
    if (evidence->signature.empty()) evidence->signature = options_.quote_signature;
    if (evidence->event_log.empty()) evidence->event_log = options_.event_log;
    if (evidence->pcrs.empty() && !options_.quote_pcrs.empty()) {
      auto values = parse_pcr_values(options_.quote_pcrs, evidence->attest);
      if (!values) return refused_item(kind, values.error(), how.as_of);
      evidence->pcrs = *std::move(values);
    }
    return verify_tpm_quote(*evidence, how);
  }

  /// An attestation of the same chip, made for this submodule's nonce, under its TPM's statements.
  [[nodiscard]] EvidenceVerdict attested(const AskedNonce& nonce) const {
    TpmJudgeOptions how;
    how.enrolment = options_.quote.enrolment;
    how.maker = options_.quote.maker;
    how.authorities = options_.quote.authorities;
    how.as_of = options_.quote.as_of;
    how.chip = chip_;
    how.nonce = nonce;
    return verdict_of(judge_tpm_attested(member_.evidence, how));
  }

  const DetachedSubmodule& member_;
  const crypto::PublicKey& chip_;
  const SubmoduleOptions& options_;
};

/// Whether nothing but its nonce speaks against an item.
bool answers_another(const EvidenceVerdict& item) {
  constexpr std::array<Errc, 4> nonce_errors{errc::evidence_nonce, errc::quote_nonce,
                                             errc::token_nonce, errc::gov_nonce};
  return std::ranges::find(nonce_errors, item.reason.code) != nonce_errors.end();
}

/// Whether the verifier came so far as to compare the nonce, and it was the same.
bool answers_this(const EvidenceVerdict& item) {
  return std::ranges::any_of(item.grounds, [](const Ground& ground) {
    return ground.question == "freshness" && ground.finding == Finding::held;
  });
}

std::string_view question_words(const EvidenceVerdict& item, bool own) {
  if (answers_another(item)) return "another than the attestation's";
  if (item.verdict == Verdict::refused || !answers_this(item)) return "not judged";
  return own ? "the challenge that you gave for it" : "the attestation's";
}

}  // namespace

std::vector<EvidenceVerdict> judge_governor_submodule(const DetachedSubmodule& member,
                                                      const SubmoduleQuestion& question,
                                                      const SubmoduleOptions& options) {
  const MemberJudge judge(member, question.chip, options);
  Items out = judge.judge(question.nonce);
  Items unasked;
  if (!question.demanded && std::ranges::any_of(out, answers_another)) unasked = judge.judge({});
  for (std::size_t i = 0; i < out.size(); ++i) {
    const std::string words(question_words(out[i], question.own));
    if (i < unasked.size() && answers_another(out[i])) out[i] = unasked[i];
    out[i].file = out.size() == 1 ? question.file : fmt::format("{}#{}", question.file, i);
    out[i].facts.push_back({"question", words});
  }
  return out;
}

}  // namespace daymark::evidence
