#include <utility>

#include "daymark/cbor/encode.h"
#include "daymark/cbor/errors.h"
#include "daymark/cbor/reader.h"
#include "daymark/cbor/sign.h"
#include "daymark/crypto/seal.h"
#include "daymark/order/errors.h"
#include "daymark/order/fields_internal.h"
#include "daymark/order/finding_internal.h"
#include "daymark/order/signed_file_internal.h"

namespace daymark::order {

namespace {

using cbor::Reader;
using cbor::Writer;

/// COSE_Sign around a payload, with four signatures.
constexpr std::size_t finding_overhead = 16 + 4 * 90;

std::vector<Byte> owned(ByteView bytes) {
  return {bytes.begin(), bytes.end()};
}

std::vector<Byte> write_finding_content(const NoticeFile& file, const Decision& decision) {
  return cbor::encode([&](Writer& out) {
    out.open_array(6);
    out.put_bytes(file.notice);
    if (file.answer.empty()) {
      out.put_null();
    } else {
      out.put_bytes(file.answer);
    }
    internal::put_time(out, decision.decided);
    out.put_bool(decision.denies);
    out.put_text(decision.text);
    internal::put_time(out, decision.appeal_until);
  });
}

crypto::Sealed seal_finding(const FindingFile& file, const Charter& charter, Random& random) {
  std::vector<crypto::ExchangePublicKey> readers;
  for (const Party& party : charter.party_list()) {
    if ((party.reads >> static_cast<unsigned>(OrderKind::suspend) & 1U) != 0)
      readers.push_back(party.seal);
  }
  std::vector<Byte> plain(file.salt.begin(), file.salt.end());
  plain.insert(plain.end(), file.content.begin(), file.content.end());
  return crypto::seal(plain, readers, random);
}

}  // namespace

Result<NoticeFile> parse_notice_file(ByteView encoded) {
  if (encoded.size() > finding_file_size_max) return fail(errc::finding_malformed);
  NoticeFile out;
  Reader in(encoded);
  DAYMARK_CHECK(in.enter_array_of(3));
  DAYMARK_CHECK(internal::read_version(in, errc::finding_malformed));
  DAYMARK_TRY(const ByteView notice, in.read_bytes(1, content_size_max));
  DAYMARK_TRY(out.answer, internal::read_answer(in));
  DAYMARK_CHECK(in.expect_end());
  DAYMARK_CHECK(parse_notice(notice));
  out.notice = owned(notice);
  return out;
}

std::vector<Byte> print_notice_file(const NoticeFile& file) {
  return cbor::encode([&](Writer& out) {
    out.open_array(3);
    out.put_unsigned(1);
    out.put_bytes(file.notice);
    if (file.answer.empty()) return out.put_null();
    out.put_bytes(file.answer);
  });
}

Result<FindingFile> decide(const NoticeFile& file, const Decision& decision, const Charter& charter,
                           Random& random) {
  FindingFile out;
  out.content = write_finding_content(file, decision);
  if (out.content.size() > content_size_max) return fail(errc::order_size, field::content);
  out.salt = random.draw<sizeof(Digest)>();
  const Digest commitment = commit(out.salt, out.content);
  const crypto::Sealed sealed = seal_finding(out, charter, random);
  out.payload = cbor::encode([&](Writer& writer) {
    writer.open_array(5);
    writer.put_unsigned(1);
    writer.put_bytes(charter.fleet.view());
    writer.put_bytes(commitment);
    writer.put_bytes(sealed.box);
    writer.open_array(sealed.keys.size());
    for (const std::vector<Byte>& key : sealed.keys)
      writer.put_bytes(key);
  });
  if (out.payload.size() + finding_overhead > order_size_max) {
    return fail(errc::order_size, field::content);
  }
  DAYMARK_CHECK(read_finding(out));
  return out;
}

Result<FindingFile> parse_finding_file(ByteView encoded) {
  if (encoded.size() > finding_file_size_max) return fail(errc::finding_malformed);
  DAYMARK_TRY(SignedFile file, internal::read_signed_file(encoded, errc::finding_malformed));
  FindingFile out{std::move(file)};
  DAYMARK_CHECK(read_finding(out));
  return out;
}

std::vector<Byte> print_finding_file(const FindingFile& file) {
  return internal::print_signed_file(file);
}

Outcome<void> sign_finding(FindingFile& file, const Charter& charter, crypto::Signer& signer) {
  DAYMARK_TRY(const internal::FindingPayload payload, internal::parse_payload(file.payload));
  if (payload.fleet != charter.fleet) return fail(errc::order_charter, field::fleet);
  DAYMARK_CHECK(internal::check_room(file, charter, crypto::key_id(signer.public_key())));
  DAYMARK_TRY(const cbor::SignerEntry entry,
              cbor::make_signer(file.payload, finding_purpose, signer));
  file.signatures.push_back({entry.key, entry.signature});
  return {};
}

Result<std::vector<Byte>> finding_envelope(const FindingFile& file) {
  return internal::signed_envelope(file);
}

bool is_finding_entry(ByteView envelope) {
  if (envelope.size() > order_size_max) return false;
  const auto message = cbor::parse_sign(envelope);
  return message && internal::parse_payload(message->payload);
}

Result<FindingFile> open_finding(ByteView envelope, const crypto::ExchangeSecretKey& key) {
  if (envelope.size() > order_size_max) return fail(errc::order_size);
  DAYMARK_TRY(const cbor::Sign message, cbor::parse_sign(envelope));
  DAYMARK_TRY(const internal::FindingPayload payload, internal::parse_payload(message.payload));
  DAYMARK_TRY(const std::vector<Byte> plain, crypto::open(payload.sealed, key));
  FindingFile out;
  if (plain.size() < out.salt.size()) return fail(errc::order_commitment, field::box);
  out.payload = owned(message.payload);
  for (const cbor::SignerEntry& signer : message.signer_list())
    out.signatures.push_back({signer.key, signer.signature});
  out.salt = array_of<sizeof(Digest)>(ByteView(plain).first(out.salt.size()));
  out.content = owned(ByteView(plain).subspan(out.salt.size()));
  DAYMARK_CHECK(read_finding(out));
  return out;
}

}  // namespace daymark::order
