#include "mint.h"

#include <cstdlib>

#include <fmt/format.h>

#include "daymark/ranging/receipt_batch.h"

namespace daymark::explore {

namespace {

using governor::LeafParts;
using order::Charter;
using order::OrderFile;
using order::OrderKind;
using order::Stream;
using order::testing::Chip;
using order::testing::Cosigning;
using order::testing::Logged;
using order::testing::World;

template <class T>
T must(Result<T> result, const char* what) {
  if (!result) {
    fmt::print(stderr, "mint: {}: {}\n", what, describe(Failure(result.error())));
    std::abort();
  }
  if constexpr (!std::is_void_v<T>) return *std::move(result);
}

const Chip& the_chip() {
  static const Chip chip = World::chip(1);
  return chip;
}

/// Contents are sealed to nobody but the owner: that is the host's work, and dear.
Charter owner_reads(const Charter& source) {
  Charter out = source;
  for (order::Party& party : std::span(out.parties).first(out.party_count))
    party.reads = party.role == order::Role::owner ? order::all_kinds : 0;
  return out;
}

Charter explored(const Charter& source) {
  Charter out = owner_reads(source);
  out.bounds = {.notice = unit,
                .grace = grace_time,
                .suspension_longest = unit,
                .suspension_budget = unit + unit,
                .appeal = unit,
                .licence_longest = unit + unit,
                .renewal = unit,
                .time_age = unit,
                .fence_age = unit,
                .tick_drift_ppm = 0};
  out.silence = {order::OnSilence::lapse, unit, order::testing::world_start + days(100'000)};
  out.emergency_chip_hours = 1;
  return out;
}

/// Flawed orders that are kept: enough for the states that are gone on from one after the other.
constexpr std::size_t forged_most = 4096;

using Names = std::vector<std::string>;

Names signers_of(OrderKind kind, Flaw flaw) {
  // Signs, and is not enough: one of two, or for a relief somebody who may not.
  if (flaw == Flaw::one_signer) return {"maker"};
  switch (kind) {
    case OrderKind::enrol: return {"owner", "authority"};
    case OrderKind::license: return {"authority"};
    case OrderKind::firmware: return {"owner", "maker"};
    case OrderKind::suspend: return {"maker", "regulator-a"};
    case OrderKind::resume:
    case OrderKind::release: return {"owner"};
    default: return {"owner", "regulator-a"};
  }
}

Cosigning cosigning_of(Flaw flaw, UnixMillis now) {
  Cosigning out{.time = now};
  switch (flaw) {
    case Flaw::few_witnesses: out.witnesses = 0b100; break;
    case Flaw::zero_time: out.time = UnixMillis{0}; break;
    case Flaw::no_mirror: out.mirrors = 0; break;
    case Flaw::no_log_signature: out.log_signs = false; break;
    default: break;
  }
  return out;
}

bool of_fleet(const Wish& wish) {
  switch (wish.kind) {
    case OrderKind::policy:
    case OrderKind::firmware:
    case OrderKind::amend: return true;
    case OrderKind::transfer:
    case OrderKind::release: return false;
    default: return wish.stream == Stream::fleet;
  }
}

}  // namespace

std::string_view name_of(Flaw flaw) {
  constexpr std::array<std::string_view, flaw_count> names{
      "none",          "one_signer",    "wrong_signature",  "seq_ahead",
      "wrong_prev",    "expired",       "stale_proof",      "few_witnesses",
      "zero_time",     "no_mirror",     "no_log_signature", "unlogged",
      "other_charter", "other_content", "other_chip",       "old_version"};
  return names.at(static_cast<std::size_t>(flaw));
}

Mint::Mint() {
  world_.set_charter(explored(world_.source()));
  set_maker(crypto::ed25519_public(world_.party("maker").key.sign));
  static_cast<void>(known(world_.charter()));
}

const Charter& Mint::known(const Charter& charter) {
  std::vector<Byte> encoded = order::testing::encoded(charter);
  auto& slot = charters_[crypto::sha256(encoded)];
  if (!slot) {
    slot = std::make_unique<KnownCharter>();
    slot->encoded = std::move(encoded);
    slot->charter = must(order::parse_charter(slot->encoded), "parse_charter");
  }
  return slot->charter;
}

const Charter& Mint::charter_of(Machine& machine) {
  const auto& state = machine.governor().state();
  if (state.charter.empty()) return world_.charter();
  return charters_.at(crypto::sha256(state.charter))->charter;
}

order::Target Mint::target_of(const Wish& wish, Machine& machine) const {
  const order::StreamHead& own = machine.governor().state().own;
  const bool other = wish.flaw == Flaw::other_chip;
  order::Target out{other ? World::chip(2).id : the_chip().id, own.seq + 1, own.hash};
  if (wish.flaw == Flaw::seq_ahead) ++out.seq;
  if (wish.flaw == Flaw::wrong_prev) out.prev.front() ^= 1U;
  return out;
}

order::StreamHead Mint::fleet_head_of(const Wish& wish, Machine& machine) const {
  order::StreamHead out = machine.governor().state().fleet;
  if (wish.flaw == Flaw::seq_ahead) ++out.seq;
  if (wish.flaw == Flaw::wrong_prev) out.hash.front() ^= 1U;
  return out;
}

std::vector<Byte> Mint::content_of(const Wish& wish, Machine& machine) {
  const auto& state = machine.governor().state();
  switch (wish.kind) {
    case OrderKind::policy: return order::write_policy({{}, 1, hours(24)});
    case OrderKind::firmware: {
      order::FirmwareContent firmware;
      firmware.version = state.firmware.version + (wish.flaw == Flaw::old_version ? 0 : 1);
      firmware.image = crypto::sha256(bytes_of(fmt::format("image {}", firmware.version)));
      firmware.commit = "0123456789abcdef0123456789abcdef01234567";
      const auto maker = order::make_build_attestation(firmware, world_.party("maker").key.sign);
      const auto other =
          order::make_build_attestation(firmware, world_.party("regulator-a").key.sign);
      firmware.attestations = {maker, other};
      return order::write_firmware(firmware);
    }
    case OrderKind::amend: {
      Charter next = charter_of(machine);
      ++next.revision;
      return order::testing::encoded(known(next));
    }
    case OrderKind::transfer: {
      const Charter& next = known(owner_reads(world_.other_fleet()));
      const order::Target target = target_of(wish, machine);
      const auto consent = order::make_consent({the_chip().key, next.hash, target.prev},
                                               world_.party("authority").key.sign);
      return order::write_transfer({target, next.fleet, next.encoded, consent});
    }
    default: break;
  }
  order::ScopeContent scope;
  scope.reason = "explored";
  scope.appeal = ByteView(wish.appeal).first(wish.appeal == Digest{} ? 0 : wish.appeal.size());
  if (!of_fleet(wish)) scope.targets[scope.target_count++] = target_of(wish, machine);
  return order::write_scope(scope);
}

void Mint::sign(OrderFile& file, const Charter& charter, const Minted& as) const {
  for (const std::string& name : signers_of(as.kind, as.flaw))
    must(order::sign_order(file, charter, world_.party(name).key), "sign_order");
}

void Mint::log(const OrderFile& file, UnixMillis now, Minted& out) {
  out.parts.envelope = must(order::envelope_of(file), "envelope_of");
  out.parts.salt = file.salt;
  out.parts.content = file.content;
  if (out.flaw == Flaw::wrong_signature) out.parts.envelope.back() ^= 1U;
  const bool swapped = out.flaw == Flaw::other_content && out.kind != OrderKind::enrol;
  if (swapped) out.parts.content.back() ^= 1U;
  if (out.flaw == Flaw::unlogged) return;
  if (old_proof_.empty()) {
    old_proof_ = world_.log_and_prove(bytes_of("an earlier entry"), cosigning_of(Flaw::none, now));
  }
  out.parts.proof = world_.log_and_prove(out.parts.envelope, cosigning_of(out.flaw, now));
  if (out.flaw == Flaw::stale_proof) out.parts.proof = old_proof_;
  world_.forget_entries();
}

Minted Mint::make(const Wish& wish, Machine& machine) {
  const UnixMillis now = machine.host.now;
  const Charter& holds = charter_of(machine);
  Charter foreign = holds;
  foreign.fleet.bytes.back() ^= 1U;
  const Charter& charter = wish.flaw == Flaw::other_charter ? known(foreign) : holds;
  const std::vector<Byte> content = content_of(wish, machine);
  order::DraftRequest request;
  request.kind = wish.kind;
  const UnixMillis issued = wish.flaw == Flaw::expired ? now - days(3) : now;
  request.times = {issued, issued + days(1), {0}, {0}};
  const bool suspends = wish.kind == OrderKind::suspend && wish.appeal == Digest{};
  if (suspends) request.times.until = now + charter.bounds.notice + unit - seconds(1);
  request.content = content;
  request.fleet_head = fleet_head_of(wish, machine);
  OrderFile file = must(order::draft_order(request, charter, world_.random()), "draft_order");
  Minted out;
  out.kind = wish.kind;
  out.flaw = wish.flaw;
  sign(file, charter, out);
  out.charter = charter.hash;
  out.own = machine.governor().state().own.hash;
  out.fleet = machine.governor().state().fleet.hash;
  const order::Order drafted = must(order::parse_order(file.payload), "parse_order");
  out.hash = drafted.hash;
  out.until = drafted.until;
  out.logged_at = UnixMillis{now.value / 1000 * 1000};
  log(file, now, out);
  return out;
}

const Minted& Mint::keep(const std::string& key, Minted minted) {
  ++signed_;
  if (minted.flaw != Flaw::none) {
    if (forged_.size() == forged_most) forged_.clear();
    return forged_[key] = std::move(minted);
  }
  known_[key] = minted_.size();
  whole_[minted.hash] = minted_.size();
  minted_.push_back(std::make_unique<Minted>(std::move(minted)));
  return *minted_.back();
}

const Minted* Mint::kept_as(const std::string& key) const {
  const auto whole = known_.find(key);
  if (whole != known_.end()) return minted_[whole->second].get();
  const auto forged = forged_.find(key);
  return forged == forged_.end() ? nullptr : &forged->second;
}

const Minted& Mint::order(const Wish& wish, Machine& machine) {
  const auto& state = machine.governor().state();
  std::string key =
      fmt::format("{} {} {} {} {}", static_cast<int>(wish.kind), static_cast<int>(wish.stream),
                  static_cast<int>(wish.flaw), machine.host.now.value, state.firmware.version);
  for (const Digest* const part :
       {&state.own.hash, &state.fleet.hash, &wish.appeal, &charter_of(machine).hash})
    key.append(text_of(*part));
  if (const Minted* const kept = kept_as(key)) return *kept;
  return keep(key, make(wish, machine));
}

int Mint::index_of(const Minted& minted) const {
  for (std::size_t i = minted_.size(); i-- > 0;)
    if (minted_[i].get() == &minted) return static_cast<int>(i);
  return -1;
}

const Minted* Mint::whole(const Digest& hash) const {
  const auto found = whole_.find(hash);
  return found == whole_.end() ? nullptr : minted_[found->second].get();
}

const Minted& Mint::enrolment(Flaw flaw, Machine& machine) {
  const auto& state = machine.governor().state();
  const std::string key = fmt::format("enrol {} {} {}", static_cast<int>(flaw),
                                      machine.host.now.value, text_of(state.enrol_nonce));
  if (const Minted* const kept = kept_as(key)) return *kept;
  Digest nonce = state.enrol_nonce;
  if (flaw == Flaw::other_content) nonce.front() ^= 1U;
  const Chip chip = flaw == Flaw::other_chip ? World::chip(2) : the_chip();
  world_.now = machine.host.now - (flaw == Flaw::expired ? days(3) : Millis{});
  OrderFile file = world_.enrol(chip, nonce);
  Minted out;
  out.kind = OrderKind::enrol;
  out.flaw = flaw;
  sign(file, world_.charter(), out);
  out.charter = world_.charter().hash;
  out.hash = must(order::parse_order(file.payload), "parse_order").hash;
  out.logged_at = UnixMillis{machine.host.now.value / 1000 * 1000};
  log(file, machine.host.now, out);
  return keep(key, std::move(out));
}

LeafParts Mint::leaf(const LeafWish& wish, Machine& machine) {
  const auto& state = machine.governor().state();
  const Charter& charter = charter_of(machine);
  const Chip chip = wish.other_chip ? World::chip(2) : the_chip();
  Digest request = state.request;
  if (wish.other_request) request.front() ^= 1U;
  const Millis length = charter.bounds.licence_longest + (wish.too_long ? seconds(1) : Millis{});
  const UnixMillis from{machine.host.now.value / 1000 * 1000};
  order::Leaf leaf = order::testing::licence_for(chip, request, from, length);
  leaf.id = state.last_leaf + (wish.old_id ? 0 : 1);
  leaf.fleet = state.fleet;
  leaf.own = state.own;
  if (wish.ahead) ++leaf.own.seq;
  if (wish.narrow) leaf.cluster_max = 8;
  leaf.allowance = TeraOps{wish.empty ? 0U : 1000U};
  if (wish.denial) {
    leaf.kind = order::LeafKind::denial;
    leaf.denial_reason = "explored";
    leaf.appeal_until = machine.host.now + days(7);
  }
  const std::vector<std::vector<Byte>> leaves{order::testing::encoded(leaf), {1, 2, 3}};
  tlog::Tree tree(tlog::batch_tree);
  for (const auto& one : leaves)
    tree.append(one);
  order::DraftRequest draft;
  draft.kind = OrderKind::license;
  draft.times = {machine.host.now, machine.host.now + days(1), {0}, {0}};
  const std::vector<Byte> content = order::write_batch({tree.head().root, leaves.size()});
  draft.content = content;
  draft.batch_number = 1;
  OrderFile file = must(order::draft_order(draft, charter, world_.random()), "draft_order");
  Minted batch;
  batch.kind = OrderKind::license;
  if (wish.unsigned_batch) batch.flaw = Flaw::one_signer;
  sign(file, charter, batch);
  log(file, machine.host.now, batch);
  const std::uint64_t index = wish.other_batch ? 1 : 0;
  return {std::move(batch.parts), leaves[0], LeafIndex{index},
          must(tree.inclusion_path({index}, tree.size()), "inclusion_path")};
}

const order::testing::LoggedAppeal& Mint::appeal(const Digest& order, bool flawed,
                                                 Machine& machine) {
  const Charter& charter = charter_of(machine);
  const std::string key = fmt::format("{} {} {}{}", flawed, machine.host.now.value, text_of(order),
                                      text_of(charter.hash));
  const auto found = appeals_.find(key);
  if (found != appeals_.end()) return found->second;
  const std::string owner = charter.owner()->name == "owner" ? "owner" : "authority";
  order::testing::LoggedAppeal out;
  out.envelope = order::make_appeal({charter.fleet, order, machine.host.now, "explored"},
                                    world_.party(flawed ? "maker" : owner).key.sign);
  out.hash = must(order::read_appeal_entry(out.envelope), "read_appeal_entry").hash;
  out.proof = world_.log_and_prove(out.envelope, machine.host.now);
  return appeals_[key] = std::move(out);
}

std::vector<Byte> Mint::emergency(Millis span, bool flawed, Machine& machine) {
  const Charter& charter = charter_of(machine);
  const std::string owner = charter.owner()->name == "owner" ? "owner" : "authority";
  return order::make_emergency({charter.fleet, the_chip().id, machine.host.now, span, "explored"},
                               world_.party(flawed ? "maker" : owner).key.sign);
}

ranging::Opened Mint::meet(std::size_t beacon, ByteView opening) {
  return must(ranging::accept_opening(opening, world_.beacon_key(beacon), world_.random()),
              "accept_opening");
}

std::vector<Byte> Mint::receipt(std::size_t index, const ranging::Opened& opened, UnixMillis time,
                                Millis radius) {
  ranging::Receipt receipt;
  receipt.chip = opened.chip;
  receipt.chip_nonce = opened.chip_nonce;
  receipt.beacon_nonce = opened.beacon_nonce;
  receipt.place = world_.charter().beacons.at(index).place;
  receipt.least_round_trip = RoundTripNanos{1'000'000};
  receipt.exchanges = 1;
  receipt.time = time;
  receipt.radius = radius;
  return must(ranging::sign_receipt(receipt, world_.beacon_key(index)), "sign_receipt");
}

}  // namespace daymark::explore
