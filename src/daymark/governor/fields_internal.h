// Pieces of CBOR that messages, documents and the saved state share. Core.
#pragma once

#include "daymark/base/errors.h"
#include "daymark/base/ids.h"
#include "daymark/cbor/layout.h"
#include "daymark/cbor/reader.h"
#include "daymark/cbor/writer.h"
#include "daymark/governor/errors.h"
#include "daymark/governor/standing.h"
#include "daymark/governor/status.h"
#include "daymark/ledger/sum_tree.h"
#include "daymark/order/errors.h"
#include "daymark/order/order.h"
#include "daymark/tlog/errors.h"

namespace daymark::governor::internal {

inline constexpr std::uint64_t time_most = cbor::millis_max;

/// A time that is not negative; both kinds of number travel as milliseconds.
[[nodiscard]] Result<UnixMillis> read_time(cbor::Reader& in, FieldId field = no_field);
[[nodiscard]] Result<Millis> read_span(cbor::Reader& in, FieldId field = no_field);
/// Negative values are written as 0: times come from outside and no rule needs years before 1970.
void put_time(UnixMillis time, cbor::Writer& out);
void put_span(Millis span, cbor::Writer& out);

/// An unsigned number that fits into `Narrow` and is at most `most`.
template <class Narrow>
[[nodiscard]] Result<Narrow> read_number(cbor::Reader& in, std::uint64_t most,
                                         FieldId field = no_field) {
  DAYMARK_TRY(const std::uint64_t value, in.read_unsigned_up_to(most, field));
  return static_cast<Narrow>(value);
}

template <class Tag, std::size_t N>
[[nodiscard]] Result<Id<Tag, N>> read_id(cbor::Reader& in, FieldId field, Id<Tag, N> out = {}) {
  DAYMARK_TRY(out.bytes, in.read_array_of_bytes<N>(field));
  return out;
}

[[nodiscard]] inline Result<Digest> read_digest(cbor::Reader& in, FieldId field = no_field) {
  return in.read_array_of_bytes<32>(field);
}

[[nodiscard]] inline Result<Errc> read_code(cbor::Reader& in) {
  DAYMARK_TRY(const auto value, read_number<std::uint16_t>(in, 0xFFFF));
  return Errc{value};
}

/// [seq, hash]
[[nodiscard]] Result<order::StreamHead> read_head(cbor::Reader& in);
void put_head(const order::StreamHead& head, cbor::Writer& out);

/// [low, high, joules, chip ms]
[[nodiscard]] Result<ledger::Sums> read_sums(cbor::Reader& in);
void put_sums(const ledger::Sums& sums, cbor::Writer& out);

/// [size, root, sums]
[[nodiscard]] Result<ledger::Head> read_ledger(cbor::Reader& in);
void put_ledger(const ledger::Head& head, cbor::Writer& out);

[[nodiscard]] Result<Level> read_level(cbor::Reader& in);
[[nodiscard]] Result<Standing> read_standing(cbor::Reader& in);
[[nodiscard]] Result<order::OrderKind> read_kind(cbor::Reader& in);
/// kind, stream, order, binds at, until. Errors: errc::gov_document for a kind that is none.
[[nodiscard]] Result<void> read_announced(cbor::Reader& in, Announced& out);

template <class Enum>
void put_enum(Enum value, cbor::Writer& out) {
  out.put_unsigned(static_cast<std::uint64_t>(value));
}

}  // namespace daymark::governor::internal
