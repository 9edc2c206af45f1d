#include "chip_show.h"

#include "arguments.h"
#include "authority_access.h"
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "daymark/base/file.h"
#include "daymark/base/hex.h"
#include "daymark/base/json_internal.h"
#include "daymark/order/charter.h"
#include "daymark/order/order.h"
#include "daymark/tlog/proof.h"

namespace daymark::cli {

namespace {

using Json = nlohmann::json;

struct ShowOptions {
  std::string chip;
  AuthorityAccess authority;
  std::string charter;
  std::string proofs;
};

/// Tells a chip's history as the authority gives it, and checks each order's place in the log.
class ChipHistory {
 public:
  ChipHistory(const ShowOptions& options, authority::AuthorityClient client)
      : options_(options), client_(std::move(client)) {}

  Outcome<void> collect() {
    DAYMARK_CHECK(chip_argument(options_.chip));
    DAYMARK_TRY(charter_bytes_, options_.charter.empty()
                                    ? client_.charter()
                                    : read_file(options_.charter, order::charter_size_max));
    DAYMARK_TRY(charter_, about(order::parse_charter(charter_bytes_), "charter"));
    DAYMARK_TRY(const std::string body, client_.get("/chips/" + options_.chip));
    DAYMARK_TRY(chip_, about(internal::parse_json(body), "authority"));
    const bool listed = chip_.is_object() && chip_.contains("orders") && chip_["orders"].is_array();
    if (!listed) return refuse(errc::json_malformed, "authority", "orders");
    for (Json& order : chip_["orders"]) {
      DAYMARK_CHECK(prove(order));
    }
    return {};
  }

  [[nodiscard]] std::string json() const { return chip_.dump(2); }

  [[nodiscard]] std::string text() const {
    std::string out = fmt::format("chip {}  {} {}\n", options_.chip, text_of(chip_, "model"),
                                  text_of(chip_, "serial"));
    for (const Json& order : chip_["orders"]) {
      out +=
          fmt::format("{:20}  {:8}  entry {:>4}  signed by {}; {}\n", text_of(order, "logged_at"),
                      text_of(order, "kind"), order.contains("index") ? order["index"].dump() : "",
                      signers_of(order), text_of(order, "proof"));
    }
    for (const char* part : {"leaf", "attestation"}) {
      if (chip_.contains(part)) out += fmt::format("{}: {}\n", part, chip_[part].dump());
    }
    return out;
  }

 private:
  static std::string text_of(const Json& object, const char* name) {
    const auto found = object.find(name);
    return found != object.end() && found->is_string() ? found->get<std::string>() : "";
  }

  static std::string signers_of(const Json& order) {
    std::string out;
    for (const auto& name : order.value("signers", Json::array()))
      out += (out.empty() ? "" : ", ") + (name.is_string() ? name.get<std::string>() : "?");
    return out;
  }

  Outcome<void> prove(Json& order) {
    const std::string hash = text_of(order, "hash");
    DAYMARK_TRY(const governor::OrderParts message, client_.message(hash));
    order["proof"] = judge(hash, message);
    if (options_.proofs.empty()) return {};
    const std::string stem = options_.proofs + "/" + hash;
    DAYMARK_CHECK(write_text(stem + ".tlog-proof", message.proof));
    return write_file(stem + ".entry", message.envelope);
  }

  /// "proven", or why not, in words.
  [[nodiscard]] std::string judge(const std::string& hash,
                                  const governor::OrderParts& message) const {
    const auto read = order::parse_signed_order(message.envelope);
    if (!read || to_hex(read->order.hash) != hash) return "not the order that was asked for";
    if (read->order.charter != charter_.hash) return "made under another charter";
    if (message.proof.empty()) return "not logged yet";
    const auto witnesses = tlog::Policy::parse(charter_.log_policy);
    const auto mirrors = tlog::Policy::parse(charter_.mirror_policy);
    const auto proof = tlog::parse_proof(message.proof);
    if (!witnesses || !mirrors || !proof) return "not proven";
    const auto logged = tlog::verify_logged(message.envelope, *proof, {&*witnesses, &*mirrors});
    return logged ? "proven" : "not proven: " + std::string(entry_of(logged.error().code).name);
  }

  const ShowOptions& options_;
  authority::AuthorityClient client_;
  std::vector<Byte> charter_bytes_;
  order::Charter charter_;
  Json chip_;
};

Outcome<Exit> show_chip(const ShowOptions& options, const Session& session) {
  if (!options.proofs.empty()) DAYMARK_CHECK(make_folder(options.proofs));
  DAYMARK_TRY(authority::AuthorityClient client, client_of(options.authority));
  ChipHistory history(options, std::move(client));
  DAYMARK_CHECK(history.collect());
  session.print_text(history.json(), history.text());
  return Exit::success;
}

}  // namespace

void add_chip_show(CLI::App& family, Session& session) {
  auto options = std::make_shared<ShowOptions>();
  CLI::App* command =
      family.add_subcommand("show", "A chip's custody: every order with its proof, and its state");
  command->add_option("chip", options->chip, "Chip id (32 hex digits)")->required();
  add_authority_options(*command, options->authority)->required();
  command->add_option("--charter", options->charter,
                      "Whose witnesses count; without it the authority's own word");
  command->add_option("--proofs", options->proofs, "Folder for entries and proofs");
  command->footer("Example: daymark chip show 5c1f… --authority URL --charter fleet.charter");
  session.on_run(*command, [options, &session] { return show_chip(*options, session); });
}

}  // namespace daymark::cli
