// daymark chip enroll|emergency|list|show|attest: chips in custody.
#include "arguments.h"
#include "authority_access.h"
#include "chip_attest.h"
#include "chip_show.h"
#include "commands.h"
#include "signers.h"
#include "transport.h"
#include <fmt/format.h>

#include "daymark/base/file.h"
#include "daymark/base/json_internal.h"
#include "daymark/crypto/random.h"
#include "daymark/order/content_writer.h"
#include "daymark/order/draft.h"
#include "daymark/tpm/exchange.h"

namespace daymark::cli {

namespace {

struct EnrollOptions {
  std::string socket;
  AuthorityAccess authority;
  std::string maker_key;
  std::string owner_key;
  std::vector<std::string> signers;
  std::string model = "simulated accelerator";
  std::string serial = "1";
  std::string tpm_document;
};

/// What the enrolment order says, with the bytes that its views point into.
struct EnrolParts {
  std::vector<Byte> voucher;
  std::vector<Byte> consent;
  std::vector<Byte> answer;
  order::EnrolContent content;
};

/// Asks the chip for its nonce and answer; maker and owner vouch and consent.
Outcome<EnrolParts> collect(const EnrollOptions& options, governor::Client& chip,
                            ByteView charter) {
  Signers signers;
  DAYMARK_TRY(const auto maker, signers.open(options.maker_key));
  DAYMARK_TRY(const auto owner, signers.open(options.owner_key));
  DAYMARK_TRY(const order::Charter parsed, about(order::parse_charter(charter), "charter"));
  DAYMARK_TRY(const governor::Identity identity, chip.identify());
  EnrolParts out;
  out.content.chip = identity.chip;
  out.content.owner = owner->public_key();
  DAYMARK_TRY(out.content.nonce, chip.begin_enrolment());
  DAYMARK_TRY(out.answer, chip.answer_enrolment(charter));
  DAYMARK_TRY(out.voucher,
              order::make_voucher({identity.chip, out.content.owner, options.model, options.serial},
                                  *maker));
  DAYMARK_TRY(out.consent,
              order::make_consent({identity.chip, parsed.hash, out.content.nonce}, *owner));
  out.content.voucher = out.voucher;
  out.content.consent = out.consent;
  out.content.answer = out.answer;
  return out;
}

Outcome<order::OrderFile> signed_order(const EnrollOptions& options, const EnrolParts& parts,
                                       ByteView charter_bytes, Clock& clock) {
  DAYMARK_TRY(const order::Charter charter, about(order::parse_charter(charter_bytes), "charter"));
  const UnixMillis now{clock.now().value / 1000 * 1000};
  const std::vector<Byte> content = order::write_enrol(parts.content);
  crypto::SystemRandom random;
  const order::DraftRequest request{.kind = order::OrderKind::enrol,
                                    .times = {now, now + hours(2), {}, {}},
                                    .content = content,
                                    .fleet_head = {}};
  DAYMARK_TRY(order::OrderFile file, about(order::draft_order(request, charter, random), "enrol"));
  Signers signers;
  for (const std::string& name : options.signers) {
    DAYMARK_TRY(const auto key, signers.open(name));
    DAYMARK_CHECK(order::sign_order(file, charter, *key));
  }
  return file;
}

/// The maker's record of the chip's TPM, before anything is ordered: what can't be shown to be one
/// is not enrolled as one.
Outcome<void> keep_tpm_document(const EnrollOptions& options, const Session& session) {
  if (options.tpm_document.empty()) return {};
  Signers signers;
  crypto::SystemRandom random;
  DAYMARK_TRY(const auto maker, signers.open(options.maker_key));
  const governor::Transport transport = socket_transport(options.socket);
  DAYMARK_TRY(const governor::Identity identity, governor::Client(transport).identify());
  DAYMARK_TRY(const std::vector<Byte> document,
              tpm::enrol_tpm(transport, {identity.chip, session.clock()->now()}, *maker, random));
  return write_file(options.tpm_document, document);
}

Outcome<Exit> enroll(const EnrollOptions& options, const Session& session) {
  DAYMARK_CHECK(keep_tpm_document(options, session));
  DAYMARK_TRY(const authority::AuthorityClient authority, client_of(options.authority));
  DAYMARK_TRY(const std::vector<Byte> charter, authority.charter());
  governor::Client chip(socket_transport(options.socket));
  DAYMARK_TRY(const EnrolParts parts, collect(options, chip, charter));
  DAYMARK_TRY(const order::OrderFile file, signed_order(options, parts, charter, *session.clock()));
  DAYMARK_TRY(const std::string answer, authority.submit(order::print_order_file(file)));
  DAYMARK_TRY(const auto document, about(internal::parse_json(answer), authority.url()));
  DAYMARK_TRY(const governor::OrderParts message,
              authority.message(document.value("hash", std::string())));
  DAYMARK_TRY(const auto receipt, chip.enrol(message, charter));
  DAYMARK_CHECK(authority.post_receipt(receipt.bytes));
  const std::string id = to_hex(crypto::chip_id(parts.content.chip).view());
  session.print({{"chip", id}, {"key", to_hex(parts.content.chip.bytes)}, {"enrolled", true}},
                fmt::format("chip {} is enrolled and pins charter", id));
  return Exit::success;
}

struct EmergencyOptions {
  std::string socket;
  std::string key;
  std::string lasting;
  std::string text;
};

Outcome<Exit> emergency(const EmergencyOptions& options, const Session& session) {
  governor::Client chip(socket_transport(options.socket));
  DAYMARK_TRY(const governor::Identity identity, chip.identify());
  DAYMARK_TRY(const std::vector<Byte> encoded, chip.charter());
  DAYMARK_TRY(const order::Charter charter, about(order::parse_charter(encoded), "charter"));
  Signers signers;
  DAYMARK_TRY(const auto key, signers.open(options.key));
  order::EmergencySource source{
      charter.fleet, crypto::chip_id(identity.chip), session.clock()->now(), {}, options.text};
  DAYMARK_TRY(source.span, duration_argument("--for", options.lasting));
  DAYMARK_TRY(const std::vector<Byte> grant, order::make_emergency(source, *key));
  DAYMARK_TRY(const Millis grace, chip.emergency(grant));
  session.print({{"chip", to_hex(source.chip.view())}, {"grace_s", grace.value / 1000}},
                fmt::format("chip {} may run for {} s more without a licence",
                            to_hex(source.chip.view()), grace.value / 1000));
  return Exit::success;
}

Outcome<Exit> list_chips(const AuthorityAccess& access, const Session& session) {
  DAYMARK_TRY(const authority::AuthorityClient client, client_of(access));
  DAYMARK_TRY(const std::string body, client.list("/chips"));
  DAYMARK_TRY(const auto document, about(internal::parse_json(body), access.url));
  session.print_text(body, document.dump(2));
  return Exit::success;
}

}  // namespace

void add_chip(CLI::App& app, Session& session) {
  CLI::App* family = app.add_subcommand("chip", "Chips in custody");
  family->require_subcommand(1);
  auto options = std::make_shared<EnrollOptions>();
  CLI::App* command = family->add_subcommand("enroll", "Bring a chip under a charter");
  command->add_option("--governor", options->socket, "The governor's socket")->required();
  add_authority_options(*command, options->authority)->required();
  command
      ->add_option("--maker-key", options->maker_key,
                   std::string("Vouches for chip and owner: ") + signer_help)
      ->required();
  command
      ->add_option("--owner-key", options->owner_key,
                   std::string("Consents to the charter: ") + signer_help)
      ->required();
  command->add_option("--key", options->signers, std::string("Of each signer: ") + signer_help)
      ->required();
  command->add_option("--model", options->model, "Model in the voucher")->capture_default_str();
  command->add_option("--serial", options->serial, "Serial number in the voucher")
      ->capture_default_str();
  command->add_option("--tpm-document", options->tpm_document,
                      "Have the chip's TPM show itself (credential activation) and keep the "
                      "record, signed by the maker, in this file");
  command->footer("Example: daymark chip enroll --governor g.sock --authority URL …");
  session.on_run(*command, [options, &session] { return enroll(*options, session); });

  auto granted = std::make_shared<EmergencyOptions>();
  CLI::App* more = family->add_subcommand(
      "emergency", "Running time that the owner grants on the spot, within the charter's hours");
  more->add_option("--governor", granted->socket, "The governor's socket")->required();
  more->add_option("--key", granted->key, std::string("The owner's ") + signer_help)->required();
  more->add_option("--for", granted->lasting, "Length, e.g. 2h")->required();
  more->add_option("--text", granted->text, "Why, for the record")->required();
  more->footer(
      "Example: daymark chip emergency --governor g.sock --key owner.key --for 2h "
      "--text 'the log is down'");
  session.on_run(*more, [granted, &session] { return emergency(*granted, session); });

  auto access = std::make_shared<AuthorityAccess>();
  CLI::App* list = family->add_subcommand("list", "Every chip of the fleet");
  add_authority_options(*list, *access)->required();
  list->footer("Example: daymark chip list --authority URL");
  session.on_run(*list, [access, &session] { return list_chips(*access, session); });
  add_chip_show(*family, session);
  add_chip_attest(*family, session);
}

}  // namespace daymark::cli
