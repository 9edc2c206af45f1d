#include "daymark/bundle/verify.h"

#include <algorithm>
#include <memory>

#include <fmt/format.h>

#include "daymark/base/time.h"
#include "daymark/bundle/arrangement.h"
#include "daymark/bundle/device_part.h"
#include "daymark/bundle/errors.h"
#include "daymark/bundle/replay.h"
#include "daymark/order/leaf_file.h"
#include "daymark/ranging/receipt.h"

namespace daymark::bundle {

namespace {

/// One pass over the parts of one bundle.
class Verification {
 public:
  explicit Verification(const std::vector<Part>& parts) : parts_(parts) {}

  Outcome<void> run() {
    DAYMARK_CHECK(check_arrangement(parts_));
    DAYMARK_TRY(const Part* charter, only(PartKind::charter));
    DAYMARK_CHECK(replay_.start(charter->content));
    DAYMARK_CHECK(each(PartKind::order, [&](const Part& part) { return replay_.apply(part); }));
    if (!replay_.chip()) return refuse(errc::bundle_part_missing, "order: enrol");
    DAYMARK_CHECK(check_attestation());
    DAYMARK_CHECK(check_leaf());
    DAYMARK_CHECK(check_receipts());
    DAYMARK_CHECK(check_rangings());
    return check_device();
  }

  [[nodiscard]] const Replay& replay() const { return replay_; }

  [[nodiscard]] std::vector<Statement> statements() const {
    std::vector<Statement> all = replay_.statements();
    all.insert(all.end(), statements_.begin(), statements_.end());
    return all;
  }

 private:
  /// The one part of this kind. Errors: errc::bundle_part_missing, errc::bundle_part_twice.
  Outcome<const Part*> only(PartKind kind) const {
    const Part* found = nullptr;
    for (const Part& part : parts_) {
      if (part.kind != kind) continue;
      if (found != nullptr) return refuse(errc::bundle_part_twice, std::string(name_of(kind)));
      found = &part;
    }
    if (found == nullptr) return refuse(errc::bundle_part_missing, std::string(name_of(kind)));
    return found;
  }

  [[nodiscard]] bool has(PartKind kind) const {
    return std::ranges::any_of(parts_, [&](const Part& part) { return part.kind == kind; });
  }

  template <class Judge>
  Outcome<void> each(PartKind kind, Judge judge) const {
    for (const Part& part : parts_) {
      if (part.kind == kind) DAYMARK_CHECK(judge(part));
    }
    return {};
  }

  Outcome<void> check_attestation() {
    DAYMARK_TRY(const Part* part, only(PartKind::attestation));
    const auto scratch = std::make_unique<governor::DocumentScratch>();
    DAYMARK_TRY(
        const governor::Attestation claims,
        about(governor::verify_attestation(part->content, *replay_.chip(), *scratch), part->name));
    // PROTOCOL §6.3: the heads follow from the public log, or something secret was obeyed.
    const bool same =
        claims.fleet_head == replay_.fleet_head() && claims.own_head == replay_.own_head();
    if (!same) return refuse(errc::bundle_heads, part->name);
    licence_ = claims.licence;
    attested_ = claims.clock.latest;
    // A bundle carries no statements of a TPM: a higher level that the chip claims is not shown.
    const Level level = std::min(claims.level, Level::host_signed);
    statements_.push_back(
        {fmt::format("firmware {} of this chip obeyed these {} fleet orders and {} chip orders "
                     "and no others",
                     to_short_hex(claims.firmware), claims.fleet_head.seq, claims.own_head.seq),
         level, claims.clock.latest, true});
    return {};
  }

  /// A leaf that the chip took has to be there: otherwise a denial could be left out.
  Outcome<void> check_leaf() {
    if (!has(PartKind::leaf) && !has(PartKind::batch) && licence_ == 0) return {};
    DAYMARK_TRY(const Part* batch, only(PartKind::batch));
    DAYMARK_TRY(const Part* leaf, only(PartKind::leaf));
    DAYMARK_TRY(const order::LeafFile file,
                about(order::parse_leaf_file(leaf->content), leaf->name));
    DAYMARK_TRY(const LeafFacts facts, replay_.prove_licence(*batch, *leaf, file));
    if (facts.id != licence_) return refuse(errc::bundle_licence, leaf->name);
    statements_.push_back(
        {fmt::format(
             "{} {} of this chip is in a public batch{}", facts.licence ? "licence" : "denial",
             facts.id,
             facts.licence ? ", valid until " + to_rfc3339(facts.not_after) : std::string()),
         Level::host_signed, facts.logged_at, false});
    return {};
  }

