#include "daymark/authority/views.h"

#include <algorithm>
#include <memory>

#include <nlohmann/json.hpp>

#include "daymark/authority/order_life.h"
#include "daymark/base/error_table.h"
#include "daymark/base/hex.h"
#include "daymark/base/json_internal.h"
#include "daymark/base/time.h"
#include "daymark/governor/documents.h"
#include "daymark/order/appeal.h"
#include "daymark/order/leaf.h"
#include "daymark/order/order_file.h"

namespace daymark::authority {

namespace {

using OrderedJson = nlohmann::ordered_json;

/// Somebody else's bytes that are no UTF-8 must not hide a chip: they are shown as replaced.
std::string text_of_json(const OrderedJson& document) {
  return document.dump(-1, ' ', false, OrderedJson::error_handler_t::replace);
}

OrderedJson time_or_null(UnixMillis time) {
  return time.value == 0 ? OrderedJson(nullptr) : OrderedJson(to_rfc3339(time));
}

std::string page_text(const OrderedJson& items, const std::string& next) {
  return text_of_json(
      {{"items", items}, {"next", next.empty() ? OrderedJson() : OrderedJson(next)}});
}

/// Names of the parties whose keys or spares signed; an unknown key by its id.
OrderedJson signer_names(const order::OrderFile& file, const order::Charter& charter) {
  OrderedJson out = OrderedJson::array();
  for (const order::FileSignature& signature : file.signatures) {
    const auto party = charter.party_of(signature.key);
    out.push_back(party ? std::string(charter.parties[*party].name) : to_hex(signature.key.view()));
  }
  return out;
}

/// Adds reason and chips where the kind has them; enrolments name the chip by its key.
void add_scope(const order::Order& parsed, ByteView content, OrderedJson& out) {
  out["chips"] = OrderedJson::array();
  if (parsed.kind == order::OrderKind::enrol) {
    if (const auto enrol = order::parse_enrol(content)) {
      out["chips"].push_back(to_hex(crypto::chip_id(enrol->chip).view()));
    }
    return;
  }
  if (parsed.kind == order::OrderKind::transfer) {
    if (const auto transfer = order::parse_transfer(content)) {
      out["chips"].push_back(to_hex(transfer->target.chip.view()));
    }
    return;
  }
  const auto scope = order::parse_scope(content);
  if (!scope) return;
  for (const order::Target& target : scope->target_list()) {
    out["chips"].push_back(to_hex(target.chip.view()));
  }
  out["reason"] = scope->reason;
}

std::string_view stream_name(order::Stream stream) {
  switch (stream) {
    case order::Stream::fleet: return "fleet";
    case order::Stream::chip: return "chip";
    case order::Stream::none: break;
  }
  return "none";
}

Outcome<OrderedJson> order_json(const StoredOrder& stored, const order::Charter& charter) {
  DAYMARK_TRY(const order::OrderFile file, about(order::parse_order_file(stored.file), "order"));
  DAYMARK_TRY(const order::Order parsed, about(order::parse_order(file.payload), "order"));
  OrderedJson out{{"hash", to_hex(stored.hash)},
                  {"kind", order::name_of(stored.kind)},
                  {"stream", stream_name(parsed.stream())},
                  {"seq", parsed.seq},
                  {"count", parsed.count},
                  {"issued", to_rfc3339(parsed.issued)},
                  {"expires", to_rfc3339(parsed.expires)},
                  {"until", time_or_null(parsed.until)},
                  {"signers", signer_names(file, charter)},
                  {"index", nullptr},
                  {"logged_at", nullptr},
                  {"binds_at", nullptr}};
  if (stored.publication) {
    out["index"] = stored.publication->index.value;
    out["logged_at"] = to_rfc3339(stored.publication->logged_at);
    out["binds_at"] = to_rfc3339(stored.publication->binds_at);
  }
  add_scope(parsed, file.content, out);
  return out;
}

constexpr std::array<std::string_view, governor::standing_max + 1> standing_names{
    "unprovisioned", "observing", "licensed", "grace", "lapsed", "suspended", "released"};

constexpr std::array<std::string_view, 4> fence_names{"none", "inside", "outside", "stale"};

/// Here a chip's own signature stands alone: what a TPM signed is judged by whoever asks the chip.
std::string level_shown(Level claimed) {
  return "L" + std::to_string(static_cast<unsigned>(std::min(claimed, Level::host_signed)));
}

Result<OrderedJson> attestation_json(const ChipFacts& facts) {
  const auto scratch = std::make_unique<governor::DocumentScratch>();
  DAYMARK_TRY(const governor::Attestation claims,
              governor::verify_attestation(facts.attestation, facts.chip.key, *scratch));
  OrderedJson out{{"state", standing_names[static_cast<std::size_t>(claims.standing)]},
                  {"reason", claims.reason == Errc{} ? OrderedJson(nullptr)
                                                     : OrderedJson(entry_of(claims.reason).name)},
                  {"level", level_shown(claims.level)},
                  {"licence", claims.licence},
                  {"fleet_seq", claims.fleet_head.seq},
                  {"fleet_head", to_hex(claims.fleet_head.hash)},
                  {"own_seq", claims.own_head.seq},
                  {"own_head", to_hex(claims.own_head.hash)},
                  {"checkpoint_size", claims.checkpoint.size.value},
                  {"earliest", time_or_null(claims.clock.earliest)},
                  {"latest", time_or_null(claims.clock.latest)},
                  {"fence", fence_names[static_cast<std::size_t>(claims.fence)]},
                  {"counter", claims.counter},
                  {"refusals", claims.refusals},
                  {"firmware", to_hex(claims.firmware)},
                  {"emergency_minutes", claims.emergency_total.value / minutes(1).value}};
  return out;
}

OrderedJson appeal_json(const StoredAppeal& appeal, const order::Charter& charter) {
  const auto read = order::read_appeal_entry(appeal.envelope);
  return {{"hash", to_hex(appeal.hash)},
          {"index", appeal.index.value},
          {"logged_at", to_rfc3339(appeal.logged_at)},
          {"term", to_rfc3339(appeal.logged_at + charter.bounds.appeal)},
          {"text", read ? std::string(read->text) : std::string()}};
}

Result<OrderedJson> leaf_json(const LeafRecord& record) {
  const auto leaf = std::make_unique<order::Leaf>();
  DAYMARK_TRY(*leaf, order::parse_leaf(record.leaf));
  const bool licence = leaf->kind == order::LeafKind::licence;
  OrderedJson out{{"kind", licence ? "licence" : "denial"},
                  {"id", leaf->id},
                  {"batch", to_hex(record.batch)},
                  {"slot", record.index.value}};
  if (licence) {
    out["not_before"] = to_rfc3339(leaf->not_before);
    out["not_after"] = to_rfc3339(leaf->not_after);
    out["allowance_teraops"] = std::to_string(leaf->allowance.value);
    out["cluster_max"] = leaf->cluster_max;
    out["fenced"] = leaf->has_fence;
  } else {
    out["reason"] = leaf->denial_reason;
    out["appeal_until"] = time_or_null(leaf->appeal_until);
  }
  return out;
}

Outcome<OrderedJson> short_json(const ChipFacts& facts) {
  OrderedJson out{{"chip", to_hex(facts.chip.chip.view())},
                  {"slot", facts.chip.slot},
                  {"model", facts.chip.model},
                  {"serial", facts.chip.serial},
                  {"released", facts.chip.released},
                  {"own_seq", facts.own.seq},
                  {"own_head", to_hex(facts.own.hash)},
                  {"leaf", nullptr},
                  {"attestation", nullptr}};
  if (facts.leaf) {
    DAYMARK_TRY(out["leaf"], about(leaf_json(*facts.leaf), "leaf"));
  }
  if (!facts.attestation.empty()) {
    DAYMARK_TRY(out["attestation"], about(attestation_json(facts), "attestation"));
  }
  return out;
}

}  // namespace

bool confirms(const StoredOrder& order, std::span<const StoredAppeal> appeals) {
  if (order.kind != order::OrderKind::suspend) return false;
  const auto file = order::parse_order_file(order.file);
  if (!file) return false;
  const auto scope = order::parse_scope(file->content);
  return scope && std::ranges::any_of(appeals, [&](const StoredAppeal& appeal) {
           return equal(scope->appeal, appeal.hash);
         });
}

Outcome<std::string> order_view(const OrderFacts& facts, const order::Charter& charter) {
  DAYMARK_TRY(OrderedJson out, order_json(facts.order, charter));
  DAYMARK_TRY(const order::OrderFile file,
              about(order::parse_order_file(facts.order.file), "order"));
  DAYMARK_TRY(const order::Order parsed, about(order::parse_order(file.payload), "order"));
  out["appeals"] = OrderedJson::array();
  for (const StoredAppeal& appeal : facts.appeals)
    out["appeals"].push_back(appeal_json(appeal, charter));
  LifeFacts life{.order = &parsed,
                 .charter = &charter,
                 .signers = {},
                 .stored = &facts.order,
                 .appeals = facts.appeals,
                 .confirmations = facts.confirmations};
  for (const auto& name : out["signers"])
    life.signers += (life.signers.empty() ? "" : ", ") + name.get<std::string>();
  out["life"] = OrderedJson::array();
  for (const LifeEvent& event : life_of(life)) {
    out["life"].push_back(
        {{"event", event.name}, {"at", time_or_null(event.at)}, {"detail", event.detail}});
  }
  return text_of_json(out);
}

Outcome<std::string> orders_view(std::span<const StoredOrder> orders, const order::Charter& charter,
                                 const std::string& next) {
  OrderedJson items = OrderedJson::array();
  for (const StoredOrder& stored : orders) {
    DAYMARK_TRY(OrderedJson item, order_json(stored, charter));
    items.push_back(std::move(item));
  }
  return page_text(items, next);
}

Outcome<std::string> chip_view(const ChipFacts& facts, const order::Charter& charter) {
  DAYMARK_TRY(OrderedJson out, short_json(facts));
  out["key"] = to_hex(facts.chip.key.bytes);
  out["orders"] = OrderedJson::array();
  for (const StoredOrder& stored : facts.orders) {
    DAYMARK_TRY(OrderedJson item, order_json(stored, charter));
    out["orders"].push_back(std::move(item));
  }
  out["verdicts"] = OrderedJson::array();
  for (const std::string& text : facts.verdict_json) {
    // A verdict is stored as its verifier wrote it; what is no JSON is shown as text.
    const auto parsed = internal::parse_json(text);
    out["verdicts"].push_back(parsed ? OrderedJson(*parsed) : OrderedJson(text));
  }
  return text_of_json(out);
}

Outcome<std::string> chips_view(std::span<const ChipFacts> chips, const std::string& next) {
  OrderedJson items = OrderedJson::array();
  for (const ChipFacts& facts : chips) {
    DAYMARK_TRY(OrderedJson item, short_json(facts));
    items.push_back(std::move(item));
  }
  return page_text(items, next);
}

}  // namespace daymark::authority
