// daymark catalog show|check: chips and supernodes, and whether their totals follow from parts.
#include "commands.h"
#include "data_files.h"
#include <fmt/format.h>

#include "daymark/catalog/check.h"

namespace daymark::cli {

namespace {

struct CatalogOptions {
  std::string folder;
  std::vector<std::string> ids;
};

Outcome<Exit> show(const CatalogOptions& options, const Session& session) {
  DAYMARK_TRY(const catalog::Catalog loaded, catalog::load_catalog(options.folder));
  nlohmann::ordered_json items = nlohmann::ordered_json::array();
  std::string text;
  for (const std::string& id : options.ids) {
    DAYMARK_TRY(const std::string json, catalog::show_json(loaded, id));
    DAYMARK_TRY(const std::string words, catalog::show_text(loaded, id));
    items.push_back(nlohmann::ordered_json::parse(json));
    text += words;
  }
  session.print({{"items", items}}, text);
  return Exit::success;
}

Outcome<Exit> check(const CatalogOptions& options, const Session& session) {
  DAYMARK_TRY(const catalog::Catalog loaded, catalog::load_catalog(options.folder));
  nlohmann::ordered_json items = nlohmann::ordered_json::array();
  std::string text;
  std::size_t deviations = 0;
  for (const std::string& id : options.ids) {
    DAYMARK_TRY(const catalog::SystemCheck result, catalog::check_system(loaded, id));
    items.push_back(nlohmann::ordered_json::parse(catalog::to_json(result)));
    text += catalog::to_text(result);
    deviations += catalog::deviations(result);
  }
  session.print({{"items", items}}, text);
  return exit_of(deviations == 0);
}

void add_catalog_verb(CLI::App& family, Session& session, const char* name, const char* what,
                      Outcome<Exit> (*work)(const CatalogOptions&, const Session&)) {
  auto options = std::make_shared<CatalogOptions>();
  options->folder = data_path("catalog");
  CLI::App* command = family.add_subcommand(name, what);
  command->add_option("id", options->ids, "Systems or chips, e.g. cm384 nvl72")->required();
  command->add_option("--catalog", options->folder, "Folder with chips, systems and parts");
  command->footer(fmt::format("Example: daymark catalog {} cm384 nvl72", name));
  session.on_run(*command, [options, &session, work] { return work(*options, session); });
}

}  // namespace

void add_catalog(CLI::App& app, Session& session) {
  CLI::App* family = app.add_subcommand("catalog", "Chips and supernodes, dated and sourced");
  family->require_subcommand(1);
  add_catalog_verb(*family, session, "show", "Print every figure with its source", show);
  add_catalog_verb(*family, session, "check",
                   "Recompute totals from parts; exit 1 where one deviates", check);
}

}  // namespace daymark::cli
