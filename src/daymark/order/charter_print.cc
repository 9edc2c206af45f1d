// Charter to JSON.
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "daymark/base/hex.h"
#include "daymark/base/time.h"
#include "daymark/order/charter_text.h"
#include "daymark/order/charter_words_internal.h"

namespace daymark::order {

namespace {

using OrderedJson = nlohmann::ordered_json;

constexpr double degree_e7 = 1e7;

/// The largest unit that leaves nothing over, so that it reads back to the same span.
std::string span_text(Millis span) {
  const std::int64_t s = span.value / 1000;
  if (s % 86'400 == 0) return fmt::format("{}d", s / 86'400);
  if (s % 3600 == 0) return fmt::format("{}h", s / 3600);
  if (s % 60 == 0) return fmt::format("{}m", s / 60);
  return fmt::format("{}s", s);
}

/// Lines that give the text back when joined by line feeds.
OrderedJson lines_of(std::string_view text) {
  OrderedJson out = OrderedJson::array();
  while (true) {
    const std::size_t end = text.find('\n');
    out.push_back(std::string(text.substr(0, end)));
    if (end == std::string_view::npos) return out;
    text.remove_prefix(end + 1);
  }
}

OrderedJson kinds_of(KindSet reads) {
  if (reads == all_kinds) return "all";
  OrderedJson out = OrderedJson::array();
  for (std::size_t kind = 1; kind <= order_kind_count; ++kind) {
    if ((reads >> kind & 1U) != 0) out.push_back(name_of(static_cast<OrderKind>(kind)));
  }
  return out;
}

OrderedJson party_json(const Party& party) {
  return {{"name", party.name},
          {"role", internal::role_words.at(static_cast<std::size_t>(party.role))},
          {"key", to_hex(party.key.bytes)},
          {"spare", to_hex(party.spare.bytes)},
          {"seal", to_hex(party.seal.bytes)},
          {"reads", kinds_of(party.reads)}};
}

OrderedJson beacon_json(const BeaconEntry& beacon) {
  return {{"name", beacon.name},
          {"operator", beacon.operator_name},
          {"key", to_hex(beacon.key.bytes)},
          {"latitude", beacon.place.latitude / degree_e7},
          {"longitude", beacon.place.longitude / degree_e7}};
}

OrderedJson quorums_json(const Charter& charter) {
  OrderedJson out = OrderedJson::object();
  for (std::size_t kind = 1; kind <= order_kind_count; ++kind) {
    if (charter.quorums.at(kind).empty()) continue;
    out[std::string(name_of(static_cast<OrderKind>(kind)))] = lines_of(charter.quorums.at(kind));
  }
  return out;
}

OrderedJson bounds_json(const Bounds& bounds) {
  OrderedJson out = OrderedJson::object();
  for (const auto& [word, member] : internal::bound_words)
    out[std::string(word)] = span_text(bounds.*member);
  out["tick_drift_ppm"] = bounds.tick_drift_ppm;
  return out;
}

OrderedJson silence_json(const Silence& silence) {
  return {{"action", internal::silence_words.at(static_cast<std::size_t>(silence.action))},
          {"lapsed_longest", span_text(silence.lapsed_longest)},
          {"sunset", to_rfc3339(silence.sunset)}};
}

}  // namespace

std::string charter_to_json(const Charter& charter) {
  OrderedJson parties = OrderedJson::array();
  for (const Party& party : charter.party_list())
    parties.push_back(party_json(party));
  OrderedJson beacons = OrderedJson::array();
  for (const BeaconEntry& beacon : charter.beacon_list())
    beacons.push_back(beacon_json(beacon));
  const OrderedJson out = {{"name", charter.name},
                           {"fleet", to_hex(charter.fleet.view())},
                           {"revision", charter.revision},
                           {"parties", std::move(parties)},
                           {"quorums", quorums_json(charter)},
                           {"log", lines_of(charter.log_policy)},
                           {"mirrors", lines_of(charter.mirror_policy)},
                           {"beacons", std::move(beacons)},
                           {"faults", charter.faults},
                           {"bounds", bounds_json(charter.bounds)},
                           {"silence", silence_json(charter.silence)},
                           {"emergency_chip_hours", charter.emergency_chip_hours}};
  return out.dump(2) + "\n";
}

}  // namespace daymark::order
