#include "daymark/evidence/tpm/tpm_quote.h"

#include <algorithm>
#include <bit>

#include <fmt/format.h>

#include "daymark/base/hex.h"
#include "daymark/evidence/errors.h"
#include "daymark/evidence/tpm/ek_certificate.h"
#include "daymark/evidence/tpm/tpm_activation.h"
#include "daymark/evidence/tpm/tpm_binding.h"
#include "daymark/evidence/tpm/tpm_fields_internal.h"
#include "daymark/evidence/tpm/tpm_hash_internal.h"
#include "daymark/evidence/tpm/tpm_policy_internal.h"
#include "daymark/evidence/tpm/tpm_verdict.h"

namespace daymark::evidence {

namespace {

std::string pcr_list(std::uint32_t mask) {
  std::string out;
  for (unsigned i = 0; i < pcr_count; ++i) {
    if ((mask >> i & 1U) != 0) out += fmt::format("{}{}", out.empty() ? "" : ",", i);
  }
  return out;
}

/// The values of a bank's selected PCRs, lowest first; they stay where they are.
Result<void> add_selected(const PcrSelection& bank, const PcrValues& values,
                          std::vector<ByteView>& parts) {
  for (unsigned pcr = 0; pcr < pcr_count; ++pcr) {
    if ((bank.mask >> pcr & 1U) == 0) continue;
    const auto found = values.find(pcr);
    if (found == values.end() || found->second.size() != tpm_hash_size(bank.hash)) {
      return fail(errc::quote_values_missing, field::tpm_pcr, pcr);
    }
    parts.emplace_back(found->second);
  }
  return ok();
}

/// Puts one question after another and remembers what became of each.
class QuoteJudge {
 public:
  QuoteJudge(const TpmQuoteEvidence& evidence, const TpmQuoteOptions& options)
      : evidence_(evidence), options_(options) {
    out_.kind = "tpm-quote";
    out_.as_of = options.as_of;
  }

  EvidenceVerdict judge() {
    const Result<void> genuine = judge_genuine();
    if (!genuine) {
      out_.genuine = {Finding::failed, genuine.error()};
      return refused(genuine.error());
    }
    const Result<void> known = judge_known();
    if (!known) {
      out_.known = {Finding::failed, known.error()};
      return refused(known.error());
    }
    const Result<void> allowed = judge_allowed();
    if (!allowed) {
      out_.allowed = {Finding::failed, allowed.error()};
      return refused(allowed.error());
    }
    decide();
    return std::move(out_);
  }

 private:
  template <class T>
  Result<T> ground(std::string_view question, Result<T> result) {
    out_.grounds.push_back({question, result ? Finding::held : Finding::failed});
    return result;
  }

  void skip(std::string_view question, Finding finding = Finding::not_judged) {
    out_.grounds.push_back({question, finding});
  }

  void tell(std::string_view name, std::string value) {
    out_.facts.push_back({std::string(name), std::move(value)});
  }

  EvidenceVerdict refused(Error reason) {
    out_.reason = reason;
    out_.verdict = Verdict::refused;
    if (out_.genuine.finding == Finding::failed) out_.level = Level::declared;
    return std::move(out_);
  }

  /// In the order in which less and less is left to believe without the answer.
  Result<void> judge_genuine() {
    DAYMARK_TRY(attest_, ground("form", parse_tpms_attest(evidence_.attest)));
    DAYMARK_CHECK(ground("kind", check_kind()));
    tell_statement();
    DAYMARK_CHECK(judge_freshness());
    DAYMARK_CHECK(ground("bank", check_banks()));
    DAYMARK_CHECK(ground("key", choose_key()));
    DAYMARK_CHECK(judge_attributes());
    DAYMARK_TRY(hash_, ground("signature", key_->verify(evidence_.attest, evidence_.signature)));
    if (hash_ == tpm_alg::sha1 && !options_.exceptions.sha1) {
      return ground("hash", Result<void>(fail(errc::quote_sha1_signature, field::tpm_signed_part)));
    }
    DAYMARK_CHECK(judge_values());
    DAYMARK_CHECK(judge_log());
    return judge_issuer();
  }

