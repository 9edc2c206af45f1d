// daymark order draft|batch|sign|submit|show: the way of an order to the log.
#include "arguments.h"
#include "authority_access.h"
#include "batch_view.h"
#include "commands.h"
#include "denials.h"
#include "drafting.h"
#include "signers.h"
#include <fmt/format.h>

#include "daymark/authority/leaf_list.h"
#include "daymark/base/file.h"
#include "daymark/base/hex.h"
#include "daymark/base/json_internal.h"
#include "daymark/order/appeal.h"
#include "daymark/order/content_writer.h"
#include "daymark/order/describe.h"
#include "daymark/order/errors.h"
#include "daymark/order/leaf.h"
#include "daymark/order/order_file.h"

namespace daymark::cli {

namespace {

Outcome<order::OrderFile> read_order(const std::string& path) {
  DAYMARK_TRY(const std::vector<Byte> bytes, read_file(path, order::order_file_size_max));
  return about(order::parse_order_file(bytes), path);
}

/// A charter from a file, or the one in force at the authority.
Outcome<std::vector<Byte>> charter_bytes(const std::string& file, const AuthorityAccess& access) {
  if (!file.empty()) return read_file(file, order::charter_size_max);
  DAYMARK_TRY(const authority::AuthorityClient client, client_of(access));
  return client.charter();
}

Outcome<Exit> draft(const DraftOptions& options, const Session& session) {
  DAYMARK_TRY(const order::OrderFile file, draft_from(options, *session.clock()));
  DAYMARK_CHECK(write_file(options.out, order::print_order_file(file)));
  DAYMARK_TRY(const order::Order parsed, about(order::parse_order(file.payload), options.out));
  session.print(
      {{"order", to_hex(parsed.hash)}, {"file", options.out}},
      fmt::format("{}: unsigned {} order {}", options.out, options.kind, to_hex(parsed.hash)));
  return Exit::success;
}

struct BatchOptions {
  AuthorityAccess authority;
  std::string terms;
  std::string out;
};

/// Leaves as they pass by: one line each, or the items of one JSON array.
class LeafPrinter {
 public:
  LeafPrinter(const std::string& file, const Session& session) : session_(session) {
    const std::string name = nlohmann::json(file).dump();
    if (session_.json()) fmt::print("{{\"file\": {}, \"leaves\": [", name);
  }

  [[nodiscard]] Outcome<void> print(const order::Leaf& leaf) {
    const bool licence = leaf.kind == order::LeafKind::licence;
    const std::string chip = to_hex(leaf.chip.view());
    const std::string until = licence ? to_rfc3339(leaf.not_after) : "";
    if (session_.json()) {
      const nlohmann::ordered_json item{{"chip", chip},
                                        {"kind", licence ? "licence" : "denial"},
                                        {"id", leaf.id},
                                        {"until", until},
                                        {"reason", leaf.denial_reason}};
      fmt::print("{}\n  {}", count_ == 0 ? "" : ",", item.dump());
    } else {
      fmt::print("{} {} {}{}\n", chip, leaf.id,
                 licence ? "licence until " + until : "denial: ", leaf.denial_reason);
    }
    ++count_;
    return {};
  }

  void finish(const std::string& last_line) const {
    if (session_.json()) {
      fmt::print("\n], \"count\": {}}}\n", count_);
    } else {
      fmt::print("{}\n", last_line);
    }
  }

