#include "daymark/evidence/tokens/token_verdict.h"

#include <algorithm>

#include <fmt/format.h>

#include "daymark/base/hex.h"
#include "daymark/base/time.h"
#include "daymark/evidence/errors.h"
#include "daymark/evidence/tokens/ear_reader.h"
#include "daymark/evidence/tokens/eat_claims.h"
#include "daymark/evidence/tokens/eat_psa.h"
#include "daymark/evidence/tokens/jwt.h"
#include "daymark/evidence/tokens/submodules_internal.h"
#include "daymark/evidence/tokens/token_text_internal.h"

namespace daymark::evidence {

namespace {

constexpr std::int64_t sha256_name = 1;
constexpr std::int64_t sha384_name = 7;
constexpr std::int64_t sha512_name = 8;

/// Puts the questions to one token, one after another; after the first that failed none is put.
class TokenJudge {
 public:
  TokenJudge(const TokenOptions& options, EvidenceVerdict& out) : options_(options), out_(out) {}

  /// Records a question. Returns whether it held.
  bool ask(std::string_view question, const Result<void>& answer) {
    out_.grounds.push_back({question, answer ? Finding::held : Finding::failed});
    if (!answer) out_.genuine = {Finding::failed, answer.error()};
    return answer.has_value();
  }

  void cose(ByteView content) {
    const auto message = parse_cose(content, Untagged::refused);
    if (!ask("form", message ? ok() : fail(message.error()))) return;
    if (!options_.key) {
      out_.genuine = {Finding::unknown, {errc::verifying_key_missing, field::key_to_verify, 0}};
      return;
    }
    const auto verified = verify_cose(*message, *options_.key);
    if (!ask("signature", verified ? ok() : fail(verified.error()))) return;
    if (is_corim(verified->content())) return corim(content);
    out_.level = Level::host_signed;
    const auto claims = CborTree::parse(verified->content());
    if (claims) return token(*claims);
    ask("claims", fail(claims.error()));
  }

  void jwt(std::string_view text) {
    out_.kind = "ear";
    const auto parsed = parse_jwt(text);
    if (!ask("form", parsed ? ok() : fail(parsed.error()))) return;
    if (!options_.key) {
      out_.genuine = {Finding::unknown, {errc::verifying_key_missing, field::key_to_verify, 0}};
      return;
    }
    const auto verified = verify_jwt(text, *options_.key);
    if (!ask("signature", verified ? ok() : fail(verified.error()))) return;
    ear(read_ear_json(verified->claims()));
  }

  void unsigned_corim() {
    out_.kind = "corim";
    ask("signature", fail(errc::corim_unsigned, field::corim_part));
  }

  void unsigned_ear() {
    out_.kind = "ear";
    ask("signature", fail(errc::jwt_none, field::token));
  }

 private:
  void corim(ByteView content) {
    out_.kind = "corim";
    const auto verified = verify_corim(content, *options_.key);
    if (!ask("claims", verified ? ok() : fail(verified.error()))) return;
    add_facts(verified->corim(), out_.facts);
    if (!ask("validity", verified->check_valid_at(options_.as_of))) return;
    out_.genuine = {Finding::held, {errc::corim_good, no_field, 0}};
  }

  void token(const CborTree& claims) {
    const auto profile = claims.root().find(265);
    const auto named = profile ? profile->text(token_size_max) : Result<std::string_view>("");
    if (named == Result<std::string_view>(ear_profile)) {
      out_.kind = "ear";
      return ear(read_ear_cbor(claims));
    }
    out_.kind = "eat";
    const auto common = read_eat(claims);
    if (!ask("claims", common ? ok() : fail(common.error()))) return;
    if (!is_psa(claims)) {
      add_facts(*common, out_.facts);
      times_and_nonce(*common);
      return submodules(claims);
    }
    out_.kind = "psa-token";
    const auto psa = read_psa(claims);
    if (!ask("profile", psa ? ok() : fail(psa.error()))) return;
    add_facts(*psa, out_.facts);
    EatClaims stated = *common;
    stated.nonces = {psa->nonce};
    times_and_nonce(stated);
    if (out_.genuine.finding == Finding::held) compare(*psa);
    submodules(claims);
  }

  /// Each with its own verdict; one that is refused refuses the token.
  void submodules(const CborTree& claims) {
    if (out_.genuine.finding != Finding::held) return;
    for (const SubmoduleVerdict& one : judge_submodules(claims, options_)) {
      out_.facts.push_back(
          {"submodule " + one.name, fmt::format("{} ({})", name_of(one.verdict), one.words)});
      const bool refused = one.verdict == Verdict::refused;
      if (refused && !ask("submodules", fail(errc::token_submodule, field::submodule))) return;
    }
  }

  void ear(const Result<Ear>& read) {
    // What another verifier says is no device's own word.
    out_.level = Level::declared;
    if (!ask("claims", read ? ok() : fail(read.error()))) return;
    add_facts(*read, out_.facts);
    const bool expired = read->expires && options_.as_of > *read->expires;
    if (!ask("validity", expired ? fail(errc::token_expired, field::claim) : ok())) return;
    if (options_.nonce) {
      const bool right = read->nonce == to_hex(*options_.nonce) || read->nonce == nonce_text();
      if (!ask("freshness", right ? ok() : fail(errc::token_nonce, field::claim))) return;
    }
    out_.genuine = {Finding::held, {errc::token_genuine, no_field, 0}};
    const TrustTier worst = worst_status(*read);
    const Errc reason =
        worst == TrustTier::affirming ? errc::ear_affirming : errc::ear_not_affirming;
    const Finding finding = worst == TrustTier::none ? Finding::unknown : Finding::failed;
    out_.known = {worst == TrustTier::affirming ? Finding::held : finding, {reason, no_field, 0}};
    out_.grounds.push_back({"known", out_.known.finding});
  }