  [[nodiscard]] Result<void> check_kind() const {
    const bool told =
        attest_.kind == TpmStatementKind::quote || attest_.kind == TpmStatementKind::certify ||
        attest_.kind == TpmStatementKind::nv_certify || attest_.kind == TpmStatementKind::creation;
    return told ? ok() : fail(errc::quote_kind, field::tpm_quote);
  }

  [[nodiscard]] const TpmsQuote* quote() const { return std::get_if<TpmsQuote>(&attest_.info); }

  [[nodiscard]] Result<void> check_banks() const {
    if (quote() == nullptr) return ok();
    for (const PcrSelection& bank : quote()->banks) {
      if (bank.mask == 0) continue;
      if (bank.hash == tpm_alg::sha1 && !options_.exceptions.sha1) {
        return fail(errc::quote_sha1_bank, field::tpm_quote);
      }
      if (tpm_hash_size(bank.hash) == 0) return fail(errc::quote_bank, field::tpm_quote);
    }
    return ok();
  }

  Result<void> judge_freshness() {
    if (attest_.extra.empty() && !options_.exceptions.empty_nonce) {
      return ground("freshness",
                    Result<void>(fail(errc::quote_nonce_empty, field::requester_nonce)));
    }
    if (!options_.nonce) {
      skip("freshness");
      return ok();
    }
    const bool same = !attest_.extra.empty() && equal(attest_.extra, *options_.nonce);
    return ground("freshness", same ? ok() : fail(errc::quote_nonce, field::requester_nonce));
  }

  /// The asker's key, the enrolled one, or for want of both the one that came along.
  Result<void> choose_key() {
    std::optional<TpmKey> own;
    if (!evidence_.key.empty()) {
      DAYMARK_TRY(own, TpmKey::parse(evidence_.key));
    }
    if (options_.enrolment) {
      DAYMARK_TRY(const auto enrolled, open_tpm_enrolment(*options_.enrolment, options_.maker));
      DAYMARK_TRY(key_, TpmKey::parse(enrolled.content().identity.attestation));
      endorsement_ = enrolled.content().identity.certificate;
      certificate_ = enrolled.certificate();
    } else if (options_.activation) {
      DAYMARK_TRY(const auto shown, open_tpm_activation(*options_.activation, options_.challenger));
      DAYMARK_TRY(key_, TpmKey::parse(shown.content().attestation));
      endorsement_ = shown.content().certificate;
      certificate_ = shown.certificate();
      tell("key named by", shown.content().challenger);
    } else if (options_.key) {
      DAYMARK_TRY(key_, TpmKey::parse(*options_.key));
    }
    named_ = key_.has_value();
    attributes_known_ = !named_ || !key_->area().empty();
    if (named_ && own && !key_->same_key(*own)) return fail(errc::ak_other, field::tpm_key);
    if (!key_) key_ = own;
    if (!key_) return fail(errc::ak_missing, field::tpm_key);
    // The asker may have named the bare key, and the statement have brought its public area.
    if (key_->area().empty() && own) key_ = own;
    tell("key", key_->kind());
    if (!key_->name().empty()) tell("key's name", to_hex(key_->name()));
    return ok();
  }

  Result<void> judge_attributes() {
    if (key_->area().empty()) {
      skip("key attributes");
      return ok();
    }
    DAYMARK_CHECK(ground("key attributes", key_->check_attributes()));
    return ground("signer", check_signer());
  }

  /// The qualified name of the signer depends on the key's parents. An enrolled key has none; of
  /// any other only the algorithm is known (part 1 §16).
  [[nodiscard]] Result<void> check_signer() const {
    const ByteView name(key_->name());
    const ByteView signer = attest_.signer;
    bool fits = signer.size() == name.size() && equal(signer.first(2), name.first(2));
    if (options_.enrolment && name.size() == sizeof(TpmName)) {
      fits = equal(signer, endorsed_name(array_of<sizeof(TpmName)>(name)));
    }
    return fits ? ok() : fail(errc::tpm_statement, field::tpm_key);
  }

  Result<void> judge_values() {
    if (quote() == nullptr) return ok();
    if (evidence_.pcrs.empty()) {
      skip("PCR values");
      return ok();
    }
    return ground("PCR values", check_values());
  }

