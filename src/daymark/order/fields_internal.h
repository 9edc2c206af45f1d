// Fields that charter, orders and leaves have in common, read and written in one way. Core.
#pragma once

#include <string_view>

#include "daymark/base/result.h"
#include "daymark/base/units.h"
#include "daymark/cbor/layout.h"
#include "daymark/cbor/reader.h"
#include "daymark/cbor/writer.h"
#include "daymark/crypto/ports.h"
#include "daymark/order/charter.h"
#include "daymark/order/leaf.h"

namespace daymark::order::internal {

/// Members of the charter's outermost array.
inline constexpr std::size_t charter_items = 13;
using cbor::span_seconds_max;
using cbor::unix_seconds_max;

/// A time in whole seconds since 1970.
[[nodiscard]] Result<UnixMillis> read_time(cbor::Reader& in, FieldId field);
/// A span in whole seconds.
[[nodiscard]] Result<Millis> read_span(cbor::Reader& in, FieldId field);
[[nodiscard]] Result<Digest> read_digest(cbor::Reader& in, FieldId field);
[[nodiscard]] Result<crypto::PublicKey> read_key(cbor::Reader& in, FieldId field);
[[nodiscard]] Result<void> read_key_into(cbor::Reader& in, FieldId field, crypto::PublicKey& out);
[[nodiscard]] Result<PlaceE7> read_place(cbor::Reader& in, FieldId field);
[[nodiscard]] Result<std::uint32_t> read_unsigned_32(cbor::Reader& in, FieldId field);
/// A position in a stream: sequence number and hash of the entry.
[[nodiscard]] Result<StreamHead> read_head(cbor::Reader& in);
/// The version number that every structure begins with: 1.
[[nodiscard]] Result<void> read_version(cbor::Reader& in, Errc otherwise);

/// Written in whole seconds, rounded down; times before 1970 as 0.
void put_time(cbor::Writer& out, UnixMillis time);
void put_span(cbor::Writer& out, Millis span);
void put_place(cbor::Writer& out, PlaceE7 place);
void put_head(cbor::Writer& out, const StreamHead& head);

/// A name as crypto::is_name defines it: a-z, 0-9, '.', '-', 1 to 32 characters.
[[nodiscard]] bool is_party_name(std::string_view name);
/// Not empty and without control characters: it is shown to people, on terminals too.
[[nodiscard]] bool is_plain_text(std::string_view text);

}  // namespace daymark::order::internal
