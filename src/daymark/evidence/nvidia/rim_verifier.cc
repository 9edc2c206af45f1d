#include <algorithm>

#include "daymark/base/hex.h"
#include "daymark/evidence/errors.h"
#include "daymark/evidence/nvidia/rim_internal.h"
#include "daymark/evidence/pki/certificate_internal.h"
#include "daymark/evidence/pki/der_internal.h"
#include "daymark/evidence/pki/ecdsa_internal.h"
#include "daymark/evidence/pki/pem.h"
#include "daymark/evidence/pki/revocation_internal.h"

namespace daymark::evidence {

namespace {

std::unexpected<Error> chain_breach(Errc code, std::size_t number) {
  return fail(code, field::rim_certificate, static_cast<std::uint32_t>(number));
}

/// Signer, two authorities and the pinned root, each issued by the next.
Result<std::vector<Certificate>> signers(const std::vector<std::vector<Byte>>& ders,
                                         const Certificate& root) {
  if (!equal(ders.back(), root.der())) return chain_breach(errc::rim_root, ders.size() - 1);
  if (ders.size() != rim_certificates) return chain_breach(errc::rim_chain, ders.size());
  std::vector<Certificate> out;
  for (std::size_t i = 0; i < ders.size(); ++i) {
    auto certificate = Certificate::parse(ders[i]);
    if (!certificate) return chain_breach(errc::rim_chain, i);
    out.push_back(*std::move(certificate));
  }
  for (std::size_t i = 0; i + 1 < out.size(); ++i) {
    if (!out[i].check_issued_by(out[i + 1], i)) return chain_breach(errc::rim_chain, i);
  }
  if (!out.front().check_signs_reports()) return chain_breach(errc::rim_chain, 0);
  return out;
}

Result<void> check_signature(const xml::Document& document, const RimSignature& signature,
                             const Certificate& signer) {
  const std::string info = document.canonical_of(signature.signed_info);
  const std::vector<Byte> der = der_signature(signature.value);
  if (info.empty() || !signer.verifies(bytes_of(info), der)) {
    return fail(errc::rim_signature, field::rim_line, signature.element.line());
  }
  const std::string covered = document.canonical_without(signature.element);
  Digest384 digest{};
  const bool hashed = EVP_Digest(covered.data(), covered.size(), digest.data(), nullptr,
                                 EVP_sha384(), nullptr) == 1;
  if (!hashed || covered.empty() || digest != signature.digest) {
    return fail(errc::rim_digest, field::rim_line, signature.element.line());
  }
  return ok();
}

Result<GoldenValue> golden_of(const RimMeasurement& measurement) {
  const auto refused = [&] { return fail(errc::rim_value, field::rim_line, measurement.line); };
  if (measurement.size != sizeof(ReferenceDigest)) return refused();
  GoldenValue out{measurement.index, measurement.name, {}};
  for (const std::string& text : measurement.alternatives) {
    const auto digest = from_hex_fixed<sizeof(ReferenceDigest)>(text);
    if (!digest) return refused();
    out.alternatives.push_back(*digest);
  }
  return out;
}

Result<std::vector<GoldenValue>> golden_values(const RimContent& content) {
  std::vector<GoldenValue> out;
  for (const RimMeasurement& one : content.measurements) {
    if (!one.active) continue;
    DAYMARK_TRY(GoldenValue value, golden_of(one));
    out.push_back(std::move(value));
  }
  if (out.empty()) return fail(errc::rim_empty, field::rim_line);
  std::ranges::sort(out, {}, &GoldenValue::index);
  return out;
}

bool is_hex_pair(std::string_view text) {
  return text.size() == 2 && std::ranges::all_of(text, [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'F') || (c >= 'a' && c <= 'f');
         });
}

/// "96.00.9F.00.01": five bytes. Drivers have decimal numbers of other lengths, such as
/// "550.90.07".
bool is_vbios_version(std::string_view text) {
  if (text.size() != 14) return false;
  for (std::size_t i = 0; i < text.size(); i += 3) {
    if (!is_hex_pair(text.substr(i, 2)) || (i + 2 < text.size() && text[i + 2] != '.')) {
      return false;
    }
  }
  return true;
}

RimKind kind_of(const RimContent& content) {
  if (content.edition == "SWITCH") return RimKind::switch_bios;
  return is_vbios_version(content.version) ? RimKind::vbios : RimKind::driver;
}

}  // namespace

struct VerifiedRim::Parts {
  RimKind kind{};
  RimContent content;
  std::vector<GoldenValue> golden;
  std::vector<Certificate> signers;
};

struct RimVerifier::Root {
  Certificate certificate;
};

RimKind VerifiedRim::kind() const {
  return parts_->kind;
}

const RimContent& VerifiedRim::content() const {
  return parts_->content;
}

std::span<const GoldenValue> VerifiedRim::golden() const {
  return parts_->golden;
}

Result<void> VerifiedRim::check_valid_at(UnixMillis time) const {
  for (std::size_t i = 0; i < parts_->signers.size(); ++i) {
    const Validity& span = parts_->signers[i].validity();
    if (time < span.not_before) return chain_breach(errc::rim_not_yet_valid, i);
    if (time > span.not_after) return chain_breach(errc::rim_expired, i);
  }
  return ok();
}

UnixMillis VerifiedRim::valid_until() const {
  UnixMillis out = parts_->signers.front().validity().not_after;
  for (const Certificate& one : parts_->signers)
    out = std::min(out, one.validity().not_after);
  return out;
}

std::vector<RevocationSubject> VerifiedRim::revocable() const {
  std::vector<RevocationSubject> out;
  for (std::size_t i = 0; i + 1 < parts_->signers.size(); ++i) {
    out.push_back(subject_of(parts_->signers[i], parts_->signers[i + 1]));
    out.back().chain = name_of(parts_->kind);
    out.back().number = i;
  }
  return out;
}

Result<RimVerifier> RimVerifier::create(std::string_view root_pem) {
  const ErrorQueueGuard queue;
  DAYMARK_TRY(auto ders, parse_pem_certificates(root_pem));
  if (ders.size() != 1) return fail(errc::chain_pem, field::certificate);
  DAYMARK_TRY(Certificate root, Certificate::parse(std::move(ders.front())));
  return RimVerifier(std::make_shared<const Root>(Root{std::move(root)}));
}

Result<VerifiedRim> RimVerifier::verify(ByteView text) const {
  if (text.size() > rim_size_max) return fail(errc::rim_too_large);
  const ErrorQueueGuard queue;
  DAYMARK_TRY(const xml::Document document, xml::Document::parse(text));
  DAYMARK_TRY(RimParts parts, read_rim_parts(document));
  auto out = std::make_shared<VerifiedRim::Parts>();
  DAYMARK_TRY(out->signers, signers(parts.signature.certificates, root_->certificate));
  DAYMARK_CHECK(check_signature(document, parts.signature, out->signers.front()));
  DAYMARK_TRY(out->golden, golden_values(parts.content));
  out->kind = kind_of(parts.content);
  out->content = std::move(parts.content);
  return VerifiedRim(std::move(out));
}

}  // namespace daymark::evidence
