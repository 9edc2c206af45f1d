// A file of reference values taken apart, its signature checked for form but not verified.
#pragma once

#include "daymark/evidence/nvidia/rim.h"
#include "daymark/evidence/nvidia/xml_internal.h"

namespace daymark::evidence {

struct RimSignature {
  xml::Element element;      ///< left out of what the digest covers
  xml::Element signed_info;  ///< what the signature covers
  ByteArray<48> digest{};
  ByteArray<96> value{};  ///< r then s
  std::vector<std::vector<Byte>> certificates;
};

struct RimParts {
  RimContent content;
  RimSignature signature;
};

/// Errors: those of read_rim.
[[nodiscard]] Result<RimParts> read_rim_parts(const xml::Document& document);

/// The one form of signature (W3C XML Signature 1.1). Errors: errc::rim_profile, errc::rim_wrapped.
[[nodiscard]] Result<RimSignature> read_rim_signature(const xml::Element& element);

}  // namespace daymark::evidence
