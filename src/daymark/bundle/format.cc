#include "daymark/bundle/format.h"

#include <algorithm>
#include <array>

#include "daymark/bundle/errors.h"
#include "daymark/cbor/encode.h"
#include "daymark/cbor/reader.h"
#include "daymark/crypto/ports.h"
#include "daymark/order/order.h"
#include "daymark/tlog/proof.h"

namespace daymark::bundle {

namespace {

constexpr std::string_view magic = "daymark-bundle-v1";
constexpr std::size_t name_size_max = 96;
constexpr std::size_t part_size_max = 64UL << 10;

struct Entry {
  PartKind kind = PartKind::charter;
  std::string name;
  Digest hash{};
};

bool is_name_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == ' ' || c == ':';
}

/// Of kind and name as well, so that no byte of a bundle can change unseen.
Digest part_hash(PartKind kind, std::string_view name, ByteView content) {
  const Digest inner = crypto::sha256(content);
  const std::array<Byte, 1> kind_byte{static_cast<Byte>(kind)};
  const std::array<ByteView, 3> all{ByteView(inner), ByteView(kind_byte), bytes_of(name)};
  return crypto::tagged_hash("daymark bundle part v1", all);
}

Result<Entry> read_entry(cbor::Reader& reader) {
  DAYMARK_CHECK(reader.enter_array_of(3));
  Entry out;
  DAYMARK_TRY(const std::uint64_t kind, reader.read_unsigned_up_to(part_kind_max));
  if (kind == 0) return fail(errc::bundle_malformed, field::bundle_part, reader.offset());
  out.kind = static_cast<PartKind>(kind);
  DAYMARK_TRY(const std::string_view name, reader.read_text(name_size_max));
  // A name reaches terminals before it is compared with its place.
  if (!std::ranges::all_of(name, is_name_character)) {
    return fail(errc::bundle_malformed, field::bundle_part, reader.offset());
  }
  out.name = name;
  DAYMARK_TRY(out.hash, reader.read_array_of_bytes<32>());
  return out;
}

Result<std::vector<Entry>> read_list(cbor::Reader& reader) {
  DAYMARK_CHECK(reader.enter_array_of(3));
  DAYMARK_TRY(const std::string_view found, reader.read_text(magic.size()));
  if (found != magic) return fail(errc::bundle_malformed, field::bundle_part);
  DAYMARK_TRY(const std::size_t count, reader.enter_array(parts_max));
  std::vector<Entry> out;
  for (std::size_t i = 0; i < count; ++i) {
    DAYMARK_TRY(Entry entry, read_entry(reader));
    out.push_back(std::move(entry));
  }
  DAYMARK_CHECK(reader.enter_array_of(count));
  return out;
}

}  // namespace

Outcome<std::vector<Part>> parse_bundle(ByteView bytes) {
  if (bytes.size() > bundle_size_max) return refuse(errc::bundle_malformed, "list of parts");
  cbor::Reader reader(bytes);
  DAYMARK_TRY(const std::vector<Entry> list, about(read_list(reader), "list of parts"));
  std::vector<Part> out;
  for (const Entry& entry : list) {
    DAYMARK_TRY(const ByteView content, about(reader.read_bytes(1, part_size_max), entry.name));
    if (part_hash(entry.kind, entry.name, content) != entry.hash) {
      return refuse(errc::bundle_part_altered, entry.name);
    }
    out.push_back({entry.kind, entry.name, {content.begin(), content.end()}});
  }
  DAYMARK_CHECK(about(reader.expect_end(), "end of the bundle"));
  return out;
}

std::vector<Byte> print_bundle(const std::vector<Part>& parts) {
  return cbor::encode([&](cbor::Writer& writer) {
    writer.open_array(3);
    writer.put_text(magic);
    writer.open_array(parts.size());
    for (const Part& part : parts) {
      writer.open_array(3);
      writer.put_unsigned(static_cast<std::uint64_t>(part.kind));
      writer.put_text(part.name);
      writer.put_bytes(part_hash(part.kind, part.name, part.content));
    }
    writer.open_array(parts.size());
    for (const Part& part : parts)
      writer.put_bytes(part.content);
  });
}

std::string_view name_of(PartKind kind) {
  constexpr std::array<std::string_view, part_kind_max + 1> names{
      "none",    "charter",     "order",   "batch",         "leaf",
      "receipt", "attestation", "ranging", "device report", "device chain"};
  return names[static_cast<std::size_t>(kind)];
}

std::vector<Byte> print_order_part(const governor::OrderParts& order) {
  return cbor::encode([&](cbor::Writer& writer) {
    writer.open_array(4);
    writer.put_bytes(order.envelope);
    writer.put_text(order.proof);
    writer.put_bytes(order.salt);
    writer.put_bytes(order.content);
  });
}

Result<governor::OrderParts> parse_order_part(ByteView content) {
  cbor::Reader reader(content);
  DAYMARK_CHECK(reader.enter_array_of(4));
  governor::OrderParts out;
  DAYMARK_TRY(const ByteView envelope, reader.read_bytes(1, order::order_size_max));
  DAYMARK_TRY(const std::string_view proof, reader.read_text(tlog::proof_size_max));
  DAYMARK_TRY(out.salt, reader.read_array_of_bytes<32>());
  DAYMARK_TRY(const ByteView inner, reader.read_bytes(0, order::content_size_max));
  DAYMARK_CHECK(reader.expect_end());
  out.envelope.assign(envelope.begin(), envelope.end());
  out.proof = proof;
  out.content.assign(inner.begin(), inner.end());
  return out;
}

}  // namespace daymark::bundle
