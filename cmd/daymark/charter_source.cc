#include "charter_source.h"

#include <cmath>

#include <nlohmann/json.hpp>

#include "daymark/base/errors.h"
#include "daymark/base/file.h"
#include "daymark/base/json_internal.h"
#include "daymark/base/time.h"
#include "daymark/crypto/key_file.h"
#include "daymark/crypto/random.h"
#include "daymark/order/charter_spec.h"

namespace daymark::cli {

namespace {

using Json = nlohmann::json;

/// Reads members of one document; every failure names the file and the member.
class SpecReader {
 public:
  SpecReader(const Json& document, std::string file)
      : document_(document), file_(std::move(file)) {}

  Outcome<order::CharterSpec> read() {
    order::CharterSpec out;
    DAYMARK_TRY(out.name, text(document_, "name"));
    DAYMARK_CHECK(each("parties", [&](const Json& value) { return add_party(value, out); }));
    DAYMARK_CHECK(each("logs", [&](const Json& value) { return add_peer(value, out.logs); }));
    DAYMARK_CHECK(
        each("witnesses", [&](const Json& value) { return add_peer(value, out.witnesses); }));
    DAYMARK_CHECK(each("mirrors", [&](const Json& value) { return add_peer(value, out.mirrors); }));
    DAYMARK_CHECK(each("beacons", [&](const Json& value) { return add_beacon(value, out); }));
    out.faults = document_.value("faults", 0U);
    out.emergency_chip_hours = document_.value("emergency_chip_hours", 0U);
    DAYMARK_CHECK(read_quorums(out));
    DAYMARK_CHECK(read_bounds(out.bounds));
    DAYMARK_CHECK(read_silence(out.silence));
    return out;
  }

 private:
  Outcome<std::string> text(const Json& object, const char* name) const {
    const auto value = internal::text_member(object, name);
    if (!value) return wrong(name);
    return *value;
  }

  template <class Take>
  Outcome<void> each(const char* name, Take take) const {
    if (!document_.contains(name)) return {};
    for (const Json& value : document_.at(name))
      DAYMARK_CHECK(take(value));
    return {};
  }

  Outcome<void> add_party(const Json& value, order::CharterSpec& out) const {
    order::PartySpec party;
    DAYMARK_TRY(const std::string role, text(value, "role"));
    DAYMARK_TRY(party.role, role_of(role));
    DAYMARK_TRY(const std::string key, text(value, "key"));
    DAYMARK_TRY(party.key, crypto::read_public_keys(key));
    if (value.contains("spare")) {
      DAYMARK_TRY(const std::string spare, text(value, "spare"));
      DAYMARK_TRY(party.spare, crypto::read_public_keys(spare));
    }
    out.parties.push_back(std::move(party));
    return {};
  }

  Outcome<order::Role> role_of(const std::string& name) const {
    constexpr std::array<std::pair<std::string_view, order::Role>, 5> roles{
        {{"owner", order::Role::owner},
         {"maker", order::Role::maker},
         {"regulator", order::Role::regulator},
         {"authority", order::Role::authority},
         {"auditor", order::Role::auditor}}};
    for (const auto& [known, role] : roles) {
      if (known == name) return role;
    }
    return wrong("role");
  }

  Outcome<void> add_peer(const Json& value, std::vector<order::WitnessSpec>& out) const {
    order::WitnessSpec peer;
    DAYMARK_TRY(peer.vkey, text(value, "vkey"));
    peer.name = value.value("name", std::string());
    peer.url = value.value("url", std::string());
    out.push_back(std::move(peer));
    return {};
  }

