#include "daymark/evidence/nvidia/nvidia.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "daymark/evidence/errors.h"
#include "daymark/evidence/nvidia/appraisal_internal.h"

namespace daymark::evidence {

namespace {

constexpr std::string_view kind_name = "nvidia-spdm";

struct Architecture {
  std::string_view stated;
  std::string_view model_prefix;
};

constexpr std::array<Architecture, 3> architectures{
    {{"HOPPER", "GH"}, {"BLACKWELL", "GB"}, {"LS10", "LS_10"}}};

bool is_printable(ByteView text) {
  return std::all_of(text.begin(), text.end(), [](Byte c) { return c > 0x20 && c < 0x7F; });
}

/// GPUs send eight bytes, least significant first, of which the fifth is the last part; switches
/// send text.
std::string vbios_text(ByteView data) {
  if (is_printable(data)) return std::string(text_of(data));
  return fmt::format("{:02X}.{:02X}.{:02X}.{:02X}.{:02X}", data[3], data[2], data[1], data[0],
                     data[4]);
}

std::string_view mode_text(const SpdmReport& report) {
  const auto flag = report.find(OpaqueType::feature_flag);
  if (!flag || flag->empty()) return {};
  switch (flag->front()) {
    case 0: return "single GPU";
    case 1: return "multi GPU";
    case 2: return "protected PCIe";
    default: return {};
  }
}

GenuineDevice genuine_device(const SpdmReport& report, const CertifiedDevice& certified) {
  GenuineDevice out;
  out.certified = certified;
  out.type = certified.model.starts_with("LS_") ? "switch" : "gpu";
  if (const auto driver = report.find(OpaqueType::driver_version)) {
    out.driver = text_of(driver->first(driver->size() - 1));
  }
  if (const auto vbios = report.find(OpaqueType::vbios_version)) out.vbios = vbios_text(*vbios);
  out.mode = mode_text(report);
  out.nonce = report.requester_nonce;
  out.measurements = report.blocks.size();
  return out;
}

/// Puts the questions one after another and writes down what became of each.
class Hearing {
 public:
  Hearing(const NvidiaEvidence& evidence, const VerifyOptions& options, EvidenceVerdict& verdict)
      : evidence_(evidence), options_(options), verdict_(verdict) {}

  /// The reason for "genuine", or the rule that failed.
  Result<Errc> run(const ChainVerifier& chains) {
    DAYMARK_TRY(const SpdmReport report, noted("form", parse_report(evidence_.report)));
    verdict_.kind = kind_name;
    if (evidence_.chain.empty()) {
      note("chain", Finding::absent);
      return fail(errc::evidence_chain_missing, field::certificate);
    }
    DAYMARK_TRY(const VerifiedChain chain, noted("chain", chains.verify(evidence_.chain)));
    DAYMARK_CHECK(noted("validity", chain.check_valid_at(options_.as_of)));
    DAYMARK_CHECK(
        noted("signature", chain.verify_signature(report.signed_bytes, report.signature)));
    verdict_.level = Level::device_attested;
    verdict_.device = genuine_device(report, chain.device());
    DAYMARK_CHECK(check_architecture(chain.device()));
    DAYMARK_TRY(const Errc genuine, check_firmware(report, chain.device()));
    DAYMARK_CHECK(check_nonce(report));
    verdict_.genuine = {Finding::held, {genuine, no_field, 0}};
    std::vector<RevocationSubject> subjects;
    if (options_.answers != nullptr) subjects = chain.revocable();
    const Answer revocation = appraise_revocation(subjects, options_, verdict_);
    if (is_against(revocation)) verdict_.genuine = revocation;
    DAYMARK_CHECK(settled("revocation", revocation));
    verdict_.known = appraise_known(report, options_, verdict_);
    DAYMARK_CHECK(settled("known", verdict_.known));
    verdict_.allowed = appraise_allowed(options_, verdict_);
    DAYMARK_CHECK(settled("allowed", verdict_.allowed));
    return genuine;
  }

  /// The first question that was asked and stayed unknown.
  [[nodiscard]] const std::optional<Error>& open() const { return open_; }

