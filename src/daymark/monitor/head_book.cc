#include "daymark/monitor/head_book.h"

#include <algorithm>
#include <limits>
#include <span>

#include <fmt/format.h>

#include "daymark/monitor/errors.h"
#include "daymark/tlog/errors.h"
#include "daymark/tlog/monitor.h"

namespace daymark::monitor {

namespace {

/// Whether `check` holds. A line by somebody else is none of our business; a known key's line that
/// fails refuses the note.
template <class T>
Result<bool> signed_by(const Result<T>& check) {
  if (check) return true;
  const Errc code = check.error().code;
  const bool absent = code == errc::checkpoint_unsigned || code == errc::checkpoint_uncosigned ||
                      code == errc::cosignature_time;
  return absent ? Result<bool>(false) : fail(check.error());
}

/// Who of a policy cosigned, and when.
struct Cosigned {
  UnixMillis time;
  tlog::MemberSet member = 0;
};

Result<std::vector<Cosigned>> cosigned_under(const tlog::Checkpoint& checkpoint,
                                             const tlog::Policy* policy) {
  std::vector<Cosigned> out;
  for (std::size_t i = 0; policy != nullptr && i < policy->member_count(); ++i) {
    const Result<UnixMillis> time = tlog::verify_cosignature(checkpoint, policy->witness_key(i));
    DAYMARK_TRY(const bool here, signed_by(time));
    if (here) out.push_back({*time, tlog::MemberSet{1} << i});
  }
  std::ranges::sort(out, {}, &Cosigned::time);
  return out;
}

/// Cosignatures join oldest first until the quorum stands; the time of the last one counts.
std::optional<UnixMillis> quorum_time(std::span<const Cosigned> cosigned,
                                      const tlog::Policy& policy) {
  tlog::MemberSet members = 0;
  for (const Cosigned& one : cosigned) {
    members |= one.member;
    if (policy.met_by(members)) return one.time;
  }
  return std::nullopt;
}

Alarm contradiction(Errc code, const KnownHead& a, const KnownHead* b) {
  Alarm out(code, a.source);
  out.detail = fmt::format("{}, size {}", a.origin, a.head.size.value);
  out.evidence.push_back(a.text);
  if (b != nullptr) {
    out.detail += fmt::format("; against {}, size {}", b->source, b->head.size.value);
    out.evidence.push_back(b->text);
  }
  return out;
}

}  // namespace

Result<KnownHead> HeadBook::authenticate(const std::string& text, const std::string& source) const {
  DAYMARK_TRY(const tlog::Checkpoint checkpoint, tlog::parse_checkpoint(text));
  KnownHead out{text, source, std::string(checkpoint.origin), checkpoint.head};
  bool known = trust_.witnesses->logs().empty() &&
               (heads_.empty() || heads_.front().origin == checkpoint.origin);
  for (const tlog::VerifierKey& log : trust_.witnesses->logs()) {
    if (log.name != checkpoint.origin) continue;
    known = true;
    DAYMARK_TRY(const bool here, signed_by(tlog::verify_log_signature(checkpoint, log)));
    out.by_log = out.by_log || here;
  }
  if (!known) return fail(errc::proof_log_unknown);
  DAYMARK_TRY(const auto witnesses, cosigned_under(checkpoint, trust_.witnesses));
  DAYMARK_TRY(const auto mirrors, cosigned_under(checkpoint, trust_.mirrors));
  if (!out.by_log && witnesses.empty() && mirrors.empty()) return fail(errc::checkpoint_unsigned);
  out.witnessed_at = quorum_time(witnesses, *trust_.witnesses);
  out.mirrored = trust_.mirrors == nullptr || quorum_time(mirrors, *trust_.mirrors).has_value();
  return out;
}

bool HeadBook::contains(const tlog::TreeHead& head) const {
  return std::ranges::find(heads_, head, &KnownHead::head) != heads_.end();
}

std::vector<Alarm> HeadBook::add(KnownHead head, const tlog::Tree& tree) {
  std::vector<Alarm> out;
  if (contains(head.head)) return out;
  for (const KnownHead& other : heads_) {
    if (other.head.size == head.head.size) {
      out.push_back(contradiction(errc::log_split, head, &other));
    }
  }
  if (const auto alarm = judge(head, tree); alarm && out.empty()) out.push_back(*alarm);
  heads_.push_back(std::move(head));
  return out;
}

std::vector<Alarm> HeadBook::compare(const tlog::Tree& tree, TreeSize before) {
  std::vector<Alarm> out;
  for (const KnownHead& head : heads_) {
    // Where two heads of one size contradict each other, that was told.
    const bool split = std::ranges::count(heads_, head.head.size, [](const KnownHead& other) {
                         return other.head.size;
                       }) > 1;
    if (head.head.size <= before || split) continue;
    if (const auto alarm = judge(head, tree)) out.push_back(*alarm);
  }
  return out;
}

/// RFC 6962 §2.1.2: two trees are consistent if the smaller is a prefix of the larger; with all
/// leaves in hand that is one comparison of roots.
std::optional<Alarm> HeadBook::judge(const KnownHead& head, const tlog::Tree& tree) const {
  if (head.head.size > tree.size()) return std::nullopt;
  const Result<tlog::TreeHead> own = tree.head_at(head.head.size);
  if (own && *own == head.head) return std::nullopt;
  return contradiction(errc::monitor_history, head, newest_of(tree));
}

const KnownHead* HeadBook::beyond(TreeSize size) const {
  const KnownHead* out = nullptr;
  for (const KnownHead& head : heads_) {
    const bool larger = head.head.size > size;
    if (larger && (out == nullptr || head.head.size > out->head.size)) out = &head;
  }
  return out;
}

LoggedSpan HeadBook::logged(LeafIndex index, const tlog::Tree& tree) const {
  LoggedSpan out{{0}, {std::numeric_limits<std::int64_t>::max()}};
  for (const KnownHead& head : heads_) {
    if (!head.witnessed_at || judge(head, tree)) continue;
    const bool has_it = head.head.size.value > index.value;
    if (has_it) out.latest = std::min(out.latest, *head.witnessed_at);
    if (!has_it) out.earliest = std::max(out.earliest, *head.witnessed_at);
  }
  return out;
}

const KnownHead* HeadBook::newest_of(const tlog::Tree& tree) const {
  const KnownHead* out = nullptr;
  for (const KnownHead& head : heads_) {
    if (head.head.size > tree.size()) continue;
    const Result<tlog::TreeHead> own = tree.head_at(head.head.size);
    const bool confirmed = own && *own == head.head;
    if (confirmed && (out == nullptr || head.head.size > out->head.size)) out = &head;
  }
  return out;
}

}  // namespace daymark::monitor
