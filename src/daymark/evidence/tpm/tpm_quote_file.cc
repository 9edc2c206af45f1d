#include "daymark/evidence/tpm/tpm_quote_file.h"

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <span>

#include <nlohmann/json.hpp>

#include "daymark/base/encode.h"
#include "daymark/base/json_internal.h"
#include "daymark/evidence/errors.h"
#include "daymark/evidence/tpm/tpm_fields_internal.h"
#include "daymark/evidence/tpm/tpm_structures.h"

namespace daymark::evidence {

namespace {

using nlohmann::json;

std::unexpected<Error> bad_file() {
  return fail(errc::quote_file_form);
}

std::unexpected<Error> bad_values() {
  return fail(errc::pcr_values_form, field::tpm_pcr);
}

const json* member_of(const json& object, const char* name) {
  if (!object.is_object()) return nullptr;
  const auto found = object.find(name);
  return found == object.end() ? nullptr : &*found;
}

enum class TextForm { hex, base64 };

Result<std::vector<Byte>> bytes_in(const json& object, const char* name, TextForm form) {
  const json* const value = member_of(object, name);
  if (value == nullptr || !value->is_string()) return bad_file();
  const auto& text = value->get_ref<const std::string&>();
  auto bytes = form == TextForm::hex ? from_hex(text) : from_base64(text);
  return bytes ? std::move(bytes) : bad_file();
}

/// The PCRs of the selection's one bank that is not empty, lowest first.
Result<PcrSelection> only_bank(ByteView attest) {
  DAYMARK_TRY(const TpmsAttest parsed, parse_tpms_attest(attest));
  const auto* const quote = std::get_if<TpmsQuote>(&parsed.info);
  if (quote == nullptr) return bad_values();
  const auto filled = [](const PcrSelection& bank) { return bank.mask != 0; };
  if (std::ranges::count_if(quote->banks, filled) != 1) return bad_values();
  return *std::ranges::find_if(quote->banks, filled);
}

/// Values without numbers: of all PCRs, or of those selected.
Result<PcrBanks> numbered(std::span<const std::vector<Byte>> values, ByteView attest) {
  DAYMARK_TRY(const PcrSelection bank, only_bank(attest));
  const bool all = values.size() == pcr_count;
  if (!all && values.size() != static_cast<std::size_t>(std::popcount(bank.mask))) {
    return bad_values();
  }
  PcrValues out;
  std::size_t next = 0;
  for (unsigned pcr = 0; pcr < pcr_count; ++pcr) {
    const bool selected = (bank.mask >> pcr & 1U) != 0;
    if (all || selected) out.emplace(pcr, values[next++]);
  }
  return PcrBanks{{bank.hash, std::move(out)}};
}

Result<PcrBanks> hex_values(const json& list, ByteView attest) {
  if (!list.is_array() || list.size() > pcr_count) return bad_file();
  std::vector<std::vector<Byte>> values;
  values.reserve(list.size());
  for (const json& one : list) {
    if (!one.is_string()) return bad_file();
    auto bytes = from_hex(one.get_ref<const std::string&>());
    if (!bytes) return bad_file();
    values.push_back(*std::move(bytes));
  }
  auto out = numbered(values, attest);
  // A statement that doesn't parse is refused by its verifier, by name.
  return out ? std::move(out) : Result<PcrBanks>(PcrBanks{});
}

Result<TpmQuoteEvidence> trustee_quote(const json& quote, TextForm form) {
  TpmQuoteEvidence out;
  DAYMARK_TRY(out.attest, bytes_in(quote, "message", form));
  DAYMARK_TRY(out.signature, bytes_in(quote, "signature", form));
  const json* const values = member_of(quote, "pcrs");
  if (values == nullptr) return bad_file();
  DAYMARK_TRY(out.pcrs, hex_values(*values, out.attest));
  return out;
}

Result<TpmQuoteEvidence> trustee_file(const json& all) {
  const json* const nested = member_of(all, "tpm_quote");
  if (nested == nullptr) return trustee_quote(all, TextForm::hex);
  if (member_of(all, "ak_public") != nullptr) {
    DAYMARK_TRY(TpmQuoteEvidence out, trustee_quote(*nested, TextForm::base64));
    DAYMARK_TRY(out.key, bytes_in(all, "ak_public", TextForm::base64));
    return out;
  }
  DAYMARK_TRY(TpmQuoteEvidence out, trustee_quote(*nested, TextForm::hex));
  const json* const report = member_of(all, "hcl_report");
  if (report == nullptr || !report->is_string()) return bad_file();
  std::string text = report->get<std::string>();
  std::ranges::replace(text, '-', '+');
  std::ranges::replace(text, '_', '/');
  text.append((4 - text.size() % 4) % 4, '=');
  auto bytes = from_base64(text);
  if (!bytes) return bad_file();
  out.key = *std::move(bytes);
  return out;
}

/// Numbers of Go's crypto.Hash.
std::uint16_t bank_of_go(std::uint64_t number) {
  constexpr std::array<std::uint16_t, 8> known{
      0, 0, 0, tpm_alg::sha1, 0, tpm_alg::sha256, tpm_alg::sha384, tpm_alg::sha512};
  return number < known.size() ? known.at(number) : std::uint16_t{0};
}

Result<PcrBanks> go_values(const json& list) {
  if (!list.is_array() || list.size() > 4UL * pcr_count) return bad_file();
  PcrBanks out;
  for (const json& one : list) {
    const json* const index = member_of(one, "Index");
    const json* const algorithm = member_of(one, "DigestAlg");
    const bool numbers = index != nullptr && index->is_number_unsigned() && algorithm != nullptr &&
                         algorithm->is_number_unsigned();
    if (!numbers || index->get<std::uint64_t>() >= pcr_count) return bad_file();
    DAYMARK_TRY(auto value, bytes_in(one, "Digest", TextForm::base64));
    const bool fresh = out[bank_of_go(algorithm->get<std::uint64_t>())]
                           .emplace(index->get<unsigned>(), std::move(value))
                           .second;
    if (!fresh) return bad_file();
  }
  return out;
}

Result<TpmQuoteEvidence> go_file(const json& all) {
  const json* const key = member_of(all, "AK");
  const json* const quote = member_of(all, "Quote");
  const json* const log = member_of(all, "Log");
  if (key == nullptr || quote == nullptr) return bad_file();
  TpmQuoteEvidence out;
  DAYMARK_TRY(out.key, bytes_in(*key, "Public", TextForm::base64));
  DAYMARK_TRY(out.attest, bytes_in(*quote, "Quote", TextForm::base64));
  DAYMARK_TRY(out.signature, bytes_in(*quote, "Signature", TextForm::base64));
  const json* const values = log == nullptr ? nullptr : member_of(*log, "PCRs");
  if (values == nullptr) return out;
  DAYMARK_TRY(out.pcrs, go_values(*values));
  DAYMARK_TRY(out.event_log, bytes_in(*log, "Raw", TextForm::base64));
  return out;
}

std::uint16_t bank_of_name(std::string_view name) {
  if (name == "SHA1") return tpm_alg::sha1;
  if (name == "SHA256") return tpm_alg::sha256;
  if (name == "SHA384") return tpm_alg::sha384;
  return name == "SHA512" ? tpm_alg::sha512 : std::uint16_t{0};
}

Result<PcrValues> values_of_bank(const json& bank, std::uint16_t hash) {
  if (!bank.is_object() || hash == 0) return bad_values();
  PcrValues out;
  for (const auto& [name, value] : bank.items()) {
    unsigned pcr = pcr_count;
    const auto [end, problem] = std::from_chars(name.data(), name.data() + name.size(), pcr);
    const bool number =
        problem == std::errc() && end == name.data() + name.size() && std::to_string(pcr) == name;
    if (!number || pcr >= pcr_count || !value.is_string()) return bad_values();
    auto bytes = from_hex(value.get_ref<const std::string&>());
    if (!bytes || bytes->size() != tpm_hash_size(hash)) return bad_values();
    out.emplace(pcr, *std::move(bytes));
  }
  return out;
}

Result<PcrBanks> json_values(std::string_view text) {
  DAYMARK_TRY(const json all, internal::parse_json(text));
  const json* const banks = member_of(all, "banks");
  if (banks == nullptr || !banks->is_object() || banks->empty()) return bad_values();
  PcrBanks out;
  for (const auto& [name, bank] : banks->items()) {
    const std::uint16_t hash = bank_of_name(name);
    DAYMARK_TRY(out[hash], values_of_bank(bank, hash));
  }
  return out;
}

bool begins_json(ByteView content) {
  const auto first = std::ranges::find_if(
      content, [](Byte c) { return c != ' ' && c != '\t' && c != '\r' && c != '\n'; });
  return first != content.end() && *first == '{';
}

bool begins_statement(ByteView content) {
  return content.size() >= 4 && get_big_endian<std::uint32_t>(content.first<4>()) == tpm_magic;
}

}  // namespace

bool is_tpm_file(ByteView content) {
  if (begins_statement(content)) return true;
  if (!begins_json(content)) return false;
  const auto all = internal::parse_json(text_of(content));
  return all && (member_of(*all, "tpm_quote") != nullptr || member_of(*all, "Quote") != nullptr ||
                 (member_of(*all, "message") != nullptr && member_of(*all, "pcrs") != nullptr));
}

Result<TpmQuoteEvidence> parse_tpm_file(ByteView content) {
  if (!begins_json(content)) {
    TpmQuoteEvidence out;
    out.attest.assign(content.begin(), content.end());
    return out;
  }
  DAYMARK_TRY(const json all, internal::parse_json(text_of(content)));
  return member_of(all, "Quote") != nullptr ? go_file(all) : trustee_file(all);
}

Result<PcrBanks> parse_pcr_values(ByteView content, ByteView attest) {
  if (content.size() > pcr_file_max) return bad_values();
  if (begins_json(content)) return json_values(text_of(content));
  DAYMARK_TRY(const PcrSelection bank, only_bank(attest));
  const std::size_t size = tpm_hash_size(bank.hash);
  if (size == 0 || content.empty() || content.size() % size != 0 ||
      content.size() / size > pcr_count) {
    return bad_values();
  }
  std::vector<std::vector<Byte>> values;
  values.reserve(content.size() / size);
  for (std::size_t at = 0; at < content.size(); at += size) {
    const ByteView value = content.subspan(at, size);
    values.emplace_back(value.begin(), value.end());
  }
  return numbered(values, attest);
}

}  // namespace daymark::evidence
