// cose-wg/Examples and Wycheproof's ECDSA.
#include <algorithm>

#include <fmt/format.h>

#include "daymark/base/errors.h"
#include "daymark/base/hex.h"
#include "daymark/base/json_internal.h"
#include "daymark/cbor/errors.h"
#include "daymark/evidence/errors.h"
#include "daymark/evidence/pki/base64url_internal.h"
#include "daymark/evidence/tokens/cose_message.h"
#include "daymark/evidence/tokens/token_conformance_internal.h"

namespace daymark::evidence {

namespace {

using nlohmann::json;

/// A coordinate as base64url ("x") or hexadecimal ("x_hex").
Result<std::vector<Byte>> example_coordinate(const json& key, const std::string& name) {
  if (key.contains(name)) {
    DAYMARK_TRY(const std::string text, internal::text_member(key, name.c_str()));
    return from_base64url(text);
  }
  DAYMARK_TRY(const std::string text, internal::text_member(key, (name + "_hex").c_str()));
  return from_hex(text);
}

Result<VerifyingKey> example_key(const json& signer) {
  DAYMARK_TRY(const json* const key, internal::member(signer, "key"));
  DAYMARK_TRY(const std::string curve, internal::text_member(*key, "crv"));
  DAYMARK_TRY(const auto x, example_coordinate(*key, "x"));
  if (curve == "Ed25519") return VerifyingKey::from_coordinates(KeyKind::ed25519, x, {});
  const auto y = example_coordinate(*key, "y");
  if (!y) return fail(errc::verifying_key);
  if (curve == "P-256") return VerifyingKey::from_coordinates(KeyKind::p256, x, *y);
  if (curve == "P-384") return VerifyingKey::from_coordinates(KeyKind::p384, x, *y);
  if (curve == "P-521") return VerifyingKey::from_coordinates(KeyKind::p521, x, *y);
  return fail(errc::verifying_key);
}

struct CoseExample {
  std::vector<json> signers;
  /// What each signature covers, in hexadecimal.
  std::vector<std::string> signed_hex;
  std::vector<Byte> message;
  bool must_fail = false;
  bool untagged = false;
};

Result<void> read_signers_of(const json& input, const json& between, CoseExample& out) {
  if (input.contains("sign0")) {
    DAYMARK_TRY(const std::string hex, internal::text_member(between, "ToBeSign_hex"));
    out.signers = {input["sign0"]};
    out.signed_hex = {hex};
    return ok();
  }
  DAYMARK_TRY(const json* const list, internal::member(input["sign"], "signers"));
  DAYMARK_TRY(const json* const hashed, internal::member(between, "signers"));
  for (const json& signer : *list)
    out.signers.push_back(signer);
  for (const json& one : *hashed) {
    DAYMARK_TRY(out.signed_hex.emplace_back(), internal::text_member(one, "ToBeSign_hex"));
  }
  return out.signers.size() == out.signed_hex.size() ? ok() : fail(errc::json_malformed);
}

Result<CoseExample> read_example(const json& file) {
  CoseExample out;
  DAYMARK_TRY(const json* const input, internal::member(file, "input"));
  DAYMARK_TRY(const json* const between, internal::member(file, "intermediates"));
  DAYMARK_TRY(const json* const output, internal::member(file, "output"));
  DAYMARK_CHECK(read_signers_of(*input, *between, out));
  DAYMARK_TRY(const std::string hex, internal::text_member(*output, "cbor"));
  DAYMARK_TRY(out.message, from_hex(hex));
  out.must_fail = file.contains("fail") && file["fail"] == true;
  out.untagged = input->contains("failures") && (*input)["failures"].contains("RemoveCBORTag");
  return out;
}

Result<std::vector<Byte>> external_of(const json& signer) {
  if (!signer.contains("external")) return std::vector<Byte>{};
  DAYMARK_TRY(const std::string hex, internal::text_member(signer, "external"));
  return from_hex(hex);
}

/// What a signer with this key names, where the key is one for another algorithm.
Errc expected_refusal(const json& signer, const Result<VerifyingKey>& key) {
  if (!key) return errc::verifying_key;
  for (const char* const part : {"protected", "unprotected"}) {
    const bool named = signer.contains(part) && signer[part].contains("alg");
    if (named && signer[part]["alg"] != std::string(name_of(key->algorithm()))) {
      return errc::cose_key_algorithm;
    }
  }
  return {};
}

Result<void> verify_signer(const CoseMessage& message, const Result<VerifyingKey>& key,
                           ByteView external) {
  if (!key) return fail(key.error());
  DAYMARK_TRY(const auto content, verify_cose(message, *key, external));
  // An external part that is left away must be missed.
  const bool bound = external.empty() || !verify_cose(message, *key);
  return bound && !content.content().empty() ? ok() : fail(errc::internal);
}

Result<void> verify_example(const CoseExample& example) {
  const auto strict = parse_cose(example.message, Untagged::refused);
  if (example.untagged && strict) return fail(errc::internal);
  DAYMARK_TRY(const CoseMessage message,
              example.untagged ? parse_cose(example.message, Untagged::allowed) : strict);
  if (message.signatures.size() != example.signers.size()) return fail(errc::cose_signers);
  for (std::size_t i = 0; i < example.signers.size(); ++i) {
    DAYMARK_TRY(const auto external, external_of(example.signers[i]));
    const auto key = example_key(example.signers[i]);
    const auto verdict = verify_signer(message, key, external);
    if (const Errc refusal = expected_refusal(example.signers[i], key); refusal != Errc{}) {
      if (verdict || verdict.error().code != refusal) return fail(errc::internal);
      continue;
    }
    DAYMARK_CHECK(verdict);
    DAYMARK_TRY(const auto expected, from_hex(example.signed_hex[i]));
    if (cose_signed_bytes(message, i, external) != expected) return fail(errc::cose_malformed);
  }
  return ok();
}

/// One group of Wycheproof: a key, how signatures are written, and cases.
Result<void> run_group(const json& group, ConformanceCount& count) {
  DAYMARK_TRY(const std::string type, internal::text_member(group, "type"));
  DAYMARK_TRY(const std::string der, internal::text_member(group, "publicKeyDer"));
  DAYMARK_TRY(const auto spki, from_hex(der));
  DAYMARK_TRY(const VerifyingKey key, VerifyingKey::from_spki(spki));
  constexpr std::array<std::string_view, 3> hashes{"SHA-256", "SHA-384", "SHA-512"};
  const auto kind = static_cast<std::size_t>(key.kind());
  const bool plain = type == "EcdsaP1363Verify";
  DAYMARK_TRY(const std::string hash, internal::text_member(group, "sha"));
  DAYMARK_TRY(const json* const tests, internal::member(group, "tests"));
  if ((!plain && type != "EcdsaVerify") || kind >= hashes.size() || hash != hashes.at(kind)) {
    return fail(errc::json_malformed);
  }
  for (const json& test : *tests) {
    DAYMARK_TRY(const std::string message_hex, internal::text_member(test, "msg"));
    DAYMARK_TRY(const std::string signature_hex, internal::text_member(test, "sig"));
    DAYMARK_TRY(const std::string expected, internal::text_member(test, "result"));
    DAYMARK_TRY(const auto message, from_hex(message_hex));
    DAYMARK_TRY(const auto signature, from_hex(signature_hex));
    const bool valid =
        plain ? key.verifies(message, signature) : key.verifies_der(message, signature);
    const bool right = expected == "acceptable" || (expected == "valid") == valid;
    count.add(right, fmt::format("{}: expected {}", test.value("tcId", 0), expected));
  }
  return ok();
}

}  // namespace

Outcome<ConformanceCount> run_cose_conformance(const std::string& path) {
  ConformanceCount count;
  for (const std::string& file : vector_files(path, ".json")) {
    DAYMARK_TRY(const json vector, read_json_vector(file));
    const bool signing = vector.is_object() && vector.contains("input") &&
                         (vector["input"].contains("sign0") || vector["input"].contains("sign"));
    if (!signing) continue;
    DAYMARK_TRY(const CoseExample example, about(read_example(vector), file));
    const Result<void> verdict = verify_example(example);
    count.add(verdict.has_value() != example.must_fail,
              fmt::format("{}: {}", file, verdict_name(verdict)));
  }
  return count;
}

Outcome<ConformanceCount> run_ecdsa_conformance(const std::string& path) {
  ConformanceCount count;
  for (const std::string& file : vector_files(path, ".json")) {
    DAYMARK_TRY(const json vector, read_json_vector(file));
    DAYMARK_TRY(const json* const groups, internal::member(vector, "testGroups"));
    for (const json& group : *groups)
      DAYMARK_CHECK(about(run_group(group, count), file));
  }
  return count;
}

}  // namespace daymark::evidence
