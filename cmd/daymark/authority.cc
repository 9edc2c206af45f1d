// daymark authority serve|pin|grant|revoke|grants: the server of a fleet, and who may call it.
#include "arguments.h"
#include "commands.h"
#include <fmt/format.h>

#include "daymark/authority/grant_folder.h"
#include "daymark/authority/server.h"
#include "daymark/base/file.h"
#include "daymark/crypto/random.h"
#include "daymark/net/tls.h"

namespace daymark::cli {

namespace {

struct GrantOptions {
  std::string folder;
  std::string role;
  std::string chip;
  std::string out;
};

Outcome<authority::GrantScope> scope_of(const GrantOptions& options) {
  authority::GrantScope out;
  const auto role = authority::role_named(options.role);
  if (!role) return refuse(errc::usage_wrong, "--role", "unknown: " + options.role);
  out.role = *role;
  const bool agent = out.role == authority::Role::agent;
  if (agent == options.chip.empty()) {
    return refuse(errc::usage_wrong, "--chip", "an agent's chip or any; other roles have none");
  }
  if (!agent || options.chip == "any") return out;
  DAYMARK_TRY(out.chip, chip_argument(options.chip));
  return out;
}

nlohmann::ordered_json grant_json(const authority::Grant& grant) {
  nlohmann::ordered_json chip = nullptr;
  if (grant.scope.role == authority::Role::agent) {
    chip = grant.scope.chip ? to_hex(grant.scope.chip->view()) : "any";
  }
  return {{"id", grant.id()},
          {"role", authority::name_of(grant.scope.role)},
          {"chip", chip},
          {"granted", to_rfc3339(grant.granted)}};
}

/// The file first: a credential that nobody holds must not be granted.
Outcome<Exit> grant(const GrantOptions& options, const Session& session) {
  DAYMARK_TRY(const authority::GrantScope scope, scope_of(options));
  crypto::SystemRandom random;
  const std::string credential = authority::make_credential(random);
  DAYMARK_TRY(const Digest hash, authority::credential_hash(credential));
  DAYMARK_CHECK(write_new_file(options.out, bytes_of(credential + "\n"), FileMode::secret));
  const authority::Grant granted{scope, hash, session.clock()->now()};
  DAYMARK_CHECK(authority::GrantFolder(options.folder).grant(granted));
  nlohmann::ordered_json out = grant_json(granted);
  out["file"] = options.out;
  session.print(
      out, fmt::format("{}: credential {} for role {}", options.out, granted.id(), options.role));
  return Exit::success;
}

Outcome<Exit> revoke(const std::string& folder, const std::string& id, const Session& session) {
  DAYMARK_CHECK(authority::GrantFolder(folder).revoke(id));
  session.print({{"id", id}, {"revoked", true}}, fmt::format("credential {} is revoked", id));
  return Exit::success;
}

Outcome<Exit> list_grants(const std::string& folder, const Session& session) {
  DAYMARK_TRY(const authority::Grants grants, authority::GrantFolder(folder).read());
  nlohmann::ordered_json items = nlohmann::ordered_json::array();
  std::string text;
  for (const authority::Grant& granted : grants.list()) {
    nlohmann::ordered_json item = grant_json(granted);
    text += fmt::format("{} {} {} since {}\n", granted.id(), item["role"].get<std::string>(),
                        item["chip"].is_null() ? "" : item["chip"].get<std::string>(),
                        to_rfc3339(granted.granted));
    items.push_back(std::move(item));
  }
  session.print({{"grants", items}}, text.empty() ? "no credential was granted yet" : text);
  return Exit::success;
}

void add_serve(CLI::App& family, Session& session) {
  auto options = std::make_shared<authority::ServerOptions>();
  CLI::App* command = family.add_subcommand("serve", "Take, publish and hand out orders");
  command->add_option("--dir", options->folder, "Folder of database, log and grants")->required();
  command->add_option("--charter", options->charter_file, "The fleet's charter")->required();
  command->add_option("--log-key", options->log_key_file, "The log's key (mode 0600)")->required();
  command->add_option("--port", options->port, "Port; 0 chooses one")->capture_default_str();
  command->add_option("--address", options->address, "Address")->capture_default_str();
  command->add_option("--rate", options->rate.per_second, "Requests a second of one credential")
      ->check(CLI::Range(1U, 1'000'000U))
      ->capture_default_str();
  command->add_option("--burst", options->rate.burst, "Requests of one credential at once")
      ->check(CLI::Range(1U, 1'000'000U))
      ->capture_default_str();
  CLI::Option* certificate = command->add_option("--tls-cert", options->tls.certificate_file,
                                                 "Certificate chain (PEM); clients use https");
  CLI::Option* key =
      command->add_option("--tls-key", options->tls.key_file, "Its key (PEM, mode 0600)");
  certificate->needs(key);
  key->needs(certificate);
  command->add_flag("--allow-public", options->allow_public, "Listen beyond loopback");
  command->add_flag("--insecure-cleartext", options->insecure_cleartext,
                    "Beyond loopback without TLS: whoever is on the path reads credentials");
  command->footer(
      "Example: daymark authority serve --dir auth --charter fleet.charter --log-key log.key");
  session.on_run(*command, [options, &session]() -> Outcome<Exit> {
    const std::unique_ptr<Clock> clock = session.clock();
    DAYMARK_CHECK(authority::run_authority(*options, *clock));
    return Exit::success;
  });
}

Outcome<Exit> print_pin(const std::string& file, const Session& session) {
  DAYMARK_TRY(const std::string pem, read_text(file, 1UL << 20));
  const Outcome<Digest> pin = net::certificate_pin(pem);
  if (!pin) return refuse(pin.error().error.code, file);
  session.print({{"pin", to_hex(*pin)}}, to_hex(*pin));
  return Exit::success;
}

void add_pin(CLI::App& family, Session& session) {
  auto file = std::make_shared<std::string>();
  CLI::App* command = family.add_subcommand("pin", "The pin of a server's certificate");
  command->add_option("certificate", *file, "PEM")->required();
  command->footer("Example: daymark authority pin tls.pem");
  session.on_run(*command, [file, &session] { return print_pin(*file, session); });
}

void add_grant(CLI::App& family, Session& session) {
  auto options = std::make_shared<GrantOptions>();
  CLI::App* command = family.add_subcommand("grant", "Make a credential for a role");
  command->add_option("--dir", options->folder, "The authority's folder")->required();
  command->add_option("--role", options->role, "operator, signer, agent, auditor or monitor")
      ->required();
  command->add_option("--chip", options->chip, "For agents: the only chip, or any");
  command->add_option("--out", options->out, "File to write the credential to (mode 0600)")
      ->required();
  command->footer("Example: daymark authority grant --dir auth --role auditor --out auditor.cred");
  session.on_run(*command, [options, &session] { return grant(*options, session); });
}

}  // namespace

void add_authority(CLI::App& app, Session& session) {
  CLI::App* family = app.add_subcommand("authority", "The server of a fleet");
  family->require_subcommand(1);
  add_serve(*family, session);
  add_grant(*family, session);
  add_pin(*family, session);

  auto folder = std::make_shared<std::string>();
  auto id = std::make_shared<std::string>();
  CLI::App* revoke_command = family->add_subcommand("revoke", "End a credential at once");
  revoke_command->add_option("id", *id, "Id, as `authority grants` lists it")->required();
  revoke_command->add_option("--dir", *folder, "The authority's folder")->required();
  revoke_command->footer("Example: daymark authority revoke 5c1f0a2b3c4d5e6f --dir auth");
  session.on_run(*revoke_command, [folder, id, &session] { return revoke(*folder, *id, session); });
  CLI::App* list_command = family->add_subcommand("grants", "Who may call this authority");
  list_command->add_option("--dir", *folder, "The authority's folder")->required();
  list_command->footer("Example: daymark authority grants --dir auth");
  session.on_run(*list_command, [folder, &session] { return list_grants(*folder, session); });
}

}  // namespace daymark::cli
