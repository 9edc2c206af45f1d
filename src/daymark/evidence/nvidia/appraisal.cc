#include <algorithm>
#include <array>

#include "daymark/evidence/errors.h"
#include "daymark/evidence/nvidia/appraisal_internal.h"

namespace daymark::evidence {

namespace {

Answer answer_of(Finding finding, Error reason) {
  return {finding, reason};
}

Answer held_by(Errc code) {
  return answer_of(Finding::held, {code, no_field, 0});
}

/// First word of the certificate's name as reference values write it: "LS_10 A01 …" is LS10.
std::string product_of(std::string_view model) {
  std::string out;
  for (const char c : model) {
    if (c == ' ') break;
    if (c != '_') out += c;
  }
  return out;
}

std::vector<ReferenceNeed> needs_of(const GenuineDevice& device, std::string_view product) {
  if (device.type == "switch") return {{RimKind::switch_bios, product, device.vbios}};
  return {{RimKind::driver, product, device.driver}, {RimKind::vbios, product, device.vbios}};
}

/// The files for each part of the device, their own signers judged.
Result<std::vector<const ReferenceFile*>> choose_all(const std::vector<ReferenceNeed>& needs,
                                                     const VerifyOptions& options) {
  std::vector<const ReferenceFile*> out;
  for (const ReferenceNeed& need : needs) {
    DAYMARK_TRY(const ReferenceFile* const file,
                choose_reference(options.references, need, options.as_of));
    out.push_back(file);
  }
  return out;
}

UsedReference used_of(const ReferenceFile& file) {
  const VerifiedRim& rim = *file.rim;
  return {file.name,
          name_of(rim.kind()),
          rim.content().version,
          rim.content().tag_id,
          {rim.valid_until().value / 1000 * 1000}};
}

Answer appraise_signers(const std::vector<const ReferenceFile*>& files,
                        const VerifyOptions& options, EvidenceVerdict& verdict) {
  if (options.answers == nullptr) return {};
  std::vector<RevocationSubject> subjects;
  for (const ReferenceFile* const file : files)
    std::ranges::move(file->rim->revocable(), std::back_inserter(subjects));
  return appraise_revocation(subjects, options, verdict);
}

bool lists(const std::vector<std::string>& allowed, std::string_view value) {
  return allowed.empty() || std::ranges::any_of(allowed, [&](const std::string& one) {
           return std::ranges::equal(one, value, [](char a, char b) {
             return a == b || ((a ^ b) == 0x20 && ((a | 0x20) >= 'a' && (a | 0x20) <= 'z'));
           });
         });
}

std::string_view first_word(std::string_view text) {
  return text.substr(0, text.find(' '));
}

bool is_held(const EvidenceVerdict& verdict, std::string_view question) {
  return std::ranges::any_of(verdict.grounds, [&](const Ground& ground) {
    return ground.question == question && ground.finding == Finding::held;
  });
}

Result<void> check_policy(const EvidencePolicy& policy, const EvidenceVerdict& verdict) {
  const GenuineDevice& device = *verdict.device;
  if (!lists(policy.models, first_word(device.certified.model))) return fail(errc::policy_model);
  if (!lists(policy.drivers, device.driver)) return fail(errc::policy_driver);
  if (!lists(policy.vbios, device.vbios)) return fail(errc::policy_vbios);
  if (!lists(policy.modes, device.mode)) return fail(errc::policy_mode);
  for (std::size_t i = 0; i < policy.demand.size(); ++i) {
    if (is_held(verdict, policy.demand[i])) continue;
    return fail(errc::policy_demand, field::policy_member, static_cast<std::uint32_t>(i));
  }
  return ok();
}

}  // namespace

Answer appraise_revocation(std::span<const RevocationSubject> subjects,
                           const VerifyOptions& options, EvidenceVerdict& verdict) {
  if (options.answers == nullptr || options.answers->empty()) return {};
  RevocationTerms terms;
  terms.as_of = options.as_of;
  terms.nonce = options.ocsp_nonce;
  if (options.policy != nullptr) terms.hold_accepted = options.policy->hold_accepted;
  Answer out = held_by(errc::ocsp_good);
  for (const RevocationSubject& subject : subjects) {
    const RevocationFinding found = options.answers->find(subject, terms);
    if (found.revoked()) {
      out = answer_of(Finding::failed, found.reason);
    } else if (!found.good() && out.finding == Finding::held) {
      out = answer_of(Finding::unknown, found.reason);
    }
    verdict.revocation.push_back(found);
  }
  return out;
}

Answer appraise_known(const SpdmReport& report, const VerifyOptions& options,
                      EvidenceVerdict& verdict) {
  if (options.references.empty()) return {};
  const std::string product = product_of(verdict.device->certified.model);
  const auto files = choose_all(needs_of(*verdict.device, product), options);
  if (!files) {
    const bool open = files.error().code == errc::rim_missing;
    return answer_of(open ? Finding::unknown : Finding::failed, files.error());
  }
  std::vector<std::span<const GoldenValue>> golden;
  for (const ReferenceFile* const file : *files) {
    verdict.references.push_back(used_of(*file));
    golden.push_back(file->rim->golden());
  }
  verdict.comparison = compare(report, golden);
  const auto matches = check_matches(*verdict.comparison);
  if (!matches) return answer_of(Finding::failed, matches.error());
  const Answer signers = appraise_signers(*files, options, verdict);
  const bool stands = signers.finding == Finding::held || signers.finding == Finding::not_judged;
  return stands ? held_by(errc::rim_match) : signers;
}

Answer appraise_allowed(const VerifyOptions& options, const EvidenceVerdict& verdict) {
  if (options.policy == nullptr) return {};
  const auto allowed = check_policy(*options.policy, verdict);
  return allowed ? held_by(errc::policy_allowed) : answer_of(Finding::failed, allowed.error());
}

}  // namespace daymark::evidence
