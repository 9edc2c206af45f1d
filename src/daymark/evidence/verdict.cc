#include "daymark/evidence/verdict.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "daymark/base/hex.h"
#include "daymark/base/time.h"

namespace daymark::evidence {

namespace {

using nlohmann::ordered_json;

/// Certificate status in one word.
std::string_view revocation_status(const RevocationFinding& finding) {
  if (finding.good()) return "good";
  return finding.revoked() ? "revoked" : "unknown";
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

ordered_json json_of(const Answer& answer) {
  const bool judged = answer.finding != Finding::not_judged;
  return {{"finding", name_of(answer.finding)},
          {"reason", judged ? ordered_json(entry_of(answer.reason.code).name) : nullptr}};
}

ordered_json time_or_null(const std::optional<UnixMillis>& time) {
  return time ? ordered_json(to_rfc3339(*time)) : ordered_json(nullptr);
}

ordered_json json_of(const std::vector<RevocationFinding>& findings) {
  ordered_json out = ordered_json::array();
  for (const RevocationFinding& one : findings) {
    out.push_back({{"chain", one.chain},
                   {"number", one.number},
                   {"certificate", one.certificate},
                   {"fingerprint", to_hex(one.fingerprint)},
                   {"status", revocation_status(one)},
                   {"reason", entry_of(one.reason.code).name},
                   {"this_update", time_or_null(one.this_update)},
                   {"next_update", time_or_null(one.next_update)},
                   {"revoked_at", time_or_null(one.revoked_at)}});
  }
  return out;
}

ordered_json json_of(const std::vector<UsedReference>& references) {
  ordered_json out = ordered_json::array();
  for (const UsedReference& one : references) {
    out.push_back({{"file", one.file},
                   {"kind", one.kind},
                   {"version", one.version},
                   {"tag_id", one.tag_id},
                   {"valid_until", to_rfc3339(one.valid_until)}});
  }
  return out;
}

ordered_json json_of(const std::optional<Comparison>& comparison) {
  if (!comparison) return nullptr;
  return {{"golden", comparison->golden},
          {"matched", comparison->matched},
          {"mismatched", comparison->mismatched},
          {"missing", comparison->missing},
          {"conflicting", comparison->conflicting},
          {"skipped", comparison->skipped},
          {"uncovered_blocks", comparison->uncovered}};
}

/// As an array of pairs: order counts, and a name may stand twice.
ordered_json json_of(const std::vector<Fact>& facts) {
  ordered_json out = ordered_json::array();
  for (const Fact& fact : facts)
    out.push_back({{"name", fact.name}, {"value", fact.value}});
  return out;
}

/// Items of a governor's submodules hold none themselves.
ordered_json json_of_one(const EvidenceVerdict& verdict) {
  return {
      {"file", verdict.file},
      {"kind", verdict.kind},
      {"verdict", name_of(verdict.verdict)},
      {"reason", json_of(verdict.reason)},
      {"level", level_name(verdict.level)},
      {"as_of", to_rfc3339(verdict.as_of)},
      {"device", verdict.device ? json_of(*verdict.device) : ordered_json(nullptr)},
      {"genuine", json_of(verdict.genuine)},
      {"known", json_of(verdict.known)},
      {"allowed", json_of(verdict.allowed)},
      {"revocation", json_of(verdict.revocation)},
      {"references", json_of(verdict.references)},
      {"comparison", json_of(verdict.comparison)},
      {"facts", json_of(verdict.facts)},
      {"grounds", json_of(verdict.grounds)},
  };
}

ordered_json json_of(const EvidenceVerdict& verdict) {
  ordered_json out = json_of_one(verdict);
  if (verdict.submodules.empty()) return out;
  ordered_json submodules = ordered_json::array();
  for (const EvidenceVerdict& one : verdict.submodules)
    submodules.push_back(json_of_one(one));
  out["submodules"] = std::move(submodules);
  return out;
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

/// "14 to 21, 42 to 64"
std::string ranges_of(const std::vector<std::uint32_t>& numbers) {
  std::string out;
  for (std::size_t first = 0; first < numbers.size();) {
    std::size_t last = first;
    while (last + 1 < numbers.size() && numbers[last + 1] == numbers[last] + 1)
      ++last;
    out += out.empty() ? "" : ", ";
    out += last == first ? fmt::format("{}", numbers[first])
                         : fmt::format("{} to {}", numbers[first], numbers[last]);
    first = last + 1;
  }
  return out;
}

std::string comparison_lines(const Comparison& comparison) {
  std::string out =
      fmt::format("  {} of {} reference values match\n", comparison.matched, comparison.golden);
  const auto add = [&](std::string_view words, const std::vector<std::uint32_t>& numbers) {
    if (!numbers.empty()) out += fmt::format("  {}: {}\n", words, ranges_of(numbers));
  };
  add("reference indexes that differ", comparison.mismatched);
  add("reference indexes without a block", comparison.missing);
  add("reference indexes claimed twice", comparison.conflicting);
  add("reference indexes passed over, video decoder off", comparison.skipped);
  add("blocks without a reference value", comparison.uncovered);
  return out;
}

std::string reference_line(const UsedReference& one) {
  return fmt::format("  reference values  {} {} ({}), signer valid until {}\n", one.kind,
                     one.version, one.file, to_rfc3339(one.valid_until));
}

std::string revocation_line(const RevocationFinding& one, Language language) {
  std::string out = fmt::format("  certificate  {} {} \"{}\": {}", one.chain, one.number,
                                one.certificate, revocation_status(one));
  if (one.next_update) out += fmt::format(", answer until {}", to_rfc3339(*one.next_update));
  if (!one.good()) out += fmt::format(". {}", sentence(one.reason.code, language));
  return out + "\n";
}

std::string listing(const EvidenceVerdict& verdict, Finding finding) {
  std::string out;
  for (const Ground& ground : verdict.grounds) {
    if (ground.finding != finding) continue;
    out += out.empty() ? "" : ", ";
    out += ground.question;
  }
  if (out.empty()) return out;
  return fmt::format("  {}: {}\n", name_of(finding), out);
}

std::string text_of_one(const EvidenceVerdict& verdict, Language language) {
  std::string out = fmt::format("{}: {} ({}) as of {}\n  {}\n", verdict.file,
                                name_of(verdict.verdict), level_name(verdict.level),
                                to_rfc3339(verdict.as_of), sentence(verdict.reason.code, language));
  if (verdict.device) out += device_lines(*verdict.device);
  for (const Fact& fact : verdict.facts)
    out += fmt::format("  {}  {}\n", fact.name, fact.value);
  for (const UsedReference& one : verdict.references)
    out += reference_line(one);
  if (verdict.comparison) out += comparison_lines(*verdict.comparison);
  for (const RevocationFinding& one : verdict.revocation)
    out += revocation_line(one, language);
  for (const Finding finding :
       {Finding::held, Finding::failed, Finding::absent, Finding::unknown, Finding::not_judged}) {
    out += listing(verdict, finding);
  }
  return out;
}

/// Each line two columns further to the right.
std::string indented(std::string_view text) {
  std::string out;
  bool begins = true;
  for (const char c : text) {
    if (begins) out += "  ";
    out += c;
    begins = c == '\n';
  }
  return out;
}

}  // namespace

std::string_view name_of(Finding finding) {
  switch (finding) {
    case Finding::held: return "held";
    case Finding::failed: return "failed";
    case Finding::absent: return "absent";
    case Finding::unknown: return "unknown";
    case Finding::not_judged: break;
  }
  return "not judged";
}

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
  std::string out = text_of_one(verdict, language);
  for (const EvidenceVerdict& one : verdict.submodules)
    out += indented(text_of_one(one, language));
  return out;
}

}  // namespace daymark::evidence
