// What the content of each kind must fulfil beyond its form.
#include "daymark/cbor/reader.h"
#include "daymark/order/errors.h"
#include "daymark/order/fields_internal.h"
#include "daymark/order/prover_internal.h"

namespace daymark::order::internal {

namespace {

Result<void> check_count(const Order& order, std::size_t chips) {
  return order.count == count_bucket(chips) ? ok() : fail(errc::order_content, field::count);
}

/// Chips in the clear, or the fleet: the place in the streams says the same (PROTOCOL §2.1).
Result<void> check_scope(const ContentContext& context) {
  const Order& order = context.proven.order();
  auto& scope = context.scratch.rest.start<ScopeContent>();
  DAYMARK_CHECK(parse_scope_into(context.proven.content(), scope));
  const bool fleet = scope.target_count == 0;
  if (fleet != order.has_prev) return fail(errc::order_content, field::targets);
  // PROTOCOL §2.7: what confirms says so in public, and nothing else does.
  const bool names_appeal = !scope.appeal.empty();
  if (order.is_confirmation() && !names_appeal) return fail(errc::order_bounds, field::until);
  if (!order.is_confirmation() && names_appeal) return fail(errc::order_content, field::appealed);
  return check_count(order, scope.target_count);
}

Result<void> check_batch(const ContentContext& context) {
  const Order& order = context.proven.order();
  DAYMARK_TRY(const BatchContent batch, parse_batch(context.proven.content()));
  if (batch.root != order.batch_root) return fail(errc::order_content, field::batch_root);
  const bool counted = batch.leaves == order.count && batch.leaves > 0;
  return counted ? ok() : fail(errc::order_content, field::count);
}

Result<void> check_policy(const ContentContext& context) {
  DAYMARK_TRY(const PolicyContent policy, parse_policy(context.proven.content()));
  auto& programs = context.scratch.rest.start<ProgramList>();
  DAYMARK_CHECK(parse_programs_into(policy.programs, programs));
  if (program_root(programs) != policy.program_root) {
    return fail(errc::order_content, field::programs);
  }
  return check_count(context.proven.order(), 0);
}

/// Whether `payload` = [image digest, version, commit] of this content.
bool attests(ByteView payload, const FirmwareContent& firmware) {
  cbor::Reader in(payload);
  if (!in.enter_array_of(3)) return false;
  const auto image = read_digest(in, field::attestation);
  if (!image || *image != firmware.image) return false;
  const auto version = in.read_unsigned();
  if (!version || *version != firmware.version) return false;
  const auto commit = in.read_text(firmware.commit.size());
  return commit && *commit == firmware.commit && in.expect_end().has_value();
}

/// The party that made an attestation.
Result<std::size_t> builder_of(ByteView attestation, const FirmwareContent& firmware,
                               const ContentContext& context) {
  const auto message = cbor::parse_sign1(attestation);
  if (!message) return fail(errc::order_attestation, field::attestation);
  const auto index = context.charter.party_of(message->key);
  if (!index) return fail(errc::order_attestation, field::attestation);
  const Party& party = context.charter.parties[*index];
  const bool by_key = crypto::key_id(party.key) == message->key;
  const Statement statement{attestation, build_purpose, errc::order_attestation,
                            field::attestation};
  DAYMARK_TRY(const ByteView payload, open_statement(statement, by_key ? party.key : party.spare));
  if (!attests(payload, firmware)) return fail(errc::order_attestation, field::attestation);
  return *index;
}

/// PROTOCOL §2, firmware: two independent builds gave the same image.
Result<void> check_firmware(const ContentContext& context) {
  DAYMARK_TRY(const FirmwareContent firmware, parse_firmware(context.proven.content()));
  DAYMARK_TRY(const std::size_t first, builder_of(firmware.attestations[0], firmware, context));
  DAYMARK_TRY(const std::size_t second, builder_of(firmware.attestations[1], firmware, context));
  if (first == second) return fail(errc::order_attestation, field::attestation);
  return check_count(context.proven.order(), 0);
}

bool owner_signed(const ContentContext& context) {
  for (std::size_t i = 0; i < context.charter.party_count; ++i) {
    const bool here = (context.proven.signers() >> i & 1U) != 0;
    if (here && context.charter.parties[i].role == Role::owner) return true;
  }
  return false;
}

/// Reads the charter that comes next into the scratch, with all its policies.
Result<const Charter*> read_next(ByteView encoded, const ContentContext& context) {
  auto& next = context.scratch.rest.start<Charter>();
  DAYMARK_CHECK(parse_charter_into(encoded, next));
  DAYMARK_CHECK(check_policies(next, context.scratch.policy));
  return &next;
}

/// PROTOCOL §2, amend: under the old charter's quorum, the owner included.
Result<void> check_amend(const ContentContext& context) {
  if (!owner_signed(context)) return fail(errc::order_quorum, field::parties);
  DAYMARK_TRY(const Charter* const next, read_next(context.proven.content(), context));
  if (next->fleet != context.charter.fleet) return fail(errc::order_successor, field::fleet);
  if (next->revision != std::uint64_t{context.charter.revision} + 1) {
    return fail(errc::order_successor, field::revision);
  }
  return check_count(context.proven.order(), 0);
}

/// PROTOCOL §2, transfer: names the next charter and the stream position; both owners sign.
Result<void> check_transfer(const ContentContext& context) {
  DAYMARK_TRY(const TransferContent transfer, parse_transfer(context.proven.content()));
  if (!owner_signed(context)) return fail(errc::order_consent, field::parties);
  DAYMARK_TRY(const Charter* const next, read_next(transfer.charter, context));
  if (next->fleet != transfer.fleet || next->fleet == context.charter.fleet) {
    return fail(errc::order_successor, field::fleet);
  }
  DAYMARK_TRY(const Consent consent, open_consent(transfer.consent, *next->owner()));
  const bool fits = crypto::chip_id(consent.chip) == transfer.target.chip &&
                    consent.charter == next->hash && consent.nonce == transfer.target.prev;
  if (!fits) return fail(errc::order_consent, field::consent);
  return check_count(context.proven.order(), 1);
}

constexpr auto consent_layout = cbor::layout<Consent>(
    cbor::items(3, field::consent), DAYMARK_MEMBER(Consent, chip, field::consent),
    DAYMARK_MEMBER(Consent, charter, field::consent),
    DAYMARK_MEMBER(Consent, nonce, field::consent));

Result<Consent> read_consent(ByteView payload) {
  Consent out;
  cbor::Reader in(payload);
  DAYMARK_CHECK(cbor::read_layout(in, consent_layout, out));
  DAYMARK_CHECK(in.expect_end());
  return out;
}

}  // namespace

Result<void> check_content(const ContentContext& context) {
  switch (context.proven.order().kind) {
    case OrderKind::license: return check_batch(context);
    case OrderKind::policy: return check_policy(context);
    case OrderKind::firmware: return check_firmware(context);
    case OrderKind::suspend:
    case OrderKind::resume:
    case OrderKind::release: return check_scope(context);
    case OrderKind::transfer: return check_transfer(context);
    case OrderKind::amend: return check_amend(context);
    case OrderKind::enrol: break;
  }
  return fail(errc::order_kind, field::kind);
}

Result<ByteView> open_statement(const Statement& statement, const crypto::PublicKey& key) {
  const auto message = cbor::parse_sign1(statement.message);
  if (!message) return fail(statement.otherwise, statement.field);
  if (!cbor::verify_sign1(*message, statement.purpose, key)) {
    return fail(statement.otherwise, statement.field);
  }
  return message->payload;
}

Result<ByteView> open_statement(const Statement& statement, const Party& party) {
  const Result<ByteView> payload = open_statement(statement, party.key);
  return payload ? payload : open_statement(statement, party.spare);
}

Result<Consent> open_consent(ByteView message, const Party& owner) {
  const Statement statement{message, consent_purpose, errc::order_consent, field::consent};
  DAYMARK_TRY(const ByteView payload, open_statement(statement, owner));
  const auto consent = read_consent(payload);
  if (!consent) return fail(errc::order_consent, field::consent);
  return *consent;
}

}  // namespace daymark::order::internal
