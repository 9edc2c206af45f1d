#include "daymark/order/emergency.h"

#include "daymark/cbor/layout.h"
#include "daymark/order/errors.h"
#include "daymark/order/fields_internal.h"
#include "daymark/order/prover_internal.h"

namespace daymark::order {

namespace {

/// A year: more than any charter's hours are worth in one piece.
constexpr std::uint64_t emergency_minutes_max = std::uint64_t{365} * 24 * 60;

/// Between the version and the span.
constexpr auto front_layout = cbor::layout<EmergencyGrant>(
    DAYMARK_MEMBER(EmergencyGrant, fleet, field::fleet),
    DAYMARK_MEMBER(EmergencyGrant, chip, field::chip),
    as(cbor::Form::unix_seconds, DAYMARK_MEMBER(EmergencyGrant, issued, field::issued)));

}  // namespace

Result<EmergencyGrant> parse_emergency(ByteView payload) {
  EmergencyGrant out;
  cbor::Reader in(payload);
  DAYMARK_CHECK(in.enter_array_of(6));
  DAYMARK_CHECK(internal::read_version(in, errc::emergency_malformed));
  DAYMARK_CHECK(cbor::read_layout(in, front_layout, out));
  DAYMARK_TRY(const std::uint64_t span, in.read_unsigned_up_to(emergency_minutes_max));
  DAYMARK_TRY(out.text, in.read_text(emergency_text_max, field::reason));
  DAYMARK_CHECK(in.expect_end());
  if (span == 0) return fail(errc::emergency_malformed);
  if (!internal::is_plain_text(out.text)) return fail(errc::emergency_malformed, field::reason);
  out.span = minutes(static_cast<std::int64_t>(span));
  return out;
}

Result<EmergencyGrant> verify_emergency(ByteView message, const Charter& charter) {
  if (message.size() > emergency_size_max) return fail(errc::emergency_malformed);
  const internal::Statement statement{message, emergency_purpose, errc::emergency_signer,
                                      field::signers};
  DAYMARK_TRY(const ByteView payload, internal::open_statement(statement, *charter.owner()));
  DAYMARK_TRY(const EmergencyGrant out, parse_emergency(payload));
  if (out.fleet != charter.fleet) return fail(errc::order_charter, field::fleet);
  return out;
}

}  // namespace daymark::order
