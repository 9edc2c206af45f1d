#include "daymark/evidence/governor/governor_verdict.h"

#include <algorithm>
#include <memory>

#include <fmt/format.h>

#include "daymark/base/hex.h"
#include "daymark/base/time.h"
#include "daymark/cbor/cose.h"
#include "daymark/evidence/errors.h"
#include "daymark/evidence/governor/governor_submodules_internal.h"
#include "daymark/evidence/tpm/tpm_binding.h"
#include "daymark/governor/errors.h"

namespace daymark::evidence {

namespace {

std::unexpected<Error> submodule_refused(Errc code, std::size_t number) {
  return fail(code, field::submodule, static_cast<std::uint32_t>(number));
}

/// What claim 266 names.
Result<std::vector<governor::Submodule>> named_submodules(ByteView claim) {
  std::vector<governor::Submodule> out;
  if (claim.empty()) return out;
  cbor::Reader in(claim);
  DAYMARK_TRY(const std::size_t pairs, in.enter_map(governor::submodules_max));
  for (std::size_t i = 0; i < pairs; ++i) {
    DAYMARK_TRY(const governor::Submodule one, governor::read_submodule(in));
    if (!is_submodule_name(one.name)) return submodule_refused(errc::submodule_name, i);
    out.push_back(one);
  }
  return out;
}

/// Both lists are in the order of their names; they must be the same, and so must the digests.
Result<void> match_members(std::span<const governor::Submodule> named,
                           std::span<const DetachedSubmodule> members) {
  for (std::size_t i = 0; i < std::max(named.size(), members.size()); ++i) {
    const bool left_out =
        i == members.size() || (i < named.size() && NameOrder()(named[i].name, members[i].name));
    if (left_out) return submodule_refused(errc::submodule_missing, i);
    const bool stray = i == named.size() || named[i].name != members[i].name;
    if (stray) return submodule_refused(errc::submodule_unnamed, i);
    if (!equal(crypto::sha256(members[i].claims_set), named[i].digest)) {
      return submodule_refused(errc::submodule_digest, i);
    }
  }
  return ok();
}

bool is_about_submodules(Errc code) {
  return code == errc::submodule_missing || code == errc::submodule_unnamed ||
         code == errc::submodule_digest || code == errc::submodule_name;
}

/// The worse of two: refused, then undecided.
Verdict worse_of(Verdict a, Verdict b) {
  if (a == Verdict::refused || b == Verdict::refused) return Verdict::refused;
  return a == Verdict::genuine ? b : a;
}

/// One question over all submodules: failed where one failed, else unknown where one is unknown;
/// held where it held for every one.
Answer over_all(const std::vector<EvidenceVerdict>& all, Answer EvidenceVerdict::* question) {
  const auto is = [question](Finding finding) {
    return [question, finding](const EvidenceVerdict& one) {
      return (one.*question).finding == finding;
    };
  };
  for (const Finding finding : {Finding::failed, Finding::unknown}) {
    const auto found = std::ranges::find_if(all, is(finding));
    if (found != all.end()) return (*found).*question;
  }
  const bool held = !all.empty() && std::ranges::all_of(all, is(Finding::held));
  return held ? all.front().*question : Answer{};
}

/// Puts the questions to one governor, one after another; after the first that failed none is put.
class GovernorJudge {
 public:
  GovernorJudge(const std::string& file, const GovernorOptions& options) : options_(options) {
    out_.file = file;
    out_.kind = "governor";
    out_.as_of = options.as_of;
  }

  EvidenceVerdict judge(ByteView content) {
    const Result<void> own = judge_governor(content);
    if (!own) {
      out_.genuine = {Finding::failed, own.error()};
      out_.reason = own.error();
      return std::move(out_);
    }
    out_.verdict = out_.genuine.finding == Finding::held ? Verdict::genuine : Verdict::undecided;
    out_.reason = out_.genuine.reason;
    tell("governor", fmt::format("{} (L1)", name_of(out_.verdict)));
    judge_submodules();
    return std::move(out_);
  }

