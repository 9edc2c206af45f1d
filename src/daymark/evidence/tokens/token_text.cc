#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "daymark/base/hex.h"
#include "daymark/base/json_internal.h"
#include "daymark/base/time.h"
#include "daymark/evidence/errors.h"
#include "daymark/evidence/pki/base64url_internal.h"
#include "daymark/evidence/tokens/jwt.h"
#include "daymark/evidence/tokens/token_text_internal.h"
#include "daymark/evidence/tokens/token_verdict.h"

namespace daymark::evidence {

namespace {

std::string component_words(const PsaComponent& component) {
  return fmt::format("{} {} {} by {}", component.type.value_or("unnamed"),
                     component.version.value_or("without version"), to_hex(component.value),
                     to_hex(component.signer));
}

std::string submodule_words(const EarSubmodule& submodule) {
  std::string out(name_of(submodule.status));
  for (const TrustClaim& claim : submodule.vector)
    out += fmt::format(", {} {} ({})", claim.name, claim.value, name_of(tier_of(claim.value)));
  if (!submodule.policy.empty()) out += fmt::format(", by policy {}", submodule.policy);
  return out;
}

/// Explains a tree or a part of one, with offsets into the file.
class TokenWords {
 public:
  explicit TokenWords(ByteView file) : file_(file) { out_.place = "offset"; }

  void add(std::string name, ByteView bytes, std::string value) {
    const bool inside =
        bytes.data() >= file_.data() && bytes.data() + bytes.size() <= file_.data() + file_.size();
    const auto place = inside ? static_cast<std::uint32_t>(bytes.data() - file_.data()) : 0U;
    out_.fields.push_back(
        {place, static_cast<std::uint32_t>(bytes.size()), std::move(name), std::move(value)});
  }

  void add(const std::string& name, const CborItem& item) {
    add(name, item.raw(), cbor_words(item, 400));
  }

  void add_claims(const CborTree& claims) {
    const auto pairs = claims.root().pairs();
    if (!pairs) return add("content", claims.root());
    for (const CborPair& pair : *pairs) {
      const auto label = pair.key.integer();
      const std::string_view name = label ? eat_claim_name(*label) : std::string_view{};
      const std::string words = cbor_words(pair.key);
      add(name.empty() ? fmt::format("claim {} (unknown)", words)
                       : fmt::format("claim {}: {}", words, name),
          pair.value);
    }
  }

  void add_comid(const Comid& comid) {
    line("CoMID", comid.id);
    for (const CorimTriple& triple : comid.triples) {
      line(fmt::format("  {} for", triple.kind), triple.environment.words);
      for (const CorimMeasurement& one : triple.measurements)
        line(fmt::format("    {}", one.key.empty() ? "measurement" : one.key), one.words);
    }
    for (const CorimKeys& keys : comid.keys) {
      line(fmt::format("  {} for", keys.kind), keys.environment.words);
      for (const std::string& key : keys.keys)
        line("    key", key);
    }
    add_unknown(comid.unknown);
  }

  void add_corim(const Corim& corim) {
    line("CoRIM", corim.id);
    if (!corim.profile.empty()) line("profile", corim.profile);
    if (corim.not_before) line("not before", to_rfc3339(*corim.not_before));
    if (corim.not_after) line("not after", to_rfc3339(*corim.not_after));
    for (const Comid& comid : corim.comids)
      add_comid(comid);
    add_unknown(corim.unknown);
  }

  void line(std::string name, std::string value) { add(std::move(name), {}, std::move(value)); }

  [[nodiscard]] Explanation take(std::string_view kind, std::string_view place = "offset") {
    out_.kind = kind;
    out_.place = place;
    return std::move(out_);
  }

 private:
  void add_unknown(const std::vector<CorimUnknown>& unknown) {
    for (const CorimUnknown& one : unknown)
      line(fmt::format("  not understood: {}", one.name), one.words);
  }

