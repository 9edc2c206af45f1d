#include "daymark/order/charter_source.h"

#include <algorithm>

#include "daymark/order/charter_words_internal.h"
#include "daymark/order/errors.h"
#include "daymark/order/json_node_internal.h"
#include "daymark/tlog/policy.h"

namespace daymark::order {

namespace {

using internal::JsonNode;

Outcome<std::string> text_at(const JsonNode& node, std::string_view name) {
  DAYMARK_TRY(const JsonNode member, node.at(name));
  return member.text();
}

/// A word of a line of a policy: white space in it would make other words of it, or other lines.
Outcome<std::string> word_at(const JsonNode& node, std::string_view name) {
  DAYMARK_TRY(const JsonNode member, node.at(name));
  DAYMARK_TRY(std::string text, member.text());
  const bool one_word = std::ranges::all_of(
      text, [](char c) { return static_cast<unsigned char>(c) > ' ' && c != 0x7F; });
  if (!one_word || text.empty()) return member.refused();
  return text;
}

/// Reads one document into a CharterSpec.
class SourceReader {
 public:
  explicit SourceReader(const KeyReader& keys) : keys_(keys) {}

  Outcome<CharterSpec> read(const JsonNode& root) {
    DAYMARK_CHECK(
        root.has_only({"name", "parties", "logs", "witnesses", "mirrors", "beacons", "faults",
                       "quorums", "bounds", "silence", "emergency_chip_hours"}));
    DAYMARK_TRY(spec_.name, text_at(root, "name"));
    DAYMARK_CHECK(read_parties(root));
    DAYMARK_TRY(spec_.logs, read_peers(root, "logs", tlog::policy_logs_max));
    DAYMARK_TRY(spec_.witnesses, read_peers(root, "witnesses", tlog::policy_members_max));
    DAYMARK_TRY(spec_.mirrors, read_peers(root, "mirrors", tlog::policy_members_max));
    DAYMARK_CHECK(read_beacons(root));
    DAYMARK_CHECK(read_number(root, "faults", spec_.faults));
    DAYMARK_CHECK(read_number(root, "emergency_chip_hours", spec_.emergency_chip_hours));
    DAYMARK_CHECK(read_quorums(root));
    DAYMARK_CHECK(read_bounds(root));
    DAYMARK_CHECK(read_silence(root));
    return std::move(spec_);
  }

 private:
  /// The members of the list `name`; none where it is left out.
  static Outcome<std::vector<JsonNode>> list_at(const JsonNode& root, std::string_view name,
                                                std::size_t most) {
    if (!root.has(name)) return std::vector<JsonNode>{};
    DAYMARK_TRY(const JsonNode list, root.at(name));
    return list.items(most);
  }

  static Outcome<void> read_number(const JsonNode& root, std::string_view name,
                                   std::uint32_t& out) {
    if (!root.has(name)) return {};
    DAYMARK_TRY(const JsonNode member, root.at(name));
    DAYMARK_TRY(out, member.number());
    return {};
  }

  Outcome<crypto::PublicKeys> keys_at(const JsonNode& node, std::string_view name) const {
    DAYMARK_TRY(const JsonNode member, node.at(name));
    DAYMARK_TRY(const std::string source, member.text());
    return keys_(source);
  }

  Outcome<void> read_parties(const JsonNode& root) {
    DAYMARK_TRY(const std::vector<JsonNode> list, list_at(root, "parties", parties_max));
    for (const JsonNode& item : list) {
      DAYMARK_CHECK(item.has_only({"role", "key", "spare"}));
      PartySpec party;
      DAYMARK_TRY(const JsonNode role, item.at("role"));
      DAYMARK_TRY(const std::size_t number, role.word(internal::role_words));
      party.role = static_cast<Role>(number);
      DAYMARK_TRY(party.key, keys_at(item, "key"));
      if (item.has("spare")) {
        DAYMARK_TRY(party.spare, keys_at(item, "spare"));
      }
      spec_.parties.push_back(std::move(party));
    }
    return {};
  }