 private:
  const Session& session_;
  std::uint64_t count_ = 0;
};

Outcome<Exit> batch(const BatchOptions& options, const Session& session) {
  DAYMARK_TRY(const std::string terms, read_text(options.terms, 1UL << 20));
  DAYMARK_TRY(const authority::AuthorityClient client, client_of(options.authority));
  DAYMARK_TRY(const authority::DraftedBatch drafted, client.draft_batch(terms));
  DAYMARK_CHECK(write_file(options.out, drafted.order_file));
  LeafPrinter printer(options.out, session);
  DAYMARK_CHECK(look_at_leaves(client, drafted.content,
                               [&](const order::Leaf& leaf) { return printer.print(leaf); }));
  printer.finish(fmt::format("{}: look at every leaf, then sign", options.out));
  return Exit::success;
}

struct SignOptions {
  std::string file;
  std::vector<std::string> keys;
  std::string charter;
  AuthorityAccess authority;
  bool without_leaves = false;
};

/// Root and number of the leaves of a licence order; none for other kinds.
Outcome<std::optional<order::BatchContent>> batch_of(const order::OrderFile& file) {
  DAYMARK_TRY(const order::Order parsed, about(order::parse_order(file.payload), "order"));
  if (parsed.kind != order::OrderKind::license) return std::optional<order::BatchContent>{};
  return std::optional(order::BatchContent{parsed.batch_root, parsed.count});
}

/// Quorum members sign a batch only after seeing all leaves (PROTOCOL §3.2); what is denied, and
/// by which finding, is returned for their eyes.
Outcome<std::string> see_leaves(const order::OrderFile& file, const order::Charter& charter,
                                const SignOptions& options) {
  DAYMARK_TRY(const auto content, batch_of(file));
  if (!content || options.without_leaves) return std::string();
  if (options.authority.url.empty()) {
    return refuse(errc::usage_wrong, "--authority",
                  "the leaves of a batch are seen before it is signed; or --without-leaves");
  }
  DAYMARK_TRY(const authority::AuthorityClient client, client_of(options.authority));
  DenialCheck denials(client, charter);
  DAYMARK_CHECK(
      check_leaves(client, *content, [&](const order::Leaf& leaf) { return denials.see(leaf); }));
  return denials.text();
}

Outcome<Exit> leaves(const SignOptions& options, const Session& session) {
  DAYMARK_TRY(const order::OrderFile file, read_order(options.file));
  DAYMARK_TRY(const auto content, batch_of(file));
  if (!content) return refuse(errc::order_kind, options.file);
  DAYMARK_TRY(const authority::AuthorityClient client, client_of(options.authority));
  LeafPrinter printer(options.file, session);
  DAYMARK_CHECK(
      check_leaves(client, *content, [&](const order::Leaf& leaf) { return printer.print(leaf); }));
  printer.finish(
      fmt::format("{}: {} leaves, one for each chip in custody", options.file, content->leaves));
  return Exit::success;
}

Outcome<Exit> sign(const SignOptions& options, const Session& session) {
  DAYMARK_TRY(order::OrderFile file, read_order(options.file));
  DAYMARK_TRY(const std::vector<Byte> encoded, charter_bytes(options.charter, options.authority));
  DAYMARK_TRY(const order::Charter charter, about(order::parse_charter(encoded), "charter"));
  DAYMARK_TRY(const std::string denials, see_leaves(file, charter, options));
  Signers signers;
  for (const std::string& name : options.keys) {
    DAYMARK_TRY(const auto key, signers.open(name));
    DAYMARK_CHECK(order::sign_order(file, charter, *key));
  }
  DAYMARK_CHECK(write_file(options.file, order::print_order_file(file)));
  session.print({{"file", options.file}, {"signatures", file.signatures.size()}},
                denials + fmt::format("{}: {} signatures", options.file, file.signatures.size()));
  return Exit::success;
}

Outcome<Exit> submit(const std::string& path, const AuthorityAccess& access,
                     const Session& session) {
  DAYMARK_TRY(const std::vector<Byte> bytes, read_file(path, order::order_file_size_max));
  DAYMARK_TRY(const authority::AuthorityClient client, client_of(access));
  DAYMARK_TRY(const std::string answer, client.submit(bytes));
  const auto document = nlohmann::json::parse(answer, nullptr, false);
  const bool logged =
      document.is_object() && document.contains("logged_at") && document["logged_at"].is_string();
  const std::string text =
      logged ? fmt::format("logged as entry {} at {}; binds at {}", document["index"].dump(),
                           document["logged_at"].get<std::string>(),
                           document["binds_at"].get<std::string>())
             : "accepted; it binds by its quorum and will be logged when the log is back";
  session.print_text(answer, text);
  return Exit::success;
}

bool is_hash(const std::string& text) {
  return text.size() == 64 && from_hex(text).has_value();
}

/// The life of an order that the authority holds, one line an event.
std::string life_text(const nlohmann::json& order) {
  std::string out = fmt::format("{} order {}\n", order.value("kind", ""), order.value("hash", ""));
  if (order.contains("reason")) out += fmt::format("reason: {}\n", order.value("reason", ""));
  for (const auto& event : order.value("life", nlohmann::json::array())) {
    const bool dated = event.contains("at") && event["at"].is_string();
    const std::string detail = event.value("detail", "");
    out += fmt::format("{:20}  {:{}}{}\n", dated ? event["at"].get<std::string>() : "",
                       event.value("event", ""), detail.empty() ? 0 : 11, detail);
  }
  return out;
}

Outcome<Exit> show_life(const SignOptions& options, const Session& session) {
  if (options.authority.url.empty()) {
    return refuse(errc::usage_wrong, "--authority",
                  "an order named by its hash is asked for there");
  }
  const std::string path = "/orders/" + options.file;
  DAYMARK_TRY(const authority::AuthorityClient client, client_of(options.authority));
  DAYMARK_TRY(const std::string body, client.get(path));
  DAYMARK_TRY(const nlohmann::json order, about(internal::parse_json(body), client.url() + path));
  session.print_text(body, order.is_object() ? life_text(order) : body);
  return Exit::success;
}

struct AppealOptions {
  std::string order;
  AuthorityAccess authority;
  std::string key;
  std::string text;
};

Outcome<Exit> appeal(const AppealOptions& options, const Session& session) {
  DAYMARK_TRY(const authority::AuthorityClient client, client_of(options.authority));
  DAYMARK_TRY(const std::vector<Byte> encoded, client.charter());
  DAYMARK_TRY(const order::Charter charter, about(order::parse_charter(encoded), "charter"));
  Signers signers;
  DAYMARK_TRY(const auto key, signers.open(options.key));
  order::AppealSource source{charter.fleet, {}, session.clock()->now(), options.text};
  DAYMARK_TRY(source.order, hex_argument<32>("ORDER", options.order));
  DAYMARK_TRY(const std::vector<Byte> entry, order::make_appeal(source, *key));
  DAYMARK_CHECK(about(order::read_appeal_entry(entry), "--text"));
  DAYMARK_TRY(const std::string answer, client.submit_appeal(entry));
  DAYMARK_TRY(const nlohmann::json said, about(internal::parse_json(answer), "authority"));
  session.print_text(answer,
                     fmt::format("appeal {}: unless the suspension is confirmed, it ends {}",
                                 said.value("hash", ""), said.value("term", "")));
  return Exit::success;
}

Outcome<Exit> show_order(const SignOptions& options, const Session& session) {
  if (is_hash(options.file)) return show_life(options, session);
  DAYMARK_TRY(const order::OrderFile file, read_order(options.file));
  DAYMARK_TRY(const std::vector<Byte> encoded, charter_bytes(options.charter, options.authority));
  DAYMARK_TRY(const order::Charter charter, about(order::parse_charter(encoded), "charter"));
  DAYMARK_TRY(const order::Order parsed, about(order::parse_order(file.payload), options.file));
  order::OrderView view;
  view.order = &parsed;
  view.charter = &charter;
  view.content = file.content;
  DAYMARK_TRY(view.signers, about(order::verify_signatures(file, charter), options.file));
  session.print_text(order::order_to_json(view), order::describe_order(view, session.language()));
  return Exit::success;
}

void add_draft(CLI::App& family, Session& session) {
  auto options = std::make_shared<DraftOptions>();
  CLI::App* command = family.add_subcommand("draft", "Write an unsigned order");
  command->add_option("kind", options->kind, "suspend, resume, release, policy, amend, transfer")
      ->required()
      ->check(CLI::IsMember({"suspend", "resume", "release", "policy", "amend", "transfer"}));
  add_authority_options(*command, options->authority, "URL, for charter and positions")->required();
  command->add_option("--chip", options->chips, "Chips that it names; none: the fleet");
  command->add_option("--reason", options->reason, "Why, for everybody who may read it");
  CLI::Option* lasting =
      command->add_option("--for", options->lasting, "Length of a suspension, e.g. 12h");
  command
      ->add_option("--confirms", options->confirms,
                   "For suspend: the appeal after which the suspension stands")
      ->excludes(lasting);
  command->add_option("--expires", options->expires, "Time to enter the log")
      ->capture_default_str();
  command->add_option("--not-before", options->not_before, "Earliest binding time (RFC 3339)");
  command->add_option("--programs", options->programs, "Approved programs, for policy");
  command->add_option("--new-charter", options->new_charter, "For amend and transfer");
  command->add_option("--new-owner-key", options->new_owner_key, "Consents to a transfer");
  command->add_option("--out", options->out, "Order file to write")->required();
  command->footer(
      "Example: daymark order draft suspend --authority http://127.0.0.1:7100 --chip 5c… "
      "--for 12h --reason 'export review' --out s.order");
  session.on_run(*command, [options, &session] { return draft(*options, session); });
}

void add_batch(CLI::App& family, Session& session) {
  auto options = std::make_shared<BatchOptions>();
  CLI::App* command = family.add_subcommand("batch", "Draft licences for every enrolled chip");
  command->add_option("terms", options->terms, "JSON, see docs/formats/api.md")->required();
  add_authority_options(*command, options->authority)->required();
  command->add_option("--out", options->out, "Order file to write")->required();
  command->footer("Example: daymark order batch terms.json --authority URL --out batch.order");
  session.on_run(*command, [options, &session] { return batch(*options, session); });
}

void add_leaves(CLI::App& family, Session& session) {
  auto options = std::make_shared<SignOptions>();
  CLI::App* command = family.add_subcommand("leaves", "Show and check every leaf of a batch");
  command->add_option("file", options->file, "Order file of the batch")->required();
  add_authority_options(*command, options->authority)->required();
  command->footer("Example: daymark order leaves batch.order --authority URL --credential s.cred");
  session.on_run(*command, [options, &session] { return leaves(*options, session); });
}

void add_charter_source(CLI::App& command, SignOptions& options) {
  CLI::Option* file = command.add_option("--charter", options.charter, "Charter file");
  CLI::Option* url = add_authority_options(command, options.authority, "Or the URL to ask");
  file->excludes(url);
  command.callback([file, url] {
    if (file->count() + url->count() == 0) throw CLI::RequiredError("--charter or --authority");
  });
}

void add_appeal(CLI::App& family, Session& session) {
  auto options = std::make_shared<AppealOptions>();
  CLI::App* command = family.add_subcommand("appeal",
                                            "The owner's public statement against a "
                                            "suspension");
  command->add_option("order", options->order, "Hash of the suspension")->required();
  add_authority_options(*command, options->authority)->required();
  command->add_option("--key", options->key, std::string("The owner's ") + signer_help)->required();
  command->add_option("--text", options->text, "What is said; everybody reads it")->required();
  command->footer(
      "Example: daymark order appeal 4f…  --authority URL --key owner.key "
      "--text 'the finding names another chip'");
  session.on_run(*command, [options, &session] { return appeal(*options, session); });
}

}  // namespace

void add_order(CLI::App& app, Session& session) {
  CLI::App* family = app.add_subcommand("order", "Orders, from the draft to the log");
  family->require_subcommand(1);
  add_draft(*family, session);
  add_batch(*family, session);
  add_leaves(*family, session);
  add_appeal(*family, session);

  auto signing = std::make_shared<SignOptions>();
  CLI::App* sign_command = family->add_subcommand("sign", "Add signatures where the keys are");
  sign_command->add_option("file", signing->file, "Order file")->required();
  sign_command->add_option("--key", signing->keys, std::string("Each a ") + signer_help)
      ->required();
  add_charter_source(*sign_command, *signing);
  sign_command->add_flag("--without-leaves", signing->without_leaves,
                         "Sign a licence batch whose leaves somebody else looked at");
  sign_command->footer("Example: daymark order sign s.order --key owner.key --charter c.charter");
  sign_command->final_callback(
      [signing, &session] { session.run([&] { return sign(*signing, session); }); });

  auto path = std::make_shared<std::string>();
  auto access = std::make_shared<AuthorityAccess>();
  CLI::App* submit_command = family->add_subcommand("submit", "Bring a signed order into the log");
  submit_command->add_option("file", *path, "Order file")->required();
  add_authority_options(*submit_command, *access)->required();
  submit_command->footer("Example: daymark order submit s.order --authority URL");
  session.on_run(*submit_command,
                 [path, access, &session] { return submit(*path, *access, session); });

  auto shown = std::make_shared<SignOptions>();
  CLI::App* show_command = family->add_subcommand("show", "Say in plain words what an order does");
  show_command->add_option("file", shown->file, "Order file, or the hash of a submitted order")
      ->required();
  add_charter_source(*show_command, *shown);
  show_command->footer("Example: daymark order show s.order --charter fleet.charter");
  show_command->final_callback(
      [shown, &session] { session.run([&] { return show_order(*shown, session); }); });
}

}  // namespace daymark::cli
