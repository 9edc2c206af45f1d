#include "daymark/monitor/fleet_view.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "daymark/base/hex.h"
#include "daymark/crypto/errors.h"
#include "daymark/monitor/errors.h"
#include "daymark/order/appeal.h"
#include "daymark/order/errors.h"
#include "daymark/order/finding.h"
#include "daymark/order/leaf.h"
#include "daymark/order/proven.h"
#include "daymark/tlog/errors.h"

namespace daymark::monitor {

namespace {

using order::OrderKind;

/// The chips that an opened content names; none for fleet orders and licences.
std::vector<ChipId> named_in(OrderKind kind, ByteView content) {
  if (kind == OrderKind::transfer) {
    const auto transfer = order::parse_transfer(content);
    return transfer ? std::vector{transfer->target.chip} : std::vector<ChipId>{};
  }
  if (kind == OrderKind::enrol) {
    const auto enrol = order::parse_enrol(content);
    return enrol ? std::vector{crypto::chip_id(enrol->chip)} : std::vector<ChipId>{};
  }
  const auto scope = order::parse_scope(content);
  std::vector<ChipId> out;
  if (!scope) return out;
  for (const order::Target& target : scope->target_list())
    out.push_back(target.chip);
  return out;
}

std::string reason_in(OrderKind kind, ByteView content) {
  const bool scoped =
      kind == OrderKind::suspend || kind == OrderKind::resume || kind == OrderKind::release;
  const auto scope = scoped ? order::parse_scope(content) : fail(errc::order_kind);
  return scope ? std::string(scope->reason) : std::string{};
}

/// What rests on the time or the cosignatures of the monitor's own head: a chip gets an older one.
bool is_judged_elsewhere(Errc code) {
  constexpr std::array codes{errc::order_expired, errc::order_bounds, errc::proof_quorum,
                             errc::proof_mirrors, errc::proof_size};
  return std::ranges::find(codes, code) != codes.end();
}

/// Proves the order as a chip does, the rules for its content included.
Result<void> prove(const SeenEntry& entry, const order::OpenedContent& opened,
                   const order::Charter& charter) {
  const order::OrderMessage message{entry.bytes, entry.proof, opened.salt, opened.content};
  const auto scratch = std::make_unique<order::ProofScratch>();
  Result<order::ProvenOrder> proven = order::prove_order(message, charter, *scratch);
  if (!proven && proven.error().code == errc::order_kind) {
    const auto enrol = order::parse_enrol(opened.content);
    if (!enrol) return fail(enrol.error());
    order::EnrolTrust trust{{}, enrol->chip, enrol->nonce};
    for (const order::Party& party : charter.party_list()) {
      if (party.role == order::Role::maker) trust.maker = party.key;
    }
    proven = order::prove_enrol(message, charter, trust, *scratch);
  }
  if (proven || is_judged_elsewhere(proven.error().code)) return ok();
  return fail(proven.error());
}

Alarm alarm_about(Errc code, const AlarmOrder& about, std::string detail = {}) {
  Alarm out(code, fmt::format("entry {}", about.entry.value));
  out.detail = std::move(detail);
  out.order = about;
  return out;
}

}  // namespace

Result<FleetView> FleetView::open(std::vector<Byte> charter, Following following) {
  FleetView out(std::move(following));
  DAYMARK_CHECK(out.hold(std::move(charter)));
  return out;
}

Result<void> FleetView::hold(std::vector<Byte> charter) {
  auto held = std::make_unique<HeldCharter>();
  held->bytes = std::move(charter);
  DAYMARK_CHECK(order::parse_charter_into(held->bytes, held->charter));
  held_.push_back(std::move(held));
  return ok();
}

const order::Charter* FleetView::charter_of(const order::Order& order) const {
  for (const auto& held : held_) {
    if (held->charter.hash == order.charter) return &held->charter;
  }
  return nullptr;
}

/// An appeal takes nothing from anybody, and yet its term runs: the suspension's quorum has to
/// know.
std::vector<Alarm> FleetView::take_appeal(const SeenEntry& entry) const {
  const auto read = order::read_appeal_entry(entry.bytes);
  Alarm out(errc::monitor_appeal, fmt::format("entry {}", entry.index.value));
  Result<order::Appeal> verified = fail(errc::appeal_malformed);
  if (read && read->fleet != held_.front()->charter.fleet) return {};
  for (const auto& held : held_) {
    verified = order::verify_appeal(entry.bytes, held->charter);
    if (verified) break;
  }
  if (!verified) {
    out = Alarm(errc::monitor_entry, fmt::format("entry {}", entry.index.value));
    out.cause = verified.error().code;
    return {out};
  }
  out.detail = fmt::format("order {}: {}", to_hex(verified->order), verified->text);
  return {out};
}

std::vector<Alarm> FleetView::take(const SeenEntry& entry) {
  if (order::is_appeal_entry(entry.bytes)) return take_appeal(entry);
  // A finding binds nobody; the denial that cites it does, and is told.
  if (order::is_finding_entry(entry.bytes)) return {};
  const Result<order::SignedOrder> read = order::parse_signed_order(entry.bytes);
  if (!read) {
    Alarm out(errc::monitor_entry, fmt::format("entry {}", entry.index.value));
    out.cause = read.error().code;
    return {out};
  }
  // A log may serve several fleets; what is ordered to another one binds nobody here.
  if (read->order.fleet != held_.front()->charter.fleet) return {};
  return judge(entry, *read);
}

std::vector<Alarm> FleetView::judge(const SeenEntry& entry, const order::SignedOrder& read) {
  const order::Order& order = read.order;
  AlarmOrder about;
  about.hash = order.hash;
  about.kind = order.kind;
  about.entry = entry.index;
  const order::Charter* const charter = charter_of(order);
  if (charter == nullptr) {
    fleet_head_known_ = fleet_head_known_ && !order.has_prev;
    return {alarm_about(errc::monitor_charter_unknown, about, to_hex(order.charter))};
  }
  about.binds_at = earliest_binding(order, charter->bounds, entry.logged);
  Result<order::OpenedContent> opened = fail(errc::seal_not_opened);
  if (following_.key) opened = order::open_content(order, *following_.key);
  const order::OpenedContent* const content = opened ? &*opened : nullptr;
  if (content != nullptr) about.reason = reason_in(order.kind, content->content);
  const Result<void> lawful = check(entry, read, content);
  std::vector<Alarm> out;
  if (!lawful) {
    out.push_back(alarm_about(errc::monitor_unlawful, about));
    out.back().cause = lawful.error().code;
  }
  if (content == nullptr && must_open(order, *charter)) {
    out.push_back(alarm_about(errc::monitor_unopened, about));
  } else if (auto alarm = name_targets(about, order, content)) {
    out.push_back(*std::move(alarm));
  }
  if (auto alarm = check_batch(about, order)) out.push_back(*std::move(alarm));
  // No chip takes what breaks a rule, so nothing rests on it.
  if (lawful) remember(entry, order, content);
  return out;
}

Result<void> FleetView::check(const SeenEntry& entry, const order::SignedOrder& read,
                              const order::OpenedContent* opened) {
  const order::Charter& charter = *charter_of(read.order);
  DAYMARK_CHECK(check_lawful(read, charter, entry.logged));
  DAYMARK_CHECK(check_sequence(read.order));
  const bool provable = opened != nullptr && !entry.proof.empty();
  return provable ? prove(entry, *opened, charter) : ok();
}

/// PROTOCOL §2.2: the fleet's stream is gapless. After an order under an unknown charter it is
/// taken up where it can be.
Result<void> FleetView::check_sequence(const order::Order& order) const {
  if (!order.has_prev || !fleet_head_known_) return ok();
  return fleet_head_.continues_with(order.seq, order.prev)
             ? ok()
             : fail(errc::order_stream, field::sequence);
}

void FleetView::remember(const SeenEntry& entry, const order::Order& order,
                         const order::OpenedContent* opened) {
  if (order.has_prev) {
    fleet_head_ = {order.seq, order.hash};
    fleet_head_known_ = true;
  }
  if (order.kind == OrderKind::license) {
    batches_.push_back({entry.index, order.hash, order.batch_root, order.count});
  }
  if (order.kind == OrderKind::enrol) enrolments_.push_back({order.issued});
  if (opened == nullptr) return;
  if (order.kind == OrderKind::amend) {
    // Where the charter can't be read, nothing that rests on it can be placed.
    if (!hold(opened->content)) fleet_head_known_ = false;
  }
  const auto enrol =
      order.kind == OrderKind::enrol ? order::parse_enrol(opened->content) : fail(errc::order_kind);
  if (enrol) keys_[crypto::chip_id(enrol->chip)] = enrol->chip;
}

/// PROTOCOL §8: what a party may read is sealed to it; an entry that doesn't open is a finding.
bool FleetView::must_open(const order::Order& order, const order::Charter& charter) const {
  if (!following_.key) return false;
  const crypto::ExchangePublicKey own = crypto::x25519_public(*following_.key);
  return std::ranges::any_of(charter.party_list(), [&](const order::Party& party) {
    const bool reads = (party.reads >> static_cast<unsigned>(order.kind) & 1U) != 0;
    return party.seal == own && reads;
  });
}

std::optional<Alarm> FleetView::name_targets(const AlarmOrder& about, const order::Order& order,
                                             const order::OpenedContent* opened) const {
  if (order.kind == OrderKind::license) return std::nullopt;
  if (order.has_prev) return alarm_about(errc::monitor_names_fleet, about);
  if (following_.chips.empty()) return std::nullopt;
  if (opened == nullptr) {
    return alarm_about(errc::monitor_sealed, about, fmt::format("up to {} chips", order.count));
  }
  AlarmOrder naming = about;
  for (const ChipId& chip : named_in(order.kind, opened->content)) {
    if (std::ranges::find(following_.chips, chip) != following_.chips.end()) {
      naming.chips.push_back(chip);
    }
  }
  if (naming.chips.empty()) return std::nullopt;
  return alarm_about(errc::monitor_names_chip, naming);
}

/// PROTOCOL §4.1: one leaf for every chip that was enrolled when the batch was made.
std::optional<Alarm> FleetView::check_batch(const AlarmOrder& about,
                                            const order::Order& order) const {
  if (order.kind != OrderKind::license) return std::nullopt;
  const auto due = std::ranges::count_if(
      enrolments_, [&](const Enrolment& chip) { return chip.issued < order.issued; });
  if (order.count >= static_cast<std::uint64_t>(due)) return std::nullopt;
  return alarm_about(
      errc::monitor_batch_short, about,
      fmt::format("{} enrolments stand before it, it has {} leaves", due, order.count));
}

std::optional<crypto::PublicKey> FleetView::key_of(const ChipId& chip) const {
  const auto found = keys_.find(chip);
  return found == keys_.end() ? std::nullopt : std::optional(found->second);
}

Result<std::vector<Alarm>> FleetView::check_leaf(const order::LeafFile& file,
                                                 const std::string& subject) const {
  const auto leaf = std::make_unique<order::Leaf>();
  DAYMARK_TRY(*leaf, order::parse_leaf(file.leaf));
  const std::string chip = to_hex(leaf->chip.view());
  const Result<Digest> root =
      tlog::root_from_path(tlog::hash_leaf(file.leaf, tlog::batch_tree), file.index, file.size,
                           file.path, tlog::batch_tree);
  const auto found = std::ranges::find_if(batches_, [&](const SeenBatch& batch) {
    return root && batch.root == *root && batch.leaves == file.size.value;
  });
  if (found == batches_.end()) {
    Alarm unlogged(errc::monitor_leaf_unlogged, subject);
    unlogged.detail = chip;
    return std::vector{std::move(unlogged)};
  }
  std::vector<Alarm> out;
  const auto later = std::distance(found, batches_.end()) - 1;
  if (later > 0) {
    out.emplace_back(errc::monitor_leaf_missing, subject);
    out.back().detail = fmt::format(
        "chip {}: its leaf is of entry {}; {} later batches, the last "
        "is entry {}",
        chip, found->entry.value, later, batches_.back().entry.value);
  }
  const bool too_long = leaf->kind == order::LeafKind::licence &&
                        leaf->not_after - leaf->not_before > charter().bounds.licence_longest;
  if (too_long) {
    out.emplace_back(errc::monitor_unlawful, subject);
    out.back().detail = chip;
    out.back().cause = errc::order_bounds;
  }
  return out;
}

}  // namespace daymark::monitor
