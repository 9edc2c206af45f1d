// Findings in the world of order_testing.h. For tests only.
#pragma once

#include <initializer_list>
#include <string>

#include "daymark/order/finding.h"
#include "daymark/order/order_testing.h"

namespace daymark::order::testing {

/// A notice as of the world's now, with the least time to answer.
inline FindingNotice notice_about(const World& world, std::optional<ChipId> chip) {
  return {.fleet = world.charter().fleet,
          .chip = chip,
          .code = "fence.left",
          .rule = "The chip left the place that its licence names.",
          .evidence = {{EvidenceKind::attestation, Digest{1}}, {EvidenceKind::verdict, Digest{2}}},
          .issued = world.now,
          .answer_until = world.now + world.charter().bounds.notice};
}

/// A denial decided when the owner's time was over.
inline Decision decision_on(const World& world, const FindingNotice& notice) {
  return {.decided = notice.answer_until,
          .denies = true,
          .text = "Two receipts place the chip abroad.",
          .appeal_until = notice.answer_until + world.charter().bounds.appeal};
}

inline void sign_finding_by(FindingFile& file, const World& world,
                            std::initializer_list<std::string> names) {
  for (const std::string& name : names) {
    crypto::SecretSigner signer(world.party(name).key.sign);
    if (!sign_finding(file, world.charter(), signer)) std::abort();
  }
}

/// Answered by the owner and decided at once.
inline FindingFile answered_finding(World& world, std::optional<ChipId> chip) {
  const FindingNotice notice = notice_about(world, chip);
  const std::vector<Byte> bytes = write_notice(notice);
  crypto::SecretSigner owner(world.party("owner").key.sign);
  Decision decision = decision_on(world, notice);
  decision.decided = world.now;
  FindingFile file = decide({bytes, make_finding_answer(bytes, world.now, "No.", owner).value()},
                            decision, world.charter(), world.random())
                         .value();
  sign_finding_by(file, world, {"maker", "regulator-a"});
  return file;
}

/// Unanswered, decided after its deadline, signed by `names`.
inline FindingFile finding_about(World& world, std::optional<ChipId> chip,
                                 std::initializer_list<std::string> names = {"maker",
                                                                             "regulator-a"}) {
  const FindingNotice notice = notice_about(world, chip);
  FindingFile file = decide({write_notice(notice), {}}, decision_on(world, notice), world.charter(),
                            world.random())
                         .value();
  sign_finding_by(file, world, names);
  return file;
}

}  // namespace daymark::order::testing