  [[nodiscard]] Result<void> check_values() const {
    DAYMARK_TRY(const auto digest, digest_of_selection(*quote(), evidence_.pcrs, hash_));
    return equal(digest, quote()->digest) ? ok() : fail(errc::tpm_pcrs, field::tpm_quote);
  }

  Result<void> judge_log() {
    if (evidence_.event_log.empty()) return ok();
    return ground("event log", check_log());
  }

  /// What a log leads to, PCR by PCR.
  struct LogTrail {
    std::size_t led = 0;
    std::string unexplained;
  };

  /// Every PCR that was quoted and into which the log extends something.
  Result<void> check_log() {
    DAYMARK_TRY(const EventLog log, parse_event_log(evidence_.event_log));
    if (quote() == nullptr || evidence_.pcrs.empty()) {
      return fail(errc::quote_values_missing, field::tpm_pcr);
    }
    LogTrail trail;
    for (const PcrSelection& bank : quote()->banks) {
      if (bank.mask == 0) continue;
      DAYMARK_TRY(const PcrValues replayed, replay_event_log(log, bank.hash));
      DAYMARK_CHECK(follow(bank, replayed, trail));
    }
    tell("event log",
         fmt::format("{} events lead to {} quoted PCRs{}{}", log.events.size(), trail.led,
                     trail.unexplained.empty() ? "" : "; no event for ", trail.unexplained));
    return ok();
  }

  Result<void> follow(const PcrSelection& bank, const PcrValues& replayed, LogTrail& trail) const {
    for (const auto& [pcr, value] : evidence_.pcrs.at(bank.hash)) {
      if ((bank.mask >> pcr & 1U) == 0) continue;
      const auto found = replayed.find(pcr);
      if (found == replayed.end()) {
        trail.unexplained += fmt::format("{}{}", trail.unexplained.empty() ? "" : ",", pcr);
        continue;
      }
      if (found->second != value) return fail(errc::tpmlog_mismatch, field::tpm_pcr, pcr);
      ++trail.led;
    }
    return ok();
  }

  Result<void> judge_issuer() {
    if (!certificate_ && options_.endorsement) {
      DAYMARK_TRY(certificate_, ground("endorsement", parse_ek_certificate(*options_.endorsement)));
      endorsement_ = *options_.endorsement;
    }
    if (!certificate_) {
      tell("TPM", "maker unknown: no endorsement certificate was given");
      skip("issuer");
      return ok();
    }
    tell("TPM", name_of_tpm(*certificate_));
    if (is_software_tpm(*certificate_)) {
      tell("software TPM", "whoever runs it can make it say anything; it shows no hardware");
    }
    if (options_.authorities.empty()) {
      skip("issuer");
      return ok();
    }
    DAYMARK_CHECK(
        ground("issuer", check_ek_issuer(endorsement_, options_.authorities, options_.as_of)));
    issuer_shown_ = true;
    return ok();
  }

  Result<void> judge_known() {
    if (!options_.reference) {
      skip("known");
      return ok();
    }
    const Result<void> result = ground("known", check_reference(*options_.reference));
    if (result) out_.known = {Finding::held, {errc::pcr_reference_match, no_field, 0}};
    return result;
  }

  Result<void> judge_allowed() {
    if (options_.policy == nullptr || !concerns_tpms(*options_.policy)) return ok();
    const EkCertificate* const issued = issuer_shown_ ? &*certificate_ : nullptr;
    const TpmPolicySubject subject{attest_, evidence_.pcrs, issued, out_.grounds};
    const Result<void> result = ground("allowed", check_tpm_policy(*options_.policy, subject));
    if (result) out_.allowed = {Finding::held, {errc::policy_allowed, no_field, 0}};
    return result;
  }

  [[nodiscard]] Result<void> check_reference(const PcrBanks& reference) const {
    for (const auto& [hash, values] : reference) {
      for (const auto& [pcr, value] : values) {
        DAYMARK_CHECK(check_one(hash, pcr, value));
      }
    }
    return ok();
  }

