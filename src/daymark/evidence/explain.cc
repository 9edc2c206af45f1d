#include "daymark/evidence/explain.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "daymark/base/encode.h"
#include "daymark/base/time.h"
#include "daymark/evidence/errors.h"
#include "daymark/evidence/governor/governor_explain.h"
#include "daymark/evidence/nvidia/rim.h"
#include "daymark/evidence/nvidia/spdm_report.h"
#include "daymark/evidence/pki/ocsp.h"
#include "daymark/evidence/tokens/token_verdict.h"
#include "daymark/evidence/tpm/tpm_activation.h"
#include "daymark/evidence/tpm/tpm_explain.h"

namespace daymark::evidence {

namespace {

enum class OpaqueForm : std::uint8_t { bytes, text, version, on_off, counts, number, mode, ports };

struct OpaqueWords {
  OpaqueType type;
  std::string_view name;
  OpaqueForm form;
};

constexpr std::array<OpaqueWords, 31> opaque_words{{
    {OpaqueType::issuer_name, "certificate issuer's name", OpaqueForm::bytes},
    {OpaqueType::authority_key, "authority key identifier", OpaqueForm::bytes},
    {OpaqueType::driver_version, "driver version", OpaqueForm::text},
    {OpaqueType::gpu_info, "GPU information", OpaqueForm::bytes},
    {OpaqueType::sku, "SKU", OpaqueForm::bytes},
    {OpaqueType::vbios_version, "VBIOS version", OpaqueForm::version},
    {OpaqueType::manufacturer, "manufacturer", OpaqueForm::bytes},
    {OpaqueType::tamper, "tamper detection", OpaqueForm::bytes},
    {OpaqueType::smc, "SMC", OpaqueForm::bytes},
    {OpaqueType::vpr, "VPR", OpaqueForm::bytes},
    {OpaqueType::nvdec0_status, "video decoder 0", OpaqueForm::on_off},
    {OpaqueType::measurement_counts, "extensions of each measurement", OpaqueForm::counts},
    {OpaqueType::cpr_info, "compute protected region", OpaqueForm::bytes},
    {OpaqueType::board_id, "board id", OpaqueForm::bytes},
    {OpaqueType::chip_sku, "chip SKU", OpaqueForm::text},
    {OpaqueType::chip_sku_mod, "chip SKU modification", OpaqueForm::text},
    {OpaqueType::project, "project", OpaqueForm::text},
    {OpaqueType::project_sku, "project SKU", OpaqueForm::text},
    {OpaqueType::project_sku_mod, "project SKU modification", OpaqueForm::text},
    {OpaqueType::firmware_identity, "firmware identity (FWID)", OpaqueForm::bytes},
    {OpaqueType::protected_pcie, "protected PCIe", OpaqueForm::on_off},
    {OpaqueType::switch_identity, "switch identity (PDI)", OpaqueForm::bytes},
    {OpaqueType::disabled_ports, "floorswept ports", OpaqueForm::bytes},
    {OpaqueType::switch_position, "position of the switch", OpaqueForm::bytes},
    {OpaqueType::lock_status, "lock status", OpaqueForm::bytes},
    {OpaqueType::switch_ports, "GPUs of the switch (PDI), and which is at each port",
     OpaqueForm::ports},
    {OpaqueType::link_connections, "link connections", OpaqueForm::bytes},
    {OpaqueType::system_enable, "system enable", OpaqueForm::bytes},
    {OpaqueType::data_version, "version of the opaque data", OpaqueForm::number},
    {OpaqueType::chip_info, "chip", OpaqueForm::text},
    {OpaqueType::feature_flag, "mode", OpaqueForm::mode},
}};

constexpr std::size_t port_identities = 8;
constexpr std::size_t identity_size = 8;
constexpr Byte no_identity = 0xFF;

bool is_shown_as_text(ByteView data) {
  while (!data.empty() && data.back() == 0)
    data = data.first(data.size() - 1);
  return !data.empty() && std::ranges::all_of(data, [](Byte c) { return c >= 0x20 && c < 0x7F; });
}

std::string text_without_padding(ByteView data) {
  std::string out(text_of(data));
  out.erase(out.find_last_not_of('\0') + 1);
  return fmt::format("\"{}\"", out);
}

std::uint64_t number_of(ByteView data) {
  std::uint64_t out = 0;
  for (std::size_t i = std::min<std::size_t>(data.size(), 8); i-- > 0;)
    out = out << 8 | data[i];
  return out;
}

std::string counts_of(ByteView data) {
  std::string out;
  for (std::size_t i = 0; i + 4 <= data.size(); i += 4)
    out += fmt::format("{}{}", i == 0 ? "" : " ", number_of(data.subspan(i, 4)));
  return out;
}

/// LS10: eight identities of GPUs, then for each of 64 ports the number of one, FF for none.
std::string ports_of(ByteView data) {
  constexpr std::size_t head = port_identities * identity_size;
  if (data.size() <= head) return to_hex(data);
  std::string out;
  for (std::size_t i = 0; i < port_identities; ++i)
    out += fmt::format("{}:{} ", i, to_hex(data.subspan(i * identity_size, identity_size)));
  out += "ports";
  for (const Byte port : data.subspan(head))
    out += port == no_identity ? std::string(" -") : fmt::format(" {}", port);
  return out;
}

std::string on_or_off(ByteView data) {
  const std::uint64_t value = number_of(data);
  if (value == 0xAA) return "on (AA)";
  if (value == 0x55) return "off (55)";
  return fmt::format("neither on nor off ({})", to_hex(data));
}

std::string mode_words(ByteView data) {
  constexpr std::array<std::string_view, 3> modes{"single GPU (0)", "multi GPU (1)",
                                                  "protected PCIe (2)"};
  const std::uint64_t value = number_of(data);
  return value < modes.size() ? std::string(modes.at(value)) : to_hex(data);
}

std::string version_words(ByteView data) {
  if (is_shown_as_text(data)) return text_without_padding(data);
  return fmt::format("{:02X}.{:02X}.{:02X}.{:02X}.{:02X}", data[3], data[2], data[1], data[0],
                     data[4]);
}

std::string value_words(OpaqueForm form, ByteView data) {
  switch (form) {
    case OpaqueForm::text:
      return is_shown_as_text(data) ? text_without_padding(data) : to_hex(data);
    case OpaqueForm::version: return version_words(data);
    case OpaqueForm::on_off: return on_or_off(data);
    case OpaqueForm::counts: return counts_of(data);
    case OpaqueForm::number: return fmt::format("{}", number_of(data));
    case OpaqueForm::mode: return mode_words(data);
    case OpaqueForm::ports: return ports_of(data);
    case OpaqueForm::bytes: break;
  }
  return to_hex(data);
}

ExplainedField explain_opaque(const OpaqueField& field) {
  const auto type = static_cast<unsigned>(field.type);
  const auto* const known = std::ranges::find(opaque_words, field.type, &OpaqueWords::type);
  ExplainedField out;
  out.size = static_cast<std::uint32_t>(field.data.size());
  if (known == opaque_words.end()) {
    out.name = fmt::format("opaque {}: unknown type", type);
    out.value = to_hex(field.data);
  } else {
    out.name = fmt::format("opaque {}: {}", type, known->name);
    out.value = value_words(known->form, field.data);
  }
  return out;
}

std::string block_words(const MeasurementBlock& block) {
  const bool empty = std::ranges::all_of(block.value, [](Byte b) { return b == 0; });
  return empty ? "all zero: nothing measured" : to_hex(block.value);
}

/// Collects fields of a report; places are counted from where the report begins.
class ReportWords {
 public:
  explicit ReportWords(ByteView report) : report_(report) {}

