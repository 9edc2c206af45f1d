// Bundles: all that a stranger needs to check a claim offline (PROTOCOL §11).
//
//   bundle = ["daymark-bundle-v1", [[kind, name, hash]…], [part…]]
//   hash = tagged_hash("daymark bundle part v1", sha256(part) || kind, one byte || name)
//
// The list names every part with its hash, so that a changed byte is found in the part where it is.
// docs/formats/bundle.md tells what each part holds.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "daymark/base/failure.h"
#include "daymark/base/units.h"
#include "daymark/governor/client.h"

namespace daymark::bundle {

inline constexpr std::size_t bundle_size_max = 1UL << 20;
inline constexpr std::size_t parts_max = 1024;

enum class PartKind : std::uint8_t {
  charter = 1,        ///< the fleet's first charter; amended ones come out of amend orders
  order = 2,          ///< [envelope, proof, salt, content], in the order of application
  batch = 3,          ///< the licence order of the leaf, in the same form
  leaf = 4,           ///< order/leaf_file.h
  receipt = 5,        ///< governor/documents.h, OrderReceipt
  attestation = 6,    ///< governor/documents.h, Attestation
  ranging = 7,        ///< ranging/receipt.h
  device_report = 8,  ///< evidence of the accelerator itself, raw
  device_chain = 9,   ///< its certificate chain, PEM
};

inline constexpr std::uint8_t part_kind_max = 9;

struct Part {
  PartKind kind = PartKind::charter;
  std::string name;  ///< of its place: arrangement.h
  std::vector<Byte> content;
};

/// Form and hashes; judges no content. Names have at most 96 of a-z, 0-9, colon and space. The
/// failure's subject is the part. Errors: errc::bundle_malformed, errc::bundle_part_altered,
/// errc::cbor_*.
[[nodiscard]] Outcome<std::vector<Part>> parse_bundle(ByteView bytes);
[[nodiscard]] std::vector<Byte> print_bundle(const std::vector<Part>& parts);

[[nodiscard]] std::string_view name_of(PartKind kind);

/// An order as a part carries it.
[[nodiscard]] std::vector<Byte> print_order_part(const governor::OrderParts& order);
/// Errors: errc::cbor_*.
[[nodiscard]] Result<governor::OrderParts> parse_order_part(ByteView content);

}  // namespace daymark::bundle