  [[nodiscard]] Result<void> check_one(std::uint16_t hash, unsigned pcr,
                                       const std::vector<Byte>& value) const {
    const auto missing = [&] { return fail(errc::pcr_reference_missing, field::tpm_pcr, pcr); };
    if (quote() == nullptr) return missing();
    const auto bank = std::ranges::find(quote()->banks, hash, &PcrSelection::hash);
    const auto values = evidence_.pcrs.find(hash);
    if (bank == quote()->banks.end() || values == evidence_.pcrs.end()) return missing();
    const auto found = values->second.find(pcr);
    if ((bank->mask >> pcr & 1U) == 0 || found == values->second.end()) return missing();
    return found->second == value ? ok() : fail(errc::pcr_reference_mismatch, field::tpm_pcr, pcr);
  }

  void tell_statement() {
    tell("statement", std::string(name_of(attest_.kind)));
    tell("nonce", to_hex(attest_.extra));
    tell("clock", fmt::format("{} ms{}", attest_.clock, attest_.safe ? "" : ", not safe"));
    tell("resets", fmt::format("{}", attest_.resets));
    tell("restarts", fmt::format("{}", attest_.restarts));
    tell("firmware", fmt::format("{:016x}", attest_.firmware));
    if (quote() != nullptr) tell_banks();
    if (const auto* const nv = std::get_if<TpmsNvCertify>(&attest_.info)) {
      tell("NV index", to_hex(nv->index_name));
      tell("NV contents", fmt::format("{} at offset {}", to_hex(nv->contents), nv->offset));
      if (nv->contents.size() == 8) {
        tell("NV counter",
             fmt::format("{}", get_big_endian<std::uint64_t>(nv->contents.first<8>())));
      }
    }
    if (const auto* const object = std::get_if<TpmsCertify>(&attest_.info)) {
      tell("certified object", to_hex(object->name));
    }
    if (const auto* const object = std::get_if<TpmsCreation>(&attest_.info)) {
      tell("created object", to_hex(object->name));
    }
  }

  void tell_banks() {
    for (const PcrSelection& bank : quote()->banks) {
      const std::string_view name = tpm_hash_name(bank.hash);
      if (bank.mask != 0) {
        tell("PCRs",
             fmt::format("{} {}", name.empty() ? "unknown hash" : name, pcr_list(bank.mask)));
      }
    }
  }

  void decide() {
    const bool bound = named_ && attributes_known_;
    out_.level = bound ? Level::tpm_bound : Level::host_signed;
    out_.verdict = named_ ? Verdict::genuine : Verdict::undecided;
    out_.reason.code =
        bound ? errc::quote_genuine : (named_ ? errc::quote_genuine_bare : errc::ak_unshown);
    out_.genuine = {named_ ? Finding::held : Finding::unknown, out_.reason};
    tell("worth", bound ? "L2: a host with this TPM said so; which program spoke is not shown"
                        : "L1: whoever holds this key said so");
  }

  const TpmQuoteEvidence& evidence_;
  const TpmQuoteOptions& options_;
  EvidenceVerdict out_;
  TpmsAttest attest_;
  std::optional<TpmKey> key_;
  std::uint16_t hash_ = 0;
  bool named_ = false;
  /// Not where a bare key was named: a public area that came with the statement is the sender's
  /// word.
  bool attributes_known_ = false;
  std::vector<Byte> endorsement_;
  bool issuer_shown_ = false;
  std::optional<EkCertificate> certificate_;
};

}  // namespace

EvidenceVerdict verify_tpm_quote(const TpmQuoteEvidence& evidence, const TpmQuoteOptions& options) {
  return QuoteJudge(evidence, options).judge();
}

Result<std::vector<Byte>> digest_of_selection(const TpmsQuote& quote, const PcrBanks& values,
                                              std::uint16_t hash) {
  std::vector<ByteView> parts;
  parts.reserve(pcr_count);
  for (const PcrSelection& bank : quote.banks) {
    const auto known = values.find(bank.hash);
    const PcrValues none;
    DAYMARK_CHECK(add_selected(bank, known == values.end() ? none : known->second, parts));
  }
  return tpm_digest(hash, parts);
}

}  // namespace daymark::evidence
