#include "daymark/evidence/governor/governor_eat.h"

#include <algorithm>
#include <array>

#include "daymark/cbor/cose.h"
#include "daymark/cbor/encode.h"
#include "daymark/cbor/errors.h"
#include "daymark/evidence/errors.h"
#include "daymark/evidence/evidence_file.h"
#include "daymark/evidence/tokens/cbor_tree.h"
#include "daymark/evidence/tokens/token_verdict.h"
#include "daymark/evidence/tpm/tpm_binding.h"
#include "daymark/evidence/tpm/tpm_quote_file.h"

namespace daymark::evidence {

namespace {

using cbor::Reader;
using cbor::Writer;

/// RFC 9711 §9.
constexpr std::uint64_t tag_bundle = 602;
constexpr std::array<Byte, 3> bundle_start{0xD9, 0x02, 0x5A};
constexpr std::int64_t claim_profile = 265;
/// Private (RFC 8392 §9.1): [kind, evidence], alone in its claims set.
constexpr std::int64_t claim_evidence = -70021;
/// IANA COSE Algorithms: SHA-256.
constexpr std::int64_t hash_sha256 = -16;
constexpr std::array<std::string_view, 4> kind_names{"nvidia", "tpm-quote", "tpm-attested",
                                                     "token"};
constexpr std::size_t kind_name_max = 16;
/// Of the claims set around evidence: map, key, array, kind, head of the byte string.
constexpr std::size_t claims_set_overhead = 32;
constexpr std::size_t eat_attestation_max = governor::document_size_max;

bool is_bundle(ByteView content) {
  return content.size() >= bundle_start.size() &&
         equal(content.first(bundle_start.size()), bundle_start);
}

Result<SubmoduleKind> read_kind(Reader& in) {
  const std::uint32_t start = in.offset();
  DAYMARK_TRY(const std::string_view name, in.read_text(kind_name_max, field::submodule));
  const auto* const found = std::ranges::find(kind_names, name);
  if (found == kind_names.end()) return fail(errc::submodule_kind, field::submodule, start);
  return static_cast<SubmoduleKind>(found - kind_names.begin());
}

Result<void> read_claims_set(DetachedSubmodule& out) {
  Reader in(out.claims_set);
  DAYMARK_TRY(const std::size_t pairs, in.enter_map(1, field::submodule));
  if (pairs != 1) return fail(errc::governor_eat, field::submodule);
  DAYMARK_TRY(const std::int64_t key, in.read_integer(field::submodule));
  if (key != claim_evidence) return fail(errc::governor_eat, field::submodule);
  DAYMARK_CHECK(in.enter_array_of(2, field::submodule));
  DAYMARK_TRY(out.kind, read_kind(in));
  DAYMARK_TRY(out.evidence, in.read_bytes(1, submodule_evidence_max, field::submodule));
  DAYMARK_CHECK(in.expect_end());
  return is_governor_eat(out.evidence) ? fail(errc::submodule_nested, field::submodule) : ok();
}

Result<DetachedSubmodule> read_detached(Reader& in) {
  DetachedSubmodule out;
  const std::uint32_t start = in.offset();
  DAYMARK_TRY(out.name, in.read_text(governor::submodule_name_max, field::submodule));
  if (!is_submodule_name(out.name)) return fail(errc::submodule_name, field::submodule, start);
  DAYMARK_TRY(out.claims_set,
              in.read_bytes(1, submodule_evidence_max + claims_set_overhead, field::submodule));
  DAYMARK_CHECK(read_claims_set(out));
  return out;
}

Result<void> read_members(Reader& in, std::vector<DetachedSubmodule>& out) {
  DAYMARK_TRY(const std::size_t pairs, in.enter_map(governor::submodules_max, field::submodule));
  if (pairs == 0) return fail(errc::governor_eat, field::submodule);
  for (std::size_t i = 0; i < pairs; ++i) {
    const std::uint32_t start = in.offset();
    DAYMARK_TRY(const DetachedSubmodule member, read_detached(in));
    const bool ascends = out.empty() || NameOrder()(out.back().name, member.name);
    if (!ascends) return fail(errc::submodule_name, field::submodule, start);
    out.push_back(member);
  }
  return ok();
}

/// Form of the COSE_Sign1 alone.
Result<void> check_attestation(ByteView attestation) {
  if (attestation.size() > eat_attestation_max) return fail(errc::governor_eat, field::token);
  DAYMARK_CHECK(cbor::parse_sign1(attestation));
  return ok();
}

}  // namespace

std::string_view name_of(SubmoduleKind kind) {
  return kind_names.at(static_cast<std::size_t>(kind));
}

bool is_governor_eat(ByteView content) {
  if (is_bundle(content)) return true;
  if (content.size() > eat_attestation_max) return false;
  const auto message = cbor::parse_sign1(content);
  const auto claims =
      message ? CborTree::parse(message->payload) : Result<CborTree>(fail(message.error()));
  const auto profile = claims ? claims->root().find(claim_profile) : std::nullopt;
  return profile && profile->text(governor::eat_profile.size()) ==
                        Result<std::string_view>(governor::eat_profile);
}

Result<GovernorEat> parse_governor_eat(ByteView content) {
  GovernorEat out;
  out.bundled = is_bundle(content);
  if (content.size() > governor_eat_max) return fail(errc::governor_eat, field::token);
  Reader in(content);
  if (out.bundled) {
    DAYMARK_TRY(const std::uint64_t tag, in.read_tag(field::token));
    if (tag != tag_bundle) return fail(errc::governor_eat, field::token);
    DAYMARK_CHECK(in.enter_array_of(2, field::token));
  }
  DAYMARK_TRY(out.attestation, in.read_item(field::token));
  DAYMARK_CHECK(check_attestation(out.attestation));
  if (out.bundled) DAYMARK_CHECK(read_members(in, out.members));
  DAYMARK_CHECK(in.expect_end());
  return out;
}

bool is_submodule_name(std::string_view name) {
  return !name.empty() && name.size() <= governor::submodule_name_max &&
         std::ranges::all_of(name, [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
         });
}

Result<SubmoduleKind> submodule_kind_of(ByteView evidence) {
  if (evidence.empty() || evidence.size() > submodule_evidence_max) {
    return fail(errc::cbor_length, field::submodule);
  }
  if (is_governor_eat(evidence)) return fail(errc::submodule_nested, field::submodule);
  if (parse_tpm_attested(evidence)) return SubmoduleKind::tpm_attested;
  if (is_tpm_file(evidence)) return SubmoduleKind::tpm_quote;
  if (is_token_file(evidence)) return SubmoduleKind::token;
  if (parse_evidence_file(evidence)) return SubmoduleKind::nvidia;
  return fail(errc::submodule_kind, field::submodule);
}

Digest submodule_nonce(ByteView attestation_nonce, std::string_view name) {
  const std::array<ByteView, 2> parts{attestation_nonce, bytes_of(name)};
  return crypto::tagged_hash("daymark submodule nonce v1", parts);
}

Result<void> SubmoduleSet::add(std::string name, ByteView evidence) {
  if (!is_submodule_name(name) || members_.contains(name)) {
    return fail(errc::submodule_name, field::submodule);
  }
  if (members_.size() == governor::submodules_max) {
    return fail(errc::cbor_length, field::submodule);
  }
  DAYMARK_TRY(const SubmoduleKind kind, submodule_kind_of(evidence));
  members_[std::move(name)] = cbor::encode([&](Writer& out) {
    out.open_map(1);
    out.put_integer(claim_evidence);
    out.open_array(2);
    out.put_text(name_of(kind));
    out.put_bytes(evidence);
  });
  return ok();
}

std::vector<Byte> SubmoduleSet::claim() const {
  if (members_.empty()) return {};
  return cbor::encode([this](Writer& out) {
    out.open_map(members_.size());
    for (const auto& [name, claims_set] : members_) {
      out.put_text(name);
      out.open_array(2);
      out.put_integer(hash_sha256);
      out.put_bytes(crypto::sha256(claims_set));
    }
  });
}

std::vector<Byte> SubmoduleSet::bundle(ByteView attestation) const {
  if (members_.empty()) return {attestation.begin(), attestation.end()};
  return cbor::encode([&](Writer& out) {
    out.put_tag(tag_bundle);
    out.open_array(2);
    out.put_raw(attestation);
    out.open_map(members_.size());
    for (const auto& [name, claims_set] : members_) {
      out.put_text(name);
      out.put_bytes(claims_set);
    }
  });
}

}  // namespace daymark::evidence
