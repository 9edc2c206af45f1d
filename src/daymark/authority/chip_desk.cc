#include "daymark/authority/chip_desk.h"

#include <memory>

#include "daymark/authority/errors.h"
#include "daymark/cbor/encode.h"
#include "daymark/cbor/reader.h"
#include "daymark/ranging/receipt.h"

namespace daymark::authority {

namespace {

constexpr std::size_t ranging_receipts_max = 16;

/// Views the list.
struct RangingReceipt {
  KeyId beacon{};
  ByteView bytes;
};

Result<std::vector<RangingReceipt>> read_ranging(ByteView list) {
  cbor::Reader reader(list);
  DAYMARK_TRY(const std::size_t count, reader.enter_array(ranging_receipts_max));
  std::vector<RangingReceipt> out(count);
  for (RangingReceipt& receipt : out) {
    DAYMARK_TRY(receipt.bytes, reader.read_bytes(1, ranging::receipt_size_max));
    DAYMARK_TRY(const ranging::Receipt claimed, ranging::parse_receipt(receipt.bytes));
    receipt.beacon = claimed.beacon;
  }
  DAYMARK_CHECK(reader.expect_end());
  return out;
}

}  // namespace

Outcome<ChipRecord> ChipDesk::chip(const ChipId& id) {
  DAYMARK_TRY(auto found, records_.chip(id));
  if (!found) return refuse(errc::authority_chip_unknown, "chip");
  return *std::move(found);
}

Outcome<ChipRecord> ChipDesk::signer_of(ByteView message) {
  DAYMARK_TRY(const cbor::Sign1 parsed, about(cbor::parse_sign1(message), "message"));
  DAYMARK_TRY(auto found, records_.chip_of_key(parsed.key));
  if (!found) return refuse(errc::authority_chip_unknown, "message");
  return *std::move(found);
}

Outcome<void> ChipDesk::check_newer_attestation(const ChipRecord& chip, std::uint64_t counter) {
  DAYMARK_TRY(const std::vector<Byte> stored, attestation(chip.chip));
  if (stored.empty()) return {};
  const auto scratch = std::make_unique<governor::DocumentScratch>();
  DAYMARK_TRY(const governor::Attestation last,
              about(governor::verify_attestation(stored, chip.key, *scratch), "attestation"));
  return counter >= last.counter ? Outcome<void>{}
                                 : refuse(errc::authority_document_old, "attestation");
}

Outcome<void> ChipDesk::take_receipt(ByteView message) {
  DAYMARK_TRY(const ChipRecord signer, signer_of(message));
  const auto scratch = std::make_unique<governor::DocumentScratch>();
  DAYMARK_TRY(const governor::OrderReceipt receipt,
              about(governor::verify_order_receipt(message, signer.key, *scratch), "receipt"));
  const ByteView parts[] = {receipt.order, message};
  return store(DocumentKind::receipt, signer.chip, parts);
}

Outcome<AttestationFinding> ChipDesk::take_attestation(ByteView message) {
  DAYMARK_TRY(const ChipRecord signer, signer_of(message));
  const auto scratch = std::make_unique<governor::DocumentScratch>();
  DAYMARK_TRY(const governor::Attestation claims,
              about(governor::verify_attestation(message, signer.key, *scratch), "attestation"));
  DAYMARK_CHECK(check_newer_attestation(signer, claims.counter));
  const ByteView parts[] = {ByteView{}, message};
  DAYMARK_CHECK(store(DocumentKind::attestation, signer.chip, parts));
  DAYMARK_TRY(const bool fleet_known, in_stream({}, claims.fleet_head));
  DAYMARK_TRY(const bool own_known, in_stream(signer.chip, claims.own_head));
  const bool consistent = fleet_known && own_known;
  return AttestationFinding{consistent, consistent ? Errc{} : errc::authority_attestation_fork};
}

Outcome<bool> ChipDesk::in_stream(const std::optional<ChipId>& chip,
                                  const order::StreamHead& head) {
  if (head.seq == 0) return head.hash == Digest{};
  DAYMARK_TRY(const std::vector<StoredOrder> after, records_.stream_after({chip, head.seq - 1}));
  return !after.empty() && after.front().hash == head.hash;
}

Outcome<void> ChipDesk::take_ranging(const ChipId& id, ByteView list) {
  DAYMARK_TRY(const ChipRecord known, chip(id));
  DAYMARK_TRY(const auto receipts, about(read_ranging(list), "ranging"));
  for (const RangingReceipt& receipt : receipts) {
    const ByteView parts[] = {receipt.beacon.view(), receipt.bytes};
    DAYMARK_CHECK(store(DocumentKind::ranging, known.chip, parts));
  }
  return {};
}

Outcome<void> ChipDesk::take_verdict(const ChipId& id, ByteView json) {
  DAYMARK_TRY(const ChipRecord known, chip(id));
  const Digest subject = crypto::sha256(json);
  const ByteView parts[] = {subject, json};
  return store(DocumentKind::verdict, known.chip, parts);
}

Outcome<void> ChipDesk::store(DocumentKind kind, const ChipId& chip,
                              std::span<const ByteView> subject_and_body) {
  const ByteView subject = subject_and_body[0];
  const ByteView body = subject_and_body[1];
  return records_.put_document({.kind = kind,
                                .chip = chip,
                                .subject = {subject.begin(), subject.end()},
                                .body = {body.begin(), body.end()},
                                .received = clock_.now()});
}

Outcome<std::vector<Byte>> ChipDesk::attestation(const ChipId& chip) {
  DAYMARK_TRY(const auto found, records_.documents(DocumentKind::attestation, chip));
  return found.empty() ? std::vector<Byte>{} : found.back().body;
}

Outcome<std::vector<Byte>> ChipDesk::documents(DocumentKind kind, const ChipId& chip) {
  DAYMARK_TRY(const auto found, records_.documents(kind, chip));
  return cbor::encode([&](cbor::Writer& writer) {
    writer.open_array(found.size());
    for (const Document& document : found)
      writer.put_bytes(document.body);
  });
}

}  // namespace daymark::authority
