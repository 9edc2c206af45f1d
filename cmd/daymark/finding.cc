// daymark finding draft|answer|sign|submit|show: what a denial may cite.
#include "daymark/order/finding.h"

#include "arguments.h"
#include "authority_access.h"
#include "commands.h"
#include "signers.h"
#include <fmt/format.h>

#include "daymark/base/file.h"
#include "daymark/base/json_internal.h"
#include "daymark/crypto/random.h"
#include "daymark/order/signer_sets.h"

namespace daymark::cli {

namespace {

/// A charter from a file, or the one in force at the authority.
struct CharterPlace {
  std::string file;
  AuthorityAccess authority;

  void add_to(CLI::App& command) {
    CLI::Option* const by_file = command.add_option("--charter", file, "Charter file");
    add_authority_options(command, authority, "Or the URL to ask")->excludes(by_file);
  }

  [[nodiscard]] Outcome<std::vector<Byte>> read() const {
    if (!file.empty()) return read_file(file, order::charter_size_max);
    if (authority.url.empty()) return refuse(errc::usage_wrong, "--charter", "or --authority");
    DAYMARK_TRY(const authority::AuthorityClient client, client_of(authority));
    return client.charter();
  }
};

struct FindingOptions {
  CharterPlace charter;
  std::string file;
  std::string chip;
  std::string code;
  std::string rule;
  std::vector<std::string> attestations;
  std::vector<std::string> receipts;
  std::vector<std::string> verdicts;
  std::vector<std::string> others;
  std::string answer_within = "7d";
  std::vector<std::string> keys;
  std::string text;
  std::string decision;
  bool dismiss = false;
  std::string appeal_within = "7d";
};

UnixMillis second_of(UnixMillis time) {
  return {time.value / 1000 * 1000};
}

Outcome<void> note_evidence(const std::vector<std::string>& files, order::EvidenceKind kind,
                            order::FindingNotice& notice) {
  for (const std::string& file : files) {
    DAYMARK_TRY(const std::vector<Byte> bytes, read_file(file));
    notice.evidence.push_back({kind, crypto::sha256(bytes)});
  }
  return {};
}

Outcome<Exit> draft_finding(const FindingOptions& options, const Session& session) {
  DAYMARK_TRY(const std::vector<Byte> encoded, options.charter.read());
  DAYMARK_TRY(const order::Charter charter, about(order::parse_charter(encoded), "charter"));
  order::FindingNotice notice;
  notice.fleet = charter.fleet;
  notice.code = options.code;
  notice.rule = options.rule;
  notice.issued = second_of(session.clock()->now());
  DAYMARK_TRY(const Millis within, duration_argument("--answer-within", options.answer_within));
  notice.answer_until = notice.issued + within;
  if (!options.chip.empty()) {
    DAYMARK_TRY(notice.chip, chip_argument(options.chip));
  }
  DAYMARK_CHECK(note_evidence(options.attestations, order::EvidenceKind::attestation, notice));
  DAYMARK_CHECK(note_evidence(options.receipts, order::EvidenceKind::receipt, notice));
  DAYMARK_CHECK(note_evidence(options.verdicts, order::EvidenceKind::verdict, notice));
  DAYMARK_CHECK(note_evidence(options.others, order::EvidenceKind::other, notice));
  const std::vector<Byte> bytes = order::write_notice(notice);
  DAYMARK_CHECK(about(order::parse_notice(bytes), options.file));
  DAYMARK_CHECK(write_file(options.file, order::print_notice_file({bytes, {}})));
  session.print({{"file", options.file},
                 {"notice", to_hex(order::notice_hash(bytes))},
                 {"answer_until", to_rfc3339(notice.answer_until)}},
                fmt::format("{}: give it to the owner, who may answer until {}", options.file,
                            to_rfc3339(notice.answer_until)));
  return Exit::success;
}

Outcome<Exit> answer_finding(const FindingOptions& options, const Session& session) {
  DAYMARK_TRY(const std::vector<Byte> bytes, read_file(options.file, order::finding_file_size_max));
  DAYMARK_TRY(order::NoticeFile file, about(order::parse_notice_file(bytes), options.file));
  Signers signers;
  DAYMARK_TRY(const auto owner, signers.open(options.keys.front()));
  const UnixMillis now = second_of(session.clock()->now());
  DAYMARK_TRY(file.answer, order::make_finding_answer(file.notice, now, options.text, *owner));
  DAYMARK_CHECK(write_file(options.file, order::print_notice_file(file)));
  session.print({{"file", options.file}, {"notice", to_hex(order::notice_hash(file.notice))}},
                fmt::format("{}: answered", options.file));
  return Exit::success;
}

/// The decided finding in a file, or the one that is decided now from the notice in it.
Outcome<order::FindingFile> decided_in(const FindingOptions& options, const order::Charter& charter,
                                       Clock& clock) {
  DAYMARK_TRY(const std::vector<Byte> bytes, read_file(options.file, order::finding_file_size_max));
  const auto notice = order::parse_notice_file(bytes);
  if (!notice) return about(order::parse_finding_file(bytes), options.file);
  if (options.decision.empty()) {
    return refuse(errc::usage_wrong, "--decision", "the first signer says what is decided");
  }
  order::Decision decision;
  decision.decided = second_of(clock.now());
  decision.denies = !options.dismiss;
  decision.text = options.decision;
  DAYMARK_TRY(const Millis within, duration_argument("--appeal-within", options.appeal_within));
  decision.appeal_until = decision.decided + within;
  crypto::SystemRandom random;
  return about(order::decide(*notice, decision, charter, random), options.file);
}

std::string finding_text(const order::Finding& finding) {
  const order::FindingNotice& notice = finding.notice;
  std::string out = fmt::format("finding {}\nabout {}\nrule {}: {}\n", to_hex(finding.hash),
                                notice.chip ? "chip " + to_hex(notice.chip->view()) : "the fleet",
                                notice.code, notice.rule);
  for (const order::Evidence& one : notice.evidence)
    out += fmt::format("evidence {}\n", to_hex(one.digest));
  out += finding.answer ? fmt::format("the owner answered: {}\n", *finding.answer)
                        : fmt::format("no answer; the owner could answer until {}\n",
                                      to_rfc3339(notice.answer_until));
  return out + fmt::format("decided {}: {}: {}\nappeal until {}\n",
                           to_rfc3339(finding.decision.decided),
                           finding.decision.denies ? "denial" : "dismissed", finding.decision.text,
                           to_rfc3339(finding.decision.appeal_until));
}

Outcome<Exit> sign_one(const FindingOptions& options, const Session& session) {
  DAYMARK_TRY(const std::vector<Byte> encoded, options.charter.read());
  DAYMARK_TRY(const order::Charter charter, about(order::parse_charter(encoded), "charter"));
  DAYMARK_TRY(order::FindingFile file, decided_in(options, charter, *session.clock()));
  DAYMARK_TRY(const order::Finding finding, about(order::read_finding(file), options.file));
  Signers signers;
  for (const std::string& name : options.keys) {
    DAYMARK_TRY(const auto key, signers.open(name));
    DAYMARK_CHECK(order::sign_finding(file, charter, *key));
  }
  DAYMARK_CHECK(write_file(options.file, order::print_finding_file(file)));
  session.print({{"file", options.file},
                 {"finding", to_hex(finding.hash)},
                 {"signatures", file.signatures.size()}},
                finding_text(finding) +
                    fmt::format("{}: {} signatures", options.file, file.signatures.size()));
  return Exit::success;
}

Outcome<Exit> submit_finding(const FindingOptions& options, const Session& session) {
  DAYMARK_TRY(const std::vector<Byte> bytes, read_file(options.file, order::finding_file_size_max));
  DAYMARK_TRY(const authority::AuthorityClient client, client_of(options.charter.authority));
  DAYMARK_TRY(const std::string answer, client.submit_finding(bytes));
  DAYMARK_TRY(const auto said, about(internal::parse_json(answer), "authority"));
  session.print_text(answer, fmt::format("finding {} is on record since {}", said.value("hash", ""),
                                         said.value("logged_at", "")));
  return Exit::success;
}

/// A file as it is, or one on record with the proof of it.
Outcome<Exit> show_finding(const FindingOptions& options, const Session& session) {
  DAYMARK_TRY(const std::vector<Byte> encoded, options.charter.read());
  DAYMARK_TRY(const order::Charter charter, about(order::parse_charter(encoded), "charter"));
  std::vector<Byte> bytes;
  std::string logged;
  const auto hash = from_hex_fixed<32>(options.file);
  if (hash) {
    DAYMARK_TRY(const authority::AuthorityClient client, client_of(options.charter.authority));
    DAYMARK_TRY(authority::FindingParts parts, client.finding(*hash));
    DAYMARK_TRY(const order::FindingFile held,
                about(order::parse_finding_file(parts.file), options.file));
    DAYMARK_TRY(const UnixMillis at,
                about(order::prove_finding(held, parts.proof, charter), options.file));
    logged = to_rfc3339(at);
    bytes = std::move(parts.file);
  } else {
    DAYMARK_TRY(bytes, read_file(options.file, order::finding_file_size_max));
  }
  DAYMARK_TRY(const order::FindingFile file, about(order::parse_finding_file(bytes), options.file));
  DAYMARK_TRY(const order::VerifiedFinding verified,
              about(order::verify_finding(file, charter), options.file));
  const order::Finding& finding = verified.finding();
  if (hash && finding.hash != *hash) return refuse(errc::usage_wrong, options.file);
  session.print({{"finding", to_hex(finding.hash)},
                 {"chip", finding.notice.chip ? to_hex(finding.notice.chip->view()) : ""},
                 {"code", finding.notice.code},
                 {"rule", finding.notice.rule},
                 {"answer", finding.answer.value_or("")},
                 {"denies", finding.decision.denies},
                 {"decision", finding.decision.text},
                 {"appeal_until", to_rfc3339(finding.decision.appeal_until)},
                 {"signers", order::names_of(charter, verified.signers())},
                 {"logged_at", logged}},
                finding_text(finding) +
                    fmt::format("signed by {}{}", order::names_of(charter, verified.signers()),
                                logged.empty() ? "" : "; on record since " + logged));
  return Exit::success;
}

void add_finding_draft(CLI::App& family, Session& session) {
  auto options = std::make_shared<FindingOptions>();
  CLI::App* command = family.add_subcommand("draft", "Write a notice to the owner");
  options->charter.add_to(*command);
  command->add_option("--chip", options->chip, "Chip that it is about; none: the fleet");
  command->add_option("--code", options->code, "Name of the rule, e.g. fence.left")->required();
  command->add_option("--rule", options->rule, "The rule as a sentence")->required();
  command->add_option("--attestation", options->attestations, "Evidence: an attestation's file");
  command->add_option("--receipt", options->receipts, "Evidence: a receipt's file");
  command->add_option("--verdict", options->verdicts, "Evidence: a verdict's file");
  command->add_option("--evidence", options->others, "Evidence: another file");
  command->add_option("--answer-within", options->answer_within, "Time for the owner's answer")
      ->capture_default_str();
  command->add_option("--out", options->file, "Notice file to write")->required();
  command->footer(
      "Example: daymark finding draft --charter c.charter --chip 5c… --code fence.left "
      "--rule 'The chip left its fence.' --verdict v.json --out n.finding");
  session.on_run(*command, [options, &session] { return draft_finding(*options, session); });
}

void add_finding_sign(CLI::App& family, Session& session) {
  auto options = std::make_shared<FindingOptions>();
  CLI::App* command = family.add_subcommand("sign", "Decide, or agree with what was decided");
  command->add_option("file", options->file, "Notice or finding file")->required();
  command->add_option("--key", options->keys, std::string("Each a ") + signer_help)->required();
  command->add_option("--decision", options->decision, "What is decided, by the first signer");
  command->add_flag("--dismiss", options->dismiss, "Nothing is denied for it");
  command->add_option("--appeal-within", options->appeal_within, "Time for the owner's appeal")
      ->capture_default_str();
  options->charter.add_to(*command);
  command->footer("Example: daymark finding sign n.finding --key maker.key --charter c.charter");
  session.on_run(*command, [options, &session] { return sign_one(*options, session); });
}

}  // namespace

void add_finding(CLI::App& app, Session& session) {
  CLI::App* family = app.add_subcommand("finding", "Findings, which alone a denial may cite");
  family->require_subcommand(1);
  add_finding_draft(*family, session);
  add_finding_sign(*family, session);

  auto answered = std::make_shared<FindingOptions>();
  CLI::App* answer = family->add_subcommand("answer", "The owner's answer to a notice");
  answer->add_option("file", answered->file, "Notice file")->required();
  answer->add_option("--key", answered->keys, std::string("The owner's ") + signer_help)
      ->required()
      ->expected(1);
  answer->add_option("--text", answered->text, "What the owner says")->required();
  answer->footer("Example: daymark finding answer n.finding --key owner.key --text '…'");
  session.on_run(*answer, [answered, &session] { return answer_finding(*answered, session); });

  auto submitted = std::make_shared<FindingOptions>();
  CLI::App* submit = family->add_subcommand("submit", "Bring a signed finding on record");
  submit->add_option("file", submitted->file, "Finding file")->required();
  add_authority_options(*submit, submitted->charter.authority)->required();
  submit->footer("Example: daymark finding submit n.finding --authority URL");
  session.on_run(*submit, [submitted, &session] { return submit_finding(*submitted, session); });

  auto shown = std::make_shared<FindingOptions>();
  CLI::App* show = family->add_subcommand("show", "Verify a finding and say what it says");
  show->add_option("file", shown->file, "Finding file, or the hash of one on record")->required();
  shown->charter.add_to(*show);
  show->footer("Example: daymark finding show 4f… --authority URL");
  session.on_run(*show, [shown, &session] { return show_finding(*shown, session); });
}

}  // namespace daymark::cli
