#include "daymark/authority/order_desk.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <limits>
#include <map>
#include <memory>
#include <ranges>

#include "daymark/authority/errors.h"
#include "daymark/cbor/reader.h"
#include "daymark/governor/errors.h"
#include "daymark/order/errors.h"
#include "daymark/order/proven.h"
#include "daymark/tlog/errors.h"

namespace daymark::authority {

namespace {

struct ParsedFile {
  order::OrderFile file;
  order::Order order;  ///< views file.payload
};

/// Behind every entry of the log.
constexpr std::uint64_t unlogged = std::numeric_limits<std::uint64_t>::max();

/// On the heap, because the order views the file beside it.
Outcome<std::unique_ptr<ParsedFile>> parse_file(ByteView bytes) {
  auto out = std::make_unique<ParsedFile>();
  DAYMARK_TRY(out->file, about(order::parse_order_file(bytes), "order file"));
  DAYMARK_TRY(out->order, about(order::parse_order(out->file.payload), "order file"));
  return out;
}

/// The targets of a content that names chips; none for fleet orders and licences.
Result<std::vector<order::Target>> targets_of(order::OrderKind kind, ByteView content) {
  using order::OrderKind;
  if (kind == OrderKind::transfer) {
    DAYMARK_TRY(const order::TransferContent transfer, order::parse_transfer(content));
    return std::vector{transfer.target};
  }
  if (kind == OrderKind::enrol) {
    DAYMARK_TRY(const order::EnrolContent enrol, order::parse_enrol(content));
    return std::vector{order::Target{crypto::chip_id(enrol.chip), 1, {}}};
  }
  const bool scoped =
      kind == OrderKind::suspend || kind == OrderKind::resume || kind == OrderKind::release;
  if (!scoped) return std::vector<order::Target>{};
  DAYMARK_TRY(const order::ScopeContent scope, order::parse_scope(content));
  return std::vector(scope.target_list().begin(), scope.target_list().end());
}

/// Proves an order the way a chip will; the authority's own check before it acknowledges.
Result<UnixMillis> binding_time(const HandedOrder& handed, const order::Charter& charter,
                                const order::Order& parsed, UnixMillis& logged_at) {
  const order::OrderMessage message{handed.envelope, handed.proof, handed.salt, handed.content};
  const auto scratch = std::make_unique<order::ProofScratch>();
  if (parsed.kind != order::OrderKind::enrol) {
    DAYMARK_TRY(const order::ProvenOrder proven, order::prove_order(message, charter, *scratch));
    logged_at = proven.logged_at();
    return proven.binds_at();
  }
  DAYMARK_TRY(const order::EnrolContent content, order::parse_enrol(handed.content));
  order::EnrolTrust trust{{}, content.chip, content.nonce};
  for (const order::Party& party : charter.party_list()) {
    if (party.role == order::Role::maker) trust.maker = party.key;
  }
  DAYMARK_TRY(const order::ProvenOrder proven,
              order::prove_enrol(message, charter, trust, *scratch));
  logged_at = proven.logged_at();
  return proven.binds_at();
}

/// What no later pass can mend: the order's time to enter the log is over.
bool is_hopeless(Errc code) {
  constexpr auto final_codes = std::array{errc::authority_order_late, errc::gov_charter_left,
                                          errc::order_expired, errc::order_bounds};
  return std::ranges::find(final_codes, code) != final_codes.end();
}

/// Model and serial from the maker's voucher, for people.
Result<void> read_voucher(ByteView voucher, ChipRecord& chip) {
  DAYMARK_TRY(const cbor::Sign1 signed_voucher, cbor::parse_sign1(voucher));
  cbor::Reader reader(signed_voucher.payload);
  DAYMARK_CHECK(reader.enter_array_of(4));
  DAYMARK_CHECK(reader.read_bytes(32, 32));
  DAYMARK_CHECK(reader.read_bytes(32, 32));
  DAYMARK_TRY(const std::string_view model, reader.read_text(64));
  DAYMARK_TRY(const std::string_view serial, reader.read_text(64));
  chip.model = model;
  chip.serial = serial;
  return ok();
}

Digest charter_hash(ByteView encoded) {
  const Result<order::Charter> parsed = order::parse_charter(encoded);
  return parsed ? parsed->hash : Digest{};
}

}  // namespace

/// An order of one stream and where it stands among those of both.
struct OrderDesk::Placed {
  StoredOrder order;
  std::uint64_t at = 0;
  StreamPlace place;
};

/// An accepted order on its way to publication.
struct OrderDesk::Entered {
  std::unique_ptr<ParsedFile> parsed;
  HandedOrder order;
  const DatedCharter* charter = nullptr;
  LeafIndex index;
};

OrderDesk::OrderDesk(Records& records, LeafArchive& archive, Publisher& publisher, Clock& clock,
                     std::vector<Byte> charter)
    : records_(records), archive_(archive), publisher_(publisher), clock_(clock) {
  const Digest hash = charter_hash(charter);
  charters_.push_back({{}, std::move(charter), hash});
}

Outcome<void> OrderDesk::load() {
  DAYMARK_CHECK(publisher_.check_cosigned_head());
  DAYMARK_TRY(const std::vector<StoredOrder> all, records_.orders());
  for (const StoredOrder& stored : all) {
    if (stored.kind != order::OrderKind::amend || !stored.publication) continue;
    DAYMARK_CHECK(amend(stored, stored.publication->binds_at));
  }
  return {};
}

const std::vector<Byte>& OrderDesk::charter_bytes() const {
  const UnixMillis now = clock_.now();
  const auto in_force = std::find_if(charters_.rbegin(), charters_.rend(),
                                     [&](const DatedCharter& one) { return one.from <= now; });
  return in_force == charters_.rend() ? charters_.front().encoded : in_force->encoded;
}

Outcome<Acceptance> OrderDesk::submit(ByteView file) {
  DAYMARK_TRY(const std::unique_ptr<ParsedFile> parsed, parse_file(file));
  DAYMARK_TRY(const auto known, records_.order(parsed->order.hash));
  if (!known) return accept(parsed->file, parsed->order);
  if (known->publication) return Acceptance{known->hash, known->kind, known->publication};
  DAYMARK_TRY(Publication publication, publish(*known));
  return Acceptance{known->hash, known->kind, std::move(publication)};
}

Outcome<Acceptance> OrderDesk::accept(const order::OrderFile& file, const order::Order& parsed) {
  DAYMARK_CHECK(check_signed(file, parsed));
  const StoredOrder stored{
      parsed.hash, parsed.kind, order::print_order_file(file), {}, clock_.now()};
  DAYMARK_CHECK(store(stored, file, parsed));
  Outcome<Publication> publication = publish(stored);
  // PROTOCOL §2.6: a relief binds by its quorum and is logged afterwards.
  if (!publication && order::is_relief(stored.kind)) {
    DAYMARK_CHECK(take_effect(stored, parsed.issued));
    return Acceptance{stored.hash, stored.kind, {}};
  }
  if (!publication) return std::unexpected(publication.error());
  return Acceptance{stored.hash, stored.kind, *std::move(publication)};
}

Outcome<void> OrderDesk::store(const StoredOrder& stored, const order::OrderFile& file,
                               const order::Order& parsed) {
  DAYMARK_TRY(const std::vector<StreamPlace> places, places_of(file, parsed));
  if (parsed.kind != order::OrderKind::license) return records_.add_order(stored, places);
  DAYMARK_TRY(const auto facts, archive_.find(parsed.batch_root));
  const bool drafted_here = facts && facts->leaves == parsed.count;
  if (!drafted_here) return refuse(errc::authority_batch_unknown, "order");
  return records_.add_licence(stored, {parsed.batch_root, parsed.seq, facts->leaves, facts->slots});
}

Outcome<void> OrderDesk::check_signed(const order::OrderFile& file,
                                      const order::Order& parsed) const {
  DAYMARK_TRY(const order::Charter in_force, charter());
  DAYMARK_TRY(const tlog::MemberSet signers,
              about(order::verify_signatures(file, in_force), "order"));
  DAYMARK_TRY(const tlog::Policy quorum, about(order::quorum_of(in_force, parsed.kind), "charter"));
  if (!quorum.met_by(signers)) return refuse(errc::order_quorum, "order");
  if (clock_.now() >= parsed.expires) return refuse(errc::authority_order_late, "order");
  return {};
}

Outcome<std::vector<StreamPlace>> OrderDesk::places_of(const order::OrderFile& file,
                                                       const order::Order& parsed) {
  std::vector<StreamPlace> places;
  if (parsed.has_prev) {
    DAYMARK_CHECK(check_next({}, parsed.seq, parsed.prev));
    places.push_back({{}, parsed.seq});
  }
  DAYMARK_TRY(const auto targets, about(targets_of(parsed.kind, file.content), "order"));
  for (const order::Target& target : targets) {
    DAYMARK_CHECK(check_next(target.chip, target.seq, target.prev));
    places.push_back({target.chip, target.seq});
  }
  return places;
}

Outcome<void> OrderDesk::check_next(const std::optional<ChipId>& chip, std::uint64_t seq,
                                    const Digest& prev) {
  DAYMARK_TRY(const order::StreamHead head, records_.head(chip));
  return head.continues_with(seq, prev) ? Outcome<void>{} : refuse(errc::order_stream, "order");
}

/// An order names its charter. While it waited for witnesses another one may have taken its place.
Outcome<const DatedCharter*> OrderDesk::charter_of(const order::Order& order) const {
  const auto named = std::ranges::find(charters_, order.charter, &DatedCharter::hash);
  if (named == charters_.end()) return refuse(errc::order_charter, "order");
  return &*named;
}

/// Whether no other charter had taken its place by then; a chip asks the same.
bool OrderDesk::held_at(const DatedCharter& charter, UnixMillis time) const {
  const auto named = std::ranges::find(charters_, charter.hash, &DatedCharter::hash);
  const auto next = named == charters_.end() ? named : std::next(named);
  return next == charters_.end() || time < next->from;
}

Outcome<Publication> OrderDesk::publish(const StoredOrder& stored) {
  DAYMARK_TRY(Entered entered, enter(stored));
  return publish_entered(
      stored, entered, [this](const DatedCharter& charter) { return newest_checkpoint(charter); });
}

Outcome<std::string> OrderDesk::newest_checkpoint(const DatedCharter& charter) {
  DAYMARK_TRY(const order::Charter parsed, about(order::parse_charter(charter.encoded), "charter"));
  return publisher_.cosigned_checkpoint(parsed);
}

Outcome<OrderDesk::Entered> OrderDesk::enter(const StoredOrder& stored) {
  Entered out;
  DAYMARK_TRY(out.parsed, parse_file(stored.file));
  DAYMARK_TRY(out.charter, charter_of(out.parsed->order));
  DAYMARK_TRY(out.order, handed(stored));
  DAYMARK_TRY(out.index, publisher_.append_once(out.order.envelope));
  return out;
}

Outcome<Publication> OrderDesk::publish_entered(const StoredOrder& stored, Entered& entered,
                                                const Checkpoints& checkpoints) {
  // The first witnessed proof counts (PROTOCOL §2.5), also where a crash came before it was kept.
  DAYMARK_TRY(const std::string kept, publisher_.cosigned_head());
  Outcome<Publication> publication = prove(entered, kept);
  if (!publication) {
    DAYMARK_CHECK(check_in_time(entered));
    DAYMARK_TRY(const std::string checkpoint, checkpoints(*entered.charter));
    publication = prove(entered, checkpoint);
  }
  if (!publication) return publication;
  // Effects are idempotent: a crash between them and the publication repeats them.
  DAYMARK_CHECK(take_effect(stored, publication->binds_at));
  DAYMARK_CHECK(records_.publish_order(stored.hash, *publication));
  return publication;
}

/// Witnesses are not asked for what no chip would take. A relief is never late: it bound before.
Outcome<void> OrderDesk::check_in_time(const Entered& entered) const {
  const order::Order& order = entered.parsed->order;
  if (order::is_relief(order.kind)) return {};
  if (clock_.now() >= order.expires) return refuse(errc::authority_order_late, "order");
  if (!held_at(*entered.charter, clock_.now())) return refuse(errc::gov_charter_left, "order");
  return {};
}

Outcome<Publication> OrderDesk::prove(Entered& entered, const std::string& checkpoint) const {
  const order::Order& parsed = entered.parsed->order;
  DAYMARK_TRY(const order::Charter charter,
              about(order::parse_charter(entered.charter->encoded), "charter"));
  Publication out{.index = entered.index, .proof = {}, .logged_at = {}, .binds_at = {}};
  DAYMARK_TRY(out.proof, publisher_.prove(out.index, checkpoint));
  entered.order.proof = out.proof;
  const Result<UnixMillis> binds = binding_time(entered.order, charter, parsed, out.logged_at);
  if (!binds) {
    const Errc code = binds.error().code;
    const bool too_few = code == errc::proof_quorum || code == errc::proof_mirrors;
    const std::optional<Failure>& ahead = publisher_.ahead();
    if (too_few && ahead) return std::unexpected(*ahead);
    return std::unexpected(Failure(binds.error(), "order"));
  }
  if (!order::is_relief(parsed.kind) && !held_at(*entered.charter, out.logged_at)) {
    return refuse(errc::gov_charter_left, "order");
  }
  out.binds_at = *binds;
  return out;
}

Outcome<PendingReport> OrderDesk::publish_pending() {
  DAYMARK_TRY(const std::vector<StoredOrder> pending, records_.pending_orders());
  std::vector<Outcome<Entered>> entered;
  entered.reserve(pending.size());
  for (const StoredOrder& stored : pending)
    entered.push_back(enter(stored));
  std::map<Digest, Outcome<std::string>> asked;
  const Checkpoints once = [&](const DatedCharter& charter) {
    const auto known = asked.find(charter.hash);
    if (known != asked.end()) return known->second;
    return asked.emplace(charter.hash, newest_checkpoint(charter)).first->second;
  };
  PendingReport out;
  for (std::size_t i = 0; i < pending.size(); ++i) {
    const Outcome<Publication> done = entered[i] ? publish_entered(pending[i], *entered[i], once)
                                                 : std::unexpected(entered[i].error());
    if (done) {
      ++out.published;
    } else {
      out.unpublished.push_back(
          {pending[i].hash, done.error(), is_hopeless(done.error().error.code)});
    }
  }
  return out;
}

Outcome<HandedOrder> OrderDesk::handed(const StoredOrder& stored) const {
  DAYMARK_TRY(const order::OrderFile file, about(order::parse_order_file(stored.file), "order"));
  HandedOrder out{.envelope = {}, .proof = {}, .salt = file.salt, .content = file.content};
  DAYMARK_TRY(out.envelope, about(order::envelope_of(file), "order"));
  if (!stored.publication) return out;
  const bool relief = order::is_relief(stored.kind);
  const bool late = relief && outlived_charter(file, stored.publication->logged_at);
  if (!late) out.proof = stored.publication->proof;
  return out;
}

/// A relief that was logged after its charter was left binds by its quorum alone: by the logged
/// time a chip would take it for late.
bool OrderDesk::outlived_charter(const order::OrderFile& file, UnixMillis logged_at) const {
  const Result<order::Order> parsed = order::parse_order(file.payload);
  if (!parsed) return false;
  const auto charter = charter_of(*parsed);
  return charter && !held_at(**charter, logged_at);
}

Outcome<std::vector<HandedOrder>> OrderDesk::feed(const ChipId& chip, std::uint64_t fleet_seq,
                                                  std::uint64_t own_seq) {
  DAYMARK_TRY(FeedPage all, feed_page({.chip = chip, .fleet_seq = fleet_seq, .own_seq = own_seq}));
  return std::move(all.orders);
}

Outcome<FeedPage> OrderDesk::feed_page(const FeedQuery& query) {
  DAYMARK_TRY(const std::vector<Placed> fleet, open_part({{}, query.fleet_seq}));
  DAYMARK_TRY(const std::vector<Placed> own, open_part({query.chip, query.own_seq}));
  std::vector<Placed> both;
  std::ranges::merge(fleet, own, std::back_inserter(both), {}, &Placed::at, &Placed::at);
  FeedPage out;
  FeedPosition reached{query.fleet_seq, query.own_seq};
  for (const Placed& placed :
       std::views::take(both, static_cast<std::ptrdiff_t>(std::min(query.limit, both.size())))) {
    DAYMARK_TRY(HandedOrder order, handed(placed.order));
    out.orders.push_back(std::move(order));
    (placed.place.chip ? reached.own_seq : reached.fleet_seq) = placed.place.seq;
  }
  if (out.orders.size() < both.size()) out.next = reached;
  return out;
}

/// What a chip can be handed of one stream. What is not public yet binds nobody, but for reliefs;
/// what follows it waits as well.
Outcome<std::vector<OrderDesk::Placed>> OrderDesk::open_part(const StreamPlace& after) {
  DAYMARK_TRY(std::vector<StoredOrder> orders, records_.stream_after(after));
  std::vector<Placed> out;
  StreamPlace place = after;
  for (StoredOrder& stored : orders) {
    if (!stored.publication && !order::is_relief(stored.kind)) break;
    const std::uint64_t at = stored.publication ? stored.publication->index.value : unlogged;
    ++place.seq;  // streams have no gaps (PROTOCOL §2.2)
    out.push_back({std::move(stored), at, place});
  }
  // A relief may be logged after what follows it in its stream, and must still come before it.
  std::uint64_t next = unlogged;
  for (Placed& placed : std::views::reverse(out))
    next = placed.at = std::min(next, placed.at);
  return out;
}

Outcome<void> OrderDesk::take_effect(const StoredOrder& stored, UnixMillis binds_at) {
  DAYMARK_TRY(const std::unique_ptr<ParsedFile> parsed, parse_file(stored.file));
  switch (stored.kind) {
    case order::OrderKind::enrol: return enrol(parsed->file.content);
    case order::OrderKind::release: return release(parsed->file.content);
    case order::OrderKind::amend: return amend(stored, binds_at);
    default: return {};
  }
}

Outcome<void> OrderDesk::enrol(ByteView content) {
  DAYMARK_TRY(const order::EnrolContent enrolment, about(order::parse_enrol(content), "order"));
  ChipRecord chip{.chip = crypto::chip_id(enrolment.chip),
                  .key = enrolment.chip,
                  .slot = 0,
                  .model = {},
                  .serial = {}};
  DAYMARK_TRY(const auto known, records_.chip(chip.chip));
  if (known) return {};
  DAYMARK_TRY(chip.slot, records_.chip_count());
  DAYMARK_CHECK(about(read_voucher(enrolment.voucher, chip), "voucher"));
  return records_.put_chip(chip);
}

Outcome<void> OrderDesk::amend(const StoredOrder& stored, UnixMillis binds_at) {
  DAYMARK_TRY(const std::unique_ptr<ParsedFile> parsed, parse_file(stored.file));
  DAYMARK_TRY(const order::AmendContent content,
              about(order::parse_amend(parsed->file.content), "order"));
  const Digest hash = charter_hash(content.charter);
  const auto known = std::ranges::find(charters_, hash, &DatedCharter::hash);
  if (known != charters_.end()) return {};
  charters_.push_back({binds_at, {content.charter.begin(), content.charter.end()}, hash});
  return {};
}

Outcome<void> OrderDesk::release(ByteView content) {
  DAYMARK_TRY(const auto targets, about(targets_of(order::OrderKind::release, content), "order"));
  for (const order::Target& target : targets) {
    DAYMARK_TRY(auto chip, records_.chip(target.chip));
    if (!chip) continue;
    chip->released = true;
    DAYMARK_CHECK(records_.put_chip(*chip));
  }
  return {};
}

}  // namespace daymark::authority
