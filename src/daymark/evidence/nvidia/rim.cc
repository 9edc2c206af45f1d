#include "daymark/evidence/nvidia/rim.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "daymark/evidence/errors.h"
#include "daymark/evidence/nvidia/rim_internal.h"

namespace daymark::evidence {

namespace {

constexpr std::string_view swid = "http://standards.iso.org/iso/19770/-2/2015/schema.xsd";
constexpr std::string_view hash_space = "http://www.w3.org/2001/04/xmlenc#sha384";
constexpr std::string_view signature_space = "http://www.w3.org/2000/09/xmldsig#";
constexpr std::string_view hash_prefix = "Hash";
constexpr std::size_t value_size_max = 64;
constexpr std::uint32_t resource_index_max = 254;

std::unexpected<Error> at_line(Errc code, const xml::Element& element) {
  return fail(code, field::rim_line, element.line());
}

/// A decimal number without sign or leading zeros.
std::optional<std::uint32_t> small_number(const std::optional<std::string>& text) {
  if (!text || text->empty() || (text->size() > 1 && text->front() == '0')) return std::nullopt;
  std::uint32_t out = 0;
  const char* const end = text->data() + text->size();
  const auto [at, error] = std::from_chars(text->data(), end, out);
  if (error != std::errc{} || at != end) return std::nullopt;
  return out;
}

std::optional<std::string> own_attribute(const xml::Element& element, std::string_view name) {
  return element.attribute("", name);
}

/// Hash0 to Hash(count - 1) in their namespace, and no other attribute there.
std::optional<std::vector<std::string>> hashes_of(const xml::Element& resource,
                                                  std::uint32_t count) {
  std::size_t there = 0;
  for (const xml::Attribute& one : resource.attributes())
    there += one.space == hash_space ? 1U : 0U;
  if (there != count) return std::nullopt;
  std::vector<std::string> out;
  for (std::uint32_t i = 0; i < count; ++i) {
    auto value = resource.attribute(hash_space, std::string(hash_prefix) + std::to_string(i));
    if (!value || value->empty() || value->size() > 2 * value_size_max) return std::nullopt;
    out.push_back(*std::move(value));
  }
  return out;
}

Result<RimMeasurement> read_resource(const xml::Element& resource) {
  const auto index = small_number(own_attribute(resource, "index"));
  const auto size = small_number(own_attribute(resource, "size"));
  const auto count = small_number(own_attribute(resource, "alternatives"));
  const auto active = own_attribute(resource, "active");
  const auto inside = resource.children();
  const bool plain = inside && inside->empty() && own_attribute(resource, "type") == "Measurement";
  const bool stated = active == "True" || active == "False";
  if (!plain || !stated || !index || *index > resource_index_max || !size || *size == 0 ||
      *size > value_size_max || !count || *count == 0 || *count > rim_alternatives_max) {
    return at_line(errc::rim_measurement, resource);
  }
  auto hashes = hashes_of(resource, *count);
  if (!hashes) return at_line(errc::rim_measurement, resource);
  RimMeasurement out;
  out.index = *index;
  out.name = own_attribute(resource, "name").value_or("");
  out.active = active == "True";
  out.size = *size;
  out.alternatives = *std::move(hashes);
  out.line = resource.line();
  return out;
}

Result<std::vector<RimMeasurement>> read_payload(const xml::Element& payload) {
  const auto inside = payload.children();
  if (!inside) return at_line(errc::rim_form, payload);
  if (inside->empty()) return at_line(errc::rim_empty, payload);
  if (inside->size() > rim_measurements_max) return at_line(errc::rim_measurement, payload);
  std::vector<RimMeasurement> out;
  for (const xml::Element& one : *inside) {
    if (!one.is(swid, "Resource")) return at_line(errc::rim_form, one);
    DAYMARK_TRY(auto measurement, read_resource(one));
    const bool repeated = std::ranges::any_of(
        out, [&](const RimMeasurement& other) { return other.index == measurement.index; });
    if (repeated) return at_line(errc::rim_index_duplicate, one);
    out.push_back(std::move(measurement));
  }
  return out;
}

Result<xml::Document> open_document(ByteView text) {
  if (text.size() > rim_size_max) return fail(errc::rim_too_large);
  return xml::Document::parse(text);
}

bool holds_nothing(const xml::Element& element) {
  const auto inside = element.children();
  return inside && inside->empty();
}

/// Entity, Meta, Payload, Signature, directly in the root and nowhere else.
Result<std::vector<xml::Element>> root_parts(const xml::Element& root) {
  if (!root.is(swid, "SoftwareIdentity")) return at_line(errc::rim_form, root);
  for (const std::string_view name : {"SoftwareIdentity", "Entity", "Meta", "Payload"}) {
    if (root.count(swid, name) > 1) return at_line(errc::rim_wrapped, root);
  }
  if (root.count(signature_space, "Signature") > 1) return at_line(errc::rim_wrapped, root);
  auto inside = root.children();
  constexpr std::array<std::string_view, 3> names{"Entity", "Meta", "Payload"};
  if (!inside || inside->size() != names.size() + 1) return at_line(errc::rim_form, root);
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (!(*inside)[i].is(swid, names.at(i))) return at_line(errc::rim_form, (*inside)[i]);
  }
  if (!inside->back().is(signature_space, "Signature")) {
    return at_line(errc::rim_form, inside->back());
  }
  if (!holds_nothing((*inside)[0]) || !holds_nothing((*inside)[1])) {
    return at_line(errc::rim_form, root);
  }
  return *std::move(inside);
}

bool is_plain_text(std::string_view text) {
  return !text.empty() && text.size() <= 128 &&
         std::ranges::all_of(text, [](char c) { return c >= ' ' && c <= '~'; });
}

}  // namespace

