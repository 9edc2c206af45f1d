#include "daymark/evidence/tokens/eat_psa.h"

#include <algorithm>
#include <array>

#include "daymark/evidence/errors.h"
#include "daymark/evidence/tokens/cose_message.h"

namespace daymark::evidence {

namespace {

constexpr std::array<std::string_view, 3> profile_names{
    "PSA_IOT_PROFILE_1", "http://arm.com/psa/2.0.0", "tag:psacertified.org,2023:psa#tfm"};

constexpr std::int64_t eat_profile_label = 265;
constexpr std::int64_t old_profile_label = -75000;
constexpr std::int64_t old_nonce_label = -75008;
constexpr std::size_t boot_seed_old = 32;
constexpr std::size_t boot_seed_least = 8;

/// Where each claim stands; 0 where the profile has none.
struct PsaLabels {
  std::int64_t nonce;
  std::int64_t instance;
  std::int64_t client;
  std::int64_t lifecycle;
  std::int64_t implementation;
  std::int64_t boot_seed;
  std::int64_t certification;
  std::int64_t components;
  std::int64_t nothing_measured;
  std::int64_t service;
};

constexpr std::array<PsaLabels, 3> psa_labels{{
    {-75008, -75009, -75001, -75002, -75003, -75004, -75005, -75006, -75007, -75010},
    {10, 256, 2394, 2395, 2396, 2397, 2398, 2399, 0, 2400},
    {10, 256, 2394, 2395, 2396, 268, 2398, 2399, 0, 2400},
}};

const PsaLabels& labels_of(PsaProfile profile) {
  return psa_labels.at(static_cast<std::size_t>(profile));
}

/// RFC 9783 §4.3.1: the upper byte is the state, the lower is the maker's own.
constexpr std::array<std::string_view, 7> lifecycle_names{
    "unknown",
    "assembly and test",
    "provisioning",
    "secured",
    "debugging beside the root of trust",
    "debugging of the root of trust, recoverable",
    "decommissioned"};
constexpr std::uint64_t secured_state = 3;

std::unexpected<Error> psa_refused(const CborItem& value) {
  return value.fail_here(errc::token_claim, field::claim);
}

bool is_hash_size(std::size_t size) {
  return size == 32 || size == 48 || size == 64;
}

bool are_digits(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

/// EAN-13, and in later profiles the version behind it: "1234567890123-12345".
bool is_certification(std::string_view text, PsaProfile profile) {
  constexpr std::size_t product = 13;
  constexpr std::size_t with_version = 19;
  const bool old = profile == PsaProfile::iot_1;
  if (old) return text.size() == product && are_digits(text);
  return text.size() == with_version && text[product] == '-' &&
         are_digits(text.substr(0, product)) && are_digits(text.substr(product + 1));
}

/// Reads claims of one token.
class PsaReader {
 public:
  PsaReader(const CborTree& claims, PsaProfile profile)
      : root_(claims.root()), profile_(profile), labels_(labels_of(profile)) {}

  Result<PsaToken> read() {
    PsaToken out;
    out.profile = profile_;
    DAYMARK_CHECK(check_profile());
    DAYMARK_TRY(out.nonce, hash_like(labels_.nonce));
    DAYMARK_TRY(out.instance, read_instance());
    DAYMARK_TRY(out.implementation, bytes_of_size(labels_.implementation, 32));
    DAYMARK_TRY(out.client, read_client());
    DAYMARK_TRY(out.lifecycle, read_lifecycle());
    DAYMARK_CHECK(read_boot_seed(out));
    DAYMARK_CHECK(read_texts(out));
    DAYMARK_CHECK(read_components(out));
    return out;
  }

 private:
  [[nodiscard]] Result<CborItem> need(std::int64_t label) const {
    const auto found = root_.find(label);
    if (!found) return root_.fail_here(errc::token_claim_missing, field::claim);
    return *found;
  }

  [[nodiscard]] Result<void> check_profile() const {
    const bool old = profile_ == PsaProfile::iot_1;
    const auto stated = root_.find(old ? old_profile_label : eat_profile_label);
    if (!stated) {
      return old ? ok() : root_.fail_here(errc::token_claim_missing, field::claim);
    }
    const auto text = stated->text(token_size_max);
    const bool right = text && *text == name_of(profile_);
    return right ? ok() : stated->fail_here(errc::token_profile, field::claim);
  }

  [[nodiscard]] Result<ByteView> bytes_of_size(std::int64_t label, std::size_t size) const {
    DAYMARK_TRY(const CborItem value, need(label));
    const auto bytes = value.bytes(size, size);
    return bytes ? bytes : psa_refused(value);
  }

  [[nodiscard]] Result<ByteView> hash_like(std::int64_t label) const {
    DAYMARK_TRY(const CborItem value, need(label));
    const auto bytes = value.bytes(0, token_size_max);
    if (!bytes || !is_hash_size(bytes->size())) return psa_refused(value);
    return bytes;
  }

  [[nodiscard]] Result<ByteView> read_instance() const {
    constexpr std::size_t size = 33;
    DAYMARK_TRY(const ByteView out, bytes_of_size(labels_.instance, size));
    // RFC 9783 §4.2.1: a UEID of type RAND.
    if (out.front() != 1) return psa_refused(*root_.find(labels_.instance));
    return out;
  }

  [[nodiscard]] Result<std::int64_t> read_client() const {
    DAYMARK_TRY(const CborItem value, need(labels_.client));
    const auto number = value.integer();
    const bool fits = number && *number >= INT32_MIN && *number <= INT32_MAX;
    return fits ? number : psa_refused(value);
  }

  [[nodiscard]] Result<std::uint64_t> read_lifecycle() const {
    DAYMARK_TRY(const CborItem value, need(labels_.lifecycle));
    const auto number = value.unsigned_integer();
    if (!number) return psa_refused(value);
    if (lifecycle_name(*number).empty()) return value.fail_here(errc::psa_lifecycle, field::claim);
    return number;
  }

  Result<void> read_boot_seed(PsaToken& out) const {
    const bool old = profile_ == PsaProfile::iot_1;
    const auto value = root_.find(labels_.boot_seed);
    if (!value) {
      return old ? root_.fail_here(errc::token_claim_missing, field::claim) : ok();
    }
    const auto bytes = value->bytes(old ? boot_seed_old : boot_seed_least, boot_seed_old);
    if (!bytes) return psa_refused(*value);
    out.boot_seed = *bytes;
    return ok();
  }

  Result<void> read_texts(PsaToken& out) const {
    if (const auto value = root_.find(labels_.certification)) {
      const auto text = value->text(token_size_max);
      if (!text || !is_certification(*text, profile_)) return psa_refused(*value);
      out.certification = *text;
    }
    const auto service = root_.find(labels_.service);
    if (!service) return ok();
    const auto text = service->text(token_size_max);
    if (!text || text->empty()) return psa_refused(*service);
    out.verification_service = *text;
    return ok();
  }

  /// Components, or in the old profile the claim that there are none: exactly one of the two.
  Result<void> read_components(PsaToken& out) const {
    const auto list = root_.find(labels_.components);
    const auto nothing =
        labels_.nothing_measured == 0 ? std::nullopt : root_.find(labels_.nothing_measured);
    if (list.has_value() == nothing.has_value()) {
      return root_.fail_here(errc::psa_components, field::claim);
    }
    if (nothing) return nothing->integer() == 1 ? ok() : psa_refused(*nothing);
    const auto items = list->items();
    if (!items || items->empty() || items->size() > psa_components_max) {
      return list->fail_here(errc::psa_components, field::claim);
    }
    out.components.reserve(items->size());
    for (const CborItem& item : *items) {
      DAYMARK_TRY(out.components.emplace_back(), read_component(item));
    }
    return ok();
  }

  static Result<PsaComponent> read_component(const CborItem& item) {
    PsaComponent out;
    DAYMARK_TRY(out.value, component_bytes(item, 2));
    DAYMARK_TRY(out.signer, component_bytes(item, 5));
    DAYMARK_TRY(out.type, component_text(item, 1));
    DAYMARK_TRY(out.version, component_text(item, 4));
    DAYMARK_TRY(out.algorithm, component_text(item, 6));
    return out;
  }

  static Result<ByteView> component_bytes(const CborItem& item, std::int64_t label) {
    const auto value = item.find(label);
    const auto bytes = value ? value->bytes(0, token_size_max) : Result<ByteView>(ByteView{});
    if (!bytes || !is_hash_size(bytes->size())) {
      return item.fail_here(errc::psa_components, field::software_component);
    }
    return bytes;
  }

  static Result<std::optional<std::string_view>> component_text(const CborItem& item,
                                                                std::int64_t label) {
    const auto value = item.find(label);
    if (!value) return std::optional<std::string_view>{};
    const auto text = value->text(token_size_max);
    if (!text) return value->fail_here(errc::psa_components, field::software_component);
    return std::optional<std::string_view>(*text);
  }

  CborItem root_;
  PsaProfile profile_;
  const PsaLabels& labels_;
};

std::optional<PsaProfile> named_profile(const CborItem& root) {
  for (const PsaProfile one : {PsaProfile::psa_2_0, PsaProfile::tfm_2023}) {
    const auto stated = root.find(eat_profile_label);
    const auto text = stated ? stated->text(token_size_max) : Result<std::string_view>("");
    if (text && *text == name_of(one)) return one;
  }
  // The oldest tokens need not name their profile.
  if (!root.find(old_profile_label) && !root.find(old_nonce_label)) return std::nullopt;
  return PsaProfile::iot_1;
}

}  // namespace

std::string_view name_of(PsaProfile profile) {
  return profile_names.at(static_cast<std::size_t>(profile));
}

bool is_psa(const CborTree& claims) {
  return named_profile(claims.root()).has_value();
}

Result<PsaToken> read_psa(const CborTree& claims, PsaProfile profile) {
  return PsaReader(claims, profile).read();
}

Result<PsaToken> read_psa(const CborTree& claims) {
  const auto profile = named_profile(claims.root());
  if (!profile) return claims.root().fail_here(errc::token_profile, field::claim);
  return read_psa(claims, *profile);
}

std::string_view lifecycle_name(std::uint64_t state) {
  const std::uint64_t upper = state >> 12;
  const bool defined = upper < lifecycle_names.size() && (state & 0x0F00) == 0;
  return defined ? lifecycle_names.at(upper) : std::string_view{};
}

bool is_secured(std::uint64_t state) {
  return state >> 12 == secured_state && (state & 0x0F00) == 0;
}

}  // namespace daymark::evidence
