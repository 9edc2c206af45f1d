// Charter from JSON.
#include "daymark/order/charter_text.h"

#include "daymark/base/errors.h"
#include "daymark/order/charter_draft_internal.h"
#include "daymark/order/charter_words_internal.h"
#include "daymark/order/errors.h"
#include "daymark/order/json_node_internal.h"

namespace daymark::order {

namespace {

using internal::CharterDraft;
using Node = internal::JsonNode;

Outcome<KindSet> read_kinds(const Node& node) {
  if (node.value() == "all") return all_kinds;
  DAYMARK_TRY(const std::vector<Node> list, node.items(order_kind_count));
  KindSet out = 0;
  for (const Node& item : list) {
    DAYMARK_TRY(const std::string name, item.text());
    const auto kind = kind_named(name);
    if (!kind) return item.refused();
    out |= KindSet{1} << static_cast<unsigned>(*kind);
  }
  return out;
}

Outcome<std::string_view> read_kept(const Node& node, CharterDraft& draft) {
  DAYMARK_TRY(std::string text, node.text());
  return draft.keep(std::move(text));
}

/// One member of an object, read by a function of Node.
template <class T>
Outcome<T> read(const Node& node, std::string_view name, Outcome<T> (Node::*how)() const) {
  DAYMARK_TRY(const Node member, node.at(name));
  return (member.*how)();
}

Outcome<Party> read_party(const Node& node, CharterDraft& draft) {
  Party out;
  DAYMARK_CHECK(node.has_only({"name", "role", "key", "spare", "seal", "reads"}));
  DAYMARK_TRY(const Node name, node.at("name"));
  DAYMARK_TRY(out.name, read_kept(name, draft));
  DAYMARK_TRY(const Node role, node.at("role"));
  DAYMARK_TRY(const std::size_t number, role.word(internal::role_words));
  out.role = static_cast<Role>(number);
  DAYMARK_TRY(out.key.bytes, read(node, "key", &Node::bytes<32>));
  DAYMARK_TRY(out.spare.bytes, read(node, "spare", &Node::bytes<32>));
  DAYMARK_TRY(out.seal.bytes, read(node, "seal", &Node::bytes<32>));
  DAYMARK_TRY(const Node reads, node.at("reads"));
  DAYMARK_TRY(out.reads, read_kinds(reads));
  return out;
}

Outcome<BeaconEntry> read_beacon(const Node& node, CharterDraft& draft) {
  BeaconEntry out;
  DAYMARK_CHECK(node.has_only({"name", "operator", "key", "latitude", "longitude"}));
  DAYMARK_TRY(const Node name, node.at("name"));
  DAYMARK_TRY(out.name, read_kept(name, draft));
  DAYMARK_TRY(const Node run_by, node.at("operator"));
  DAYMARK_TRY(out.operator_name, read_kept(run_by, draft));
  DAYMARK_TRY(out.key.bytes, read(node, "key", &Node::bytes<32>));
  DAYMARK_TRY(const Node latitude, node.at("latitude"));
  DAYMARK_TRY(out.place.latitude, latitude.degrees(90));
  DAYMARK_TRY(const Node longitude, node.at("longitude"));
  DAYMARK_TRY(out.place.longitude, longitude.degrees(180));
  return out;
}

Outcome<void> read_parties(const Node& root, CharterDraft& draft) {
  DAYMARK_TRY(const Node node, root.at("parties"));
  DAYMARK_TRY(const std::vector<Node> list, node.items(parties_max));
  for (const Node& item : list) {
    DAYMARK_TRY(draft.charter.parties.at(draft.charter.party_count), read_party(item, draft));
    ++draft.charter.party_count;
  }
  return {};
}

Outcome<void> read_beacons(const Node& root, CharterDraft& draft) {
  DAYMARK_TRY(const Node node, root.at("beacons"));
  DAYMARK_TRY(const std::vector<Node> list, node.items(beacons_max));
  for (const Node& item : list) {
    DAYMARK_TRY(draft.charter.beacons.at(draft.charter.beacon_count), read_beacon(item, draft));
    ++draft.charter.beacon_count;
  }
  return {};
}

Outcome<void> read_quorums(const Node& root, CharterDraft& draft) {
  DAYMARK_TRY(const Node node, root.at("quorums"));
  if (!node.value().is_object()) return node.refused();
  for (const auto& [name, value] : node.value().items()) {
    const Node lines(value, "quorums." + name);
    const auto kind = kind_named(name);
    if (!kind) return lines.refused(errc::order_kind);
    DAYMARK_TRY(std::string text, lines.lines());
    // An empty policy would look like a kind that is left out.
    if (text.empty()) return lines.refused(errc::charter_malformed);
    draft.charter.quorums.at(static_cast<std::size_t>(*kind)) = draft.keep(std::move(text));
  }
  return {};
}

Outcome<Bounds> read_bounds(const Node& root) {
  Bounds out;
  DAYMARK_TRY(const Node node, root.at("bounds"));
  DAYMARK_CHECK(
      node.has_only({"notice", "grace", "suspension_longest", "suspension_budget", "appeal",
                     "licence_longest", "renewal", "time_age", "fence_age", "tick_drift_ppm"}));
  for (const auto& [word, member] : internal::bound_words) {
    DAYMARK_TRY(out.*member, read(node, word, &Node::span));
  }
  DAYMARK_TRY(out.tick_drift_ppm, read(node, "tick_drift_ppm", &Node::number));
  return out;
}

Outcome<Silence> read_silence(const Node& root) {
  Silence out;
  DAYMARK_TRY(const Node node, root.at("silence"));
  DAYMARK_CHECK(node.has_only({"action", "lapsed_longest", "sunset"}));
  DAYMARK_TRY(const Node action, node.at("action"));
  DAYMARK_TRY(const std::size_t number, action.word(internal::silence_words));
  out.action = static_cast<OnSilence>(number);
  DAYMARK_TRY(out.lapsed_longest, read(node, "lapsed_longest", &Node::span));
  DAYMARK_TRY(out.sunset, read(node, "sunset", &Node::time));
  return out;
}

Outcome<void> read_charter(const Node& root, CharterDraft& draft) {
  Charter& out = draft.charter;
  DAYMARK_CHECK(root.has_only({"name", "fleet", "revision", "parties", "quorums", "log", "mirrors",
                               "beacons", "faults", "bounds", "silence", "emergency_chip_hours"}));
  DAYMARK_TRY(const Node name, root.at("name"));
  DAYMARK_TRY(out.name, read_kept(name, draft));
  DAYMARK_TRY(out.fleet.bytes, read(root, "fleet", &Node::bytes<FleetId::size>));
  DAYMARK_TRY(out.revision, read(root, "revision", &Node::number));
  DAYMARK_CHECK(read_parties(root, draft));
  DAYMARK_CHECK(read_quorums(root, draft));
  DAYMARK_TRY(std::string log, read(root, "log", &Node::lines));
  out.log_policy = draft.keep(std::move(log));
  DAYMARK_TRY(std::string mirrors, read(root, "mirrors", &Node::lines));
  out.mirror_policy = draft.keep(std::move(mirrors));
  DAYMARK_CHECK(read_beacons(root, draft));
  DAYMARK_TRY(out.faults, read(root, "faults", &Node::number));
  DAYMARK_TRY(out.bounds, read_bounds(root));
  DAYMARK_TRY(out.silence, read_silence(root));
  DAYMARK_TRY(out.emergency_chip_hours, read(root, "emergency_chip_hours", &Node::number));
  return {};
}

}  // namespace

Outcome<std::vector<Byte>> charter_from_json(std::string_view text) {
  const auto json = daymark::internal::parse_json(text);
  if (!json) return refuse(json.error().code, "charter");
  CharterDraft draft;
  DAYMARK_CHECK(read_charter(Node(*json, ""), draft));
  return internal::finish(draft.charter);
}

}  // namespace daymark::order