 private:
  static bool is_against(const Answer& answer) {
    return answer.finding == Finding::failed || answer.finding == Finding::unknown;
  }

  /// Writes the answer down; only one that failed ends the hearing.
  Result<void> settled(std::string_view question, const Answer& answer) {
    note(question, answer.finding);
    if (answer.finding == Finding::unknown && !open_) open_ = answer.reason;
    return answer.finding == Finding::failed ? Result<void>(fail(answer.reason)) : ok();
  }

  void note(std::string_view question, Finding finding) {
    verdict_.grounds.push_back({question, finding});
  }

  template <class T>
  Result<T> noted(std::string_view question, Result<T> result) {
    note(question, result ? Finding::held : Finding::failed);
    return result;
  }

  Result<void> check_architecture(const CertifiedDevice& device) {
    const auto known = std::find_if(
        architectures.begin(), architectures.end(),
        [&](const Architecture& a) { return a.stated == evidence_.stated_architecture; });
    if (known == architectures.end()) return ok();
    return noted("architecture", device.model.starts_with(known->model_prefix)
                                     ? ok()
                                     : fail(errc::evidence_arch, field::evidence_item));
  }

  /// NVIDIA's own verifier counts a report without an identity as matching; here it is absent.
  Result<Errc> check_firmware(const SpdmReport& report, const CertifiedDevice& device) {
    constexpr std::string_view question = "firmware identity";
    const auto stated = report.firmware_identity();
    if (!stated) {
      note(question, Finding::absent);
      return errc::evidence_genuine_no_fwid;
    }
    const Errc code = device.firmware ? errc::fwid_mismatch : errc::fwid_unconfirmed;
    if (stated != device.firmware) {
      return noted(question, Result<Errc>(fail(code, field::firmware_identity)));
    }
    note(question, Finding::held);
    return errc::evidence_genuine;
  }

  Result<void> check_nonce(const SpdmReport& report) {
    constexpr std::string_view question = "freshness";
    if (evidence_.stated_nonce && *evidence_.stated_nonce != report.requester_nonce) {
      return noted(question, Result<void>(fail(errc::evidence_nonce, field::stated_nonce)));
    }
    if (!options_.nonce) {
      note(question, Finding::not_judged);
      return ok();
    }
    return noted(question, *options_.nonce == report.requester_nonce
                               ? ok()
                               : fail(errc::evidence_nonce, field::requester_nonce));
  }

  const NvidiaEvidence& evidence_;
  const VerifyOptions& options_;
  EvidenceVerdict& verdict_;
  std::optional<Error> open_;
};

}  // namespace

Result<NvidiaVerifier> NvidiaVerifier::create() {
  DAYMARK_TRY(auto chains, ChainVerifier::create());
  return NvidiaVerifier(std::move(chains));
}

EvidenceVerdict NvidiaVerifier::verify(const NvidiaEvidence& evidence,
                                       const VerifyOptions& options) const {
  EvidenceVerdict out;
  out.as_of = options.as_of;
  Hearing hearing(evidence, options, out);
  const auto genuine = hearing.run(chains_);
  if (genuine) {
    out.verdict = hearing.open() ? Verdict::undecided : Verdict::genuine;
    out.reason = hearing.open().value_or(Error{*genuine, no_field, 0});
    return out;
  }
  out.reason = genuine.error();
  const bool open = out.reason.code == errc::evidence_chain_missing;
  out.verdict = open ? Verdict::undecided : Verdict::refused;
  if (out.genuine.finding == Finding::not_judged) {
    out.genuine = {open ? Finding::unknown : Finding::failed, out.reason};
  }
  return out;
}

EvidenceVerdict verify_nvidia(const NvidiaEvidence& evidence, const VerifyOptions& options) {
  const auto verifier = NvidiaVerifier::create();
  if (verifier) return verifier->verify(evidence, options);
  EvidenceVerdict out;
  out.verdict = Verdict::undecided;
  out.reason = verifier.error();
  out.as_of = options.as_of;
  return out;
}

}  // namespace daymark::evidence
