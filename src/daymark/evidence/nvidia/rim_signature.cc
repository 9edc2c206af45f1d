// The form of the signature on reference values: exactly one, element for element.
#include <algorithm>
#include <array>

#include "daymark/base/encode.h"
#include "daymark/evidence/errors.h"
#include "daymark/evidence/nvidia/rim_internal.h"

namespace daymark::evidence {

namespace {

constexpr std::string_view xmldsig = "http://www.w3.org/2000/09/xmldsig#";
constexpr std::string_view c14n11 = "http://www.w3.org/2006/12/xml-c14n11";
constexpr std::string_view enveloped = "http://www.w3.org/2000/09/xmldsig#enveloped-signature";
constexpr std::string_view digest_sha384 = "http://www.w3.org/2001/04/xmldsig-more#sha384";
constexpr std::string_view ecdsa_sha384 = "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha384";
constexpr std::size_t embedded_certificates_max = 8;

std::unexpected<Error> profile_breach(const xml::Element& element) {
  return fail(errc::rim_profile, field::rim_line, element.line());
}

/// The elements inside, which must be of these names in this order.
template <std::size_t N>
Result<std::vector<xml::Element>> exactly(const xml::Element& element,
                                          const std::array<std::string_view, N>& names) {
  auto inside = element.children();
  if (!inside || inside->size() != N) return profile_breach(element);
  for (std::size_t i = 0; i < N; ++i) {
    if (!(*inside)[i].is(xmldsig, names.at(i))) return profile_breach((*inside)[i]);
  }
  return *std::move(inside);
}

Result<void> only_attribute(const xml::Element& element, std::string_view name,
                            std::string_view value) {
  const auto attributes = element.attributes();
  const bool right = attributes.size() == 1 && attributes[0].space.empty() &&
                     attributes[0].name == name && attributes[0].value == value;
  return right ? ok() : profile_breach(element);
}

/// An element that is nothing but an algorithm's name.
Result<void> only_algorithm(const xml::Element& element, std::string_view algorithm) {
  DAYMARK_CHECK(only_attribute(element, "Algorithm", algorithm));
  const auto inside = element.children();
  return inside && inside->empty() ? ok() : profile_breach(element);
}

Result<std::vector<Byte>> base64_inside(const xml::Element& element) {
  const auto text = element.text();
  if (!text || !element.attributes().empty()) return profile_breach(element);
  std::string packed;
  for (const char c : *text) {
    if (c != '\n' && c != '\r' && c != ' ' && c != '\t') packed += c;
  }
  auto bytes = from_base64(packed);
  if (!bytes || bytes->empty()) return profile_breach(element);
  return *std::move(bytes);
}

template <std::size_t N>
Result<ByteArray<N>> fixed_inside(const xml::Element& element) {
  DAYMARK_TRY(const auto bytes, base64_inside(element));
  if (bytes.size() != N) return profile_breach(element);
  return array_of<N>(bytes);
}

Result<void> no_attributes(const xml::Element& element) {
  return element.attributes().empty() ? ok() : profile_breach(element);
}

/// XML Signature 1.1 §4.4.3: the whole document, without this signature.
Result<ByteArray<48>> read_reference(const xml::Element& reference) {
  DAYMARK_CHECK(only_attribute(reference, "URI", ""));
  constexpr std::array<std::string_view, 3> names{"Transforms", "DigestMethod", "DigestValue"};
  DAYMARK_TRY(const auto parts, exactly(reference, names));
  DAYMARK_CHECK(no_attributes(parts[0]));
  constexpr std::array<std::string_view, 2> both{"Transform", "Transform"};
  DAYMARK_TRY(const auto transforms, exactly(parts[0], both));
  DAYMARK_CHECK(only_algorithm(transforms[0], enveloped));
  DAYMARK_CHECK(only_algorithm(transforms[1], c14n11));
  DAYMARK_CHECK(only_algorithm(parts[1], digest_sha384));
  return fixed_inside<48>(parts[2]);
}

Result<ByteArray<48>> read_signed_info(const xml::Element& info) {
  DAYMARK_CHECK(no_attributes(info));
  constexpr std::array<std::string_view, 3> names{"CanonicalizationMethod", "SignatureMethod",
                                                  "Reference"};
  DAYMARK_TRY(const auto parts, exactly(info, names));
  DAYMARK_CHECK(only_algorithm(parts[0], c14n11));
  DAYMARK_CHECK(only_algorithm(parts[1], ecdsa_sha384));
  return read_reference(parts[2]);
}

Result<std::vector<std::vector<Byte>>> read_key_info(const xml::Element& info) {
  DAYMARK_CHECK(no_attributes(info));
  constexpr std::array<std::string_view, 1> names{"X509Data"};
  DAYMARK_TRY(const auto data, exactly(info, names));
  DAYMARK_CHECK(no_attributes(data[0]));
  const auto inside = data[0].children();
  if (!inside || inside->empty() || inside->size() > embedded_certificates_max) {
    return profile_breach(data[0]);
  }
  std::vector<std::vector<Byte>> out;
  for (const xml::Element& one : *inside) {
    if (!one.is(xmldsig, "X509Certificate")) return profile_breach(one);
    DAYMARK_TRY(auto der, base64_inside(one));
    out.push_back(std::move(der));
  }
  return out;
}

}  // namespace

Result<RimSignature> read_rim_signature(const xml::Element& element) {
  DAYMARK_CHECK(no_attributes(element));
  constexpr std::array<std::string_view, 3> names{"SignedInfo", "SignatureValue", "KeyInfo"};
  // The digest covers nothing inside the signature: an Object here would be content that nobody
  // signed.
  const auto inside = element.children();
  if (inside && inside->size() > names.size()) {
    return fail(errc::rim_wrapped, field::rim_line, (*inside)[names.size()].line());
  }
  DAYMARK_TRY(const auto parts, exactly(element, names));
  RimSignature out{element, parts[0], {}, {}, {}};
  DAYMARK_TRY(out.digest, read_signed_info(parts[0]));
  DAYMARK_TRY(out.value, fixed_inside<96>(parts[1]));
  DAYMARK_TRY(out.certificates, read_key_info(parts[2]));
  return out;
}

}  // namespace daymark::evidence