 private:
  Result<void> judge_governor(ByteView content) {
    DAYMARK_TRY(const GovernorEat eat, noted("form", parse_governor_eat(content)));
    DAYMARK_TRY(const crypto::PublicKey chip, noted("chip", choose_chip(eat)));
    auto verified = verify_governor_eat(eat, chip);
    const bool bound = verified || is_about_submodules(verified.error().code);
    note("signature", bound ? Finding::held : Finding::failed);
    if (bound) {
      out_.level = Level::host_signed;
      note("submodules named", verified ? Finding::held : Finding::failed);
    }
    if (!verified) return fail(verified.error());
    eat_ = std::make_unique<VerifiedGovernorEat>(*std::move(verified));
    tell_claims(chip);
    DAYMARK_CHECK(judge_freshness());
    return judge_time();
  }

  /// The key that the asker means, else the one that the attestation states.
  Result<crypto::PublicKey> choose_chip(const GovernorEat& eat) {
    if (options_.submodules.quote.enrolment) return enrolled_chip();
    if (options_.key) {
      named("the asker, by its key");
      return *options_.key;
    }
    DAYMARK_TRY(const crypto::PublicKey stated, stated_chip(eat));
    if (options_.chip) {
      if (*options_.chip != crypto::chip_id(stated)) {
        return fail(errc::gov_document_chip, field::key_to_verify);
      }
      named("the asker, by its id");
      return stated;
    }
    tell("chip named by", "nobody: whoever made this key could have signed");
    out_.genuine = {Finding::unknown, {errc::governor_unnamed, field::key_to_verify, 0}};
    return stated;
  }

  /// A maker's word for chip and TPM; a key or id that is given besides must be the same.
  Result<crypto::PublicKey> enrolled_chip() {
    const TpmQuoteOptions& quote = options_.submodules.quote;
    DAYMARK_TRY(const VerifiedTpmEnrolment enrolled,
                open_tpm_enrolment(*quote.enrolment, quote.maker));
    const crypto::PublicKey chip = enrolled.content().identity.chip;
    const bool same = (!options_.key || *options_.key == chip) &&
                      (!options_.chip || *options_.chip == crypto::chip_id(chip));
    if (!same) return fail(errc::gov_document_chip, field::key_to_verify);
    named("its maker, by the TPM's enrolment");
    return chip;
  }

  void named(std::string_view by) {
    tell("chip named by", std::string(by));
    out_.genuine = {Finding::held, {errc::governor_genuine, no_field, 0}};
  }

  Result<void> judge_freshness() {
    if (!options_.nonce) {
      note("freshness", Finding::not_judged);
      return ok();
    }
    return noted("freshness", equal(eat_->claims().nonce, *options_.nonce)
                                  ? ok()
                                  : fail(errc::gov_nonce, field::nonce));
  }

  /// By the chip's own clock (PROTOCOL §5): the true time was within its interval.
  Result<void> judge_time() {
    const governor::ClockReading& clock = eat_->claims().clock;
    if (options_.as_of < clock.earliest) {
      return noted("time", Result<void>(fail(errc::governor_later, field::claim)));
    }
    if (!options_.age_most) {
      note("time", clock.earliest.value > 0 ? Finding::held : Finding::absent);
      return ok();
    }
    if (!clock.fresh) {
      note("time", Finding::unknown);
      out_.genuine = {Finding::unknown, {errc::gov_time_unknown, field::claim, 0}};
      return ok();
    }
    const bool young = options_.as_of - clock.latest <= *options_.age_most;
    return noted("time", young ? ok() : fail(errc::governor_stale, field::claim));
  }

  void judge_submodules() {
    for (const DetachedSubmodule& member : eat_->members()) {
      SubmoduleQuestion question;
      question.file = fmt::format("{}#{}", out_.file, member.name);
      question.chip = eat_->claims().chip;
      const auto own = options_.submodules.nonces.find(member.name);
      question.own = own != options_.submodules.nonces.end();
      question.demanded = question.own || options_.nonce.has_value();
      const Digest derived = submodule_nonce(eat_->claims().nonce, member.name);
      question.nonce.assign(derived.begin(), derived.end());
      if (question.own) question.nonce = own->second;
      auto found = judge_governor_submodule(member, question, options_.submodules);
      std::ranges::move(found, std::back_inserter(out_.submodules));
    }
    for (const std::string& name : eat_->elsewhere())
      tell("submodule elsewhere", name);
    conclude();
  }

