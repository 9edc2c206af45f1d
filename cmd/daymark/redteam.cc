// daymark redteam: attacks on one's own fleet, to see them refused.
#include <filesystem>

#include "commands.h"
#include "redteam_location.h"
#include "transport.h"
#include <fmt/format.h>

#include "daymark/base/file.h"
#include "daymark/crypto/key_file.h"
#include "daymark/net/witness_client.h"
#include "daymark/order/order_file.h"
#include "daymark/tlog/log_store.h"

namespace daymark::cli {

namespace {

/// Says what the attacked part answered; exit 0 where the attack was refused.
Exit report_attack(const std::optional<Failure>& refusal, const Session& session) {
  if (!refusal) {
    session.print({{"verdict", "accepted"}}, "ACCEPTED: the attack went through");
    return Exit::negative;
  }
  auto reason = error_json(refusal->error.code, session.language());
  session.print({{"verdict", "refused"}, {"reason", reason}, {"level", "L1"}},
                fmt::format("refused: {} ({})", describe(*refusal, session.language()),
                            entry_of(refusal->error.code).name));
  return Exit::success;
}

struct HandOverOptions {
  std::string file;
  std::string socket;
  std::string proof;
};

/// Gives an order straight to a governor, round the authority.
Outcome<Exit> hand_over(const HandOverOptions& options, const Session& session) {
  DAYMARK_TRY(const std::vector<Byte> bytes, read_file(options.file, order::order_file_size_max));
  DAYMARK_TRY(const order::OrderFile file, about(order::parse_order_file(bytes), options.file));
  governor::OrderParts parts;
  DAYMARK_TRY(parts.envelope, about(order::envelope_of(file), options.file));
  parts.salt = file.salt;
  parts.content = file.content;
  if (!options.proof.empty()) {
    DAYMARK_TRY(parts.proof, read_text(options.proof, tlog::proof_size_max));
  }
  governor::Client chip(socket_transport(options.socket));
  const auto receipt = chip.apply(parts);
  return report_attack(receipt ? std::nullopt : std::optional(receipt.error()), session);
}

struct SplitViewOptions {
  std::string log_key;
  std::string folder;
  std::string url;
  std::string vkey;
};

/// Signs a second history with the log's own key and asks a witness to cosign it.
Outcome<Exit> split_view(const SplitViewOptions& options, const Session& session) {
  DAYMARK_TRY(const crypto::KeyPair key, crypto::read_key_pair(options.log_key));
  DAYMARK_CHECK(make_folder(options.folder));
  DAYMARK_TRY(tlog::LogStore log, tlog::LogStore::create(options.folder, {key.name, key.sign}));
  for (int i = 0; i < 64; ++i) {
    DAYMARK_CHECK(log.append(bytes_of(fmt::format("a history that nobody else sees, {}", i))));
  }
  DAYMARK_TRY(const std::string checkpoint, log.sign_checkpoint());
  const auto answer = net::request_cosignature(
      {options.url, options.vkey}, {checkpoint, {}, [&](TreeSize older, TreeSize newer) {
                                      return log.consistency_path(older, newer);
                                    }});
  return report_attack(answer ? std::nullopt : std::optional(answer.error()), session);
}

}  // namespace

void add_redteam(CLI::App& app, Session& session) {
  CLI::App* family = app.add_subcommand("redteam", "Attack your own fleet: each is to be refused");
  family->require_subcommand(1);
  auto order = std::make_shared<HandOverOptions>();
  CLI::App* command = family->add_subcommand("hand-over", "Give an order straight to a governor");
  command->add_option("order", order->file, "Order file")->required();
  command->add_option("--governor", order->socket, "The governor's socket")->required();
  command->add_option("--proof", order->proof, "A proof of one's own making");
  command->footer("Example: daymark redteam hand-over secret.order --governor g.sock");
  session.on_run(*command, [order, &session] { return hand_over(*order, session); });

  add_redteam_location(*family, session);
  auto view = std::make_shared<SplitViewOptions>();
  CLI::App* split = family->add_subcommand("split-view", "Ask a witness for a second history");
  split->add_option("--log-key", view->log_key, "The log's key")->required();
  split->add_option("--dir", view->folder, "Folder for the second log")->required();
  split->add_option("--witness", view->url, "URL of the witness")->required();
  split->add_option("--vkey", view->vkey, "Its verifier key")->required();
  split->footer("Example: daymark redteam split-view --log-key l.key --dir x --witness URL …");
  session.on_run(*split, [view, &session] { return split_view(*view, session); });
}

}  // namespace daymark::cli
