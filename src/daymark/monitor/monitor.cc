#include "daymark/monitor/monitor.h"

#include <algorithm>

#include <fmt/format.h>

#include "daymark/governor/documents.h"
#include "daymark/monitor/errors.h"
#include "daymark/net/errors.h"
#include "daymark/tlog/errors.h"
#include "daymark/tlog/note_writer.h"

namespace daymark::monitor {

namespace {

/// Errors that say nothing of what a place holds.
bool is_silence(const Failure& failure) {
  const Errc code = failure.error.code;
  return code == errc::net_unreachable || code == errc::net_timeout || code == errc::net_closed;
}

Alarm withheld(const KnownHead& head, const std::string& source, std::string detail) {
  Alarm out(errc::monitor_withheld, source);
  out.detail = fmt::format("size {}: {}", head.head.size.value, detail);
  out.evidence = {head.text};
  return out;
}

/// What makes two alarms the same for whoever was told one.
std::string identity_of(const Alarm& alarm) {
  std::string out =
      fmt::format("{}\n{}\n{}", entry_of(alarm.code).name, alarm.subject, alarm.detail);
  if (alarm.order) out += fmt::format("\n{}", alarm.order->entry.value);
  return out;
}

}  // namespace

Outcome<std::unique_ptr<Monitor>> Monitor::open(Memory memory, MonitorOptions options,
                                                Clock& clock) {
  std::unique_ptr<Monitor> out(new Monitor(std::move(memory), clock));
  if (options.charter.empty()) {
    out->log_policy_ = std::move(options.policy);
  } else {
    DAYMARK_TRY(FleetView fleet,
                about(FleetView::open(std::move(options.charter), std::move(options.following)),
                      "charter"));
    out->fleet_ = std::make_unique<FleetView>(std::move(fleet));
    out->book_.trust({&out->witnesses_, &out->mirrors_});
  }
  DAYMARK_CHECK(out->set_policies());
  DAYMARK_CHECK(out->recall());
  return out;
}

/// The policies in force, in strings of our own: they are views.
Outcome<void> Monitor::set_policies() {
  if (fleet_) {
    log_policy_ = fleet_->charter().log_policy;
    mirror_policy_ = fleet_->charter().mirror_policy;
    DAYMARK_TRY(mirrors_, about(tlog::Policy::parse(mirror_policy_), "mirrors"));
  }
  DAYMARK_TRY(witnesses_, about(tlog::Policy::parse(log_policy_), "policy"));
  return {};
}

Outcome<void> Monitor::recall() {
  DAYMARK_TRY(const auto entries, memory_.entries());
  for (const std::vector<Byte>& entry : entries)
    tree_.append(entry);
  DAYMARK_TRY(const auto heads, memory_.heads());
  for (const std::string& note : heads) {
    // One that a later charter's log signed can't be judged by the first charter; it comes again.
    auto head = book_.authenticate(note, "a head seen before");
    if (head) DAYMARK_CHECK(raise_all(book_.add(*std::move(head), tree_)));
  }
  DAYMARK_TRY(const std::uint64_t examined, memory_.examined());
  for (std::size_t i = 0; i < entries.size(); ++i) {
    if (i >= examined) {
      fresh_.push_back(entries[i]);
      continue;
    }
    const SeenEntry seen{{i}, entries[i], book_.logged({i}, tree_), {}};
    if (fleet_) static_cast<void>(fleet_->take(seen));
  }
  return set_policies();
}

std::vector<Alarm> Monitor::take_alarms() {
  return std::exchange(alarms_, {});
}

Outcome<void> Monitor::raise(Alarm alarm) {
  if (!said_.insert(identity_of(alarm)).second) return {};
  DAYMARK_CHECK(memory_.add_alarm(to_json(alarm, clock_.now())));
  alarms_.push_back(std::move(alarm));
  return {};
}

Outcome<void> Monitor::raise_all(std::vector<Alarm> alarms) {
  for (Alarm& alarm : alarms)
    DAYMARK_CHECK(raise(std::move(alarm)));
  return {};
}

Outcome<void> Monitor::add_head(KnownHead head) {
  if (book_.contains(head.head)) return {};
  DAYMARK_CHECK(memory_.add_head(head.head, head.text));
  return raise_all(book_.add(std::move(head), tree_));
}

Outcome<void> Monitor::hear(const std::string& note, const std::string& source) {
  DAYMARK_TRY(KnownHead head, about(book_.authenticate(note, source), source));
  return add_head(std::move(head));
}

Outcome<void> Monitor::hear_published(const std::string& note, const std::string& source,
                                      bool log_itself) {
  Result<KnownHead> head = book_.authenticate(note, source);
  if (!head) return raise({head.error().code, source});
  if (log_itself) DAYMARK_CHECK(check_shown(*head));
  return add_head(*std::move(head));
}

/// What the log publishes must be cosigned, and never older than what it published before.
Outcome<void> Monitor::check_shown(const KnownHead& head) {
  const bool empty = head.head.size.value == 0;
  if (!empty && (!head.witnessed_at || !head.mirrored)) {
    Alarm alarm(errc::monitor_quorum, head.source);
    alarm.cause = head.witnessed_at ? errc::proof_mirrors : errc::proof_quorum;
    alarm.detail = fmt::format("size {}", head.head.size.value);
    alarm.evidence = {head.text};
    DAYMARK_CHECK(raise(std::move(alarm)));
  }
  DAYMARK_TRY(const std::string before, memory_.shown());
  const auto last =
      before.empty() ? fail(errc::checkpoint_malformed) : tlog::parse_checkpoint(before);
  if (last && head.head.size < last->head.size) {
    Alarm alarm(errc::monitor_log_back, head.source);
    alarm.detail = fmt::format("size {} after {}", head.head.size.value, last->head.size.value);
    alarm.evidence = {before, head.text};
    return raise(std::move(alarm));
  }
  return before == head.text ? Outcome<void>{} : memory_.set_shown(head.text);
}

Outcome<void> Monitor::look(LogSource& log, std::span<LogSource* const> mirrors) {
  unheard_.clear();
  const Outcome<std::string> published = log.checkpoint();
  if (published) DAYMARK_CHECK(hear_published(*published, log.name(), true));
  for (LogSource* const mirror : mirrors) {
    const Outcome<std::string> kept = mirror->checkpoint();
    if (!kept) unheard_.push_back(kept.error());
    if (kept) DAYMARK_CHECK(hear_published(*kept, mirror->name(), false));
  }
  DAYMARK_CHECK(catch_up(log, mirrors));
  DAYMARK_CHECK(examine());
  return published ? Outcome<void>{} : std::unexpected(published.error());
}

/// Takes over the largest head first: if the heads tell one history, the others lie within it.
Outcome<void> Monitor::catch_up(LogSource& log, std::span<LogSource* const> mirrors) {
  std::vector<KnownHead> ahead;
  for (const KnownHead& head : book_.heads()) {
    const bool open = head.head.size > tree_.size() && !refuted_.contains(head.text);
    if (open && memory_.has_log()) ahead.push_back(head);
  }
  std::ranges::sort(ahead, std::ranges::greater{}, [](const KnownHead& h) { return h.head.size; });
  for (const KnownHead& head : ahead) {
    if (head.head.size <= tree_.size()) continue;
    const TreeSize before = tree_.size();
    DAYMARK_CHECK(pursue(head, log, mirrors));
    DAYMARK_CHECK(raise_all(book_.compare(tree_, before)));
  }
  return {};
}

Outcome<void> Monitor::pursue(const KnownHead& head, LogSource& log,
                              std::span<LogSource* const> mirrors) {
  DAYMARK_TRY(const Serving own, take_from(log, head));
  if (own == Serving::taken) return {};
  if (own == Serving::other_history) {
    refuted_.insert(head.text);
    const KnownHead* const confirmed = book_.newest_of(tree_);
    Alarm alarm(errc::monitor_history, head.source);
    alarm.detail =
        fmt::format("size {} does not continue size {}", head.head.size.value, tree_.size().value);
    alarm.evidence = {head.text};
    if (confirmed != nullptr) alarm.evidence.push_back(confirmed->text);
    return raise(std::move(alarm));
  }
  if (own == Serving::withheld) {
    DAYMARK_CHECK(raise(withheld(head, log.name(), "the entries are not served")));
  }
  for (LogSource* const mirror : mirrors) {
    DAYMARK_TRY(const Serving other, take_from(*mirror, head));
    if (other == Serving::taken) return {};
  }
  return {};
}

/// Fetches what `head` has and the memory lacks. If that doesn't lead to the head's root, all
/// entries are fetched again: they tell a rewritten history from one that is held back.
Outcome<Monitor::Serving> Monitor::take_from(LogSource& source, const KnownHead& head) {
  auto entries = source.entries({tree_.size(), head.head.size});
  if (!entries) {
    unheard_.push_back(entries.error());
    return is_silence(entries.error()) ? Serving::silent : Serving::withheld;
  }
  const TreeSize before = tree_.size();
  for (const std::vector<Byte>& entry : *entries)
    tree_.append(entry);
  if (tree_.head() == head.head && head.by_log) {
    DAYMARK_CHECK(memory_.adopt(*entries, head.text));
    for (std::vector<Byte>& entry : *entries)
      fresh_.push_back(std::move(entry));
    return Serving::taken;
  }
  const bool leads = tree_.head() == head.head;
  tree_.truncate(before);
  if (leads) return Serving::withheld;
  const auto all = source.entries({{0}, head.head.size});
  if (!all) return is_silence(all.error()) ? Serving::silent : Serving::withheld;
  tlog::Tree other;
  for (const std::vector<Byte>& entry : *all)
    other.append(entry);
  return other.head() == head.head ? Serving::other_history : Serving::withheld;
}

/// Judges the new entries, each against the newest head that has it. The count is saved after the
/// alarms: after a crash an alarm may be told twice, never not at all.
Outcome<void> Monitor::examine() {
  if (fresh_.empty()) return {};
  const std::uint64_t first = tree_.size().value - fresh_.size();
  const KnownHead* const head = book_.newest_of(tree_);
  const bool whole = head != nullptr && head->head.size == tree_.size();
  for (std::uint64_t i = 0; fleet_ && i < fresh_.size(); ++i) {
    const LeafIndex index{first + i};
    DAYMARK_TRY(const auto path, tree_.inclusion_path(index, tree_.size()));
    const std::string proof = whole ? tlog::make_proof(index, path, head->text) : std::string{};
    const SeenEntry seen{index, fresh_[i], book_.logged(index, tree_), proof};
    DAYMARK_CHECK(raise_all(fleet_->take(seen)));
  }
  fresh_.clear();
  DAYMARK_CHECK(set_policies());
  return memory_.set_examined(tree_.size().value);
}

Outcome<void> Monitor::check_attestation(ByteView attestation, const std::string& source) {
  const auto parsed = cbor::parse_sign1(attestation);
  if (!parsed) return std::unexpected(Failure(parsed.error(), source));
  DAYMARK_TRY(const governor::Attestation stated,
              about(governor::parse_attestation(parsed->payload), source));
  const auto key =
      fleet_ ? fleet_->key_of(crypto::chip_id(stated.chip)) : std::optional<crypto::PublicKey>{};
  if (!key) return refuse(errc::monitor_attester_unknown, source);
  governor::DocumentScratch scratch{};
  DAYMARK_TRY(const governor::Attestation claims,
              about(governor::verify_attestation(attestation, *key, scratch), source));
  if (claims.checkpoint.size.value == 0) return {};
  const bool beyond = claims.checkpoint.size > tree_.size();
  const auto own = beyond ? fail(errc::tlog_index) : tree_.head_at(claims.checkpoint.size);
  if (own && *own == claims.checkpoint) return {};
  Alarm alarm(beyond ? errc::monitor_withheld : errc::monitor_history, source);
  alarm.detail = fmt::format("the chip relied on a head of size {}", claims.checkpoint.size.value);
  return raise(std::move(alarm));
}

Outcome<void> Monitor::check_leaf(ByteView file, const std::string& source) {
  if (!fleet_) return refuse(errc::monitor_charter_unknown, source);
  DAYMARK_TRY(const order::LeafFile parsed, about(order::parse_leaf_file(file), source));
  DAYMARK_TRY(auto alarms, about(fleet_->check_leaf(parsed, source), source));
  return raise_all(std::move(alarms));
}

std::vector<std::string> Monitor::mirror_urls() const {
  std::vector<std::string> out;
  for (std::size_t i = 0; i < mirrors_.member_count(); ++i) {
    if (!mirrors_.witness_url(i).empty()) out.emplace_back(mirrors_.witness_url(i));
  }
  return out;
}

}  // namespace daymark::monitor
