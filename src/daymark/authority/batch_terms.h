// What an operator asks for in a batch, read from JSON. Host only.
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>

#include "daymark/base/failure.h"
#include "daymark/order/leaf.h"

namespace daymark::authority {

/// Terms of one licence; spans count from the start of its validity.
struct LicenceTerms {
  Millis validity;
  UnixMillis not_before;  ///< 0: now
  TeraOps allowance;
  std::uint32_t cluster_max = 1;
  std::uint32_t link_megabytes_per_second = 0;
  bool has_fence = false;
  order::Fence fence;  ///< its beacons are the charter's, by index
  Digest program_root{};
  std::uint8_t level_least = 0;
  std::uint32_t job_classes = 0xFFFFFFFF;
};

struct DenialTerms {
  std::string reason;
  Digest finding{};
  UnixMillis appeal_until;
};

/// Reasons of a denial that rest on no finding: the chip asked for nothing, or left the fleet.
inline constexpr std::string_view no_request_reason = "no renewal request was received";
inline constexpr std::string_view released_reason = "released";

/// Whether a denial is of these two; it then cites no finding (32 zero bytes).
[[nodiscard]] bool needs_no_finding(const order::Leaf& leaf);

struct BatchTerms {
  LicenceTerms common;
  std::map<ChipId, LicenceTerms> chips;  ///< where a chip's terms differ
  std::map<ChipId, DenialTerms> denials;
  /// Rehearsals only: chips left out although they are in custody, which `log monitor` must catch.
  std::set<ChipId> simulated_omissions;
};

/// Makes `leaf` a licence or a denial by these terms; `now` is where a span begins that names no
/// start. A denial's leaf views the terms.
void grant(const LicenceTerms& terms, UnixMillis now, order::Leaf& leaf);
void deny(const DenialTerms& terms, order::Leaf& leaf);

/// Every leaf by terms that are read here is one that a chip reads; the clauses of a fence may come
/// in any order. Errors: errc::json_malformed with the member that is missing, unknown or wrong.
[[nodiscard]] Outcome<BatchTerms> parse_terms(std::string_view json, const order::Charter& charter);

}  // namespace daymark::authority