  /// One receipt for an order at most, in the turn of the orders.
  Outcome<void> check_receipts() {
    std::optional<std::size_t> before;
    return each(PartKind::receipt, [&](const Part& part) -> Outcome<void> {
      DAYMARK_TRY(const std::size_t place, receipt_place(part));
      if (before == place) return refuse(errc::bundle_part_twice, part.name);
      if (before > place) return refuse(errc::bundle_turn, part.name);
      before = place;
      return {};
    });
  }

  Outcome<std::size_t> receipt_place(const Part& part) const {
    const auto scratch = std::make_unique<governor::DocumentScratch>();
    DAYMARK_TRY(
        const governor::OrderReceipt receipt,
        about(governor::verify_order_receipt(part.content, *replay_.chip(), *scratch), part.name));
    return about(replay_.place_of(receipt.order), part.name);
  }

  /// In the turn of their times, so that no session stands twice: a leaf may lie at two places of
  /// a tree of whoever made it so.
  Outcome<void> check_rangings() {
    using Place = std::pair<UnixMillis, std::vector<Byte>>;
    std::optional<Place> before;
    return each(PartKind::ranging, [&](const Part& part) -> Outcome<void> {
      DAYMARK_TRY(const ranging::Receipt receipt, replay_.verify_ranging(part));
      DAYMARK_TRY(const auto parts, about(ranging::split_receipt(part.content), part.name));
      Place place{receipt.time, {parts.leaf.begin(), parts.leaf.end()}};
      if (before == place) return refuse(errc::bundle_part_twice, part.name);
      if (before > place) return refuse(errc::bundle_turn, part.name);
      before = std::move(place);
      note_ranging(part, receipt);
      return {};
    });
  }

  void note_ranging(const Part& part, const ranging::Receipt& receipt) {
    statements_.push_back(
        {fmt::format("{}: round trip {:.3f} ms to the chip's key from {:.4f},{:.4f}", part.name,
                     static_cast<double>(receipt.least_round_trip.value) * 1e-6,
                     receipt.place.latitude * 1e-7, receipt.place.longitude * 1e-7),
         Level::host_signed, receipt.time, true});
  }

  /// Judged at the time that the chip attests: a time of its own would be anybody's to change.
  Outcome<void> check_device() {
    if (!has(PartKind::device_report) && !has(PartKind::device_chain)) return {};
    DAYMARK_TRY(const Part* report, only(PartKind::device_report));
    DAYMARK_TRY(const Part* chain, only(PartKind::device_chain));
    DAYMARK_CHECK(judge_device(*report, *chain, attested_));
    statements_.push_back(
        {"a recorded report of a genuine accelerator lies beside it; nothing binds it to this chip",
         Level::device_attested, attested_, false});
    return {};
  }

  const std::vector<Part>& parts_;
  Replay replay_;
  std::uint64_t licence_ = 0;
  UnixMillis attested_;
  std::vector<Statement> statements_;
};

BundleVerdict refused(const Failure& failure) {
  BundleVerdict out;
  out.reason = failure.error.code;
  out.part = failure.subject.empty() ? "bundle" : failure.subject;
  out.detail = describe(failure);
  return out;
}

}  // namespace

BundleVerdict verify_bundle(ByteView bytes, const std::optional<Digest>& trust) {
  const Outcome<std::vector<Part>> parts = parse_bundle(bytes);
  if (!parts) return refused(parts.error());
  Verification verification(*parts);
  const Outcome<void> done = verification.run();
  BundleVerdict out = done ? BundleVerdict{} : refused(done.error());
  out.charter = verification.replay().first_charter();
  if (!done) return out;
  out.statements = verification.statements();
  if (!trust) {
    out.result = BundleResult::consistent;
    out.reason = errc::bundle_untrusted;
  } else if (*trust != out.charter) {
    out.reason = errc::bundle_trust;
    out.part = "charter";
  } else {
    out.result = BundleResult::verified;
    out.reason = errc::bundle_verified;
  }
  return out;
}

}  // namespace daymark::bundle
