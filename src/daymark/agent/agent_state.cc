#include <nlohmann/json.hpp>

#include "daymark/agent/agent.h"
#include "daymark/agent/words.h"
#include "daymark/base/error_table.h"
#include "daymark/base/hex.h"

namespace daymark::agent {

namespace {

using Json = nlohmann::ordered_json;

Json time_or_null(UnixMillis time) {
  return time.value == 0 ? Json(nullptr) : Json(to_rfc3339(time));
}

Json licence_json(const governor::HeldLicence& licence) {
  if (licence.id == 0) return nullptr;
  return {{"id", licence.id},
          {"not_before", time_or_null(licence.not_before)},
          {"not_after", time_or_null(licence.not_after)},
          {"allowance_teraops", std::to_string(licence.allowance.value)},
          {"used_teraops", std::to_string(licence.used.value)},
          {"cluster_max", licence.cluster_max},
          {"fenced", licence.fenced}};
}

Json announced_json(const governor::Status& status) {
  Json out = Json::array();
  for (std::size_t i = 0; i < status.pending_count; ++i) {
    const governor::Announced& order = status.pending[i];
    out.push_back({{"kind", order::name_of(order.kind)},
                   {"order", to_hex(order.order)},
                   {"binds_at", time_or_null(order.binds_at)},
                   {"until", time_or_null(order.until)}});
  }
  return out;
}

Json refusals_json(const governor::Status& status) {
  Json out = Json::array();
  for (std::size_t i = 0; i < status.refusal_count; ++i) {
    const governor::Refusal& refusal = status.refusals[i];
    out.push_back({{"name", entry_of(refusal.code).name},
                   {"op", refusal.op},
                   {"when", time_or_null(refusal.when)}});
  }
  return out;
}

Json problems_json(const std::vector<Problem>& problems) {
  Json out = Json::array();
  for (const Problem& problem : problems) {
    out.push_back({{"step", problem.step},
                   {"name", entry_of(problem.failure.error.code).name},
                   {"text", describe(problem.failure)}});
  }
  return out;
}

}  // namespace

std::string agent_state_json(const AgentState& state) {
  const governor::Status& status = state.status.status;
  const Json out{
      {"cycle", state.cycle},
      {"time", to_rfc3339(state.time)},
      {"chip", to_hex(state.chip.view())},
      {"state", name_of(status.standing)},
      {"reason", status.reason == Errc{} ? Json(nullptr) : Json(entry_of(status.reason).name)},
      {"next", name_of(status.next)},
      {"next_at", time_or_null(status.next_at)},
      {"next_in_ms", status.next_in.value},
      {"clock",
       {{"fresh", status.clock.fresh},
        {"earliest", time_or_null(status.clock.earliest)},
        {"latest", time_or_null(status.clock.latest)}}},
      {"fleet_seq", status.fleet_head.seq},
      {"own_seq", status.own_head.seq},
      {"licence", licence_json(status.current)},
      {"queued", licence_json(status.queued)},
      {"denial", state.denial},
      {"suspended_until", time_or_null(status.suspended_until)},
      {"grace_left_ms", status.grace_left.value},
      {"fence", name_of(status.fence)},
      {"announced", announced_json(status)},
      {"refusal_total", status.refusal_total},
      {"refusals", refusals_json(status)},
      {"counter", status.counter},
      {"orders_applied", state.orders_applied},
      {"licences_accepted", state.licences_accepted},
      {"consistent", state.consistent},
      {"problems", problems_json(state.problems)}};
  return out.dump(2) + "\n";
}

}  // namespace daymark::agent
