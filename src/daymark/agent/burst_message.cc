#include "daymark/agent/burst_message.h"

#include <limits>

#include "daymark/cbor/encode.h"
#include "daymark/cbor/reader.h"
#include "daymark/governor/errors.h"

namespace daymark::agent {

namespace {

using cbor::Reader;
using cbor::Writer;

constexpr std::uint64_t number_max = std::numeric_limits<std::uint32_t>::max();
constexpr std::size_t begin_items = 6;

/// The number of a request with one argument; none where it has no such form.
std::optional<BurstOp> burst_op(Reader& in) {
  const auto items = in.enter_array(3);
  const auto version = items ? in.read_unsigned() : Result<std::uint64_t>(0);
  if (!version || *version != governor::message_version) return std::nullopt;
  const auto op = in.read_unsigned();
  for (const BurstOp known : {BurstOp::begin, BurstOp::outcome}) {
    if (op && *op == static_cast<std::uint64_t>(known)) return known;
  }
  return std::nullopt;
}

/// At least 1: nothing is asked for no time.
Result<std::uint64_t> read_count(Reader& in, std::uint64_t most) {
  DAYMARK_TRY(const std::uint64_t value, in.read_unsigned_up_to(most));
  if (value == 0) return fail(errc::gov_message);
  return value;
}

Result<Millis> read_span(Reader& in) {
  DAYMARK_TRY(const std::uint64_t value,
              read_count(in, static_cast<std::uint64_t>(burst_longest.value)));
  return Millis{static_cast<std::int64_t>(value)};
}

Result<BurstRequest> read_begin(Reader& in) {
  BurstBegin out;
  DAYMARK_CHECK(in.enter_array_of(begin_items));
  DAYMARK_TRY(out.route.beacon, in.read_unsigned_up_to(0xFF));
  DAYMARK_TRY(const std::string_view address, in.read_text(burst_address_max));
  out.route.address = address;
  DAYMARK_TRY(out.patience.each, read_span(in));
  DAYMARK_TRY(const std::uint64_t tries, read_count(in, burst_tries_max));
  out.patience.tries = static_cast<unsigned>(tries);
  DAYMARK_TRY(out.patience.whole, read_span(in));
  DAYMARK_TRY(out.patience.busy, in.read_bool());
  return out;
}

Result<BurstRequest> read_query(Reader& in) {
  DAYMARK_TRY(const std::uint64_t number, in.read_unsigned_up_to(number_max));
  return BurstQuery{static_cast<std::uint32_t>(number)};
}

/// [1, 0, result], or the refusal in it.
Result<Reader> open_response(ByteView response) {
  Reader in(response);
  DAYMARK_CHECK(governor::read_response(in));
  return in;
}

template <class Put>
std::vector<Byte> success_with(const Put& put) {
  return cbor::encode([&put](Writer& out) {
    out.open_array(3);
    out.put_unsigned(governor::message_version);
    out.put_unsigned(0);
    put(out);
  });
}

void open_request(BurstOp op, Writer& out) {
  out.open_array(3);
  out.put_unsigned(governor::message_version);
  out.put_unsigned(static_cast<std::uint64_t>(op));
}

void write_begin(const BurstBegin& request, Writer& out) {
  open_request(BurstOp::begin, out);
  out.open_array(begin_items);
  out.put_unsigned(request.route.beacon);
  out.put_text(request.route.address);
  out.put_integer(request.patience.each.value);
  out.put_unsigned(request.patience.tries);
  out.put_integer(request.patience.whole.value);
  out.put_bool(request.patience.busy);
}

void write_query(const BurstQuery& request, Writer& out) {
  open_request(BurstOp::outcome, out);
  out.put_unsigned(request.number);
}

}  // namespace

std::optional<Result<BurstRequest>> parse_burst_request(ByteView request) {
  Reader in(request);
  const std::optional<BurstOp> op = burst_op(in);
  if (!op) return std::nullopt;
  // The head of the array says how many items follow.
  Reader again(request);
  if (!again.enter_array_of(3)) return fail(errc::gov_message);
  Result<BurstRequest> out = *op == BurstOp::begin ? read_begin(in) : read_query(in);
  if (!out) return out;
  if (const auto end = in.expect_end(); !end) return std::unexpected(end.error());
  return out;
}

std::vector<Byte> print_burst_request(const BurstRequest& request) {
  return cbor::encode([&request](Writer& out) {
    if (const auto* begin = std::get_if<BurstBegin>(&request)) write_begin(*begin, out);
    if (const auto* query = std::get_if<BurstQuery>(&request)) write_query(*query, out);
  });
}

std::vector<Byte> print_burst_number(std::uint32_t number) {
  return success_with([number](Writer& out) { out.put_unsigned(number); });
}

std::vector<Byte> print_burst_state(const BurstState& state) {
  return success_with([&state](Writer& out) {
    if (state) {
      out.put_bytes(*state);
    } else {
      out.put_null();
    }
  });
}

std::vector<Byte> print_burst_refusal(Error error) {
  ByteArray<64> space{};
  const auto written = governor::write_refusal(error, space);
  return written ? std::vector<Byte>(written->begin(), written->end()) : std::vector<Byte>();
}

Result<std::uint32_t> parse_burst_number(ByteView response) {
  DAYMARK_TRY(Reader in, open_response(response));
  DAYMARK_TRY(const std::uint64_t number, in.read_unsigned_up_to(number_max));
  DAYMARK_CHECK(in.expect_end());
  return static_cast<std::uint32_t>(number);
}

Result<BurstState> parse_burst_state(ByteView response) {
  DAYMARK_TRY(Reader in, open_response(response));
  DAYMARK_TRY(const cbor::Type type, in.peek());
  BurstState out;
  if (type == cbor::Type::bytes) {
    DAYMARK_TRY(const ByteView receipt, in.read_bytes(1, ranging::receipt_size_max));
    out.emplace(receipt.begin(), receipt.end());
  } else {
    DAYMARK_CHECK(in.read_null());
  }
  DAYMARK_CHECK(in.expect_end());
  return out;
}

}  // namespace daymark::agent
