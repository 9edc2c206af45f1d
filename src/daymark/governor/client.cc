#include "daymark/governor/client.h"

#include <array>

#include "daymark/cbor/encode.h"
#include "daymark/governor/errors.h"
#include "daymark/governor/fields_internal.h"

namespace daymark::governor {

namespace {

using cbor::Reader;
using cbor::Writer;
using Bytes = std::vector<Byte>;

Bytes copy_of(ByteView bytes) {
  return {bytes.begin(), bytes.end()};
}

/// Runs `read` over the result part of a response that exchange has checked.
template <class Read>
auto read_result(ByteView response, Read read) -> decltype(read(std::declval<Reader&>())) {
  Reader reader(response);
  DAYMARK_CHECK(read_response(reader));
  auto result = read(reader);
  if (!result) return std::unexpected(result.error());
  DAYMARK_CHECK(reader.expect_end());
  return result;
}

Bytes join(std::span<const Digest> path) {
  Bytes out;
  for (const Digest& hash : path)
    out.insert(out.end(), hash.begin(), hash.end());
  return out;
}

}  // namespace

Outcome<Bytes> Client::exchange(const std::function<void(Writer&)>& request) {
  const Bytes encoded = cbor::encode(request);
  if (encoded.size() > request_size_max) return refuse(errc::gov_message, "request");
  DAYMARK_TRY(Bytes response, transport_(encoded));
  Reader reader(response);
  DAYMARK_CHECK(read_response(reader));
  return response;
}

Outcome<Bytes> Client::exchange_for_bytes(const std::function<void(Writer&)>& request) {
  DAYMARK_TRY(const Bytes response, exchange(request));
  DAYMARK_TRY(const ByteView bytes, read_result(response, [](Reader& reader) {
                return reader.read_bytes(0, response_size_max);
              }));
  return copy_of(bytes);
}

Outcome<Identity> Client::identify() {
  DAYMARK_TRY(const Bytes response, exchange([](Writer& w) { write_plain(Op::identify, w); }));
  DAYMARK_TRY(const Identity identity, read_result(response, read_identity));
  known_ = true;
  key_ = identity.chip;
  return identity;
}

Outcome<crypto::PublicKey> Client::key() {
  if (known_) return key_;
  DAYMARK_TRY(const Identity identity, identify());
  return identity.chip;
}

Outcome<Bytes> Client::charter() {
  return exchange_for_bytes([](Writer& w) { write_plain(Op::charter, w); });
}

Outcome<OwnedStatus> Client::status() {
  OwnedStatus out;
  DAYMARK_TRY(out.bytes, exchange([](Writer& w) { write_plain(Op::status, w); }));
  DAYMARK_TRY(out.status, read_result(out.bytes, read_status));
  return out;
}

Outcome<Signed<Attestation>> Client::attest(ByteView nonce, ByteView submodules) {
  DAYMARK_TRY(const crypto::PublicKey chip, key());
  Signed<Attestation> out;
  DAYMARK_TRY(out.bytes,
              exchange_for_bytes([&](Writer& w) { write_attest(nonce, submodules, w); }));
  DocumentScratch scratch{};
  DAYMARK_TRY(out.content, verify_attestation(out.bytes, chip, scratch));
  if (!equal(out.content.nonce, nonce)) return refuse(errc::gov_nonce, "attestation");
  if (!equal(out.content.submodules, submodules)) return refuse(errc::gov_document, "submodules");
  return out;
}

Outcome<Digest> Client::begin_enrolment() {
  DAYMARK_TRY(const Bytes response, exchange([](Writer& w) { write_plain(Op::enrol_begin, w); }));
  return read_result(response, [](Reader& r) { return r.read_array_of_bytes<32>(field::nonce); });
}

Outcome<Bytes> Client::answer_enrolment(ByteView charter) {
  return exchange_for_bytes([&](Writer& w) { write_bytes_request(Op::enrol_answer, charter, w); });
}

Outcome<Signed<OrderReceipt>> Client::enrol(const OrderParts& order, ByteView charter) {
  DAYMARK_TRY(const crypto::PublicKey chip, key());
  Signed<OrderReceipt> out;
  DAYMARK_TRY(out.bytes,
              exchange_for_bytes([&](Writer& w) { write_enrol({order.view(), charter}, w); }));
  DocumentScratch scratch{};
  DAYMARK_TRY(out.content, verify_order_receipt(out.bytes, chip, scratch));
  return out;
}

Outcome<Signed<OrderReceipt>> Client::apply(const OrderParts& order) {
  DAYMARK_TRY(const crypto::PublicKey chip, key());
  Signed<OrderReceipt> out;
  DAYMARK_TRY(out.bytes, exchange_for_bytes([&](Writer& w) { write_apply(order.view(), w); }));
  DocumentScratch scratch{};
  DAYMARK_TRY(out.content, verify_order_receipt(out.bytes, chip, scratch));
  return out;
}

Outcome<UnixMillis> Client::appeal(const order::AppealMessage& appeal) {
  DAYMARK_TRY(const Bytes response, exchange([&](Writer& w) { write_appeal(appeal, w); }));
  return read_result(response, read_term);
}

Outcome<Millis> Client::emergency(ByteView grant) {
  DAYMARK_TRY(const Bytes response,
              exchange([&](Writer& w) { write_bytes_request(Op::emergency, grant, w); }));
  return read_result(response, [](Reader& reader) { return internal::read_span(reader); });
}

Outcome<Bytes> Client::request_renewal() {
  return exchange_for_bytes([](Writer& w) { write_plain(Op::renew, w); });
}

Outcome<LeafDecision> Client::accept_leaf(const LeafParts& leaf) {
  const Bytes path = join(leaf.path);
  DAYMARK_TRY(const Bytes response, exchange([&](Writer& w) {
                write_leaf_request({leaf.batch.view(), leaf.leaf, leaf.index, path}, w);
              }));
  DAYMARK_TRY(const LeafAnswer answer, read_result(response, read_leaf_answer));
  return LeafDecision{answer.outcome, answer.licence, std::string(answer.reason)};
}

Outcome<Signed<Permit>> Client::permit(const PermitRequest& request) {
  DAYMARK_TRY(const crypto::PublicKey chip, key());
  Signed<Permit> out;
  DAYMARK_TRY(out.bytes, exchange_for_bytes([&](Writer& w) { write_permit_request(request, w); }));
  DocumentScratch scratch{};
  DAYMARK_TRY(out.content, verify_permit(out.bytes, chip, scratch));
  return out;
}

Outcome<Signed<Permit>> Client::renew_permit(const JobId& job) {
  DAYMARK_TRY(const crypto::PublicKey chip, key());
  Signed<Permit> out;
  DAYMARK_TRY(out.bytes, exchange_for_bytes([&](Writer& w) {
                write_bytes_request(Op::permit_renew, job.view(), w);
              }));
  DocumentScratch scratch{};
  DAYMARK_TRY(out.content, verify_permit(out.bytes, chip, scratch));
  return out;
}

Outcome<void> Client::end_permit(const JobId& job) {
  DAYMARK_TRY(const Bytes response,
              exchange([&](Writer& w) { write_bytes_request(Op::permit_end, job.view(), w); }));
  DAYMARK_CHECK(read_result(response, [](Reader& r) { return r.read_null(); }));
  return {};
}

Outcome<CountedUsage> Client::record_usage(const UsageRequest& usage) {
  DAYMARK_TRY(const Bytes response, exchange([&](Writer& w) { write_usage_request(usage, w); }));
  DAYMARK_TRY(const UsageAnswer answer, read_result(response, read_usage_answer));
  return CountedUsage{copy_of(answer.record), answer.head};
}

Outcome<Bytes> Client::open_ranging(std::uint8_t beacon) {
  return exchange_for_bytes([&](Writer& w) { write_range_open(beacon, w); });
}

Outcome<void> Client::accept_welcome(std::uint8_t beacon, ByteView welcome) {
  DAYMARK_TRY(const Bytes response, exchange([&](Writer& w) {
                write_beacon_message(Op::range_accept, {beacon, welcome}, w);
              }));
  DAYMARK_CHECK(read_result(response, [](Reader& r) { return r.read_null(); }));
  return {};
}

Outcome<ranging::AnswerTag> Client::answer(std::uint8_t beacon, std::uint32_t number,
                                           const ranging::Challenge& challenge) {
  DAYMARK_TRY(const Bytes response,
              exchange([&](Writer& w) { write_challenge({beacon, number, challenge}, w); }));
  return read_result(response, [](Reader& r) { return r.read_array_of_bytes<8>(field::beacon); });
}

Outcome<ClockReading> Client::accept_receipt(std::uint8_t beacon, ByteView receipt) {
  DAYMARK_TRY(const Bytes response, exchange([&](Writer& w) {
                write_beacon_message(Op::range_receipt, {beacon, receipt}, w);
              }));
  return read_result(response, read_clock);
}

}  // namespace daymark::governor