  /// A log has no name of its own: that is its key's.
  static Outcome<std::vector<WitnessSpec>> read_peers(const JsonNode& root, std::string_view list,
                                                      std::size_t most) {
    const bool named = list != "logs";
    DAYMARK_TRY(const std::vector<JsonNode> items, list_at(root, list, most));
    std::vector<WitnessSpec> out;
    for (const JsonNode& item : items) {
      DAYMARK_CHECK(named ? item.has_only({"name", "vkey", "url"})
                          : item.has_only({"vkey", "url"}));
      WitnessSpec peer;
      if (named) {
        DAYMARK_TRY(peer.name, word_at(item, "name"));
      }
      DAYMARK_TRY(peer.vkey, word_at(item, "vkey"));
      if (item.has("url")) {
        DAYMARK_TRY(peer.url, word_at(item, "url"));
      }
      out.push_back(std::move(peer));
    }
    return out;
  }

  Outcome<void> read_beacons(const JsonNode& root) {
    DAYMARK_TRY(const std::vector<JsonNode> list, list_at(root, "beacons", beacons_max));
    for (const JsonNode& item : list) {
      DAYMARK_CHECK(item.has_only({"name", "operator", "key", "lat", "lon"}));
      BeaconSpec beacon;
      DAYMARK_TRY(beacon.name, text_at(item, "name"));
      DAYMARK_TRY(beacon.operator_name, text_at(item, "operator"));
      DAYMARK_TRY(const crypto::PublicKeys keys, keys_at(item, "key"));
      beacon.key = keys.sign;
      DAYMARK_TRY(const JsonNode latitude, item.at("lat"));
      DAYMARK_TRY(beacon.place.latitude, latitude.degrees(90));
      DAYMARK_TRY(const JsonNode longitude, item.at("lon"));
      DAYMARK_TRY(beacon.place.longitude, longitude.degrees(180));
      spec_.beacons.push_back(std::move(beacon));
    }
    return {};
  }

  Outcome<void> read_quorums(const JsonNode& root) {
    if (!root.has("quorums")) return {};
    DAYMARK_TRY(const JsonNode node, root.at("quorums"));
    if (!node.value().is_object()) return node.refused();
    for (const auto& [name, value] : node.value().items()) {
      const JsonNode policy(value, "quorums." + name);
      const auto kind = kind_named(name);
      if (!kind) return policy.refused(errc::order_kind);
      DAYMARK_TRY(spec_.quorums[*kind], policy.text());
    }
    return {};
  }

  Outcome<void> read_bounds(const JsonNode& root) {
    if (!root.has("bounds")) return {};
    DAYMARK_TRY(const JsonNode node, root.at("bounds"));
    DAYMARK_CHECK(
        node.has_only({"notice", "grace", "suspension_longest", "suspension_budget", "appeal",
                       "licence_longest", "renewal", "time_age", "fence_age", "tick_drift_ppm"}));
    for (const auto& [word, member] : internal::bound_words) {
      if (!node.has(word)) continue;
      DAYMARK_TRY(const JsonNode bound, node.at(word));
      DAYMARK_TRY(spec_.bounds.*member, bound.span());
    }
    return read_number(node, "tick_drift_ppm", spec_.bounds.tick_drift_ppm);
  }

  /// What silence means has no default (PROTOCOL §4.2): whoever makes a charter says it.
  Outcome<void> read_silence(const JsonNode& root) {
    DAYMARK_TRY(const JsonNode node, root.at("silence"));
    DAYMARK_CHECK(node.has_only({"action", "lapsed_longest", "sunset"}));
    DAYMARK_TRY(const JsonNode action, node.at("action"));
    DAYMARK_TRY(const std::size_t number, action.word(internal::silence_words));
    spec_.silence.action = static_cast<OnSilence>(number);
    DAYMARK_TRY(const JsonNode longest, node.at("lapsed_longest"));
    DAYMARK_TRY(spec_.silence.lapsed_longest, longest.span());
    DAYMARK_TRY(const JsonNode sunset, node.at("sunset"));
    DAYMARK_TRY(spec_.silence.sunset, sunset.time());
    return {};
  }

  const KeyReader& keys_;
  CharterSpec spec_;
};

}  // namespace

Outcome<CharterSpec> parse_charter_source(std::string_view json, const KeyReader& keys) {
  const auto document = daymark::internal::parse_json(json);
  if (!document) return refuse(document.error().code, "charter");
  return SourceReader(keys).read(JsonNode(*document, ""));
}

}  // namespace daymark::order
