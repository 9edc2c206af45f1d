#include "daymark/evidence/pki/ocsp.h"

#include <algorithm>
#include <array>
#include <chrono>

#include "daymark/evidence/errors.h"
#include "daymark/evidence/pki/der_internal.h"

namespace daymark::evidence {

namespace {

// Object identifiers as DER content.
constexpr std::array<Byte, 9> basic_response{0x2B, 0x06, 0x01, 0x05, 0x05, 0x07, 0x30, 0x01, 0x01};
constexpr std::array<Byte, 9> nonce_extension{0x2B, 0x06, 0x01, 0x05, 0x05, 0x07, 0x30, 0x01, 0x02};
constexpr std::array<Byte, 9> hash_sha384{0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x02};
constexpr std::array<Byte, 8> ecdsa_with_sha384{0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x04, 0x03, 0x03};
constexpr std::size_t key_name_size = 20;
constexpr std::size_t nonce_size_max = 128;  // RFC 9654 §2.1
constexpr std::size_t extensions_max = 16;
constexpr Byte boolean_true = 0xFF;

Result<der::Element> take_whole(der::Reader& reader, Byte tag) {
  DAYMARK_TRY(const auto element, reader.next(tag));
  DAYMARK_CHECK(reader.expect_end());
  return element;
}

/// The one element of an explicit tag.
Result<der::Element> take_explicit(der::Reader& reader, unsigned number, Byte tag) {
  DAYMARK_TRY(const auto outer, reader.next(der::context(number)));
  der::Reader inside = reader.inside(outer);
  return take_whole(inside, tag);
}

std::optional<int> digits_at(ByteView text, std::size_t at, std::size_t count) {
  int out = 0;
  for (const Byte c : text.subspan(at, count)) {
    if (c < '0' || c > '9') return std::nullopt;
    out = out * 10 + (c - '0');
  }
  return out;
}

/// GeneralizedTime as RFC 5280 §4.1.2.5.2 wants it: YYYYMMDDHHMMSSZ.
std::optional<UnixMillis> generalized_time(ByteView text) {
  if (text.size() != 15 || text.back() != 'Z') return std::nullopt;
  namespace chrono = std::chrono;
  const auto year = digits_at(text, 0, 4);
  const auto month = digits_at(text, 4, 2);
  const auto day = digits_at(text, 6, 2);
  const auto hour = digits_at(text, 8, 2);
  const auto minute = digits_at(text, 10, 2);
  const auto second = digits_at(text, 12, 2);
  if (!year || !month || !day || !hour || !minute || !second) return std::nullopt;
  const chrono::year_month_day date{chrono::year{*year},
                                    chrono::month{static_cast<unsigned>(*month)},
                                    chrono::day{static_cast<unsigned>(*day)}};
  if (!date.ok() || *hour > 23 || *minute > 59 || *second > 59) return std::nullopt;
  const auto at = chrono::sys_days(date) + chrono::hours(*hour) + chrono::minutes(*minute) +
                  chrono::seconds(*second);
  return UnixMillis{chrono::duration_cast<chrono::milliseconds>(at.time_since_epoch()).count()};
}

Result<UnixMillis> take_time(der::Reader& reader) {
  const der::Reader before = reader;
  DAYMARK_TRY(const auto element, reader.next(der::generalized_time));
  const auto time = generalized_time(element.content);
  if (!time) return before.fail_here();
  return *time;
}

Result<UnixMillis> take_explicit_time(der::Reader& reader, unsigned number) {
  DAYMARK_TRY(const auto outer, reader.next(der::context(number)));
  der::Reader inside = reader.inside(outer);
  DAYMARK_TRY(const UnixMillis time, take_time(inside));
  DAYMARK_CHECK(inside.expect_end());
  return time;
}

/// A number that is not negative, in its shortest form (X.690 §8.3).
Result<ByteView> take_serial(der::Reader& reader) {
  const der::Reader before = reader;
  DAYMARK_TRY(const auto element, reader.next(der::integer));
  const ByteView content = element.content;
  if (content.empty() || content.front() >= 0x80) return before.fail_here();
  if (content.front() != 0) return content;
  const bool shortest = content.size() == 1 || content[1] >= 0x80;
  if (!shortest) return before.fail_here();
  return content.subspan(1);
}

/// AlgorithmIdentifier without parameters, or with NULL for them.
Result<ByteView> take_algorithm(der::Reader& reader) {
  DAYMARK_TRY(const auto outer, reader.next(der::sequence));
  der::Reader inside = reader.inside(outer);
  DAYMARK_TRY(const auto identifier, inside.next(der::object_identifier));
  if (inside.sees(der::null)) {
    const der::Reader before = inside;
    DAYMARK_TRY(const auto parameters, inside.next(der::null));
    if (!parameters.content.empty()) return before.fail_here();
  }
  DAYMARK_CHECK(inside.expect_end());
  return identifier.content;
}

Result<OcspCertificateId> take_id(der::Reader& reader) {
  DAYMARK_TRY(const auto outer, reader.next(der::sequence));
  der::Reader inside = reader.inside(outer);
  OcspCertificateId out;
  DAYMARK_TRY(out.algorithm, take_algorithm(inside));
  DAYMARK_TRY(const auto name, inside.next(der::octet_string));
  DAYMARK_TRY(const auto key, inside.next(der::octet_string));
  DAYMARK_TRY(out.serial, take_serial(inside));
  DAYMARK_CHECK(inside.expect_end());
  out.issuer_name_hash = name.content;
  out.issuer_key_hash = key.content;
  return out;
}

Result<void> take_revocation(der::Reader& reader, OcspSingle& out) {
  DAYMARK_TRY(const auto info, reader.next(der::context(1)));
  der::Reader inside = reader.inside(info);
  out.status = OcspStatus::revoked;
  DAYMARK_TRY(out.revoked_at, take_time(inside));
  if (inside.at_end()) return ok();
  const der::Reader before = inside;
  DAYMARK_TRY(const auto reason, take_explicit(inside, 0, der::enumerated));
  if (reason.content.size() != 1) return before.fail_here();
  out.reason = reason.content.front();
  return inside.expect_end();
}

Result<void> take_status(der::Reader& reader, OcspSingle& out) {
  if (reader.sees(der::context(1))) return take_revocation(reader, out);
  const der::Reader before = reader;
  out.status = reader.sees(der::primitive_context(0)) ? OcspStatus::good : OcspStatus::unknown;
  const unsigned number = out.status == OcspStatus::good ? 0 : 2;
  DAYMARK_TRY(const auto element, reader.next(der::primitive_context(number)));
  return element.content.empty() ? ok() : before.fail_here();
}

struct Extension {
  ByteView identifier;
  bool critical = false;
  der::Element value;
};

Result<Extension> take_extension(der::Reader& reader) {
  DAYMARK_TRY(const auto outer, reader.next(der::sequence));
  der::Reader inside = reader.inside(outer);
  Extension out;
  DAYMARK_TRY(const auto identifier, inside.next(der::object_identifier));
  out.identifier = identifier.content;
  if (inside.sees(der::boolean)) {
    const der::Reader before = inside;
    DAYMARK_TRY(const auto flag, inside.next(der::boolean));
    // DER: TRUE is FF, and a FALSE that is the default is left out (X.690 §11.1, §11.5).
    if (flag.content.size() != 1 || flag.content.front() != boolean_true) {
      return before.fail_here();
    }
    out.critical = true;
  }
  DAYMARK_TRY(out.value, inside.next(der::octet_string));
  DAYMARK_CHECK(inside.expect_end());
  return out;
}

Result<std::vector<Extension>> take_extensions(der::Reader& reader, unsigned number) {
  DAYMARK_TRY(const auto list, take_explicit(reader, number, der::sequence));
  der::Reader inside = reader.inside(list);
  std::vector<Extension> out;
  while (!inside.at_end()) {
    const der::Reader before = inside;
    DAYMARK_TRY(const Extension one, take_extension(inside));
    const bool repeated = std::ranges::any_of(
        out, [&](const Extension& other) { return equal(other.identifier, one.identifier); });
    if (repeated || out.size() == extensions_max) return before.fail_here();
    if (one.critical && !equal(one.identifier, nonce_extension)) {
      return fail(errc::ocsp_critical, field::ocsp_answer);
    }
    out.push_back(one);
  }
  return out;
}

Result<OcspSingle> take_single(der::Reader& reader) {
  DAYMARK_TRY(const auto outer, reader.next(der::sequence));
  der::Reader inside = reader.inside(outer);
  OcspSingle out;
  DAYMARK_TRY(out.id, take_id(inside));
  DAYMARK_CHECK(take_status(inside, out));
  DAYMARK_TRY(out.this_update, take_time(inside));
  if (inside.sees(der::context(0))) {
    const der::Reader before = inside;
    DAYMARK_TRY(out.next_update, take_explicit_time(inside, 0));
    if (*out.next_update < out.this_update) return before.fail_here();
  }
  if (inside.sees(der::context(1))) DAYMARK_CHECK(take_extensions(inside, 1));
  DAYMARK_CHECK(inside.expect_end());
  return out;
}

bool same_certificate(const OcspCertificateId& a, const OcspCertificateId& b) {
  return equal(a.algorithm, b.algorithm) && equal(a.issuer_name_hash, b.issuer_name_hash) &&
         equal(a.issuer_key_hash, b.issuer_key_hash) && equal(a.serial, b.serial);
}

Result<void> take_statuses(der::Reader& reader, OcspAnswer& out) {
  DAYMARK_TRY(const auto list, reader.next(der::sequence));
  der::Reader inside = reader.inside(list);
  if (inside.at_end()) return inside.fail_here();
  while (!inside.at_end()) {
    if (out.statuses.size() == ocsp_statuses_max) return inside.fail_here();
    DAYMARK_TRY(const OcspSingle one, take_single(inside));
    const bool repeated = std::ranges::any_of(
        out.statuses, [&](const OcspSingle& other) { return same_certificate(other.id, one.id); });
    if (repeated) return fail(errc::ocsp_duplicate, field::ocsp_answer);
    out.statuses.push_back(one);
  }
  return ok();
}

Result<void> take_responder(der::Reader& reader, OcspAnswer& out) {
  const der::Reader before = reader;
  if (reader.sees(der::context(1))) {
    DAYMARK_TRY(const auto name, take_explicit(reader, 1, der::sequence));
    out.responder_name = name.whole;
    return ok();
  }
  DAYMARK_TRY(const auto key, take_explicit(reader, 2, der::octet_string));
  if (key.content.size() != key_name_size) return before.fail_here();
  out.responder_key = key.content;
  return ok();
}

Result<void> take_nonce(der::Reader& reader, OcspAnswer& out) {
  DAYMARK_TRY(const auto extensions, take_extensions(reader, 1));
  for (const Extension& extension : extensions) {
    if (!equal(extension.identifier, nonce_extension)) continue;
    der::Reader inside = reader.inside(extension.value);
    DAYMARK_TRY(const auto nonce, take_whole(inside, der::octet_string));
    // An empty number proves nothing and would compare equal to one that was never sent.
    if (nonce.content.empty() || nonce.content.size() > nonce_size_max) return inside.fail_here();
    out.nonce = nonce.content;
  }
  return ok();
}

/// ResponseData. Version 1 is the default, and DER leaves a default out.
Result<void> read_data(der::Reader reader, OcspAnswer& out) {
  DAYMARK_CHECK(take_responder(reader, out));
  DAYMARK_TRY(out.produced_at, take_time(reader));
  DAYMARK_CHECK(take_statuses(reader, out));
  if (reader.sees(der::context(1))) DAYMARK_CHECK(take_nonce(reader, out));
  return reader.expect_end();
}

Result<void> take_certificates(der::Reader& reader, OcspAnswer& out) {
  DAYMARK_TRY(const auto list, take_explicit(reader, 0, der::sequence));
  der::Reader inside = reader.inside(list);
  while (!inside.at_end()) {
    if (out.certificates.size() == ocsp_certificates_max) return inside.fail_here();
    DAYMARK_TRY(const auto certificate, inside.next(der::sequence));
    out.certificates.push_back(certificate.whole);
  }
  return ok();
}

/// BasicOCSPResponse (RFC 6960 §4.2.1).
Result<void> read_basic(der::Reader reader, OcspAnswer& out) {
  DAYMARK_TRY(const auto outer, take_whole(reader, der::sequence));
  der::Reader inside = reader.inside(outer);
  DAYMARK_TRY(const auto data, inside.next(der::sequence));
  out.signed_bytes = data.whole;
  DAYMARK_CHECK(read_data(inside.inside(data), out));
  DAYMARK_TRY(const ByteView algorithm, take_algorithm(inside));
  if (!equal(algorithm, ecdsa_with_sha384)) return fail(errc::ocsp_algorithm, field::ocsp_answer);
  const der::Reader before = inside;
  DAYMARK_TRY(const auto bits, inside.next(der::bit_string));
  // Whole bytes: the first says how many bits of the last are unused.
  if (bits.content.size() < 2 || bits.content.front() != 0) return before.fail_here();
  out.signature = bits.content.subspan(1);
  if (inside.sees(der::context(0))) DAYMARK_CHECK(take_certificates(inside, out));
  return inside.expect_end();
}

}  // namespace

bool OcspCertificateId::uses_sha384() const {
  return equal(algorithm, hash_sha384);
}

Result<OcspAnswer> parse_ocsp(ByteView der) {
  if (der.size() > ocsp_size_max) return fail(errc::ocsp_too_large, field::ocsp_answer);
  der::Reader reader(der, {errc::ocsp_form, field::ocsp_answer, 0});
  DAYMARK_TRY(const auto outer, take_whole(reader, der::sequence));
  der::Reader inside = reader.inside(outer);
  DAYMARK_TRY(const auto status, inside.next(der::enumerated));
  if (status.content.size() != 1) return inside.fail_here();
  if (status.content.front() != 0) {
    return fail(errc::ocsp_no_answer, field::ocsp_error, status.content.front());
  }
  DAYMARK_TRY(const auto response, take_explicit(inside, 0, der::sequence));
  DAYMARK_CHECK(inside.expect_end());
  der::Reader parts = inside.inside(response);
  const der::Reader before = parts;
  DAYMARK_TRY(const auto type, parts.next(der::object_identifier));
  if (!equal(type.content, basic_response)) return before.fail_here();
  DAYMARK_TRY(const auto basic, take_whole(parts, der::octet_string));
  OcspAnswer out;
  DAYMARK_CHECK(read_basic(parts.inside(basic), out));
  return out;
}

}  // namespace daymark::evidence