  [[nodiscard]] std::string nonce_text() const { return base64url_of(*options_.nonce); }

  void times_and_nonce(const EatClaims& claims) {
    Result<void> valid = ok();
    if (claims.expires && options_.as_of > *claims.expires) {
      valid = fail(errc::token_expired, field::claim);
    }
    if (claims.not_before && options_.as_of < *claims.not_before) {
      valid = fail(errc::token_not_yet, field::claim);
    }
    if (!ask("validity", valid)) return;
    if (options_.nonce) {
      const bool right = std::ranges::any_of(
          claims.nonces, [this](ByteView one) { return equal(one, *options_.nonce); });
      if (!ask("freshness", right ? ok() : fail(errc::token_nonce, field::claim))) return;
    }
    out_.genuine = {Finding::held, {errc::token_genuine, no_field, 0}};
  }

  /// Whether the life cycle allows trust, and whether the components are known.
  void compare(const PsaToken& token) {
    if (!is_secured(token.lifecycle)) {
      out_.allowed = {Finding::failed, {errc::psa_unsecured, field::claim, 0}};
      out_.grounds.push_back({"allowed", Finding::failed});
    }
    if (options_.references.empty()) return;
    out_.known = known_of(token);
    out_.grounds.push_back({"known", out_.known.finding});
  }

  [[nodiscard]] Answer known_of(const PsaToken& token) {
    std::vector<const CorimMeasurement*> values;
    Errc refusal = errc::psa_reference_missing;
    for (const CorimReference& one : options_.references) {
      const auto valid = one.corim ? one.corim->check_valid_at(options_.as_of)
                                   : Result<void>(fail(one.corim.error()));
      out_.facts.push_back({"reference values", reference_words(one, valid)});
      if (!valid) refusal = valid.error().code;
      if (valid) collect(one.corim->corim(), token, values);
    }
    if (values.empty()) return {Finding::unknown, {refusal, field::corim_part, 0}};
    for (std::size_t i = 0; i < token.components.size(); ++i) {
      const PsaComponent& component = token.components[i];
      const bool known = std::ranges::any_of(
          values, [&](const CorimMeasurement* value) { return is_value_of(*value, component); });
      const auto place = static_cast<std::uint32_t>(i);
      if (!known) return {Finding::failed, {errc::psa_mismatch, field::software_component, place}};
    }
    return {Finding::held, {errc::psa_match, no_field, 0}};
  }

  static void collect(const Corim& corim, const PsaToken& token,
                      std::vector<const CorimMeasurement*>& out) {
    for (const Comid& comid : corim.comids) {
      for (const CorimTriple& triple : comid.triples) {
        const bool about = triple.kind == "reference values" &&
                           equal(triple.environment.class_id, token.implementation);
        if (!about) continue;
        for (const CorimMeasurement& one : triple.measurements)
          out.push_back(&one);
      }
    }
  }

  static bool is_value_of(const CorimMeasurement& value, const PsaComponent& component) {
    if (value.signer && !equal(*value.signer, component.signer)) return false;
    if (value.component && value.component != component.type) return false;
    if (value.version && value.version != component.version) return false;
    return std::ranges::any_of(value.digests, [&](const CorimDigest& digest) {
      std::int64_t name = sha256_name;
      if (component.value.size() == 48) name = sha384_name;
      if (component.value.size() == 64) name = sha512_name;
      return digest.algorithm == name && equal(digest.value, component.value);
    });
  }

  static std::string reference_words(const CorimReference& one, const Result<void>& valid) {
    return fmt::format("{} ({})", one.file, valid ? "used" : entry_of(valid.error().code).name);
  }

  const TokenOptions& options_;
  EvidenceVerdict& out_;
};

/// The verdict of all answers: the first that failed, else the first that is unknown.
void conclude(EvidenceVerdict& out) {
  for (const Finding finding : {Finding::failed, Finding::unknown}) {
    for (const Answer* const answer : {&out.genuine, &out.known, &out.allowed}) {
      if (answer->finding != finding) continue;
      out.reason = answer->reason;
      out.verdict = finding == Finding::failed ? Verdict::refused : Verdict::undecided;
      return;
    }
  }
  out.reason = out.genuine.reason;
  out.verdict = Verdict::genuine;
}

}  // namespace

bool is_token_file(ByteView content) {
  if (content.empty()) return false;
  // Tags 0 to 23 in one byte, tags below 2^16 in two or three.
  const bool tagged = content.front() >= 0xC0 && content.front() <= 0xD9;
  const std::string_view text = trimmed_text(content);
  return tagged || text.starts_with("eyJ") ||
         (text.starts_with('{') && text.find("\"eat_profile\"") != std::string_view::npos);
}

EvidenceVerdict verify_token(const std::string& file, ByteView content,
                             const TokenOptions& options) {
  EvidenceVerdict out;
  out.file = file;
  out.as_of = options.as_of;
  TokenJudge judge(options, out);
  const std::string_view text = trimmed_text(content);
  if (text.starts_with("eyJ")) {
    judge.jwt(text);
  } else if (text.starts_with('{')) {
    judge.unsigned_ear();
  } else if (is_corim(content)) {
    judge.unsigned_corim();
  } else {
    judge.cose(content);
  }
  conclude(out);
  return out;
}

}  // namespace daymark::evidence
