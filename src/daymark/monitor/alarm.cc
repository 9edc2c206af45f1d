#include "daymark/monitor/alarm.h"

#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "daymark/base/hex.h"
#include "daymark/base/time.h"

namespace daymark::monitor {

namespace {

using Json = nlohmann::ordered_json;

Json named(Errc code, Language language) {
  const ErrorEntry& entry = entry_of(code);
  return {
      {"code", std::to_underlying(code)}, {"name", entry.name}, {"text", sentence(code, language)}};
}

Json chips_of(const AlarmOrder& order) {
  Json out = Json::array();
  for (const ChipId& chip : order.chips)
    out.push_back(to_hex(chip.view()));
  return out;
}

void add_order(Json& out, const AlarmOrder& order, UnixMillis now) {
  out["order"] = to_hex(order.hash);
  out["kind"] = order::name_of(order.kind);
  out["entry"] = order.entry.value;
  out["chips"] = chips_of(order);
  out["reason"] = order.reason;
  const bool known = order.binds_at.value != 0;
  out["binds_at"] = known ? Json(to_rfc3339(order.binds_at)) : Json(nullptr);
  out["notice_left_s"] = known ? Json((order.binds_at - now).value / 1000) : Json(nullptr);
}

std::string order_line(const AlarmOrder& order, UnixMillis now) {
  std::string out = fmt::format("  {} order {}, entry {}\n", order::name_of(order.kind),
                                to_hex(order.hash), order.entry.value);
  for (const ChipId& chip : order.chips)
    out += fmt::format("  chip {}\n", to_hex(chip.view()));
  if (!order.reason.empty()) out += fmt::format("  reason: {}\n", order.reason);
  if (order.binds_at.value == 0) return out;
  const Millis left = order.binds_at - now;
  const bool ahead = left.value > 0;
  return out + fmt::format("  binds at {} ({}{})\n", to_rfc3339(order.binds_at),
                           ahead ? "in " : "since ", to_words(ahead ? left : -left));
}

}  // namespace

std::string to_json(const Alarm& alarm, UnixMillis now, Language language) {
  Json out{{"alarm", entry_of(alarm.code).name},
           {"code", std::to_underlying(alarm.code)},
           {"text", sentence(alarm.code, language)},
           {"subject", alarm.subject},
           {"detail", alarm.detail}};
  out["cause"] = alarm.cause ? named(*alarm.cause, language) : Json(nullptr);
  if (alarm.order) add_order(out, *alarm.order, now);
  out["evidence"] = alarm.evidence;
  return out.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string to_text(const Alarm& alarm, UnixMillis now, Language language) {
  std::string out = fmt::format("ALARM {}: {}: {}\n", entry_of(alarm.code).name, alarm.subject,
                                sentence(alarm.code, language));
  if (alarm.cause) {
    out += fmt::format("  {}: {}\n", entry_of(*alarm.cause).name, sentence(*alarm.cause, language));
  }
  if (!alarm.detail.empty()) out += fmt::format("  {}\n", alarm.detail);
  if (alarm.order) out += order_line(*alarm.order, now);
  return out;
}

}  // namespace daymark::monitor
