#include "daymark/evidence/evidence_file.h"

#include <algorithm>

#include <fmt/format.h>

#include "daymark/base/hex.h"
#include "daymark/evidence/errors.h"
#include "daymark/evidence/nvidia/appraisal_internal.h"

namespace daymark::evidence {

namespace {

bool is_space(Byte c) {
  return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

bool is_hex_digit(Byte c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

ByteView trimmed(ByteView text) {
  while (!text.empty() && is_space(text.front()))
    text = text.subspan(1);
  while (!text.empty() && is_space(text.back()))
    text = text.first(text.size() - 1);
  return text;
}

Result<std::vector<EvidenceItem>> one_report(std::vector<Byte> report) {
  NvidiaEvidence evidence;
  evidence.report = std::move(report);
  std::vector<EvidenceItem> out;
  out.emplace_back(std::move(evidence));
  return out;
}

EvidenceVerdict refusal(Error reason, UnixMillis as_of) {
  EvidenceVerdict out;
  out.reason = reason;
  out.as_of = as_of;
  out.grounds.push_back({"form", Finding::failed});
  return out;
}

}  // namespace

Result<std::vector<EvidenceItem>> parse_evidence_file(ByteView content) {
  const ByteView text = trimmed(content);
  if (text.empty()) return fail(errc::evidence_form);
  if (text.front() == '[') return parse_evidence_json(text_of(content));
  if (is_hex_digit(text.front())) {
    DAYMARK_TRY(auto report, from_hex(text_of(text)));
    return one_report(std::move(report));
  }
  // A raw report begins with the SPDM version, 0x11: no character of text.
  if (content.front() > 0x20 || is_space(content.front())) return fail(errc::evidence_form);
  return one_report({content.begin(), content.end()});
}

bool is_reference_file(ByteView content) {
  const ByteView text = trimmed(content);
  return !text.empty() && text.front() == '<';
}

EvidenceVerdict verify_reference(const ReferenceFile& file, const VerifyOptions& options) {
  EvidenceVerdict out;
  out.file = file.name;
  out.kind = "nvidia-rim";
  out.as_of = options.as_of;
  const Result<void> valid =
      file.rim ? file.rim->check_valid_at(options.as_of) : Result<void>(fail(file.rim.error()));
  out.grounds.push_back({"signature", file.rim ? Finding::held : Finding::failed});
  if (file.rim) out.grounds.push_back({"validity", valid ? Finding::held : Finding::failed});
  out.genuine = {Finding::failed, valid ? Error{} : valid.error()};
  if (valid) {
    const Answer revocation = appraise_revocation(file.rim->revocable(), options, out);
    out.grounds.push_back({"revocation", revocation.finding});
    const bool stands =
        revocation.finding == Finding::held || revocation.finding == Finding::not_judged;
    out.genuine = stands ? Answer{Finding::held, {errc::rim_good, no_field, 0}} : revocation;
  }
  out.reason = out.genuine.reason;
  if (out.genuine.finding == Finding::held) out.verdict = Verdict::genuine;
  if (out.genuine.finding == Finding::unknown) out.verdict = Verdict::undecided;
  return out;
}

std::vector<EvidenceVerdict> verify_file(const NvidiaVerifier& verifier, const EvidenceFile& file,
                                         const VerifyOptions& options) {
  auto items = parse_evidence_file(file.content);
  std::vector<EvidenceVerdict> out;
  if (!items) {
    out.push_back(refusal(items.error(), options.as_of));
    out.back().file = file.name;
    return out;
  }
  for (EvidenceItem& item : *items) {
    if (item && item->chain.empty()) item->chain = file.chain;
    out.push_back(item ? verifier.verify(*item, options) : refusal(item.error(), options.as_of));
    out.back().file =
        items->size() == 1 ? file.name : fmt::format("{}#{}", file.name, out.size() - 1);
  }
  return out;
}

}  // namespace daymark::evidence