  Outcome<void> add_beacon(const Json& value, order::CharterSpec& out) const {
    order::BeaconSpec beacon;
    DAYMARK_TRY(beacon.name, text(value, "name"));
    DAYMARK_TRY(beacon.operator_name, text(value, "operator"));
    DAYMARK_TRY(const std::string key, text(value, "key"));
    DAYMARK_TRY(const crypto::PublicKeys keys, crypto::read_public_keys(key));
    beacon.key = keys.sign;
    DAYMARK_TRY(beacon.place.latitude, degrees(value, "lat", 90));
    DAYMARK_TRY(beacon.place.longitude, degrees(value, "lon", 180));
    out.beacons.push_back(std::move(beacon));
    return {};
  }

  Outcome<std::int32_t> degrees(const Json& value, const char* name, double most) const {
    const bool number = value.contains(name) && value.at(name).is_number();
    const double degrees = number ? value.at(name).get<double>() : 1000;
    if (!(std::abs(degrees) <= most)) return wrong(name);
    return static_cast<std::int32_t>(std::lround(degrees * 1e7));
  }

  Outcome<void> read_quorums(order::CharterSpec& out) const {
    if (!document_.contains("quorums")) return {};
    for (const auto& [name, value] : document_.at("quorums").items()) {
      std::optional<order::OrderKind> kind;
      for (std::size_t i = 1; i <= order::order_kind_count; ++i) {
        const auto candidate = static_cast<order::OrderKind>(i);
        if (order::name_of(candidate) == name) kind = candidate;
      }
      if (!kind || !value.is_string()) return wrong("quorums");
      out.quorums[*kind] = value.get<std::string>();
    }
    return {};
  }

  Outcome<void> read_bounds(order::Bounds& out) const {
    const std::array<std::pair<const char*, Millis*>, 9> members{
        {{"notice", &out.notice},
         {"grace", &out.grace},
         {"suspension_longest", &out.suspension_longest},
         {"suspension_budget", &out.suspension_budget},
         {"appeal", &out.appeal},
         {"licence_longest", &out.licence_longest},
         {"renewal", &out.renewal},
         {"time_age", &out.time_age},
         {"fence_age", &out.fence_age}}};
    const Json bounds = document_.value("bounds", Json::object());
    for (const auto& [name, target] : members) {
      if (!bounds.contains(name)) continue;
      DAYMARK_TRY(*target, duration(bounds, name));
    }
    return {};
  }

  Outcome<void> read_silence(order::Silence& out) const {
    const Json silence = document_.value("silence", Json::object());
    const std::string action = silence.value("action", std::string("lapse"));
    if (action == "observe") out.action = order::OnSilence::observe;
    if (action == "extended_grace") out.action = order::OnSilence::extended_grace;
    if (silence.contains("lapsed_longest")) {
      DAYMARK_TRY(out.lapsed_longest, duration(silence, "lapsed_longest"));
    }
    if (silence.contains("sunset")) {
      DAYMARK_TRY(const std::string sunset, text(silence, "sunset"));
      const auto time = from_rfc3339(sunset);
      if (!time) return wrong("sunset");
      out.sunset = *time;
    }
    return {};
  }

  Outcome<Millis> duration(const Json& object, const char* name) const {
    DAYMARK_TRY(const std::string value, text(object, name));
    const auto span = parse_duration(value);
    if (!span) return wrong(name);
    return *span;
  }

  [[nodiscard]] std::unexpected<Failure> wrong(const char* member) const {
    return refuse(errc::json_malformed, file_, member);
  }

  const Json& document_;
  std::string file_;
};

}  // namespace

Outcome<std::vector<Byte>> charter_from_spec(const std::string& file) {
  DAYMARK_TRY(const std::string source, read_text(file, 65'536));
  DAYMARK_TRY(const Json document, about(internal::parse_json(source), file));
  if (!document.is_object()) return refuse(errc::json_malformed, file);
  try {
    DAYMARK_TRY(const order::CharterSpec spec, SpecReader(document, file).read());
    crypto::SystemRandom random;
    return order::charter_new(spec, random);
  } catch (const Json::exception& wrong_type) {
    return refuse(errc::json_malformed, file, wrong_type.what());
  }
}

}  // namespace daymark::cli
