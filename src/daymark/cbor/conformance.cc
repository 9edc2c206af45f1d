#include "daymark/cbor/conformance.h"

#include <fmt/format.h>

#include "daymark/base/errors.h"
#include "daymark/base/hex.h"
#include "daymark/base/json_internal.h"
#include "daymark/cbor/reader.h"
#include "daymark/cbor/show_internal.h"

namespace daymark::cbor {

namespace {

using nlohmann::json;

/// RFC 8949 §3.3: f8 00 to f8 1f are not well-formed.
bool is_short_simple(ByteView item) {
  return item.size() == 2 && item[0] == 0xF8 && item[1] < 32;
}

bool accepts(ByteView item, Profile profile) {
  return check_item(item, profile).has_value();
}

bool has_stated_value(ByteView item, const json& vector) {
  if (vector.contains("decoded")) {
    const auto value = internal::to_json(item);
    return value && *value == vector["decoded"];
  }
  const auto text = internal::to_diagnostic(item);
  return text && vector["diagnostic"] == *text;
}

/// What is wrong with an item, or nothing.
std::string fault_of(ByteView item, const json& vector) {
  const bool well_formed = !is_short_simple(item);
  if (accepts(item, Profile::foreign) != well_formed) {
    return well_formed ? "refused as foreign item" : "accepted, but not well-formed";
  }
  const bool deterministic = well_formed && vector["roundtrip"] == true;
  if (accepts(item, Profile::deterministic) != deterministic) {
    return deterministic ? "refused as deterministic item" : "accepted, but not deterministic";
  }
  return !well_formed || has_stated_value(item, vector) ? "" : "read as another value";
}

bool is_vector(const json& vector) {
  return vector.is_object() && vector.contains("roundtrip") && vector["roundtrip"].is_boolean() &&
         (vector.contains("decoded") || vector.contains("diagnostic"));
}

}  // namespace

Result<ConformanceCount> run_cbor_conformance(std::string_view text) {
  DAYMARK_TRY(const json file, daymark::internal::parse_json(text));
  if (!file.is_array()) return fail(errc::json_malformed);
  ConformanceCount count;
  for (const json& vector : file) {
    DAYMARK_TRY(const std::string hex, daymark::internal::text_member(vector, "hex"));
    DAYMARK_TRY(const std::vector<Byte> item, from_hex(hex));
    if (!is_vector(vector)) return fail(errc::json_malformed);
    const std::string fault = fault_of(item, vector);
    count.add(fault.empty(), fmt::format("{}: {}", hex, fault));
  }
  return count;
}

}  // namespace daymark::cbor
