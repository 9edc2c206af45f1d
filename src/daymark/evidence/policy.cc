#include "daymark/evidence/policy.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "daymark/base/hex.h"
#include "daymark/base/json_internal.h"
#include "daymark/evidence/errors.h"
#include "daymark/evidence/tpm/tpm_fields_internal.h"
#include "daymark/evidence/tpm/tpm_public.h"
#include "daymark/evidence/tpm/tpm_structures.h"

namespace daymark::evidence {

namespace {

constexpr std::size_t policy_entries_max = 256;
constexpr std::array<std::string_view, 6> demandable{
    "freshness", "firmware identity", "revocation", "known", "issuer", "event log"};

std::unexpected<Error> policy_refused() {
  return fail(errc::policy_form, field::policy_member);
}

Result<std::vector<std::string>> read_texts(const nlohmann::json& value) {
  if (!value.is_array() || value.size() > policy_entries_max) return policy_refused();
  std::vector<std::string> out;
  for (const nlohmann::json& one : value) {
    if (!one.is_string() || one.get_ref<const std::string&>().empty()) return policy_refused();
    out.push_back(one.get<std::string>());
  }
  return out;
}

Result<std::vector<Digest>> read_fingerprints(const std::vector<std::string>& texts) {
  std::vector<Digest> out;
  for (const std::string& text : texts) {
    const auto digest = from_hex_fixed<sizeof(Digest)>(text);
    if (!digest) return policy_refused();
    out.push_back(*digest);
  }
  return out;
}

/// "SHA256:7:<hex>".
Result<AllowedPcr> read_pcr(std::string_view text) {
  AllowedPcr out;
  const std::size_t first = text.find(':');
  constexpr std::size_t none = std::string_view::npos;
  const std::size_t second = first == none ? none : text.find(':', first + 1);
  if (second == none) return policy_refused();
  for (const std::uint16_t hash : {tpm_alg::sha256, tpm_alg::sha384, tpm_alg::sha512}) {
    std::string name(tpm_hash_name(hash));
    std::erase(name, '-');
    if (name == text.substr(0, first)) out.hash = hash;
  }
  const std::string_view number = text.substr(first + 1, second - first - 1);
  const auto [end, code] = std::from_chars(number.data(), number.data() + number.size(), out.pcr);
  const bool whole = code == std::errc() && end == number.data() + number.size();
  const auto value = from_hex(text.substr(second + 1));
  const bool good = out.hash != 0 && whole && out.pcr < pcr_count && value &&
                    value->size() == tpm_hash_size(out.hash);
  if (!good) return policy_refused();
  out.value = *value;
  return out;
}

Result<std::vector<AllowedPcr>> read_pcrs(const std::vector<std::string>& texts) {
  std::vector<AllowedPcr> out;
  for (const std::string& text : texts) {
    DAYMARK_TRY(out.emplace_back(), read_pcr(text));
  }
  return out;
}

bool are_demandable(const std::vector<std::string>& questions) {
  return std::ranges::all_of(questions, [](const std::string& question) {
    return std::ranges::find(demandable, question) != demandable.end();
  });
}

Result<void> read_member(const std::string& name, std::vector<std::string> texts,
                         EvidencePolicy& out) {
  if (name == "hold_accepted") {
    DAYMARK_TRY(out.hold_accepted, read_fingerprints(texts));
    return ok();
  }
  if (name == "pcrs") {
    DAYMARK_TRY(out.pcrs, read_pcrs(texts));
    return ok();
  }
  if (name == "demand" && !are_demandable(texts)) return policy_refused();
  const std::array<std::pair<std::string_view, std::vector<std::string>*>, 7> lists{
      {{"models", &out.models},
       {"drivers", &out.drivers},
       {"vbios", &out.vbios},
       {"modes", &out.modes},
       {"tpm_firmware", &out.tpm_firmware},
       {"ek_issuers", &out.ek_issuers},
       {"demand", &out.demand}}};
  for (const auto& [known, list] : lists) {
    if (known != name) continue;
    *list = std::move(texts);
    return ok();
  }
  // A member that is not understood might be a demand: refused rather than passed over.
  return policy_refused();
}

}  // namespace

Result<EvidencePolicy> parse_policy(std::string_view text) {
  if (text.size() > policy_size_max) return policy_refused();
  DAYMARK_TRY(const nlohmann::json document, internal::parse_json(text));
  if (!document.is_object()) return policy_refused();
  EvidencePolicy out;
  for (const auto& [name, value] : document.items()) {
    DAYMARK_TRY(auto texts, read_texts(value));
    DAYMARK_CHECK(read_member(name, std::move(texts), out));
  }
  return out;
}

}  // namespace daymark::evidence
