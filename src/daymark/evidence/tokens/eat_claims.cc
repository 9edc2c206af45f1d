#include "daymark/evidence/tokens/eat_claims.h"

#include <algorithm>
#include <array>
#include <cmath>

#include <nlohmann/json.hpp>

#include "daymark/cbor/show_internal.h"
#include "daymark/evidence/errors.h"
#include "daymark/evidence/tokens/cose_message.h"

namespace daymark::evidence {

namespace {

using cbor::Type;

enum class ClaimForm : std::uint8_t {
  any,
  text,
  bytes,
  number,
  flag,
  time,
  nonce,
  profile,
  submodules,
  map,
  array
};

/// `least` and `most` count bytes of strings and bound numbers.
struct ClaimRule {
  std::int64_t label;
  std::string_view name;
  ClaimForm form = ClaimForm::any;
  std::uint64_t least = 0;
  std::uint64_t most = ~std::uint64_t{0};
};

constexpr std::size_t nonces_max = 16;
constexpr std::size_t nonce_least = 8;
constexpr std::size_t nonce_most = 64;
constexpr double time_most = 253402300799.0;

// RFC 8392 §3.1, RFC 9711 §4, §7; the PSA claims are checked by their own profile.
constexpr std::array claim_rules{
    ClaimRule{1, "issuer", ClaimForm::text},
    ClaimRule{2, "subject", ClaimForm::text},
    ClaimRule{3, "audience"},
    ClaimRule{4, "expires", ClaimForm::time},
    ClaimRule{5, "not before", ClaimForm::time},
    ClaimRule{6, "issued at", ClaimForm::time},
    ClaimRule{7, "token id", ClaimForm::bytes},
    ClaimRule{8, "confirmation key", ClaimForm::map},
    ClaimRule{10, "nonce", ClaimForm::nonce},
    ClaimRule{256, "UEID", ClaimForm::bytes, 7, 33},
    ClaimRule{257, "semi-permanent UEIDs", ClaimForm::map},
    ClaimRule{258, "hardware maker"},
    ClaimRule{259, "hardware model", ClaimForm::bytes, 1, 32},
    ClaimRule{260, "hardware version", ClaimForm::array},
    ClaimRule{261, "uptime in seconds", ClaimForm::number},
    ClaimRule{262, "booted by the maker's software", ClaimForm::flag},
    ClaimRule{263, "debugging", ClaimForm::number, 0, 4},
    ClaimRule{264, "location", ClaimForm::map},
    ClaimRule{265, "profile", ClaimForm::profile},
    ClaimRule{266, "submodules", ClaimForm::submodules},
    ClaimRule{267, "boots", ClaimForm::number},
    ClaimRule{268, "boot seed", ClaimForm::bytes, 8, 64},
    ClaimRule{269, "letters of approval", ClaimForm::array},
    ClaimRule{270, "software name", ClaimForm::text},
    ClaimRule{271, "software version", ClaimForm::array},
    ClaimRule{272, "manifests", ClaimForm::array},
    ClaimRule{273, "measurements", ClaimForm::array},
    ClaimRule{274, "measurement results", ClaimForm::array},
    ClaimRule{275, "intended use", ClaimForm::number, 1, 5},
    ClaimRule{2394, "PSA client id"},
    ClaimRule{2395, "PSA security life cycle"},
    ClaimRule{2396, "PSA implementation id"},
    ClaimRule{2397, "PSA boot seed"},
    ClaimRule{2398, "PSA certification reference"},
    ClaimRule{2399, "PSA software components"},
    ClaimRule{2400, "PSA verification service"},
    ClaimRule{-75000, "PSA profile (1)"},
    ClaimRule{-75001, "PSA client id (1)"},
    ClaimRule{-75002, "PSA security life cycle (1)"},
    ClaimRule{-75003, "PSA implementation id (1)"},
    ClaimRule{-75004, "PSA boot seed (1)"},
    ClaimRule{-75005, "PSA hardware version (1)"},
    ClaimRule{-75006, "PSA software components (1)"},
    ClaimRule{-75007, "PSA without measurements (1)"},
    ClaimRule{-75008, "PSA nonce (1)"},
    ClaimRule{-75009, "PSA instance id (1)"},
    ClaimRule{-75010, "PSA verification service (1)"},
};

const ClaimRule* rule_of(std::int64_t label) {
  const auto* const found = std::ranges::find(claim_rules, label, &ClaimRule::label);
  return found == claim_rules.end() ? nullptr : &*found;
}

std::unexpected<Error> claim_refused(const CborItem& value) {
  return value.fail_here(errc::token_claim, field::claim);
}

/// NumericDate (RFC 8392 §2): a number of seconds, without a tag.
Result<UnixMillis> time_of(const CborItem& value) {
  const bool number = value.is(Type::unsigned_integer) || value.is(Type::floating);
  const auto json = cbor::internal::to_json(value.raw());
  if (!number || !json || !json->is_number()) return claim_refused(value);
  const auto seconds = json->get<double>();
  if (std::isnan(seconds) || seconds < 0 || seconds > time_most) return claim_refused(value);
  return UnixMillis{static_cast<std::int64_t>(std::floor(seconds * 1000))};
}

Result<void> read_nonces(const CborItem& value, EatClaims& out) {
  std::vector<CborItem> list{value};
  if (value.is(Type::array)) {
    DAYMARK_TRY(list, value.items());
  }
  if (list.empty() || list.size() > nonces_max) return claim_refused(value);
  for (const CborItem& one : list) {
    const auto bytes = one.bytes(nonce_least, nonce_most);
    if (!bytes) return claim_refused(one);
    out.nonces.push_back(*bytes);
  }
  return ok();
}

Result<void> read_submodules(const CborItem& value, EatClaims& out) {
  const auto pairs = value.pairs();
  if (!pairs) return claim_refused(value);
  out.submodules.reserve(pairs->size());
  for (const CborPair& pair : *pairs) {
    const auto name = pair.key.text(token_size_max);
    const Type type = pair.value.type();
    const bool known =
        type == Type::map || type == Type::bytes || type == Type::array || type == Type::tag;
    if (!name || !known) return claim_refused(pair.value);
    std::string_view form = "token";
    if (type == Type::map) form = "claims";
    if (type == Type::array) form = "detached";
    out.submodules.push_back({std::string(*name), form, pair.value.offset()});
  }
  return ok();
}

/// A text, or an object identifier as bytes (RFC 9711 §4.3.2), which is shown by nobody.
Result<void> read_profile(const CborItem& value, EatClaims& out) {
  if (value.content().is(Type::bytes)) return ok();
  const auto text = value.text(token_size_max);
  if (!text) return claim_refused(value);
  out.profile = *text;
  return ok();
}

bool has_plain_form(const CborItem& value, const ClaimRule& rule) {
  switch (rule.form) {
    case ClaimForm::text: return value.text(token_size_max).has_value();
    case ClaimForm::bytes: return value.bytes(rule.least, rule.most).has_value();
    case ClaimForm::flag: return value.boolean().has_value();
    case ClaimForm::map: return value.is(Type::map);
    case ClaimForm::array: return value.is(Type::array);
    case ClaimForm::number: {
      const auto number = value.unsigned_integer();
      return number && *number >= rule.least && *number <= rule.most;
    }
    default: return true;
  }
}

Result<void> read_claim(const CborItem& value, const ClaimRule& rule, EatClaims& out) {
  if (rule.form == ClaimForm::nonce) return read_nonces(value, out);
  if (rule.form == ClaimForm::profile) return read_profile(value, out);
  if (rule.form == ClaimForm::submodules) return read_submodules(value, out);
  if (rule.form == ClaimForm::time) {
    DAYMARK_TRY(const UnixMillis time, time_of(value));
    (rule.label == 4 ? out.expires : rule.label == 5 ? out.not_before : out.issued_at) = time;
    return ok();
  }
  if (!has_plain_form(value, rule)) return claim_refused(value);
  constexpr std::int64_t ueid_label = 256;
  if (rule.label == ueid_label) {
    DAYMARK_TRY(out.ueid, value.bytes(rule.least, rule.most));
  }
  return ok();
}

}  // namespace

Result<EatClaims> read_eat(const CborTree& claims) {
  DAYMARK_TRY(const auto pairs, claims.root().pairs(field::claim));
  EatClaims out;
  for (const CborPair& pair : pairs) {
    const auto label = pair.key.integer();
    const ClaimRule* const rule = label ? rule_of(*label) : nullptr;
    if (rule != nullptr) DAYMARK_CHECK(read_claim(pair.value, *rule, out));
  }
  return out;
}

std::string_view eat_claim_name(std::int64_t label) {
  const ClaimRule* const rule = rule_of(label);
  return rule == nullptr ? std::string_view{} : rule->name;
}

}  // namespace daymark::evidence
