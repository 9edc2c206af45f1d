#include "daymark/order/appeal.h"

#include "daymark/cbor/cose.h"
#include "daymark/cbor/layout.h"
#include "daymark/order/errors.h"
#include "daymark/order/fields_internal.h"
#include "daymark/order/prover_internal.h"

namespace daymark::order {

namespace {

/// Behind the version.
constexpr auto appeal_layout = cbor::layout<Appeal>(
    DAYMARK_MEMBER(Appeal, fleet, field::fleet), DAYMARK_MEMBER(Appeal, order, field::appealed),
    as(cbor::Form::unix_seconds, DAYMARK_MEMBER(Appeal, issued, field::issued)),
    DAYMARK_MEMBER(Appeal, text, field::reason, appeal_text_max));

}  // namespace

Result<Appeal> parse_appeal(ByteView payload) {
  Appeal out;
  cbor::Reader in(payload);
  DAYMARK_CHECK(in.enter_array_of(5));
  DAYMARK_CHECK(internal::read_version(in, errc::appeal_malformed));
  DAYMARK_CHECK(cbor::read_layout(in, appeal_layout, out));
  DAYMARK_CHECK(in.expect_end());
  if (!internal::is_plain_text(out.text)) return fail(errc::appeal_malformed, field::reason);
  out.hash = crypto::tagged_hash(appeal_purpose, payload);
  return out;
}

Result<Appeal> read_appeal_entry(ByteView envelope) {
  if (envelope.size() > appeal_size_max) return fail(errc::appeal_malformed);
  DAYMARK_TRY(const cbor::Sign1 message, cbor::parse_sign1(envelope));
  return parse_appeal(message.payload);
}

bool is_appeal_entry(ByteView envelope) {
  const auto message = cbor::parse_sign1(envelope);
  return message && parse_appeal(message->payload);
}

Result<Appeal> verify_appeal(ByteView envelope, const Charter& charter) {
  if (envelope.size() > appeal_size_max) return fail(errc::appeal_malformed);
  const internal::Statement statement{envelope, appeal_purpose, errc::appeal_signer,
                                      field::signers};
  DAYMARK_TRY(const ByteView payload, internal::open_statement(statement, *charter.owner()));
  DAYMARK_TRY(const Appeal out, parse_appeal(payload));
  if (out.fleet != charter.fleet) return fail(errc::order_charter, field::fleet);
  return out;
}

Result<ProvenAppeal> prove_appeal(const AppealMessage& message, const Charter& charter,
                                  ProofScratch& scratch) {
  ProvenAppeal out;
  DAYMARK_TRY(out.appeal_, verify_appeal(message.envelope, charter));
  auto& proof = scratch.rest.start<tlog::OpenedProof>();
  DAYMARK_CHECK(tlog::open_proof(message.proof, proof));
  auto& witnesses = scratch.policy.start<tlog::Policy>();
  DAYMARK_CHECK(witnesses.read(charter.log_policy));
  DAYMARK_TRY(const tlog::LoggedEntry entry,
              tlog::verify_witnessed(message.envelope, proof, witnesses));
  out.logged_at_ = entry.logged_at();
  return out;
}

}  // namespace daymark::order
