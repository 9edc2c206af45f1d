#include "daymark/evidence/tpm/tpm_verdict.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "daymark/base/time.h"
#include "daymark/evidence/errors.h"
#include "daymark/governor/errors.h"

namespace daymark::evidence {

namespace {

using Json = nlohmann::ordered_json;

/// Puts one question after another and remembers what became of each.
class TpmJudge {
 public:
  explicit TpmJudge(const TpmJudgeOptions& options) : options_(options) {
    out_.as_of = options.as_of;
  }

  TpmVerdict judge(ByteView encoded) {
    const Result<void> done = options_.enrolment ? judge_enrolled(encoded) : judge_alone(encoded);
    if (!done) {
      out_.reason = done.error();
      out_.verdict = Verdict::refused;
      out_.level = Level::declared;
    }
    return std::move(out_);
  }

 private:
  template <class T>
  Result<T> ground(std::string_view question, Result<T> result) {
    out_.grounds.push_back({question, result ? Finding::held : Finding::failed});
    return result;
  }

  Result<void> judge_enrolled(ByteView encoded) {
    DAYMARK_TRY(const TpmAttested attested, ground("form", parse_tpm_attested(encoded)));
    DAYMARK_TRY(const VerifiedTpmEnrolment enrolled,
                ground("enrolment", open_tpm_enrolment(*options_.enrolment, options_.maker)));
    const TpmIdentity& identity = enrolled.content().identity;
    DAYMARK_CHECK(ground("chip", check_chip(identity.chip)));
    DAYMARK_CHECK(judge_issuer(identity));
    DAYMARK_TRY(const BoundAttestation bound,
                ground("binding", verify_tpm_attested(attested, identity)));
    DAYMARK_CHECK(judge_freshness(bound.claims.nonce));
    out_.certificate = enrolled.certificate();
    out_.software = is_software_tpm(enrolled.certificate());
    out_.counter = bound.counter;
    out_.resets = bound.pcrs.resets;
    out_.boot_changed = attested.pcrs != enrolled.content().first.pcrs;
    out_.verdict = Verdict::genuine;
    out_.level = Level::tpm_bound;
    out_.reason.code = errc::tpm_bound;
    return ok();
  }

  /// No TPM is known for this chip: the chip's own signature is all that can hold.
  Result<void> judge_alone(ByteView encoded) {
    DAYMARK_TRY(const TpmAttested attested, ground("form", parse_tpm_attested(encoded)));
    out_.grounds.push_back({"enrolment", Finding::absent});
    if (options_.chip) {
      governor::DocumentScratch scratch{};
      DAYMARK_TRY(const governor::Attestation claims,
                  ground("signature", governor::verify_attestation(attested.attestation,
                                                                   *options_.chip, scratch)));
      DAYMARK_CHECK(judge_freshness(claims.nonce));
      out_.level = Level::host_signed;
    }
    out_.verdict = Verdict::undecided;
    out_.reason.code = errc::tpm_not_enrolled;
    return ok();
  }

  Result<void> check_chip(const crypto::PublicKey& enrolled) const {
    return !options_.chip || *options_.chip == enrolled ? ok() : fail(errc::tpm_chip);
  }

  Result<void> judge_issuer(const TpmIdentity& identity) {
    if (!options_.authorities.empty()) {
      return ground("issuer",
                    check_ek_issuer(identity.certificate, options_.authorities, options_.as_of));
    }
    out_.grounds.push_back({"issuer", Finding::not_judged});
    return ok();
  }

  Result<void> judge_freshness(ByteView nonce) {
    if (options_.nonce) {
      return ground("freshness", equal(nonce, *options_.nonce) ? ok() : fail(errc::gov_nonce));
    }
    out_.grounds.push_back({"freshness", Finding::not_judged});
    return ok();
  }

  const TpmJudgeOptions& options_;
  TpmVerdict out_;
};

Json tpm_json(const TpmVerdict& verdict) {
  if (!verdict.certificate) return nullptr;
  return {{"name", name_of_tpm(*verdict.certificate)},
          {"software", verdict.software},
          {"manufacturer", verdict.certificate->manufacturer},
          {"model", verdict.certificate->model},
          {"version", verdict.certificate->version},
          {"counter", verdict.counter},
          {"resets", verdict.resets},
          {"boot_changed", verdict.boot_changed}};
}

}  // namespace

TpmVerdict judge_tpm_attested(ByteView encoded, const TpmJudgeOptions& options) {
  return TpmJudge(options).judge(encoded);
}

std::string name_of_tpm(const EkCertificate& certificate) {
  return fmt::format("{} of {} {}", is_software_tpm(certificate) ? "software TPM" : "TPM",
                     certificate.manufacturer, certificate.model);
}

std::string to_json(const TpmVerdict& verdict) {
  Json grounds = Json::array();
  for (const Ground& ground : verdict.grounds) {
    grounds.push_back({{"question", ground.question}, {"finding", name_of(ground.finding)}});
  }
  const Json out{{"kind", "tpm"},
                 {"verdict", name_of(verdict.verdict)},
                 {"reason", std::string(entry_of(verdict.reason.code).name)},
                 {"level", fmt::format("L{}", static_cast<unsigned>(verdict.level))},
                 {"as_of", to_rfc3339(verdict.as_of)},
                 {"tpm", tpm_json(verdict)},
                 {"grounds", std::move(grounds)}};
  return out.dump(2);
}

std::string to_text(const TpmVerdict& verdict, Language language) {
  std::string out = fmt::format("{} (L{}) as of {}\n  {}\n", name_of(verdict.verdict),
                                static_cast<unsigned>(verdict.level), to_rfc3339(verdict.as_of),
                                sentence(verdict.reason.code, language));
  if (verdict.certificate) {
    out += fmt::format("  {}, {} resets, counter {}\n  boot state: {}\n",
                       name_of_tpm(*verdict.certificate), verdict.resets, verdict.counter,
                       verdict.boot_changed ? "changed since the enrolment" : "as at enrolment");
  }
  for (const Ground& ground : verdict.grounds) {
    out += fmt::format("  {}: {}\n", ground.question, name_of(ground.finding));
  }
  return out;
}

}  // namespace daymark::evidence
