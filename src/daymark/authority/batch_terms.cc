#include "daymark/authority/batch_terms.h"

#include <algorithm>

#include <nlohmann/json.hpp>

#include "daymark/base/error_table.h"
#include "daymark/base/errors.h"
#include "daymark/base/hex.h"
#include "daymark/base/json_internal.h"
#include "daymark/base/time.h"
#include "daymark/order/charter.h"

namespace daymark::authority {

namespace {

using TermsJson = nlohmann::json;

/// Thrown and caught in this file only, beside the JSON library's own exceptions.
struct Wrong {
  std::string member;
};

template <std::size_t N>
ByteArray<N> hex_of(const TermsJson& value, const char* member) {
  const auto bytes = from_hex_fixed<N>(value.get<std::string>());
  if (!bytes) throw Wrong{member};
  return *bytes;
}

/// Whole seconds, which is what the wire carries.
UnixMillis time_of(const TermsJson& value, const char* member) {
  const auto time = from_rfc3339(value.get<std::string>());
  if (!time || time->value % 1000 != 0) throw Wrong{member};
  return *time;
}

template <class Unsigned>
Unsigned number_of(const TermsJson& value, const char* member) {
  if (!value.is_number_unsigned()) throw Wrong{member};
  const auto number = value.get<std::uint64_t>();
  if (number > std::numeric_limits<Unsigned>::max()) throw Wrong{member};
  return static_cast<Unsigned>(number);
}

order::FenceAlternative alternative_of(const TermsJson& value, std::size_t beacons) {
  order::FenceAlternative out;
  out.needed = number_of<std::uint8_t>(value.at("needed"), "fence.needed");
  for (const TermsJson& clause : value.at("clauses")) {
    if (out.clause_count == order::fence_clauses_max) throw Wrong{"fence.clauses"};
    order::FenceClause& into = out.clauses[out.clause_count++];
    into.beacon = number_of<std::uint8_t>(clause.at("beacon"), "fence.beacon");
    into.round_trip_us_max = number_of<std::uint32_t>(clause.at("rtt_us"), "fence.rtt_us");
    if (into.beacon >= beacons) throw Wrong{"fence.beacon"};
  }
  const auto clauses = std::span(out.clauses).first(out.clause_count);
  std::ranges::sort(clauses, {}, &order::FenceClause::beacon);
  return out;
}

/// The charter's beacons with an index for each operator name.
void take_beacons(const order::Charter& charter, order::Fence& fence) {
  std::vector<std::string_view> operators;
  for (const order::BeaconEntry& beacon : charter.beacon_list()) {
    auto at = std::ranges::find(operators, beacon.operator_name);
    if (at == operators.end()) at = operators.insert(at, beacon.operator_name);
    fence.beacons[fence.beacon_count++] = {
        beacon.key, static_cast<std::uint8_t>(at - operators.begin()), beacon.place};
  }
}

order::Fence fence_of(const TermsJson& value, const order::Charter& charter) {
  order::Fence out;
  out.faults = number_of<std::uint8_t>(value.at("faults"), "fence.faults");
  take_beacons(charter, out);
  for (const TermsJson& alternative : value.at("alternatives")) {
    if (out.alternative_count == order::fence_alternatives_max) throw Wrong{"fence.alternatives"};
    out.alternatives[out.alternative_count++] = alternative_of(alternative, out.beacon_count);
  }
  return out;
}

void take_member(const std::string& name, const TermsJson& value, const order::Charter& charter,
                 LicenceTerms& out) {
  if (name == "validity_s") {
    out.validity = seconds(number_of<std::uint32_t>(value, "validity_s"));
  } else if (name == "not_before") {
    out.not_before = time_of(value, "not_before");
  } else if (name == "allowance_teraops") {
    out.allowance = {number_of<std::uint64_t>(value, "allowance_teraops")};
  } else if (name == "cluster_max") {
    out.cluster_max = number_of<std::uint32_t>(value, "cluster_max");
  } else if (name == "link_megabytes_per_second") {
    out.link_megabytes_per_second = number_of<std::uint32_t>(value, "link_megabytes_per_second");
  } else if (name == "program_root") {
    out.program_root = hex_of<32>(value, "program_root");
  } else if (name == "level_least") {
    out.level_least = number_of<std::uint8_t>(value, "level_least");
  } else if (name == "job_classes") {
    out.job_classes = number_of<std::uint32_t>(value, "job_classes");
  } else if (name == "fence") {
    out.has_fence = !value.is_null();
    if (out.has_fence) out.fence = fence_of(value, charter);
  } else {
    throw Wrong{name};
  }
}

/// A leaf that no chip reads would be found only when its batch is signed and in the log.
void check_readable(const order::Leaf& leaf) {
  std::vector<Byte> space(order::leaf_size_max);
  const Result<ByteView> written = order::write_leaf(leaf, space);
  const auto read = written ? order::parse_leaf(*written) : std::unexpected(written.error());
  if (!read) throw Wrong{std::string(label_of(read.error().field))};
}

LicenceTerms licence_of(const TermsJson& members, const order::Charter& charter,
                        LicenceTerms start) {
  for (const auto& [name, value] : members.items())
    take_member(name, value, charter, start);
  if (start.validity.value <= 0) throw Wrong{"validity_s"};
  order::Leaf leaf;
  grant(start, UnixMillis{}, leaf);
  check_readable(leaf);
  return start;
}

DenialTerms denial_of(const TermsJson& value) {
  DenialTerms out;
  out.reason = value.at("reason").get<std::string>();
  if (out.reason.empty() || out.reason.size() > order::reason_size_max) throw Wrong{"deny.reason"};
  if (value.contains("finding")) out.finding = hex_of<32>(value.at("finding"), "deny.finding");
  if (value.contains("appeal_until")) {
    out.appeal_until = time_of(value.at("appeal_until"), "deny.appeal_until");
  }
  order::Leaf leaf;
  deny(out, leaf);
  check_readable(leaf);
  return out;
}

ChipId chip_of(const std::string& text, const char* member) {
  return ChipId{hex_of<16>(TermsJson(text), member)};
}

BatchTerms terms_of(TermsJson document, const order::Charter& charter) {
  BatchTerms out;
  const TermsJson chips = document.value("terms", TermsJson::object());
  const TermsJson denials = document.value("deny", TermsJson::object());
  const TermsJson omissions = document.value("simulate_omission", TermsJson::array());
  for (const char* name : {"terms", "deny", "simulate_omission"})
    document.erase(name);
  out.common = licence_of(document, charter, {});
  for (const auto& [chip, members] : chips.items()) {
    out.chips[chip_of(chip, "terms")] = licence_of(members, charter, out.common);
  }
  for (const auto& [chip, denial] : denials.items()) {
    out.denials[chip_of(chip, "deny")] = denial_of(denial);
  }
  for (const TermsJson& chip : omissions) {
    out.simulated_omissions.insert(chip_of(chip.get<std::string>(), "simulate_omission"));
  }
  return out;
}

}  // namespace

void grant(const LicenceTerms& terms, UnixMillis now, order::Leaf& leaf) {
  leaf.kind = order::LeafKind::licence;
  leaf.not_before = terms.not_before.value != 0 ? terms.not_before : now;
  leaf.not_after = leaf.not_before + terms.validity;
  leaf.allowance = terms.allowance;
  leaf.cluster_max = terms.cluster_max;
  leaf.link_megabytes_per_second = terms.link_megabytes_per_second;
  leaf.has_fence = terms.has_fence;
  leaf.fence = terms.fence;
  leaf.program_root = terms.program_root;
  leaf.level_least = terms.level_least;
  leaf.job_classes = terms.job_classes;
}

void deny(const DenialTerms& terms, order::Leaf& leaf) {
  leaf.kind = order::LeafKind::denial;
  leaf.denial_reason = terms.reason;
  leaf.finding = terms.finding;
  leaf.appeal_until = terms.appeal_until;
}

bool needs_no_finding(const order::Leaf& leaf) {
  const bool structural =
      leaf.denial_reason == no_request_reason || leaf.denial_reason == released_reason;
  return structural && leaf.finding == Digest{};
}

Outcome<BatchTerms> parse_terms(std::string_view json, const order::Charter& charter) {
  DAYMARK_TRY(const TermsJson document, about(internal::parse_json(json), "terms"));
  if (!document.is_object()) return refuse(errc::json_malformed, "terms");
  try {
    return terms_of(document, charter);
  } catch (const Wrong& wrong) {
    return refuse(errc::json_malformed, "terms", wrong.member);
  } catch (const TermsJson::exception& malformed) {
    return refuse(errc::json_malformed, "terms", malformed.what());
  }
}

}  // namespace daymark::authority
