#include "daymark/authority/renewal_group.h"

#include <limits>

#include "daymark/cbor/encode.h"
#include "daymark/cbor/errors.h"
#include "daymark/cbor/reader.h"

namespace daymark::authority {

namespace {

using ErrorNumber = std::underlying_type_t<Errc>;

Result<std::size_t> enter_group(cbor::Reader& in) {
  DAYMARK_TRY(const std::size_t count, in.enter_array(renewal_group_max));
  if (count == 0) return fail(errc::cbor_length);
  return count;
}

Result<RenewalVerdict> read_verdict(cbor::Reader& in) {
  DAYMARK_TRY(const cbor::Type type, in.peek());
  if (type == cbor::Type::bytes) {
    DAYMARK_TRY(const Digest hash, in.read_array_of_bytes<sizeof(Digest)>());
    return RenewalVerdict(hash);
  }
  const std::uint32_t start = in.offset();
  DAYMARK_TRY(const std::uint64_t number,
              in.read_unsigned_up_to(std::numeric_limits<ErrorNumber>::max()));
  if (number == 0) return fail(errc::cbor_range, no_field, start);
  return RenewalVerdict(fail(static_cast<Errc>(number)));
}

void put_verdict(const RenewalVerdict& verdict, cbor::Writer& out) {
  if (verdict) return out.put_bytes(*verdict);
  out.put_unsigned(static_cast<ErrorNumber>(verdict.error().code));
}

}  // namespace

Result<std::vector<ByteView>> parse_renewal_group(ByteView body) {
  cbor::Reader in(body);
  DAYMARK_TRY(const std::size_t count, enter_group(in));
  std::vector<ByteView> out;
  for (std::size_t i = 0; i < count; ++i) {
    DAYMARK_TRY(const ByteView request, in.read_bytes(0, body.size()));
    out.push_back(request);
  }
  DAYMARK_CHECK(in.expect_end());
  return out;
}

std::vector<Byte> print_renewal_group(std::span<const ByteView> requests) {
  return cbor::encode([&](cbor::Writer& out) {
    out.open_array(requests.size());
    for (const ByteView request : requests)
      out.put_bytes(request);
  });
}

Result<std::vector<RenewalVerdict>> parse_renewal_answer(ByteView body) {
  cbor::Reader in(body);
  DAYMARK_TRY(const std::size_t count, enter_group(in));
  std::vector<RenewalVerdict> out;
  for (std::size_t i = 0; i < count; ++i) {
    DAYMARK_TRY(const RenewalVerdict verdict, read_verdict(in));
    out.push_back(verdict);
  }
  DAYMARK_CHECK(in.expect_end());
  return out;
}

std::vector<Byte> print_renewal_answer(std::span<const RenewalVerdict> verdicts) {
  return cbor::encode([&](cbor::Writer& out) {
    out.open_array(verdicts.size());
    for (const RenewalVerdict& verdict : verdicts)
      put_verdict(verdict, out);
  });
}

}  // namespace daymark::authority