  void conclude() {
    Verdict worst = eat_->elsewhere().empty() ? Verdict::genuine : Verdict::undecided;
    for (const EvidenceVerdict& one : out_.submodules) {
      worst = worse_of(worst, one.verdict);
      out_.level = std::min(out_.level, one.level);
    }
    out_.known = over_all(out_.submodules, &EvidenceVerdict::known);
    out_.allowed = over_all(out_.submodules, &EvidenceVerdict::allowed);
    if (worst == Verdict::refused) out_.reason = {errc::token_submodule, field::submodule, 0};
    if (worst == Verdict::undecided && out_.verdict == Verdict::genuine) {
      out_.reason = {
          eat_->elsewhere().empty() ? errc::submodule_undecided : errc::submodule_missing,
          field::submodule, 0};
    }
    out_.verdict = worse_of(out_.verdict, worst);
    if (out_.submodules.empty()) return;
    note("submodules", worst == Verdict::refused     ? Finding::failed
                       : worst == Verdict::undecided ? Finding::unknown
                                                     : Finding::held);
  }

  void tell_claims(const crypto::PublicKey& chip) {
    const governor::Attestation& claims = eat_->claims();
    tell("chip", to_hex(crypto::chip_id(chip).bytes));
    tell("nonce", to_hex(claims.nonce));
    tell("clock", claims.clock.fresh
                      ? fmt::format("{} to {}", to_rfc3339(claims.clock.earliest),
                                    to_rfc3339(claims.clock.latest))
                      : fmt::format("not fresh; not before {}", to_rfc3339(claims.clock.earliest)));
    tell("firmware", to_hex(claims.firmware));
    tell("level it states", fmt::format("L{}, its own word", static_cast<unsigned>(claims.level)));
    tell("counter", fmt::format("{}", claims.counter));
    tell("worth",
         "L1: whoever holds the chip's key said so; it binds its submodules to this "
         "nonce and judges none of them");
  }

  void tell(std::string name, std::string value) {
    out_.facts.push_back({std::move(name), std::move(value)});
  }

  void note(std::string_view question, Finding finding) {
    out_.grounds.push_back({question, finding});
  }

  template <class T>
  Result<T> noted(std::string_view question, Result<T> result) {
    note(question, result ? Finding::held : Finding::failed);
    return result;
  }

  const GovernorOptions& options_;
  EvidenceVerdict out_;
  std::unique_ptr<VerifiedGovernorEat> eat_;
};

}  // namespace

Result<VerifiedGovernorEat> verify_governor_eat(const GovernorEat& eat,
                                                const crypto::PublicKey& chip) {
  const auto scratch = std::make_unique<governor::DocumentScratch>();
  VerifiedGovernorEat out;
  DAYMARK_TRY(out.claims_, governor::verify_attestation(eat.attestation, chip, *scratch));
  DAYMARK_TRY(const auto submodules, named_submodules(out.claims_.submodules));
  if (eat.bundled) {
    DAYMARK_CHECK(match_members(submodules, eat.members));
    out.members_ = eat.members;
    return out;
  }
  for (const governor::Submodule& one : submodules)
    out.elsewhere_.emplace_back(one.name);
  return out;
}

Result<crypto::PublicKey> stated_chip(const GovernorEat& eat) {
  DAYMARK_TRY(const cbor::Sign1 message, cbor::parse_sign1(eat.attestation));
  DAYMARK_TRY(const governor::Attestation claims, governor::parse_attestation(message.payload));
  return claims.chip;
}

EvidenceVerdict verify_governor(const std::string& file, ByteView content,
                                const GovernorOptions& options) {
  return GovernorJudge(file, options).judge(content);
}

}  // namespace daymark::evidence
