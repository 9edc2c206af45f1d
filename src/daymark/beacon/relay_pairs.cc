#include "daymark/beacon/relay_pairs.h"

#include <array>
#include <cmath>

#include <fmt/format.h>

#include "daymark/base/errors.h"
#include "daymark/base/json_internal.h"
#include "daymark/beacon/errors.h"
#include "daymark/net/endpoint.h"

namespace daymark::beacon {

namespace {

using Json = nlohmann::json;

constexpr std::array<std::string_view, 3> pair_members{"listen", "target", "rtt_ms"};

Outcome<void> check_members(const Json& value, const std::string& path) {
  if (!value.is_object()) return refuse(errc::json_malformed, path);
  for (const std::string_view name : pair_members) {
    if (!value.contains(name))
      return refuse(errc::json_malformed, fmt::format("{}.{}", path, name));
  }
  for (const auto& [name, ignored] : value.items()) {
    const bool known = name == "listen" || name == "target" || name == "rtt_ms";
    if (!known) return refuse(errc::json_malformed, fmt::format("{}.{}", path, name));
  }
  return {};
}

Outcome<std::string> read_address(const Json& value, const std::string& path) {
  if (!value.is_string()) return refuse(errc::json_malformed, path);
  std::string address = value.get<std::string>();
  DAYMARK_CHECK(about(net::parse_endpoint(address), path));
  return address;
}

Outcome<RoundTripNanos> read_round_trip(const Json& value, const std::string& path) {
  if (!value.is_number()) return refuse(errc::json_malformed, path);
  const double milliseconds = value.get<double>();
  const auto most = static_cast<double>(relay_round_trip_max.value) * 1e-6;
  // False for NaN.
  const bool in_range = milliseconds >= 0 && milliseconds <= most;
  if (!in_range) return refuse(errc::relay_delay, path);
  return RoundTripNanos{std::llround(milliseconds * 1e6)};
}

Outcome<RelayPair> read_pair(const Json& value, const std::string& path) {
  DAYMARK_CHECK(check_members(value, path));
  RelayPair out;
  DAYMARK_TRY(out.listen, read_address(value["listen"], path + ".listen"));
  DAYMARK_TRY(out.target, read_address(value["target"], path + ".target"));
  DAYMARK_TRY(out.round_trip, read_round_trip(value["rtt_ms"], path + ".rtt_ms"));
  return out;
}

}  // namespace

Outcome<std::vector<RelayPair>> parse_relay_pairs(std::string_view json) {
  DAYMARK_TRY(const Json document, about(internal::parse_json(json), "pairs"));
  if (!document.is_array()) return refuse(errc::json_malformed, "pairs");
  const bool count = !document.empty() && document.size() <= relay_pairs_max;
  if (!count) return refuse(errc::relay_pairs, "pairs");
  std::vector<RelayPair> out;
  for (std::size_t i = 0; i < document.size(); ++i) {
    DAYMARK_TRY(RelayPair pair, read_pair(document[i], fmt::format("pairs[{}]", i)));
    out.push_back(std::move(pair));
  }
  return out;
}

}  // namespace daymark::beacon
