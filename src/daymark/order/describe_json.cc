// order_to_json.
#include <nlohmann/json.hpp>

#include "daymark/base/hex.h"
#include "daymark/base/time.h"
#include "daymark/order/describe.h"

namespace daymark::order {

namespace {

using OrderedJson = nlohmann::ordered_json;

OrderedJson target_json(const Target& target) {
  return {{"chip", to_hex(target.chip.view())}, {"seq", target.seq}, {"prev", to_hex(target.prev)}};
}

OrderedJson scope_json(ByteView content) {
  const auto scope = parse_scope(content);
  if (!scope) return nullptr;
  OrderedJson targets = OrderedJson::array();
  for (const Target& target : scope->target_list())
    targets.push_back(target_json(target));
  return {{"targets", std::move(targets)},
          {"reason", scope->reason},
          {"finding",
           scope->finding.empty() ? OrderedJson(nullptr) : OrderedJson(to_hex(scope->finding))},
          {"confirms",
           scope->appeal.empty() ? OrderedJson(nullptr) : OrderedJson(to_hex(scope->appeal))}};
}

OrderedJson policy_json(ByteView content) {
  const auto policy = parse_policy(content);
  if (!policy) return nullptr;
  const auto list = parse_programs(policy->programs);
  if (!list) return nullptr;
  OrderedJson programs = OrderedJson::array();
  for (const Program& program : std::span(list->entries).first(list->count))
    programs.push_back({{"name", program.name}, {"digest", to_hex(program.digest)}});
  return {{"program_root", to_hex(policy->program_root)},
          {"programs", std::move(programs)},
          {"level_least", policy->level_least},
          {"reporting_seconds", policy->reporting.value / 1000}};
}

OrderedJson firmware_json(ByteView content) {
  const auto firmware = parse_firmware(content);
  if (!firmware) return nullptr;
  return {{"image", to_hex(firmware->image)},
          {"version", firmware->version},
          {"commit", firmware->commit}};
}

OrderedJson transfer_json(ByteView content) {
  const auto transfer = parse_transfer(content);
  if (!transfer) return nullptr;
  return {{"target", target_json(transfer->target)},
          {"fleet", to_hex(transfer->fleet.view())},
          {"charter", to_hex(crypto::sha256(transfer->charter))}};
}

OrderedJson enrol_json(ByteView content) {
  const auto enrol = parse_enrol(content);
  if (!enrol) return nullptr;
  return {{"chip", to_hex(crypto::chip_id(enrol->chip).view())},
          {"chip_key", to_hex(enrol->chip.bytes)},
          {"owner_key", to_hex(enrol->owner.bytes)}};
}

OrderedJson content_json(const OrderView& view) {
  if (view.content.empty()) return nullptr;
  switch (view.order->kind) {
    case OrderKind::suspend:
    case OrderKind::resume:
    case OrderKind::release: return scope_json(view.content);
    case OrderKind::policy: return policy_json(view.content);
    case OrderKind::firmware: return firmware_json(view.content);
    case OrderKind::transfer: return transfer_json(view.content);
    case OrderKind::enrol: return enrol_json(view.content);
    case OrderKind::amend: return {{"charter", to_hex(crypto::sha256(view.content))}};
    case OrderKind::license: return {{"root", to_hex(view.order->batch_root)}};
  }
  return nullptr;
}

OrderedJson optional_time(UnixMillis time) {
  return time.value == 0 ? OrderedJson(nullptr) : OrderedJson(to_rfc3339(time));
}

OrderedJson signers_json(const OrderView& view) {
  OrderedJson out = OrderedJson::array();
  for (std::size_t i = 0; i < view.charter->party_count; ++i) {
    if ((view.signers >> i & 1U) != 0) out.push_back(view.charter->parties.at(i).name);
  }
  return out;
}

}  // namespace

std::string order_to_json(const OrderView& view) {
  const Order& order = *view.order;
  const auto quorum = quorum_of(*view.charter, order.kind);
  OrderedJson out = {
      {"kind", name_of(order.kind)},
      {"hash", to_hex(order.hash)},
      {"fleet", to_hex(order.fleet.view())},
      {"charter", to_hex(order.charter)},
      {"seq", order.seq},
      {"prev", order.has_prev ? OrderedJson(to_hex(order.prev)) : OrderedJson(nullptr)},
      {"issued", to_rfc3339(order.issued)},
      {"expires", to_rfc3339(order.expires)},
      {"not_before", optional_time(order.not_before)},
      {"until", optional_time(order.until)},
      {"count", order.count},
      {"commitment", to_hex(order.commitment)},
      {"signers", signers_json(view)},
      {"quorum_met", quorum && quorum->met_by(view.signers)},
      {"content", content_json(view)}};
  if (view.logged_at) {
    out["logged"] = to_rfc3339(*view.logged_at);
    out["binds"] = to_rfc3339(binding_time(order, view.charter->bounds, *view.logged_at));
  }
  return out.dump(2) + "\n";
}

}  // namespace daymark::order
