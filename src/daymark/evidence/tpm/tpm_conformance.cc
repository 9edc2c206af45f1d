// Quotes and event logs of other projects' vTPMs, each with the verdict that its collection states.
#include <array>
#include <filesystem>

#include <fmt/format.h>

#include "daymark/base/encode.h"
#include "daymark/base/errors.h"
#include "daymark/evidence/conformance.h"
#include "daymark/evidence/conformance_internal.h"
#include "daymark/evidence/errors.h"
#include "daymark/evidence/tpm/tpm_fields_internal.h"
#include "daymark/evidence/tpm/tpm_hash_internal.h"
#include "daymark/evidence/tpm/tpm_quote_file.h"

namespace daymark::evidence {

namespace {

constexpr std::array<std::string_view, 7> event_logs{
    "arch-linux-workstation", "cos-101-amd-sev", "cos-85-amd-sev",
    "eventlogwithsp800155",   "rhel8-uefi",      "ubuntu-2104-no-dbx",
    "ubuntu-2404-amd-sevsnp"};

Errc quote_reason(const TpmQuoteEvidence& evidence, const TpmQuoteOptions& options) {
  return verify_tpm_quote(evidence, options).reason.code;
}

/// A file of trustee's, its key named by who asks, and what becomes of it where something is wrong.
void run_trustee_quote(ConformanceCount& count, std::string_view name,
                       const TpmQuoteEvidence& evidence, const std::vector<Byte>& key) {
  const auto add = [&](std::string_view what, Errc expected, const TpmQuoteEvidence& changed,
                       const TpmQuoteOptions& options) {
    add_case(count, fmt::format("{}: {}", name, what), expected, quote_reason(changed, options));
  };
  const auto parsed = parse_tpms_attest(evidence.attest);
  count.add(parsed.has_value(), fmt::format("{}: the statement does not parse", name));
  if (!parsed) return;
  TpmQuoteOptions named;
  named.key = key;
  named.nonce.emplace(parsed->extra.begin(), parsed->extra.end());
  add("genuine", errc::quote_genuine_bare, evidence, named);
  const TpmQuoteOptions unnamed;
  add("key not named", evidence.key.empty() ? errc::ak_missing : errc::ak_unshown, evidence,
      unnamed);
  TpmQuoteOptions stale = named;
  stale.nonce->back() ^= 1;
  add("another nonce", errc::quote_nonce, evidence, stale);
  TpmQuoteEvidence changed = evidence;
  changed.signature.back() ^= 1;
  add("signature changed", errc::tpm_signature, changed, named);
  changed = evidence;
  changed.attest.back() ^= 1;
  add("digest changed", errc::tpm_signature, changed, named);
  changed = evidence;
  changed.attest.push_back(0);
  add("a byte behind it", errc::quote_trailing, changed, named);
  changed = evidence;
  changed.pcrs.begin()->second.begin()->second.back() ^= 1;
  add("a PCR changed", errc::tpm_pcrs, changed, named);
}

void run_trustee(const VectorFolder& folder, ConformanceCount& count) {
  const auto report = folder.bytes("trustee/hcl-report.bin");
  for (const std::string_view name :
       {"trustee/tpm-quote-v1.json", "trustee/evidence-v2.json", "trustee/tpm_evidence.json"}) {
    const auto content = folder.bytes(name);
    if (!content) continue;
    const auto evidence = parse_tpm_file(*content);
    add_case(count, name, {}, evidence ? Errc{} : evidence.error().code);
    if (!evidence) continue;
    const bool apart = evidence->key.empty();
    if (apart && !report) continue;
    run_trustee_quote(count, name, *evidence, apart ? *report : evidence->key);
  }
}

/// The creation of the same key: its name and the digest of its creation data.
void run_creation(ConformanceCount& count, const nlohmann::json& all, TpmQuoteEvidence evidence,
                  const TpmQuoteOptions& options) {
  const nlohmann::json& key = all.at("AK");
  const auto part = [&](const char* name) {
    return from_base64(key.value(name, "")).value_or(std::vector<Byte>());
  };
  evidence.attest = part("CreateAttestation");
  evidence.signature = part("CreateSignature");
  evidence.pcrs.clear();
  evidence.event_log.clear();
  add_case(count, "creation", errc::quote_genuine, quote_reason(evidence, options));
  const auto parsed = parse_tpms_attest(evidence.attest);
  const auto* const created = parsed ? std::get_if<TpmsCreation>(&parsed->info) : nullptr;
  const auto ak = TpmKey::parse(evidence.key);
  count.add(created != nullptr && ak && equal(created->name, ak->name()),
            "creation: the name is not the key's");
  const std::vector<Byte> data = part("CreateData");
  const ByteView view(data);
  count.add(
      created != nullptr && equal(created->creation_hash, tpm_digest(tpm_alg::sha256, {&view, 1})),
      "creation: the digest is not that of the creation data");
}

/// A SHA-1 quote with an empty nonce and a log of the older form: each is a reason to refuse, and
/// behind them all the quote is right.
void run_shielded(const VectorFolder& folder, ConformanceCount& count) {
  constexpr std::string_view name = "go-attestation/windows_gcp_shielded_vm.json";
  const auto content = folder.bytes(name);
  const auto all = folder.json(name);
  if (!content || !all) return;
  auto evidence = parse_tpm_file(*content);
  add_case(count, name, {}, evidence ? Errc{} : evidence.error().code);
  if (!evidence) return;
  TpmQuoteOptions options;
  options.key = evidence->key;
  add_case(count, "shielded: empty nonce", errc::quote_nonce_empty,
           quote_reason(*evidence, options));
  options.exceptions.empty_nonce = true;
  add_case(count, "shielded: SHA-1 bank", errc::quote_sha1_bank, quote_reason(*evidence, options));
  options.nonce = std::vector<Byte>(32, 7);
  add_case(count, "shielded: not the nonce", errc::quote_nonce, quote_reason(*evidence, options));
  options.nonce.reset();
  options.exceptions.sha1 = true;
  add_case(count, "shielded: older log", errc::tpmlog_sha1, quote_reason(*evidence, options));
  evidence->event_log.clear();
  add_case(count, "shielded: behind all that", errc::quote_genuine,
           quote_reason(*evidence, options));
  run_creation(count, *all, *evidence, options);
}

void run_log(const VectorFolder& folder, std::string_view name, ConformanceCount& count) {
  const std::string file = fmt::format("eventlogs/{}.bin", name);
  const auto content = folder.bytes(file);
  const auto values = folder.bytes(file + ".pcrs.json");
  if (!content || !values) return;
  const auto log = parse_event_log(*content);
  const auto banks = parse_pcr_values(*values, {});
  add_case(count, file, {}, log ? Errc{} : log.error().code);
  add_case(count, file + ".pcrs.json", {}, banks ? Errc{} : banks.error().code);
  if (!log || !banks) return;
  for (const auto& [hash, bank] : *banks) {
    const auto replayed = replay_event_log(*log, hash);
    for (const auto& [pcr, value] : bank) {
      const bool same = replayed && replayed->contains(pcr) && replayed->at(pcr) == value;
      count.add(same, fmt::format("{}: {} PCR {} is not what the log leads to", file,
                                  tpm_hash_name(hash), pcr));
    }
  }
}

}  // namespace

Outcome<ConformanceCount> run_tpm_conformance(const std::string& folder) {
  const VectorFolder files(folder);
  ConformanceCount out;
  run_trustee(files, out);
  run_shielded(files, out);
  for (const std::string_view name : event_logs)
    run_log(files, name, out);
  if (out.passed + out.failed == 0) return refuse(errc::file_not_opened, folder);
  return out;
}

}  // namespace daymark::evidence