  ByteView file_;
  Explanation out_;
};

Result<Explanation> explain_corim(ByteView content) {
  DAYMARK_TRY(const Corim corim, read_corim(content, CorimForm::legacy));
  TokenWords words(content);
  words.add_corim(corim);
  return words.take("CoRIM", "");
}

Result<Explanation> explain_cose(ByteView content) {
  DAYMARK_TRY(const CoseMessage message, parse_cose(content, Untagged::allowed));
  TokenWords words(content);
  words.line("form", message.one_signer ? "COSE_Sign1" : "COSE_Sign");
  words.add("protected header", message.protected_header, to_hex(message.protected_header));
  for (const CoseSignature& one : message.signatures) {
    words.add(fmt::format("signature, {}", name_of(one.algorithm)), one.signature,
              to_hex(one.signature));
  }
  if (!message.payload) return words.take("COSE message");
  if (is_corim(*message.payload)) {
    DAYMARK_TRY(const Corim corim, read_corim(*message.payload));
    words.add_corim(corim);
    return words.take("signed CoRIM");
  }
  const auto claims = CborTree::parse(*message.payload);
  if (!claims) {
    words.add("content", *message.payload, to_hex(*message.payload));
    return words.take("COSE message");
  }
  words.add_claims(*claims);
  return words.take(is_psa(*claims) ? "PSA attestation token" : "EAT");
}

Result<Explanation> explain_ear(ByteView content, std::string_view header,
                                std::string_view claims) {
  DAYMARK_TRY(const Ear ear, read_ear_json(claims));
  TokenWords words(content);
  if (!header.empty()) words.line("header", std::string(header));
  std::vector<Fact> facts;
  add_facts(ear, facts);
  for (const Fact& fact : facts)
    words.line(fact.name, fact.value);
  return words.take("attestation result (EAR)", "");
}

}  // namespace

std::string_view trimmed_text(ByteView content) {
  const std::string_view text = text_of(content);
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
}

std::string base64url_of(ByteView bytes) {
  return to_base64url(bytes);
}

void add_facts(const EatClaims& claims, std::vector<Fact>& out) {
  if (claims.profile) out.push_back({"profile", std::string(*claims.profile)});
  for (const ByteView nonce : claims.nonces)
    out.push_back({"nonce", to_hex(nonce)});
  if (claims.ueid) out.push_back({"UEID", to_hex(*claims.ueid)});
  if (claims.issued_at) out.push_back({"issued", to_rfc3339(*claims.issued_at)});
  if (claims.expires) out.push_back({"expires", to_rfc3339(*claims.expires)});
}

void add_facts(const PsaToken& token, std::vector<Fact>& out) {
  out.push_back({"profile", std::string(name_of(token.profile))});
  out.push_back({"nonce", to_hex(token.nonce)});
  out.push_back({"instance", to_hex(token.instance)});
  out.push_back({"implementation", to_hex(token.implementation)});
  out.push_back(
      {"life cycle", fmt::format("{} ({:04x})", lifecycle_name(token.lifecycle), token.lifecycle)});
  out.push_back({"client", fmt::format("{}", token.client)});
  if (token.boot_seed) out.push_back({"boot seed", to_hex(*token.boot_seed)});
  if (token.certification) out.push_back({"certification", std::string(*token.certification)});
  for (const PsaComponent& component : token.components)
    out.push_back({"component", component_words(component)});
}

void add_facts(const Corim& corim, std::vector<Fact>& out) {
  out.push_back({"CoRIM", corim.id});
  if (!corim.profile.empty()) out.push_back({"profile", corim.profile});
  for (const Comid& comid : corim.comids) {
    std::size_t values = 0;
    for (const CorimTriple& triple : comid.triples)
      values += triple.measurements.size();
    out.push_back({"CoMID", fmt::format("{}: {} values, {} sets of keys", comid.id, values,
                                        comid.keys.size())});
    for (const CorimUnknown& one : comid.unknown)
      out.push_back({"not understood", one.name});
  }
  for (const CorimUnknown& one : corim.unknown)
    out.push_back({"not understood", one.name});
}

void add_facts(const Ear& ear, std::vector<Fact>& out) {
  out.push_back({"verifier", fmt::format("{} ({})", ear.developer, ear.build)});
  out.push_back({"issued", to_rfc3339(ear.issued_at)});
  if (ear.expires) out.push_back({"expires", to_rfc3339(*ear.expires)});
  if (!ear.nonce.empty()) out.push_back({"nonce", ear.nonce});
  for (const EarSubmodule& one : ear.submodules)
    out.push_back({fmt::format("submodule {}", one.name), submodule_words(one)});
}

Result<Explanation> explain_token(ByteView content) {
  const std::string_view text = trimmed_text(content);
  if (text.starts_with("eyJ")) {
    DAYMARK_TRY(const Jwt jwt, parse_jwt(text));
    return explain_ear(content, jwt.header, jwt.claims);
  }
  if (text.starts_with('{')) return explain_ear(content, {}, text);
  if (is_corim(content)) return explain_corim(content);
  DAYMARK_TRY(const CborTree tree, CborTree::parse(content));
  constexpr std::uint64_t comid_tag = 506;
  if (tree.root().tag() == comid_tag || tree.root().is(cbor::Type::map)) {
    const auto comid = read_comid(content);
    if (!comid) return explain_corim(content);
    TokenWords words(content);
    words.add_comid(*comid);
    return words.take("CoMID", "");
  }
  if (!tree.root().is(cbor::Type::tag) && !tree.root().is(cbor::Type::array)) {
    return fail(errc::token_form, field::token);
  }
  return explain_cose(content);
}

}  // namespace daymark::evidence
