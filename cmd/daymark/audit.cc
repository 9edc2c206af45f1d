// daymark audit host: what this host can offer, and what each level still lacks.
#include "commands.h"
#include "data_files.h"

#include "daymark/audit/errors.h"
#include "daymark/audit/host_audit.h"
#include "daymark/base/file.h"

namespace daymark::cli {

namespace {

struct AuditOptions {
  std::string list;
  std::string root;
  std::string nvml;
  std::string describe;
};

Outcome<Exit> audit(const AuditOptions& options, const Session& session) {
  const std::string file =
      options.list.empty() ? data_path("audit/vulnerabilities.json") : options.list;
  DAYMARK_TRY(const std::string text, read_text(file, audit::vulnerability_list_max));
  audit::AuditSources sources;
  sources.root = options.root;
  if (!options.nvml.empty()) sources.nvml = options.nvml;
  DAYMARK_TRY(sources.vulnerabilities, about(audit::parse_vulnerabilities(text), file));
  sources.now = SystemClock().now();
  const audit::HostAudit found = audit::audit_host(sources);
  if (!options.describe.empty()) {
    if (found.nvml.devices.empty()) return refuse(errc::audit_nvml_missing, sources.nvml);
    DAYMARK_CHECK(write_text(options.describe,
                             evidence::print_host_description(audit::describe_host(found))));
  }
  session.print_text(audit::to_json(found), audit::to_text(found));
  return Exit::success;
}

}  // namespace

void add_audit(CLI::App& app, Session& session) {
  CLI::App* family = app.add_subcommand("audit", "What a machine can offer as evidence");
  family->require_subcommand(1);
  auto options = std::make_shared<AuditOptions>();
  CLI::App* command = family->add_subcommand(
      "host", "Look at this host; changes nothing, sends nothing, asks the TPM nothing");
  command->add_option("--list", options->list,
                      "Known vulnerabilities (JSON); else the shipped list");
  command->add_option("--root", options->root, "Look below this folder in place of /");
  command->add_option("--nvml", options->nvml, "The driver's management library");
  command->add_option("--describe", options->describe,
                      "Write what the driver reports to this file, for a TPM's quote to commit to");
  command->footer("Example: daymark audit host --describe host.json");
  session.on_run(*command, [options, &session] { return audit(*options, session); });
}

}  // namespace daymark::cli
