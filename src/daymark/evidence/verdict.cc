#include "daymark/evidence/verdict.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "daymark/base/hex.h"
#include "daymark/base/time.h"

namespace daymark::evidence {

namespace {

using nlohmann::ordered_json;

std::string_view name_of(Finding finding) {
  switch (finding) {
    case Finding::held: return "held";
    case Finding::failed: return "failed";
    case Finding::absent: return "absent";
    case Finding::not_judged: break;
  }
  return "not judged";
}

std::string level_name(Level level) {
  return fmt::format("L{}", static_cast<unsigned>(level));
}

ordered_json text_or_null(std::string_view text) {
  return text.empty() ? ordered_json(nullptr) : ordered_json(text);
}

ordered_json json_of(const GenuineDevice& device) {
  const CertifiedDevice& certified = device.certified;
  return {
      {"type", device.type},
      {"model", certified.model},
      {"ueid", certified.ueid},
      {"device_info", text_or_null(certified.device_info)},
      {"id", to_hex(certified.device)},
      {"driver", text_or_null(device.driver)},
      {"vbios", text_or_null(device.vbios)},
      {"mode", text_or_null(device.mode)},
      {"firmware_identity",
       certified.firmware ? ordered_json(to_hex(*certified.firmware)) : ordered_json(nullptr)},
      {"nonce", to_hex(device.nonce)},
      {"measurements", device.measurements},
  };
}

ordered_json json_of(const std::vector<Ground>& grounds) {
  ordered_json out = ordered_json::array();
  for (const Ground& ground : grounds)
    out.push_back({{"question", ground.question}, {"finding", name_of(ground.finding)}});
  return out;
}

ordered_json json_of(const Error& reason) {
  const ErrorEntry& entry = entry_of(reason.code);
  return {{"code", static_cast<unsigned>(entry.code)},
          {"name", entry.name},
          {"text", entry.english},
          {"field", text_or_null(label_of(reason.field))},
          {"offset", reason.offset}};
}

ordered_json json_of(const EvidenceVerdict& verdict) {
  return {
      {"file", verdict.file},
      {"kind", verdict.kind},
      {"verdict", name_of(verdict.verdict)},
      {"reason", json_of(verdict.reason)},
      {"level", level_name(verdict.level)},
      {"as_of", to_rfc3339(verdict.as_of)},
      {"device", verdict.device ? json_of(*verdict.device) : ordered_json(nullptr)},
      {"grounds", json_of(verdict.grounds)},
  };
}

std::string device_lines(const GenuineDevice& device) {
  const CertifiedDevice& certified = device.certified;
  std::string out = fmt::format("  device  {} {} (id {})\n", certified.model, certified.device_info,
                                to_hex(certified.device));
  if (!device.driver.empty()) out += fmt::format("  driver  {}\n", device.driver);
  if (!device.vbios.empty()) out += fmt::format("  VBIOS   {}\n", device.vbios);
  if (!device.mode.empty()) out += fmt::format("  mode    {}\n", device.mode);
  return out;
}

std::string listed(const EvidenceVerdict& verdict, Finding finding) {
  std::string out;
  for (const Ground& ground : verdict.grounds) {
    if (ground.finding != finding) continue;
    out += out.empty() ? "" : ", ";
    out += ground.question;
  }
  if (out.empty()) return out;
  return fmt::format("  {}: {}\n", name_of(finding), out);
}

}  // namespace

std::string_view name_of(Verdict verdict) {
  switch (verdict) {
    case Verdict::genuine: return "genuine";
    case Verdict::refused: return "refused";
    case Verdict::undecided: break;
  }
  return "undecided";
}

std::string to_json(std::span<const EvidenceVerdict> verdicts) {
  // File names may hold any byte; what isn't UTF-8 is replaced.
  constexpr auto replace = ordered_json::error_handler_t::replace;
  if (verdicts.size() == 1) return json_of(verdicts.front()).dump(2, ' ', false, replace);
  ordered_json items = ordered_json::array();
  for (const EvidenceVerdict& verdict : verdicts)
    items.push_back(json_of(verdict));
  return ordered_json{{"items", std::move(items)}}.dump(2, ' ', false, replace);
}

std::string to_text(const EvidenceVerdict& verdict, Language language) {
  std::string out = fmt::format("{}: {} ({}) as of {}\n  {}\n", verdict.file,
                                name_of(verdict.verdict), level_name(verdict.level),
                                to_rfc3339(verdict.as_of), sentence(verdict.reason.code, language));
  if (verdict.device) out += device_lines(*verdict.device);
  for (const Finding finding :
       {Finding::held, Finding::failed, Finding::absent, Finding::not_judged}) {
    out += listed(verdict, finding);
  }
  return out;
}

}  // namespace daymark::evidence
