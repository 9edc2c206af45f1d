#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "daymark/base/hex.h"
#include "daymark/base/time.h"
#include "daymark/bundle/verify.h"

namespace daymark::bundle {

namespace {

using Json = nlohmann::ordered_json;

std::string level_name(Level level) {
  return fmt::format("L{}", static_cast<unsigned>(level));
}

}  // namespace

std::string_view name_of(BundleResult result) {
  switch (result) {
    case BundleResult::verified: return "verified";
    case BundleResult::consistent: return "consistent";
    case BundleResult::refused: break;
  }
  return "refused";
}

std::string to_text(const BundleVerdict& verdict, Language language) {
  const std::string part = verdict.part.empty() ? "" : fmt::format(" [{}]", verdict.part);
  std::string out =
      fmt::format("{}{}: {}\n", name_of(verdict.result), part, sentence(verdict.reason, language));
  out += fmt::format("charter {}\n", to_hex(verdict.charter));
  for (const Statement& statement : verdict.statements) {
    out += fmt::format("  {} {}{}{}\n", level_name(statement.level), statement.text,
                       statement.as_of.value != 0 ? ", as of " + to_rfc3339(statement.as_of) : "",
                       statement.forgeable ? " (root on the host could forge this)" : "");
  }
  return out;
}

std::string to_json(const BundleVerdict& verdict, Language language) {
  Json statements = Json::array();
  for (const Statement& statement : verdict.statements) {
    const bool dated = statement.as_of.value != 0;
    statements.push_back({{"text", statement.text},
                          {"level", level_name(statement.level)},
                          {"as_of", dated ? Json(to_rfc3339(statement.as_of)) : Json(nullptr)},
                          {"forgeable", statement.forgeable}});
  }
  return Json{{"verdict", name_of(verdict.result)},
              {"reason",
               {{"code", static_cast<unsigned>(verdict.reason)},
                {"name", entry_of(verdict.reason).name},
                {"text", sentence(verdict.reason, language)}}},
              {"part", verdict.part.empty() ? Json(nullptr) : Json(verdict.part)},
              {"charter", to_hex(verdict.charter)},
              {"statements", statements}}
             .dump(2, ' ', false, nlohmann::json::error_handler_t::replace) +
         "\n";
}

}  // namespace daymark::bundle
