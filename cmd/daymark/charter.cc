// daymark charter new|show|check: who may do what to a fleet.
#include "charter_source.h"
#include "commands.h"
#include <fmt/format.h>

#include "daymark/base/file.h"
#include "daymark/base/hex.h"
#include "daymark/order/charter_text.h"
#include "daymark/order/check.h"
#include "daymark/order/errors.h"
#include "daymark/order/explain.h"

namespace daymark::cli {

namespace {

/// The findings as a list, or that there is none.
Exit print_findings(const std::vector<order::CharterFinding>& findings, const Session& session) {
  nlohmann::ordered_json items = nlohmann::ordered_json::array();
  std::string text;
  for (const order::CharterFinding& finding : findings) {
    auto item = error_json(finding.rule, session.language());
    item["detail"] = finding.detail;
    items.push_back(item);
    text += order::print_finding(finding, session.language()) + "\n";
  }
  session.print({{"fair", findings.empty()}, {"findings", items}},
                findings.empty() ? "fair: no rule of the charter is broken" : text);
  return exit_of(findings.empty());
}

Outcome<Exit> make_charter(const std::string& spec, const std::string& out,
                           const Session& session) {
  DAYMARK_TRY(const std::vector<Byte> encoded, charter_from_spec(spec));
  DAYMARK_TRY(const order::Charter charter, about(order::parse_charter(encoded), spec));
  const auto findings = order::check_charter(charter);
  // An unfair charter is never written: whoever wants one must write it by hand.
  if (!findings.empty()) return print_findings(findings, session);
  DAYMARK_CHECK(write_file(out, encoded));
  session.print(
      {{"charter", out}, {"fingerprint", to_hex(charter.hash)}, {"bytes", encoded.size()}},
      fmt::format("{}: {} bytes, fingerprint {}", out, encoded.size(), to_hex(charter.hash)));
  return Exit::success;
}

Outcome<Exit> show_charter(const std::string& file, const Session& session) {
  DAYMARK_TRY(const std::vector<Byte> encoded, read_file(file, order::charter_size_max));
  DAYMARK_TRY(const order::Charter charter, about(order::parse_charter(encoded), file));
  session.print_text(order::charter_to_json(charter),
                     fmt::format("fingerprint {}\n{}", to_hex(charter.hash),
                                 order::explain_charter(charter, session.language())));
  return Exit::success;
}

Outcome<Exit> check_charter(const std::string& file, const Session& session) {
  DAYMARK_TRY(const std::vector<Byte> encoded, read_file(file, order::charter_size_max));
  DAYMARK_TRY(const order::Charter charter, about(order::parse_charter(encoded), file));
  return print_findings(order::check_charter(charter), session);
}

void add_charter_verb(CLI::App& family, Session& session, const char* name, const char* what,
                      Outcome<Exit> (*work)(const std::string&, const Session&)) {
  auto file = std::make_shared<std::string>();
  CLI::App* command = family.add_subcommand(name, what);
  command->add_option("charter", *file, "Charter file")->required();
  command->footer(fmt::format("Example: daymark charter {} fleet.charter", name));
  session.on_run(*command, [file, &session, work] { return work(*file, session); });
}

}  // namespace

void add_charter(CLI::App& app, Session& session) {
  CLI::App* family = app.add_subcommand("charter", "Who may do what to a fleet");
  family->require_subcommand(1);
  auto spec = std::make_shared<std::string>();
  auto out = std::make_shared<std::string>("fleet.charter");
  CLI::App* command = family->add_subcommand("new", "Make a charter from JSON and key files");
  command->add_option("spec", *spec, "JSON, see docs/formats/charter.md")->required();
  command->add_option("--out", *out, "Charter file to write")->capture_default_str();
  command->footer("Example: daymark charter new fleet.json --out fleet.charter");
  session.on_run(*command, [spec, out, &session] { return make_charter(*spec, *out, session); });
  add_charter_verb(*family, session, "show", "Read a charter aloud, in plain words", show_charter);
  add_charter_verb(*family, session, "check", "Say which rule of fairness a charter breaks",
                   check_charter);
}

}  // namespace daymark::cli