  void add(std::string name, ByteView bytes, std::string value) {
    const auto place = static_cast<std::uint32_t>(bytes.data() - report_.data());
    out_.push_back(
        {place, static_cast<std::uint32_t>(bytes.size()), std::move(name), std::move(value)});
  }

  void add(std::string name, ByteView bytes) {
    std::string value = to_hex(bytes);
    add(std::move(name), bytes, std::move(value));
  }

  [[nodiscard]] std::vector<ExplainedField> take() { return std::move(out_); }

 private:
  ByteView report_;
  std::vector<ExplainedField> out_;
};

void add_head(ReportWords& out, ByteView report) {
  out.add("request: SPDM version", report.subspan(0, 1), "1.1 (11)");
  out.add("request: code", report.subspan(1, 1), "GET_MEASUREMENTS (E0)");
  out.add("request: parameter 1", report.subspan(2, 1), "with signature (01)");
  out.add("request: parameter 2", report.subspan(3, 1), "all measurements (FF)");
  out.add("request: nonce, the caller's challenge", report.subspan(4, 32));
  out.add("request: slot", report.subspan(36, 1), "0");
  out.add("response: SPDM version", report.subspan(37, 1), "1.1 (11)");
  out.add("response: code", report.subspan(38, 1), "MEASUREMENTS (60)");
  out.add("response: parameters", report.subspan(39, 2), "0 0");
}

void add_line(Explanation& out, std::string name, std::string value) {
  out.fields.push_back({0, 0, std::move(name), std::move(value)});
}

std::string measurement_words(const RimMeasurement& one) {
  std::string out = one.active ? "active" : "inactive";
  for (const std::string& value : one.alternatives)
    out += " " + value;
  return out;
}

/// A map or an array of CBOR: no character of text and no other form begins so.
bool is_bare_cbor(ByteView content) {
  return !content.empty() && content.front() >= 0x80 && content.front() < 0xC0;
}

std::string status_words(const OcspSingle& one) {
  std::string out = "unknown";
  if (one.status == OcspStatus::good) out = "good";
  if (one.status == OcspStatus::revoked) {
    out = fmt::format("revoked at {}", to_rfc3339(*one.revoked_at));
    if (one.reason) out += fmt::format(", reason {}", *one.reason);
    if (one.reason == certificate_hold) out += " (on hold)";
  }
  out += fmt::format("; from {}", to_rfc3339(one.this_update));
  return one.next_update ? out + fmt::format(" until {}", to_rfc3339(*one.next_update)) : out;
}

}  // namespace

Result<Explanation> explain_report(ByteView report) {
  DAYMARK_TRY(const SpdmReport parsed, parse_report(report));
  ReportWords words(report);
  add_head(words, report);
  words.add("response: blocks", report.subspan(41, 1), fmt::format("{}", parsed.blocks.size()));
  words.add("response: length of the blocks", report.subspan(42, 3),
            fmt::format("{}", number_of(report.subspan(42, 3))));
  for (const MeasurementBlock& block : parsed.blocks) {
    words.add(fmt::format("block {} (reference index {})", block.index, block.index - 1),
              block.value, block_words(block));
  }
  const std::size_t nonce = 45 + number_of(report.subspan(42, 3));
  words.add("response: the device's own nonce", report.subspan(nonce, 32));
  words.add("response: length of the opaque data", report.subspan(nonce + 32, 2),
            fmt::format("{}", number_of(report.subspan(nonce + 32, 2))));
  for (const OpaqueField& field : parsed.opaque) {
    ExplainedField one = explain_opaque(field);
    words.add(std::move(one.name), field.data, std::move(one.value));
  }
  words.add("signature: r", parsed.signature.first(48));
  words.add("signature: s", parsed.signature.subspan(48));
  return Explanation{"NVIDIA attestation report", "offset", words.take()};
}

Result<Explanation> explain_rim(ByteView text) {
  DAYMARK_TRY(const RimContent content, read_rim(text));
  Explanation out{"NVIDIA reference values", "line", {}};
  add_line(out, "tag", content.tag_id);
  add_line(out, "made by", content.manufacturer);
  add_line(out, "product", content.product);
  add_line(out, "edition", content.edition);
  add_line(out, "version", content.version);
  for (const RimMeasurement& one : content.measurements) {
    out.fields.push_back({one.line, 0,
                          fmt::format("index {} (block {}) {}", one.index, one.index + 1, one.name),
                          measurement_words(one)});
  }
  for (std::size_t i = 0; i < content.certificates.size(); ++i) {
    add_line(out, fmt::format("certificate {}", i),
             fmt::format("{} bytes of DER", content.certificates[i].size()));
  }
  return out;
}

Result<Explanation> explain_ocsp(ByteView der) {
  DAYMARK_TRY(const OcspAnswer answer, parse_ocsp(der));
  Explanation out{"OCSP answer", "", {}};
  add_line(out, answer.responder_key ? "responder's key (SHA-1)" : "responder's name (DER)",
           to_hex(answer.responder_key ? *answer.responder_key : *answer.responder_name));
  add_line(out, "produced at", to_rfc3339(answer.produced_at));
  for (const OcspSingle& one : answer.statuses) {
    add_line(out, fmt::format("certificate {}", to_hex(one.id.serial)), status_words(one));
    add_line(out, "  named by", one.id.uses_sha384() ? "SHA-384" : "another hash than SHA-384");
    add_line(out, "  issuer's name", to_hex(one.id.issuer_name_hash));
    add_line(out, "  issuer's key", to_hex(one.id.issuer_key_hash));
  }
  add_line(out, "nonce", answer.nonce ? to_hex(*answer.nonce) : "none");
  add_line(out, "certificates of the responder", fmt::format("{}", answer.certificates.size()));
  return out;
}

Result<Explanation> explain_any(ByteView content) {
  if (is_tpm_activation(content)) return explain_tpm_activation(content);
  if (is_governor_eat(content)) return explain_governor(content);
  if (is_token_file(content)) return explain_token(content);
  if (auto statement = explain_tpm_any(content)) return *std::move(statement);
  if (is_bare_cbor(content)) return explain_token(content);
  std::string text;
  for (const char c : text_of(content)) {
    if (c != '\n' && c != '\r' && c != ' ' && c != '\t') text += c;
  }
  if (text.starts_with('<')) return explain_rim(content);
  if (text.starts_with("11e0") || text.starts_with("11E0")) {
    DAYMARK_TRY(const auto report, from_hex(text));
    return explain_report(report);
  }
  if (text.starts_with('\x11')) return explain_report(content);
  if (text.starts_with('0')) return explain_ocsp(content);
  const auto der = from_base64(text);
  if (!der) return fail(errc::evidence_form);
  return explain_ocsp(*der);
}

std::string explanation_text(const Explanation& explanation) {
  std::string out = fmt::format("{} (not verified)\n", explanation.kind);
  for (const ExplainedField& field : explanation.fields) {
    if (explanation.place == "offset") out += fmt::format("{:>6} {:>4}  ", field.place, field.size);
    if (explanation.place == "line") out += fmt::format("{:>4}  ", field.place);
    out += fmt::format("{}: {}\n", field.name, field.value);
  }
  return out;
}

std::string explanation_json(const Explanation& explanation) {
  auto fields = nlohmann::ordered_json::array();
  for (const ExplainedField& field : explanation.fields) {
    nlohmann::ordered_json one;
    if (!explanation.place.empty()) one[std::string(explanation.place)] = field.place;
    if (explanation.place == "offset") one["size"] = field.size;
    one["name"] = field.name;
    one["value"] = field.value;
    fields.push_back(std::move(one));
  }
  const nlohmann::ordered_json out{
      {"kind", explanation.kind}, {"verified", false}, {"fields", std::move(fields)}};
  return out.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

}  // namespace daymark::evidence
