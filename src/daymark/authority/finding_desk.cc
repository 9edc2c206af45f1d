#include "daymark/authority/finding_desk.h"

#include "daymark/authority/errors.h"
#include "daymark/base/hex.h"
#include "daymark/order/errors.h"

namespace daymark::authority {

Outcome<StoredFinding> FindingDesk::submit(ByteView file) {
  DAYMARK_TRY(const order::Charter charter, about(orders_.charter(), "charter"));
  DAYMARK_TRY(const order::FindingFile parsed, about(order::parse_finding_file(file), "finding"));
  DAYMARK_TRY(const order::VerifiedFinding verified,
              about(order::verify_finding(parsed, charter), "finding"));
  DAYMARK_TRY(const auto known, records_.finding(verified.finding().hash));
  if (known) return *known;
  DAYMARK_TRY(const std::vector<Byte> envelope, about(order::finding_envelope(parsed), "finding"));
  StoredFinding out{.hash = verified.finding().hash,
                    .file = {file.begin(), file.end()},
                    .index = {},
                    .proof = {},
                    .logged_at = {}};
  DAYMARK_TRY(out.index, publisher_.append_once(envelope));
  DAYMARK_TRY(const std::string checkpoint, publisher_.cosigned_checkpoint(charter));
  DAYMARK_TRY(out.proof, publisher_.prove(out.index, checkpoint));
  DAYMARK_TRY(out.logged_at, about(order::prove_finding(parsed, out.proof, charter), "finding"));
  DAYMARK_CHECK(records_.add_finding(out));
  return out;
}

Outcome<order::Finding> cited_finding(Records& records, const Digest& hash, const ChipId& chip) {
  DAYMARK_TRY(const auto stored, records.finding(hash));
  if (!stored) return refuse(errc::authority_finding_unknown, to_hex(hash));
  DAYMARK_TRY(const order::FindingFile file,
              about(order::parse_finding_file(stored->file), to_hex(hash)));
  DAYMARK_TRY(order::Finding finding, about(order::read_finding(file), to_hex(hash)));
  const bool about_it = !finding.notice.chip || *finding.notice.chip == chip;
  if (!about_it) return refuse(errc::finding_chip, to_hex(hash), to_hex(chip.view()));
  if (!finding.decision.denies) return refuse(errc::finding_dismissed, to_hex(hash));
  return finding;
}

}  // namespace daymark::authority
