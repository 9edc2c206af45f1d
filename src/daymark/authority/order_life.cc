#include "daymark/authority/order_life.h"

#include <algorithm>
#include <optional>

#include <fmt/format.h>

#include "daymark/base/hex.h"
#include "daymark/base/time.h"
#include "daymark/order/kind.h"
#include "daymark/tlog/policy.h"
#include "daymark/tlog/proof.h"

namespace daymark::authority {

namespace {

/// When the suspension ends: as stated, or with the term of an appeal that nobody confirmed.
UnixMillis end_of(const LifeFacts& facts) {
  UnixMillis end = facts.order->until;
  if (!facts.confirmations.empty()) return end;
  for (const StoredAppeal& appeal : facts.appeals)
    end = std::min(end, appeal.logged_at + facts.charter->bounds.appeal);
  return end;
}

/// As all that is signed states its time.
UnixMillis to_the_second(UnixMillis time) {
  return {time.value / 1000 * 1000};
}

/// Who of a policy's members cosigned, each with the time that it signed.
std::string cosigners(const tlog::Checkpoint& checkpoint, std::string_view policy_text) {
  std::string out;
  const auto policy = tlog::Policy::parse(policy_text);
  for (std::size_t i = 0; policy && i < policy->member_count(); ++i) {
    const auto time = tlog::verify_cosignature(checkpoint, policy->witness_key(i));
    if (!time) continue;
    out += fmt::format("{}{} {}", out.empty() ? "" : ", ", policy->witness_key(i).name,
                       to_rfc3339(*time));
  }
  return out;
}

std::optional<LifeEvent> witnessed(const LifeFacts& facts, const Publication& publication) {
  const auto proof = tlog::parse_proof(publication.proof);
  if (!proof) return std::nullopt;
  const auto checkpoint = tlog::parse_checkpoint(proof->checkpoint);
  if (!checkpoint) return std::nullopt;
  const std::string witnesses = cosigners(*checkpoint, facts.charter->log_policy);
  const std::string mirrors = cosigners(*checkpoint, facts.charter->mirror_policy);
  return LifeEvent{
      "witnessed", publication.logged_at,
      fmt::format("by {}; kept by {}", witnesses.empty() ? "no known witness" : witnesses,
                  mirrors.empty() ? "no known mirror" : mirrors)};
}

void add_publication(const LifeFacts& facts, std::vector<LifeEvent>& out) {
  const std::optional<Publication>& publication = facts.stored->publication;
  if (!publication) return;
  out.push_back(
      {"logged", publication->logged_at, fmt::format("entry {}", publication->index.value)});
  if (auto event = witnessed(facts, *publication)) out.push_back(*std::move(event));
  if (order::is_restriction(facts.order->kind) && !facts.order->is_confirmation()) {
    out.push_back({"announced", publication->logged_at, {}});
  }
  out.push_back({"binding", publication->binds_at, {}});
}

/// Before the first later event; those without a time stay where they were put.
void insert_by_time(LifeEvent event, std::vector<LifeEvent>& out) {
  const auto later = std::ranges::find_if(
      out, [&](const LifeEvent& other) { return other.at.value != 0 && other.at > event.at; });
  out.insert(later, std::move(event));
}

}  // namespace

std::vector<LifeEvent> life_of(const LifeFacts& facts) {
  std::vector<LifeEvent> out{{"drafted", facts.order->issued, {}},
                             {"signed", {}, facts.signers},
                             {"submitted", to_the_second(facts.stored->submitted), {}}};
  add_publication(facts, out);
  for (const StoredAppeal& appeal : facts.appeals) {
    insert_by_time({"appealed", appeal.logged_at,
                    fmt::format("entry {}: {}", appeal.index.value, to_hex(appeal.hash))},
                   out);
  }
  for (const StoredOrder& order : facts.confirmations)
    insert_by_time({"confirmed", order.publication->logged_at, to_hex(order.hash)}, out);
  if (facts.order->until.value != 0) insert_by_time({"ends", end_of(facts), {}}, out);
  return out;
}

}  // namespace daymark::authority
