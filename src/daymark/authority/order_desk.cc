#include "daymark/authority/order_desk.h"

#include <algorithm>
#include <memory>

#include "daymark/authority/errors.h"
#include "daymark/authority/leaf_list.h"
#include "daymark/cbor/reader.h"
#include "daymark/order/errors.h"
#include "daymark/order/proven.h"

namespace daymark::authority {

namespace {

struct ParsedFile {
  order::OrderFile file;
  order::Order order;  ///< views file.payload
};

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

}  // namespace

OrderDesk::OrderDesk(Records& records, Publisher& publisher, Clock& clock,
                     std::vector<Byte> charter)
    : records_(records), publisher_(publisher), clock_(clock) {
  charters_.push_back({{}, std::move(charter)});
}

Outcome<void> OrderDesk::load() {
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

Outcome<Acceptance> OrderDesk::submit(ByteView bytes) {
  DAYMARK_TRY(const std::unique_ptr<ParsedFile> parsed, parse_file(bytes));
  DAYMARK_TRY(const auto known, records_.order(parsed->order.hash));
  if (!known) return accept(parsed->file, parsed->order);
  if (known->publication) return Acceptance{known->hash, known->kind, known->publication};
  DAYMARK_TRY(Publication publication, publish(*known));
  return Acceptance{known->hash, known->kind, std::move(publication)};
}

Outcome<Acceptance> OrderDesk::accept(const order::OrderFile& file, const order::Order& parsed) {
  DAYMARK_CHECK(check_signed(file, parsed));
  DAYMARK_TRY(const std::vector<StreamPlace> places, places_of(file, parsed));
  if (parsed.kind == order::OrderKind::license) {
    DAYMARK_TRY(const std::vector<Byte> leaves, records_.draft(parsed.batch_root));
    if (leaves.empty()) return refuse(errc::authority_batch_unknown, "order");
  }
  const StoredOrder stored{parsed.hash, parsed.kind, order::print_order_file(file), {}};
  DAYMARK_CHECK(records_.add_order(stored, places));
  Outcome<Publication> publication = publish(stored);
  // PROTOCOL §2.6: a relief binds by its quorum and is logged afterwards.
  if (!publication && order::is_relief(stored.kind)) {
    DAYMARK_CHECK(take_effect(stored, parsed.issued));
    return Acceptance{stored.hash, stored.kind, {}};
  }
  if (!publication) return std::unexpected(publication.error());
  return Acceptance{stored.hash, stored.kind, *std::move(publication)};
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

Outcome<Publication> OrderDesk::publish(const StoredOrder& stored) {
  DAYMARK_TRY(const order::Charter in_force, charter());
  DAYMARK_TRY(const std::unique_ptr<ParsedFile> parsed, parse_file(stored.file));
  DAYMARK_TRY(HandedOrder order, handed(stored));
  Publication publication;
  DAYMARK_TRY(publication.index, publisher_.append_once(order.envelope));
  DAYMARK_TRY(const std::string checkpoint, publisher_.cosigned_checkpoint(in_force));
  DAYMARK_TRY(publication.proof, publisher_.prove(publication.index, checkpoint));
  order.proof = publication.proof;
  const Result<UnixMillis> binds =
      binding_time(order, in_force, parsed->order, publication.logged_at);
  if (!binds) return std::unexpected(Failure(binds.error(), "order"));
  publication.binds_at = *binds;
  // Effects are idempotent: a crash between them and the publication repeats them.
  DAYMARK_CHECK(take_effect(stored, publication.binds_at));
  DAYMARK_CHECK(records_.publish_order(stored.hash, publication));
  return publication;
}

Outcome<void> OrderDesk::publish_pending() {
  DAYMARK_TRY(const std::vector<StoredOrder> all, records_.orders());
  for (const StoredOrder& stored : all) {
    if (stored.publication) continue;
    const Outcome<Publication> done = publish(stored);
    if (!done) return std::unexpected(done.error());
  }
  return {};
}

Outcome<HandedOrder> OrderDesk::handed(const StoredOrder& stored) const {
  DAYMARK_TRY(const order::OrderFile file, about(order::parse_order_file(stored.file), "order"));
  HandedOrder out{.envelope = {}, .proof = {}, .salt = file.salt, .content = file.content};
  DAYMARK_TRY(out.envelope, about(order::envelope_of(file), "order"));
  if (stored.publication) out.proof = stored.publication->proof;
  return out;
}

Outcome<std::vector<HandedOrder>> OrderDesk::feed(const ChipId& chip, std::uint64_t fleet_seq,
                                                  std::uint64_t own_seq) {
  std::vector<HandedOrder> out;
  for (const StreamPlace& after : {StreamPlace{{}, fleet_seq}, StreamPlace{chip, own_seq}}) {
    DAYMARK_TRY(const std::vector<StoredOrder> orders, records_.stream_after(after));
    for (const StoredOrder& stored : orders) {
      // What is not public yet binds nobody, but for reliefs; what follows it waits as well.
      if (!stored.publication && !order::is_relief(stored.kind)) break;
      DAYMARK_TRY(HandedOrder order, handed(stored));
      out.push_back(std::move(order));
    }
  }
  return out;
}

Outcome<void> OrderDesk::take_effect(const StoredOrder& stored, UnixMillis binds_at) {
  DAYMARK_TRY(const std::unique_ptr<ParsedFile> parsed, parse_file(stored.file));
  switch (stored.kind) {
    case order::OrderKind::enrol: return enrol(parsed->file.content);
    case order::OrderKind::license: return hand_out_leaves(stored, parsed->order);
    case order::OrderKind::release: return release(parsed->file.content);
    case order::OrderKind::amend: return amend(stored, binds_at);
    default: return {};
  }
}

Outcome<void> OrderDesk::enrol(ByteView content) {
  DAYMARK_TRY(const order::EnrolContent enrolment, about(order::parse_enrol(content), "order"));
  DAYMARK_TRY(const std::vector<ChipRecord> chips, records_.chips());
  ChipRecord chip{.chip = crypto::chip_id(enrolment.chip),
                  .key = enrolment.chip,
                  .slot = chips.size(),
                  .model = {},
                  .serial = {}};
  for (const ChipRecord& known : chips) {
    if (known.chip == chip.chip) return {};
  }
  DAYMARK_CHECK(about(read_voucher(enrolment.voucher, chip), "voucher"));
  return records_.put_chip(chip);
}

Outcome<void> OrderDesk::hand_out_leaves(const StoredOrder& stored, const order::Order& parsed) {
  DAYMARK_TRY(const std::vector<Byte> bytes, records_.draft(parsed.batch_root));
  DAYMARK_TRY(const LeafList leaves, about(parse_leaf_list(bytes), "batch"));
  DAYMARK_TRY(std::vector<LeafRecord> records, about(leaf_records(leaves), "batch"));
  for (LeafRecord& record : records) {
    record.batch = stored.hash;
    DAYMARK_CHECK(records_.put_leaf(record));
  }
  return {};
}

Outcome<void> OrderDesk::amend(const StoredOrder& stored, UnixMillis binds_at) {
  DAYMARK_TRY(const std::unique_ptr<ParsedFile> parsed, parse_file(stored.file));
  DAYMARK_TRY(const order::AmendContent content,
              about(order::parse_amend(parsed->file.content), "order"));
  charters_.push_back({binds_at, {content.charter.begin(), content.charter.end()}});
  return {};
}

Outcome<void> OrderDesk::release(ByteView content) {
  DAYMARK_TRY(const auto targets, about(targets_of(order::OrderKind::release, content), "order"));
  DAYMARK_TRY(const std::vector<ChipRecord> chips, records_.chips());
  for (ChipRecord chip : chips) {
    const bool named = std::ranges::find(targets, chip.chip, &order::Target::chip) != targets.end();
    if (!named) continue;
    chip.released = true;
    DAYMARK_CHECK(records_.put_chip(chip));
  }
  return {};
}

}  // namespace daymark::authority