Result<RimParts> read_rim_parts(const xml::Document& document) {
  const xml::Element root = document.root();
  DAYMARK_TRY(const auto inside, root_parts(root));
  const xml::Element& meta = inside[1];
  RimContent content;
  content.tag_id = own_attribute(root, "tagId").value_or("");
  content.product = own_attribute(meta, "product").value_or("");
  content.edition = own_attribute(meta, "edition").value_or("");
  content.version = own_attribute(meta, "colloquialVersion").value_or("");
  content.manufacturer = own_attribute(inside[0], "name").value_or("");
  for (const std::string* text : {&content.tag_id, &content.product, &content.edition,
                                  &content.version, &content.manufacturer}) {
    if (!is_plain_text(*text)) return at_line(errc::rim_form, meta);
  }
  DAYMARK_TRY(content.measurements, read_payload(inside[2]));
  DAYMARK_TRY(RimSignature signature, read_rim_signature(inside[3]));
  content.certificates = signature.certificates;
  return RimParts{std::move(content), std::move(signature)};
}

Result<RimContent> read_rim(ByteView text) {
  DAYMARK_TRY(const xml::Document document, open_document(text));
  DAYMARK_TRY(RimParts parts, read_rim_parts(document));
  return std::move(parts.content);
}

Result<std::vector<RimMeasurement>> read_rim_measurements(ByteView text) {
  DAYMARK_TRY(const xml::Document document, open_document(text));
  const xml::Element root = document.root();
  const auto inside = root.children();
  if (!root.is(swid, "SoftwareIdentity") || !inside || inside->size() != 1 ||
      !inside->front().is(swid, "Payload")) {
    return at_line(errc::rim_form, root);
  }
  return read_payload(inside->front());
}

std::string_view name_of(RimKind kind) {
  switch (kind) {
    case RimKind::driver: return "driver";
    case RimKind::vbios: return "vbios";
    case RimKind::switch_bios: break;
  }
  return "switch";
}

}  // namespace daymark::evidence
