#include "daymark/bundle/replay.h"

#include <algorithm>

#include <fmt/format.h>

#include "daymark/base/hex.h"
#include "daymark/base/time.h"
#include "daymark/bundle/bound_proof.h"
#include "daymark/bundle/errors.h"
#include "daymark/order/errors.h"
#include "daymark/ranging/errors.h"

namespace daymark::bundle {

namespace {

using order::OrderKind;

std::string signer_names(tlog::MemberSet signers, const order::Charter& charter) {
  std::string out;
  for (std::size_t i = 0; i < charter.party_count; ++i) {
    if ((signers >> i & 1) == 0) continue;
    out += fmt::format("{}{}", out.empty() ? "" : ", ", charter.parties[i].name);
  }
  return out;
}

/// The place that an order has in the stream of `chip`, if it names it.
Result<std::optional<order::Target>> target_of(const order::ProvenOrder& proven, ChipId chip) {
  if (proven.order().kind == OrderKind::transfer) {
    DAYMARK_TRY(const order::TransferContent content, order::parse_transfer(proven.content()));
    return content.target.chip == chip ? std::optional(content.target) : std::nullopt;
  }
  DAYMARK_TRY(const order::ScopeContent scope, order::parse_scope(proven.content()));
  for (const order::Target& target : scope.target_list()) {
    if (target.chip == chip) return std::optional(target);
  }
  return std::optional<order::Target>{};
}

}  // namespace

std::string to_short_hex(ByteView bytes) {
  return to_hex(bytes.first(std::min<std::size_t>(bytes.size(), 4))) + "…";
}

Outcome<void> Replay::start(const std::vector<Byte>& charter) {
  DAYMARK_TRY(first_charter_, about(charters_.add(charter), "charter"));
  return {};
}

Outcome<const order::Charter*> Replay::charter_of(const governor::OrderParts& parts,
                                                  const std::string& name) const {
  DAYMARK_TRY(const order::SignedOrder read,
              about(order::parse_signed_order(parts.envelope), name));
  const order::Charter* found = charters_.find(read.order.charter);
  if (found == nullptr) return refuse(errc::order_charter, name);
  return found;
}

Outcome<void> Replay::apply(const Part& part) {
  DAYMARK_TRY(const governor::OrderParts parts, about(parse_order_part(part.content), part.name));
  DAYMARK_TRY(const order::Charter* charter, charter_of(parts, part.name));
  DAYMARK_TRY(const order::SignedOrder read,
              about(order::parse_signed_order(parts.envelope), part.name));
  if (read.order.kind == OrderKind::enrol) return enrol(parts, *charter, part.name);
  DAYMARK_TRY(const order::ProvenOrder proven,
              about(order::prove_order(parts.view(), *charter, *scratch_), part.name));
  DAYMARK_CHECK(about(check_bound(parts.proof, proven, *charter), part.name));
  DAYMARK_CHECK(chain(proven, part.name));
  DAYMARK_CHECK(take_over_charter(proven, part.name));
  note(proven, *charter);
  return {};
}

Outcome<void> Replay::chain(const order::ProvenOrder& proven, const std::string& name) {
  const order::Order& order = proven.order();
  applied_.push_back(order.hash);
  if (!order.has_prev) return chain_own(proven, name);
  if (!fleet_.continues_with(order.seq, order.prev)) return refuse(errc::order_stream, name);
  fleet_ = {order.seq, order.hash};
  return {};
}

Outcome<void> Replay::chain_own(const order::ProvenOrder& proven, const std::string& name) {
  if (!chip_) return refuse(errc::bundle_part_missing, name, "no enrolment before it");
  DAYMARK_TRY(const auto target, about(target_of(proven, crypto::chip_id(*chip_)), name));
  if (!target) return refuse(errc::bundle_chip, name);
  if (!own_.continues_with(target->seq, target->prev)) return refuse(errc::order_stream, name);
  own_ = {target->seq, proven.order().hash};
  return {};
}

Outcome<void> Replay::enrol(const governor::OrderParts& parts, const order::Charter& charter,
                            const std::string& name) {
  if (chip_) return refuse(errc::bundle_part_twice, name);
  DAYMARK_TRY(const order::EnrolContent content, about(order::parse_enrol(parts.content), name));
  order::EnrolTrust trust{{}, content.chip, content.nonce};
  const auto maker =
      std::ranges::find(charter.party_list(), order::Role::maker, &order::Party::role);
  if (maker != charter.party_list().end()) trust.maker = maker->key;
  DAYMARK_TRY(const order::ProvenOrder proven,
              about(order::prove_enrol(parts.view(), charter, trust, *scratch_), name));
  DAYMARK_CHECK(about(check_bound(parts.proof, proven, charter), name));
  chip_ = content.chip;
  own_ = {1, proven.order().hash};
  applied_.push_back(proven.order().hash);
  note(proven, charter);
  return {};
}

Outcome<void> Replay::take_over_charter(const order::ProvenOrder& proven, const std::string& name) {
  if (proven.order().kind == OrderKind::amend) {
    DAYMARK_TRY(const order::AmendContent content,
                about(order::parse_amend(proven.content()), name));
    DAYMARK_CHECK(about(charters_.add({content.charter.begin(), content.charter.end()}), name));
    return {};
  }
  if (proven.order().kind != OrderKind::transfer) return {};
  DAYMARK_TRY(const order::TransferContent content,
              about(order::parse_transfer(proven.content()), name));
  DAYMARK_CHECK(about(charters_.add({content.charter.begin(), content.charter.end()}), name));
  return {};
}

Result<std::size_t> Replay::place_of(const Digest& order) const {
  const auto found = std::ranges::find(applied_, order);
  if (found == applied_.end()) return fail(errc::bundle_receipt);
  return static_cast<std::size_t>(found - applied_.begin());
}

void Replay::note(const order::ProvenOrder& proven, const order::Charter& charter) {
  const bool logged = proven.checkpoint().size.value != 0;
  statements_.push_back(
      {fmt::format("{} order {}, signed by {}, {}{}", order::name_of(proven.order().kind),
                   to_short_hex(proven.order().hash), signer_names(proven.signers(), charter),
                   logged ? "public at " : "not logged when handed out, ",
                   logged ? to_rfc3339(proven.logged_at()) : "a relief"),
       Level::host_signed, proven.logged_at(), false});
}

Outcome<LeafFacts> Replay::prove_licence(const Part& batch, const Part& leaf,
                                         const order::LeafFile& file) {
  DAYMARK_TRY(const governor::OrderParts parts, about(parse_order_part(batch.content), batch.name));
  DAYMARK_TRY(const order::Charter* charter, charter_of(parts, batch.name));
  DAYMARK_TRY(const order::ProvenOrder proven,
              about(order::prove_order(parts.view(), *charter, *scratch_), batch.name));
  DAYMARK_CHECK(about(check_bound(parts.proof, proven, *charter), batch.name));
  // The chip is told the count by the order alone, so that nobody else reads it here.
  if (file.size.value != proven.order().count) return refuse(errc::bundle_unbound, leaf.name);
  const auto storage = std::make_unique<order::Leaf>();
  DAYMARK_TRY(const order::ProvenLeaf found,
              about(order::prove_leaf(file.leaf, file.where(), proven, *storage), leaf.name));
  if (found.leaf().chip != crypto::chip_id(*chip_)) return refuse(errc::bundle_chip, leaf.name);
  return LeafFacts{found.leaf().kind == order::LeafKind::licence, found.leaf().id,
                   found.leaf().not_after, proven.logged_at()};
}

Outcome<ranging::Receipt> Replay::verify_ranging(const Part& part) {
  DAYMARK_TRY(const ranging::Receipt claimed,
              about(ranging::parse_receipt(part.content), part.name));
  for (const order::Charter* charter : charters_.all()) {
    for (const order::BeaconEntry& beacon : charter->beacon_list()) {
      if (crypto::key_id(beacon.key) != claimed.beacon) continue;
      // The nonce is the session's, long gone: what counts here is who measured what, and where.
      DAYMARK_TRY(
          const ranging::VerifiedReceipt receipt,
          about(rangings_.verify(part.content, {&beacon, *chip_, claimed.chip_nonce}), part.name));
      return receipt.receipt();
    }
  }
  return refuse(errc::receipt_beacon, part.name);
}

}  // namespace daymark::bundle
