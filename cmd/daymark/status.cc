// daymark status, daymark why: what holds, what lapses or binds next, who decided, what lifts it.
#include "arguments.h"
#include "authority_access.h"
#include "chip_attest.h"
#include "commands.h"
#include "transport.h"
#include <fmt/format.h>

#include "daymark/agent/agent.h"
#include "daymark/agent/words.h"
#include "daymark/base/json_internal.h"

namespace daymark::cli {

namespace {

using Json = nlohmann::ordered_json;

struct StatusOptions {
  std::string chip;
  std::string socket;
  AuthorityAccess authority;
  TpmTrust tpm;
};

Outcome<agent::AgentState> ask(const std::string& socket) {
  governor::Client client(socket_transport(socket));
  agent::AgentState out;
  DAYMARK_TRY(const governor::Identity identity, client.identify());
  out.chip = crypto::chip_id(identity.chip);
  DAYMARK_TRY(out.status, client.status());
  out.time = out.status.status.clock.latest;
  return out;
}

std::string time_text(UnixMillis time) {
  return time.value == 0 ? "no stated time" : to_rfc3339(time);
}

std::string next_text(const governor::Status& status) {
  if (status.next == governor::NextEvent::none) return "nothing is due";
  return fmt::format("{} at {} (in {})", agent::name_of(status.next), time_text(status.next_at),
                     to_words(status.next_in));
}

std::string status_text(const agent::AgentState& state, Language language) {
  const governor::Status& status = state.status.status;
  std::string out =
      fmt::format("chip {}: {}\n", to_hex(state.chip.view()), agent::name_of(status.standing));
  if (status.reason != Errc{}) {
    out += fmt::format("  rule: {}: {}\n", entry_of(status.reason).name,
                       sentence(status.reason, language));
  }
  out += fmt::format("  next: {}\n", next_text(status));
  for (std::size_t i = 0; i < status.pending_count; ++i) {
    const governor::Announced& order = status.pending[i];
    out += fmt::format("  announced: {} {} binds at {}\n", order::name_of(order.kind),
                       to_hex(order.order), time_text(order.binds_at));
  }
  return out;
}

/// The level that the chip's words have for whoever asks here.
struct ShownLevel {
  Json document;
  std::string text;
};

Outcome<ShownLevel> level_of(const StatusOptions& options, const Session& session) {
  if (options.tpm.enrolment.empty()) {
    return ShownLevel{{{"level", "L1"}}, "  level: L1, root on the host could forge this\n"};
  }
  DAYMARK_TRY(const evidence::TpmVerdict verdict,
              ask_tpm_verdict(options.socket, options.tpm, session.clock()->now()));
  const bool bound = verdict.verdict == evidence::Verdict::genuine;
  Json document{{"level", bound ? "L2" : "L0"}};
  document["evidence"] = Json::parse(evidence::to_json(verdict));
  if (!bound) {
    return ShownLevel{
        std::move(document),
        fmt::format("  level: L0, {}\n", sentence(verdict.reason.code, session.language()))};
  }
  const std::string_view boot = verdict.boot_changed ? "; booted otherwise than at enrolment" : "";
  return ShownLevel{std::move(document),
                    fmt::format("  level: L2, bound to {}{}\n",
                                evidence::name_of_tpm(*verdict.certificate), boot)};
}

Outcome<Exit> show_status(const StatusOptions& options, const Session& session) {
  if (options.socket.empty()) {
    DAYMARK_TRY(const authority::AuthorityClient client, client_of(options.authority));
    DAYMARK_TRY(const std::string body, client.list("/chips"));
    DAYMARK_TRY(const auto document, about(internal::parse_json(body), client.url()));
    session.print_text(body, document.dump(2));
    return Exit::success;
  }
  DAYMARK_TRY(const agent::AgentState state, ask(options.socket));
  DAYMARK_TRY(const ShownLevel level, level_of(options, session));
  Json out = Json::parse(agent::agent_state_json(state));
  out.update(level.document);
  session.print(out, status_text(state, session.language()) + level.text);
  return Exit::success;
}

/// An order as the authority describes it: who signed and why.
Outcome<Json> order_facts(const StatusOptions& options, const Digest& hash) {
  if (options.authority.url.empty()) return Json{{"hash", to_hex(hash)}};
  const std::string path = "/orders/" + to_hex(hash);
  DAYMARK_TRY(const authority::AuthorityClient client, client_of(options.authority));
  DAYMARK_TRY(const std::string body, client.get(path));
  DAYMARK_TRY(const auto document, about(internal::parse_json(body), client.url() + path));
  return Json(document);
}

/// What ends the present state, by the rules of PROTOCOL; one sentence each.
std::vector<std::string> lifts(const governor::Status& status) {
  switch (status.standing) {
    case governor::Standing::suspended:
      return {fmt::format("it ends by itself at {}", time_text(status.suspended_until)),
              "resume ends it at once, by its quorum alone, even with the log down"};
    case governor::Standing::lapsed: return {"a new licence, answering a new renewal request"};
    case governor::Standing::grace:
      return {"a new licence; young signed times, where time is what is missing"};
    default: return {};
  }
}

Outcome<Exit> why(const StatusOptions& options, const Session& session) {
  DAYMARK_TRY(const agent::AgentState state, ask(options.socket));
  const governor::Status& status = state.status.status;
  if (!options.chip.empty() && to_hex(state.chip.view()) != options.chip) {
    return refuse(errc::usage_wrong, options.socket, "another chip answers at this socket");
  }
  Json out = Json::parse(agent::agent_state_json(state));
  DAYMARK_TRY(const ShownLevel level, level_of(options, session));
  out.update(level.document);
  std::string text = status_text(state, session.language()) + level.text;
  out["orders"] = Json::array();
  std::vector<Digest> hashes;
  if (status.suspending != Digest{}) hashes.push_back(status.suspending);
  for (std::size_t i = 0; i < status.pending_count; ++i)
    hashes.push_back(status.pending[i].order);
  for (const Digest& hash : hashes) {
    DAYMARK_TRY(const Json facts, order_facts(options, hash));
    out["orders"].push_back(facts);
    text += fmt::format("  order {}: signed by {}, reason {}\n", to_hex(hash),
                        facts.value("signers", Json::array()).dump(),
                        facts.value("reason", Json("not known here")).dump());
  }
  out["lifted_by"] = lifts(status);
  for (const std::string& way : lifts(status))
    text += "  lifted by: " + way + "\n";
  session.print(out, text);
  return Exit::success;
}

}  // namespace

void add_status(CLI::App& app, Session& session) {
  auto options = std::make_shared<StatusOptions>();
  CLI::App* status = app.add_subcommand("status", "What holds, and what lapses or binds next");
  CLI::Option* socket =
      status->add_option("--governor", options->socket, "One chip, by its socket");
  CLI::Option* url = add_authority_options(*status, options->authority, "The whole fleet");
  socket->excludes(url);
  add_tpm_trust(*status, options->tpm)->needs(socket);
  status->footer("Example: daymark status --governor g.sock");
  status->callback([options, socket, url, &session] {
    if (socket->count() + url->count() == 0) throw CLI::RequiredError("--governor or --authority");
    session.run([&] { return show_status(*options, session); });
  });

  auto asked = std::make_shared<StatusOptions>();
  CLI::App* command = app.add_subcommand("why", "Which rule decided, who signed, what lifts it");
  command->add_option("chip", asked->chip, "Chip id (32 hex digits)")->required();
  command->add_option("--governor", asked->socket, "The chip's socket")->required();
  add_authority_options(*command, asked->authority, "URL, to say who signed");
  command->footer("Example: daymark why 5c1f… --governor g.sock --authority URL");
  session.on_run(*command, [asked, &session] { return why(*asked, session); });
}

}  // namespace daymark::cli
