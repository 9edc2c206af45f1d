#include "daymark/bundle/device_part.h"

#include "daymark/base/encode.h"
#include "daymark/bundle/errors.h"
#include "daymark/evidence/evidence_file.h"
#include "daymark/evidence/pki/pem.h"

namespace daymark::bundle {

namespace {

/// RFC 7468 §3, strict: 64 characters a line, nothing between the certificates.
std::string print_pem(const std::vector<std::vector<Byte>>& certificates) {
  constexpr std::size_t line_size = 64;
  std::string out;
  for (const std::vector<Byte>& certificate : certificates) {
    const std::string base64 = to_base64(certificate);
    out += "-----BEGIN CERTIFICATE-----\n";
    for (std::size_t at = 0; at < base64.size(); at += line_size)
      out += base64.substr(at, line_size) + "\n";
    out += "-----END CERTIFICATE-----\n";
  }
  return out;
}

Result<std::string> one_form(std::string_view pem) {
  DAYMARK_TRY(const auto certificates, evidence::parse_pem_certificates(pem));
  return print_pem(certificates);
}

}  // namespace

Outcome<DeviceParts> make_device_parts(ByteView file, const std::string& chain) {
  DAYMARK_TRY(const auto items, about(evidence::parse_evidence_file(file), "device report"));
  if (items.size() != 1) return refuse(errc::bundle_evidence, "device report");
  DAYMARK_TRY(const evidence::NvidiaEvidence item, about(items.front(), "device report"));
  DAYMARK_TRY(const std::string pem,
              about(one_form(item.chain.empty() ? chain : item.chain), "device chain"));
  const ByteView bytes = bytes_of(pem);
  return DeviceParts{{PartKind::device_report, {}, item.report},
                     {PartKind::device_chain, {}, {bytes.begin(), bytes.end()}}};
}

Outcome<void> judge_device(const Part& report, const Part& chain, UnixMillis as_of) {
  const std::string_view text = text_of(chain.content);
  DAYMARK_TRY(const std::string pem, about(one_form(text), chain.name));
  if (pem != text) return refuse(errc::bundle_unbound, chain.name);
  evidence::NvidiaEvidence item;
  item.report = report.content;
  item.chain = pem;
  const auto verdict = evidence::verify_nvidia(item, {.nonce = {}, .as_of = as_of});
  const bool genuine = verdict.verdict == evidence::Verdict::genuine;
  return genuine ? Outcome<void>{} : refuse(errc::bundle_evidence, report.name);
}

}  // namespace daymark::bundle
