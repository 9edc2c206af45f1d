#include <fmt/format.h>

#include "daymark/evidence/errors.h"
#include "daymark/evidence/tokens/eat_claims.h"
#include "daymark/evidence/tokens/submodules_internal.h"

namespace daymark::evidence {

namespace {

using cbor::Type;

constexpr std::int64_t submodules_label = 266;
constexpr std::uint64_t tag_nested_bundle = 602;

SubmoduleVerdict settled_submodule(Verdict verdict, std::string words) {
  return {{}, verdict, std::move(words)};
}

std::string rule_words(std::string_view kind, Errc reason) {
  return fmt::format("{}: {}", kind, entry_of(reason).name);
}

SubmoduleVerdict judge_claims(const CborItem& value, const TokenOptions& options) {
  constexpr std::string_view kind = "claims";
  const auto tree = CborTree::parse(value.raw());
  const auto claims = tree ? read_eat(*tree) : Result<EatClaims>(fail(tree.error()));
  if (!claims) return settled_submodule(Verdict::refused, rule_words(kind, claims.error().code));
  if (claims->expires && options.as_of > *claims->expires) {
    return settled_submodule(Verdict::refused, rule_words(kind, errc::token_expired));
  }
  if (claims->not_before && options.as_of < *claims->not_before) {
    return settled_submodule(Verdict::refused, rule_words(kind, errc::token_not_yet));
  }
  return settled_submodule(Verdict::genuine, "claims, signed with the token around them");
}

bool failed_at(const EvidenceVerdict& verdict, std::string_view question) {
  return !verdict.grounds.empty() && verdict.grounds.back().question == question &&
         verdict.grounds.back().finding == Finding::failed;
}

SubmoduleVerdict judge_nested(ByteView content, const TokenOptions& options) {
  if (!is_token_file(content)) {
    return settled_submodule(Verdict::undecided, "a token of a kind that is not known here");
  }
  if (options.depth + 1 >= submodule_depth_max) {
    return settled_submodule(Verdict::undecided, "a token too deep inside others");
  }
  TokenOptions inner = options;
  inner.nonce.reset();
  ++inner.depth;
  const EvidenceVerdict found = verify_token("", content, inner);
  const std::string kind = found.kind == "unknown" ? "token" : std::string(found.kind);
  if (failed_at(found, "signature")) {
    return settled_submodule(Verdict::undecided, kind + " by a key that nobody named, or altered");
  }
  return settled_submodule(found.verdict, rule_words(kind, found.reason.code));
}

/// ["JWT", text], or [hash, digest] of a token that comes apart.
SubmoduleVerdict judge_listed(const CborItem& value, const TokenOptions& options) {
  const auto items = value.items();
  if (!items || items->size() != 2) {
    return settled_submodule(Verdict::undecided, "a list of a kind that is not known here");
  }
  const auto kind = items->front().text(token_size_max);
  const auto text = items->back().text(token_size_max);
  if (kind == Result<std::string_view>("JWT") && text) {
    return judge_nested(bytes_of(*text), options);
  }
  if (items->back().is(Type::bytes)) {
    return settled_submodule(Verdict::undecided, "digest of a token that was not given");
  }
  return settled_submodule(Verdict::undecided,
                           fmt::format("unknown kind {}", cbor_words(items->front(), 40)));
}

/// A token as RFC 9711 §4.2.18.3 puts it there; drafts had a byte string around it.
SubmoduleVerdict judge_tagged(const CborItem& value, const TokenOptions& options) {
  if (value.tag() == tag_nested_bundle) {
    return settled_submodule(Verdict::undecided, "a detached EAT bundle inside a token");
  }
  return judge_nested(value.raw(), options);
}

SubmoduleVerdict judge_submodule(const CborItem& value, const TokenOptions& options) {
  if (value.is(Type::map)) return judge_claims(value, options);
  if (value.is(Type::array)) return judge_listed(value, options);
  if (value.is(Type::tag)) return judge_tagged(value, options);
  const auto bytes = value.bytes(0, token_size_max);
  if (bytes) return judge_nested(*bytes, options);
  return settled_submodule(Verdict::undecided, "a kind that is not known here");
}

}  // namespace

std::vector<SubmoduleVerdict> judge_submodules(const CborTree& claims,
                                               const TokenOptions& options) {
  std::vector<SubmoduleVerdict> out;
  const auto map = claims.root().find(submodules_label);
  const auto pairs = map ? map->pairs() : Result<std::vector<CborPair>>(fail(errc::token_claim));
  if (!pairs) return out;
  for (const CborPair& pair : *pairs) {
    out.push_back(judge_submodule(pair.value, options));
    out.back().name = std::string(pair.key.text(token_size_max).value_or(""));
  }
  return out;
}

}  // namespace daymark::evidence
