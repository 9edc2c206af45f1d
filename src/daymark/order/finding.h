// Findings (PROTOCOL §4.3): why a chip is denied its licence, with the owner's answer, on record.
// Host only.
//
//   notice  = [1, fleet, chip / null, code, rule, [[kind, digest]…], issued, answer until]
//   answer  = COSE_Sign1 by the owner, "daymark finding answer v1": [1, fleet, notice hash, issued,
//             text]
//   content = [notice, answer / null, decided, denies, text, appeal until]
//   payload = [1, fleet, commitment, box, [sealed key…]]
//   entry   = COSE_Sign by the quorum of a suspension, "daymark finding v1"
//
// A finding is no order: it takes nothing and stands in no stream. A denial that cites it ends in a
// lapse, so it asks for as many parties as the suspension that would stop the same chip. The
// content is sealed as orders' contents are. docs/formats/finding.md shows an example.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "daymark/base/random.h"
#include "daymark/crypto/signer.h"
#include "daymark/order/charter.h"
#include "daymark/order/order_file.h"

namespace daymark::order {

inline constexpr std::string_view finding_purpose = "daymark finding v1";
inline constexpr std::string_view finding_answer_purpose = "daymark finding answer v1";
inline constexpr std::string_view finding_notice_purpose = "daymark finding notice v1";
inline constexpr std::size_t finding_evidence_max = 8;
inline constexpr std::size_t finding_text_max = 512;
inline constexpr std::size_t finding_code_max = 64;
/// Of a file, and so of what the authority takes.
inline constexpr std::size_t finding_file_size_max = order_file_size_max;

/// What kind of document an evidence's SHA-256 is of.
enum class EvidenceKind : std::uint8_t { attestation = 1, receipt = 2, verdict = 3, other = 4 };

struct Evidence {
  EvidenceKind kind = EvidenceKind::other;
  Digest digest{};
  friend bool operator==(const Evidence&, const Evidence&) = default;
};

/// What is held against a chip, or against the whole fleet, and until when its owner may answer.
struct FindingNotice {
  FleetId fleet{};
  std::optional<ChipId> chip;  ///< none: the fleet
  std::string code;            ///< of the rule, stable: crypto::is_name, dots and all
  std::string rule;            ///< the same as a sentence
  std::vector<Evidence> evidence;
  UnixMillis issued;
  UnixMillis answer_until;
  friend bool operator==(const FindingNotice&, const FindingNotice&) = default;
};

/// Errors of all parsers: errc::finding_malformed, errc::cbor_*.
[[nodiscard]] Result<FindingNotice> parse_notice(ByteView encoded);
[[nodiscard]] std::vector<Byte> write_notice(const FindingNotice& notice);
/// What an answer names: tagged_hash(finding_notice_purpose, notice).
[[nodiscard]] Digest notice_hash(ByteView notice);

/// COSE_Sign1 by the owner over what it says to a notice. Errors: those of parse_notice, the
/// signer's.
[[nodiscard]] Outcome<std::vector<Byte>> make_finding_answer(ByteView notice, UnixMillis issued,
                                                             std::string_view text,
                                                             crypto::Signer& owner);

/// A notice on its way: [1, notice, answer / null].
struct NoticeFile {
  std::vector<Byte> notice;
  std::vector<Byte> answer;  ///< empty: none yet
};

[[nodiscard]] Result<NoticeFile> parse_notice_file(ByteView encoded);
[[nodiscard]] std::vector<Byte> print_notice_file(const NoticeFile& file);

/// What the deciders say.
struct Decision {
  UnixMillis decided;
  bool denies = true;  ///< else the matter is dismissed, and nothing may cite the finding
  std::string text;
  UnixMillis appeal_until;
  friend bool operator==(const Decision&, const Decision&) = default;
};

/// A decided finding between its signers, and what the authority keeps:
/// [1, payload, [[key id, signature]…], salt, content].
struct FindingFile : SignedFile {};

/// Commits to the content and seals it to the parties that may read a suspension's, the owner among
/// them. Errors: those of parse_notice, errc::finding_malformed, errc::order_size.
[[nodiscard]] Result<FindingFile> decide(const NoticeFile& file, const Decision& decision,
                                         const Charter& charter, Random& random);

/// Form, and that the content is the one that the payload commits to. Errors: also
/// errc::order_commitment, errc::order_signer_duplicate.
[[nodiscard]] Result<FindingFile> parse_finding_file(ByteView encoded);
[[nodiscard]] std::vector<Byte> print_finding_file(const FindingFile& file);

/// A finding without the proof of what it says: form alone.
struct Finding {
  Digest hash{};
  FindingNotice notice;
  std::optional<std::string> answer;  ///< what the owner said
  Decision decision;
};

[[nodiscard]] Result<Finding> read_finding(const FindingFile& file);

/// Adds a signature by a party that did not sign yet. Errors: errc::order_charter,
/// errc::order_signer_unknown, errc::order_signer_duplicate, errc::cose_signers, the signer's.
[[nodiscard]] Outcome<void> sign_finding(FindingFile& file, const Charter& charter,
                                         crypto::Signer& signer);

/// The entry of the log. Errors: errc::cose_signers where nobody signed, errc::order_size.
[[nodiscard]] Result<std::vector<Byte>> finding_envelope(const FindingFile& file);

/// Whether an entry of the log claims to be a finding.
[[nodiscard]] bool is_finding_entry(ByteView envelope);

/// Salt and content out of an entry, for a party that holds its opening key. Errors:
/// errc::seal_not_opened, errc::order_commitment, those of the parsers.
[[nodiscard]] Result<FindingFile> open_finding(ByteView envelope,
                                               const crypto::ExchangeSecretKey& key);

/// Follows every rule but the log's: made only by verify_finding.
class VerifiedFinding {
 public:
  [[nodiscard]] const Finding& finding() const { return finding_; }

  [[nodiscard]] tlog::MemberSet signers() const { return signers_; }

 private:
  VerifiedFinding() = default;
  friend Result<VerifiedFinding> verify_finding(const FindingFile& file, const Charter& charter);

  Finding finding_;
  tlog::MemberSet signers_ = 0;
};

/// Fleet, commitment, signatures, the quorum of a suspension and no party alone, the owner's answer
/// or its deadline past, and deadlines of the charter's lengths: the notice to answer, the appeal
/// time to appeal. Errors: those of read_finding, errc::order_charter, errc::order_quorum,
/// errc::order_one_party, errc::cose_signature, errc::order_signer_*, errc::finding_answer,
/// errc::finding_early, errc::finding_times.
[[nodiscard]] Result<VerifiedFinding> verify_finding(const FindingFile& file,
                                                     const Charter& charter);

/// As verify_finding, and in the log under its witnesses and mirrors: returns when. Where the owner
/// did not answer, the log saw the finding only after the deadline. Errors: also those of
/// verify_logged and of parse_proof.
[[nodiscard]] Result<UnixMillis> prove_finding(const FindingFile& file, std::string_view proof,
                                               const Charter& charter);

}  // namespace daymark::order
