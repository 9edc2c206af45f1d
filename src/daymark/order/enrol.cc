// Enrolment: how a chip that holds no charter comes to hold one.
#include "daymark/cbor/layout.h"
#include "daymark/order/errors.h"
#include "daymark/order/fields_internal.h"
#include "daymark/order/prover_internal.h"

namespace daymark::order {

namespace {

using internal::Statement;

constexpr std::size_t model_size_max = 64;

/// voucher = [chip key, owner key, model, serial]
struct Voucher {
  crypto::PublicKey chip;
  crypto::PublicKey owner;
  std::string_view model;
  std::string_view serial;
};

constexpr auto voucher_layout = cbor::layout<Voucher>(
    cbor::items(4, field::voucher), DAYMARK_MEMBER(Voucher, chip, field::voucher),
    DAYMARK_MEMBER(Voucher, owner, field::voucher),
    DAYMARK_MEMBER(Voucher, model, field::voucher, model_size_max),
    DAYMARK_MEMBER(Voucher, serial, field::voucher, model_size_max));

/// answer = [nonce, charter hash]
struct Answer {
  Digest nonce{};
  Digest charter{};
};

constexpr auto answer_layout = cbor::layout<Answer>(cbor::items(2, field::answer),
                                                    DAYMARK_MEMBER(Answer, nonce, field::answer),
                                                    DAYMARK_MEMBER(Answer, charter, field::answer));

Result<void> read_voucher(ByteView payload, const EnrolContent& enrol) {
  cbor::Reader in(payload);
  Voucher voucher;
  DAYMARK_CHECK(cbor::read_layout(in, voucher_layout, voucher));
  DAYMARK_CHECK(in.expect_end());
  const bool fits = voucher.chip == enrol.chip && voucher.owner == enrol.owner;
  return fits ? ok() : fail(errc::order_voucher);
}

Result<void> check_voucher(const EnrolContent& enrol, const EnrolTrust& trust) {
  if (enrol.chip != trust.chip) return fail(errc::order_voucher, field::chip);
  const Statement statement{enrol.voucher, voucher_purpose, errc::order_voucher, field::voucher};
  DAYMARK_TRY(const ByteView payload, internal::open_statement(statement, trust.maker));
  return read_voucher(payload, enrol) ? ok() : fail(errc::order_voucher, field::voucher);
}

/// The owner that the voucher names is the charter's, and agrees to this charter for this chip.
Result<void> check_consent(const EnrolContent& enrol, const Charter& charter) {
  const Party& owner = *charter.owner();
  if (enrol.owner != owner.key && enrol.owner != owner.spare) {
    return fail(errc::order_consent, field::parties);
  }
  DAYMARK_TRY(const internal::Consent consent, internal::open_consent(enrol.consent, owner));
  const bool fits =
      consent.chip == enrol.chip && consent.charter == charter.hash && consent.nonce == enrol.nonce;
  return fits ? ok() : fail(errc::order_consent, field::consent);
}

Result<void> read_answer(ByteView payload, const Digest& nonce, const Charter& charter) {
  cbor::Reader in(payload);
  Answer answer;
  DAYMARK_CHECK(cbor::read_layout(in, answer_layout, answer));
  DAYMARK_CHECK(in.expect_end());
  return answer.nonce == nonce && answer.charter == charter.hash ? ok() : fail(errc::order_answer);
}

Result<void> check_answer(const EnrolContent& enrol, const Charter& charter,
                          const EnrolTrust& trust) {
  if (enrol.nonce != trust.nonce) return fail(errc::order_answer, field::answer);
  const Statement statement{enrol.answer, answer_purpose, errc::order_answer, field::answer};
  DAYMARK_TRY(const ByteView payload, internal::open_statement(statement, trust.chip));
  return read_answer(payload, trust.nonce, charter) ? ok()
                                                    : fail(errc::order_answer, field::answer);
}

/// Gives its stack back before and after: a chip has little.
[[gnu::noinline]] Result<void> check_enrol(ByteView content, const Charter& charter,
                                           const EnrolTrust& trust) {
  DAYMARK_TRY(const EnrolContent enrol, parse_enrol(content));
  DAYMARK_CHECK(check_voucher(enrol, trust));
  DAYMARK_CHECK(check_consent(enrol, charter));
  return check_answer(enrol, charter, trust);
}

}  // namespace

Result<ProvenOrder> prove_enrol(const OrderMessage& message, const Charter& charter,
                                const EnrolTrust& trust, ProofScratch& scratch) {
  Prover prover(message, charter, scratch);
  DAYMARK_CHECK(prover.read());
  if (scratch.order.order.kind != OrderKind::enrol) return fail(errc::order_kind, field::kind);
  DAYMARK_TRY(const ProvenOrder proven, prover.prove());
  DAYMARK_CHECK(check_enrol(message.content, charter, trust));
  const bool counted = proven.order().count == count_bucket(1);
  return counted ? Result<ProvenOrder>(proven) : fail(errc::order_content, field::count);
}

}  // namespace daymark::order
