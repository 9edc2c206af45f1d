// Fields and claims of reports as other implementations state them, compared one by one.
#include <array>

#include <fmt/format.h>

#include "daymark/base/hex.h"
#include "daymark/base/time.h"
#include "daymark/evidence/conformance_internal.h"
#include "daymark/evidence/errors.h"

namespace daymark::evidence {

namespace {

using nlohmann::json;

std::string prefixed_hex(ByteView bytes) {
  return "0x" + to_hex(bytes);
}

ByteView opaque_bytes(const SpdmReport& report, OpaqueType type) {
  return report.find(type).value_or(ByteView{});
}

std::string opaque_text(const SpdmReport& report, OpaqueType type) {
  std::string out(text_of(opaque_bytes(report, type)));
  out.erase(out.find_last_not_of('\0') + 1);
  return out;
}

std::vector<std::uint32_t> opaque_numbers(const SpdmReport& report, OpaqueType type) {
  const ByteView data = opaque_bytes(report, type);
  std::vector<std::uint32_t> out;
  for (std::size_t i = 0; i + 4 <= data.size(); i += 4) {
    out.push_back(data[i] | std::uint32_t{data[i + 1]} << 8 | std::uint32_t{data[i + 2]} << 16 |
                  std::uint32_t{data[i + 3]} << 24);
  }
  return out;
}

std::vector<std::string> pieces_of(ByteView data, std::size_t size) {
  std::vector<std::string> out;
  for (std::size_t i = 0; i + size <= data.size(); i += size)
    out.push_back(prefixed_hex(data.subspan(i, size)));
  return out;
}

struct NamedOpaque {
  std::string_view name;
  OpaqueType type;
};

/// Names of NVIDIA's SDK, for fields that it prints as they are.
constexpr std::array<NamedOpaque, 17> opaque_names{{
    {"OPAQUE_FIELD_ID_VBIOS_VERSION", OpaqueType::vbios_version},
    {"OPAQUE_FIELD_ID_BOARD_ID", OpaqueType::board_id},
    {"OPAQUE_FIELD_ID_CHIP_SKU", OpaqueType::chip_sku},
    {"OPAQUE_FIELD_ID_CHIP_SKU_MOD", OpaqueType::chip_sku_mod},
    {"OPAQUE_FIELD_ID_PROJECT", OpaqueType::project},
    {"OPAQUE_FIELD_ID_PROJECT_SKU", OpaqueType::project_sku},
    {"OPAQUE_FIELD_ID_PROJECT_SKU_MOD", OpaqueType::project_sku_mod},
    {"OPAQUE_FIELD_ID_DRIVER_VERSION", OpaqueType::driver_version},
    {"OPAQUE_FIELD_ID_GPU_INFO", OpaqueType::gpu_info},
    {"OPAQUE_FIELD_ID_CPRINFO", OpaqueType::cpr_info},
    {"OPAQUE_FIELD_ID_NVDEC0_STATUS", OpaqueType::nvdec0_status},
    {"OPAQUE_FIELD_ID_FWID", OpaqueType::firmware_identity},
    {"OPAQUE_FIELD_ID_PROTECTED_PCIE_STATUS", OpaqueType::protected_pcie},
    {"OPAQUE_FIELD_ID_DEVICE_PDI", OpaqueType::switch_identity},
    {"OPAQUE_FIELD_ID_SWITCH_POSITION_ID", OpaqueType::switch_position},
    {"OPAQUE_FIELD_ID_SWITCH_LOCK_STATUS", OpaqueType::lock_status},
    {"OPAQUE_FIELD_ID_FEATURE_FLAG", OpaqueType::feature_flag},
}};

constexpr std::size_t gpu_identities_size = 64;

/// One opaque field as the SDK prints it; null where its form is not known here.
json opaque_json(const SpdmReport& report, std::string_view name) {
  for (const NamedOpaque& one : opaque_names) {
    if (one.name == name) return prefixed_hex(opaque_bytes(report, one.type));
  }
  const ByteView ports = opaque_bytes(report, OpaqueType::switch_ports);
  if (name == "OPAQUE_FIELD_ID_MSRSCNT") {
    return opaque_numbers(report, OpaqueType::measurement_counts);
  }
  if (ports.size() <= gpu_identities_size) return nullptr;
  if (name == "OPAQUE_FIELD_ID_SWITCH_GPU_PDIS") {
    return pieces_of(ports.first(gpu_identities_size), 8);
  }
  if (name == "OPAQUE_FIELD_ID_SWITCH_PORT") {
    return pieces_of(ports.subspan(gpu_identities_size), 1);
  }
  return nullptr;
}

/// The SDK decodes the mask of ports by a table of the board that is not in the report.
bool is_beyond_the_report(std::string_view name) {
  return name == "OPAQUE_FIELD_ID_DISABLED_PORTS";
}

void compare_response(const SpdmReport& report, const json& expected, ConformanceCount& count) {
  add_equal(count, "response nonce", expected["Nonce"], prefixed_hex(report.responder_nonce));
  add_equal(count, "signature", expected["Signature"], prefixed_hex(report.signature));
  add_equal(count, "blocks", expected["NumberOfBlocks"], report.blocks.size());
  for (const MeasurementBlock& block : report.blocks) {
    const json& one =
        expected["MeasurementRecord"]["MeasurementBlocks"][std::to_string(block.index)];
    add_equal(count, fmt::format("block {}", block.index), one["DMTFSpecMeasurementValue"],
              prefixed_hex(block.value));
  }
  for (const auto& [name, value] : expected["OpaqueData"]["OpaqueDataField"].items()) {
    if (!is_beyond_the_report(name)) add_equal(count, name, value, opaque_json(report, name));
  }
}

void compare_request(const SpdmReport& report, const json& expected, ConformanceCount& count) {
  add_equal(count, "request nonce", expected["Nonce"], prefixed_hex(report.requester_nonce));
  add_equal(count, "request code", expected["RequestResponseCode"],
            prefixed_hex(report.signed_bytes.subspan(1, 1)));
  add_equal(count, "request slot", expected["SlotIDParam"],
            prefixed_hex(report.signed_bytes.subspan(36, 1)));
}

json counts_by_block(const SpdmReport& report) {
  const auto numbers = opaque_numbers(report, OpaqueType::measurement_counts);
  json out = json::object();
  for (std::size_t i = 0; i < numbers.size(); ++i)
    out[std::to_string(i + 1)] = numbers[i];
  return out;
}

/// The claims of the Confidential Containers project.
void compare_config(const SpdmReport& report, const json& config, ConformanceCount& count) {
  const auto hex = [&](const char* name, OpaqueType type) {
    add_equal(count, name, config[name], to_hex(opaque_bytes(report, type)));
  };
  hex("board_id", OpaqueType::board_id);
  hex("cpr_info", OpaqueType::cpr_info);
  hex("fwid", OpaqueType::firmware_identity);
  hex("gpu_info", OpaqueType::gpu_info);
  hex("project_sku_mod", OpaqueType::project_sku_mod);
  const auto text = [&](const char* name, OpaqueType type) {
    add_equal(count, name, config[name], opaque_text(report, type));
  };
  text("chip_sku", OpaqueType::chip_sku);
  text("chip_sku_mod", OpaqueType::chip_sku_mod);
  text("driver_version", OpaqueType::driver_version);
  text("project", OpaqueType::project);
  text("project_sku", OpaqueType::project_sku);
  text("nvdec0_status", OpaqueType::nvdec0_status);
  text("protected_pcie_status", OpaqueType::protected_pcie);
  add_equal(count, "measurement_count", config["measurement_count"], counts_by_block(report));
}

void compare_coco(const SpdmReport& report, const json& claims, ConformanceCount& count) {
  for (const MeasurementBlock& block : report.blocks) {
    add_equal(count, fmt::format("measurement {}", block.index),
              claims["measurements"][std::to_string(block.index)], to_hex(block.value));
  }
  compare_config(report, claims["config"], count);
}

void compare_claims(const EvidenceVerdict& verdict, const json& claims, ConformanceCount& count) {
  if (!verdict.device) return add_case(count, "claims", {}, verdict.reason.code);
  const GenuineDevice& device = *verdict.device;
  add_equal(count, "ueid", claims["ueid"], device.certified.ueid);
  add_equal(count, "hwmodel", claims["hwmodel"], device.certified.model);
  add_equal(count, "eat_nonce", claims["eat_nonce"], to_hex(device.nonce));
  add_equal(count, "driver", claims["x-nvidia-gpu-driver-version"], device.driver);
  add_equal(count, "vbios", claims["x-nvidia-gpu-vbios-version"], device.vbios);
  const bool known = verdict.known.finding == Finding::held;
  add_equal(count, "measres", claims["measres"], known ? "success" : "failure");
  add_equal(count, "signature", claims["x-nvidia-gpu-attestation-report-signature-verified"],
            verdict.genuine.finding == Finding::held);
  add_equal(count, "fwid", claims["x-nvidia-gpu-attestation-report-cert-chain-fwid-match"],
            verdict.reason.code == errc::evidence_genuine);
  add_equal(count, "references", 2, verdict.references.size());
  for (const UsedReference& one : verdict.references) {
    const std::string name = fmt::format("x-nvidia-gpu-{}-rim-cert-chain", one.kind);
    const UnixMillis second{one.valid_until.value / 1000 * 1000};
    add_equal(count, name, claims[name]["x-nvidia-cert-expiration-date"], to_rfc3339(second));
  }
}

}  // namespace

void run_foreign_fields(const VectorFolder& folder, ConformanceCount& count) {
  const auto newer = folder.report("parse-h100-580.159.03/report.hex");
  const auto request = folder.json("parse-h100-580.159.03/expected-request.json");
  const auto response = folder.json("parse-h100-580.159.03/expected-response.json");
  if (newer && request && response) {
    const auto report = parse_report(*newer);
    if (!report) return add_case(count, "parse-h100-580.159.03", {}, report.error().code);
    compare_request(*report, *request, count);
    compare_response(*report, *response, count);
  }
  const auto full = folder.report("full-h100-550.90.07/report.hex");
  const auto claims = folder.json("full-h100-550.90.07/expected-claims-coco.json");
  if (!full || !claims) return;
  const auto report = parse_report(*full);
  if (!report) return add_case(count, "full-h100-550.90.07", {}, report.error().code);
  compare_coco(*report, *claims, count);
}

void run_switch_fields(const VectorFolder& folder, ConformanceCount& count) {
  const auto bytes = folder.report("switch-ls10/report.hex");
  const auto expected = folder.json("switch-ls10/expected-response.json");
  if (!bytes || !expected) return;
  const auto report = parse_report(*bytes);
  if (!report) return add_case(count, "switch-ls10", {}, report.error().code);
  compare_response(*report, *expected, count);
}

void run_claims(const VectorFolder& folder, ConformanceCount& count) {
  const std::string device = "full-h100-550.90.07/";
  const auto content = folder.bytes(device + "report.hex");
  const auto chain = folder.text(device + "chain.pem");
  const auto claims = folder.json(device + "expected-claims-nras-v3.json");
  const auto driver = folder.bytes(device + "rim-driver.xml");
  const auto vbios = folder.bytes(device + "rim-vbios.xml");
  const auto rims = RimVerifier::create();
  const auto verifier = NvidiaVerifier::create();
  if (!content || !chain || !claims || !driver || !vbios || !rims || !verifier) return;
  const std::vector<ReferenceFile> references{{"driver", rims->verify(*driver)},
                                              {"vbios", rims->verify(*vbios)}};
  VerifyOptions options;
  // When NVIDIA's service judged it: 2025-06-11, the claims' own time.
  options.as_of = {(*claims)["GPU-0"]["iat"].get<std::int64_t>() * 1000};
  options.references = references;
  const auto verdicts = verify_file(*verifier, {"claims", *content, *chain}, options);
  compare_claims(verdicts.front(), (*claims)["GPU-0"], count);
}

}  // namespace daymark::evidence
