#include "daymark/evidence/governor/governor_eat.h"

#include <algorithm>
#include <set>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "daymark/base/file.h"
#include "daymark/evidence/errors.h"
#include "daymark/evidence/governor/governor_explain.h"
#include "daymark/evidence/governor/governor_testing.h"
#include "daymark/evidence/governor/governor_verdict.h"

namespace daymark::evidence {
namespace {

using EatBytes = std::vector<Byte>;

const TestKey& eat_token_key() {
  static const TestKey key;
  return key;
}

std::string eat_error_of(const EatBytes& content) {
  const auto parsed = parse_governor_eat(content);
  return parsed ? "ok" : std::string(entry_of(parsed.error().code).name);
}

/// A bundle written by hand, member by member.
struct RawBundle {
  std::uint64_t tag = 602;
  std::vector<std::pair<std::string, EatBytes>> members;
  std::size_t pairs_off = 0;

  [[nodiscard]] EatBytes print() const {
    const EatBytes attestation = TestGovernor().attest();
    return cbor::encode([&](cbor::Writer& out) {
      out.put_tag(tag);
      out.open_array(2);
      out.put_raw(attestation);
      out.open_map(members.size() + pairs_off);
      for (const auto& [name, claims_set] : members) {
        out.put_text(name);
        out.put_bytes(claims_set);
      }
    });
  }
};

EatBytes claims_set(std::int64_t key, const std::string& kind, ByteView evidence) {
  return cbor::encode([&](cbor::Writer& out) {
    out.open_map(1);
    out.put_integer(key);
    out.open_array(2);
    out.put_text(kind);
    out.put_bytes(evidence);
  });
}

EatBytes good_set() {
  return claims_set(-70021, "nvidia", bytes_of("report"));
}

TEST(GovernorEat, ABundleIsTheFormOfTheStandard) {
  const EatBytes bundle = TestGovernor().bundle(tokens_named(eat_token_key(), {"tpm", "gpu-0"}));
  // RFC 9711 §5: tag 602, [token, {name => bstr}].
  EXPECT_TRUE(equal(ByteView(bundle).first(4), EatBytes{0xD9, 0x02, 0x5A, 0x82}));
  EXPECT_TRUE(cbor::check_item(bundle, cbor::Profile::deterministic));
  // Read by the reader of others' CBOR: the members' digests are those that claim 266 states.
  const auto tree = CborTree::parse(bundle).value();
  const auto parts = tree.root().content().items().value();
  ASSERT_EQ(parts.size(), 2U);
  const auto message = parse_cose(parts[0].raw(), Untagged::refused).value();
  const auto claims = CborTree::parse(*message.payload).value();
  const auto named = claims.root().find(266)->pairs().value();
  const auto members = parts[1].pairs().value();
  ASSERT_EQ(named.size(), 2U);
  ASSERT_EQ(members.size(), 2U);
  for (std::size_t i = 0; i < named.size(); ++i) {
    EXPECT_EQ(named[i].key.text(64).value(), members[i].key.text(64).value());
    const auto stated = named[i].value.items().value();
    EXPECT_EQ(stated[0].integer().value(), -16);
    const ByteView content = members[i].value.bytes(1, 4096).value();
    EXPECT_TRUE(equal(stated[1].bytes(32, 32).value(), crypto::sha256(content)));
    EXPECT_TRUE(CborTree::parse(content).value().root().is(cbor::Type::map));
  }
  EXPECT_EQ(named[0].key.text(64).value(), "tpm");
}

TEST(GovernorEat, AnAttestationAloneIsOneToo) {
  const EatBytes alone = TestGovernor().attest();
  EXPECT_TRUE(is_governor_eat(alone));
  const auto parsed = parse_governor_eat(alone);
  ASSERT_TRUE(parsed);
  EXPECT_FALSE(parsed->bundled);
  EXPECT_TRUE(parsed->members.empty());
  EXPECT_TRUE(equal(SubmoduleSet().bundle(alone), alone));
  EXPECT_TRUE(SubmoduleSet().claim().empty());
}

TEST(GovernorEat, OtherFilesAreNone) {
  EXPECT_FALSE(is_governor_eat(token_for(eat_token_key(), EatBytes(32, 1))));
  EXPECT_FALSE(is_governor_eat({}));
  EXPECT_FALSE(is_governor_eat(bytes_of("{\"eat_profile\": 1}")));
  EXPECT_EQ(eat_error_of({0x9A, 0x10, 0x00, 0x00, 0x00, 0x00}), "cbor_truncated");
}

TEST(GovernorEat, FormIsStrict) {
  const RawBundle good{602, {{"gpu", good_set()}}, 0};
  EXPECT_EQ(eat_error_of(good.print()), "ok");
  EXPECT_EQ(eat_error_of(RawBundle{602, {}, 0}.print()), "governor_eat");
  EXPECT_EQ(eat_error_of(RawBundle{601, {{"gpu", good_set()}}, 0}.print()), "cose_malformed");
  EXPECT_EQ(eat_error_of(RawBundle{602, {{"gpu", good_set()}}, 1}.print()), "cbor_truncated");
  EXPECT_EQ(eat_error_of(RawBundle{602, {{"gpu", good_set()}}, 1U << 30U}.print()), "cbor_length");
  EatBytes trailing = good.print();
  trailing.push_back(0);
  EXPECT_EQ(eat_error_of(trailing), "cbor_trailing");
  EXPECT_EQ(eat_error_of(EatBytes(governor_eat_max + 1, 0xD9)), "governor_eat");
}

TEST(GovernorEat, NamesAreFewShortSortedAndDifferent) {
  const auto named = [](const std::vector<std::string>& names) {
    RawBundle out;
    for (const std::string& name : names)
      out.members.emplace_back(name, good_set());
    return eat_error_of(out.print());
  };
  EXPECT_EQ(named({"b", "c", "aa"}), "ok");
  EXPECT_EQ(named({"b", "b"}), "submodule_name");
  EXPECT_EQ(named({"aa", "b"}), "submodule_name");
  EXPECT_EQ(named({"c", "b"}), "submodule_name");
  EXPECT_EQ(named({""}), "submodule_name");
  EXPECT_EQ(named({"Gpu"}), "submodule_name");
  EXPECT_EQ(named({"g\nu"}), "submodule_name");
  EXPECT_EQ(named({std::string(23, 'x')}), "ok");
  EXPECT_EQ(named({std::string(24, 'x')}), "cbor_length");
  EXPECT_EQ(named({"a", "b", "c", "d"}), "ok");
  EXPECT_EQ(named({"a", "b", "c", "d", "e"}), "cbor_length");
}

TEST(GovernorEat, AMemberIsOneKnownKindOfEvidence) {
  const auto of = [](const EatBytes& set) {
    return eat_error_of(RawBundle{602, {{"m", set}}, 0}.print());
  };
  const ByteView some = bytes_of("evidence");
  for (const auto* const kind : {"nvidia", "tpm-quote", "tpm-attested", "token"})
    EXPECT_EQ(of(claims_set(-70021, kind, some)), "ok") << kind;
  EXPECT_EQ(of(claims_set(-70021, "sev-snp", some)), "submodule_kind");
  EXPECT_EQ(of(claims_set(-70022, "token", some)), "governor_eat");
  EXPECT_EQ(of(claims_set(-70021, "token", {})), "cbor_length");
  EXPECT_EQ(of(claims_set(-70021, "token", EatBytes(submodule_evidence_max))), "ok");
  EXPECT_EQ(of(claims_set(-70021, "token", EatBytes(submodule_evidence_max + 1))), "cbor_length");
  EXPECT_EQ(of({0xA0}), "governor_eat");
  EXPECT_EQ(of({0x80}), "cbor_type");
  EatBytes behind = good_set();
  behind.push_back(0);
  EXPECT_EQ(of(behind), "cbor_trailing");
}

TEST(GovernorEat, NoGovernorStandsInAnother) {
  const EatBytes alone = TestGovernor().attest();
  const EatBytes bundle = TestGovernor().bundle(tokens_named(eat_token_key(), {"gpu"}));
  for (const EatBytes& inner : {alone, bundle}) {
    const EatBytes set = claims_set(-70021, "token", inner);
    EXPECT_EQ(eat_error_of(RawBundle{602, {{"m", set}}, 0}.print()), "submodule_nested");
    EXPECT_EQ(refusal_of(SubmoduleSet().add("m", inner)), errc::submodule_nested);
  }
}

TEST(GovernorEat, ASetTakesWhatReadersTake) {
  SubmoduleSet set;
  const EatBytes token = token_for(eat_token_key(), EatBytes(32, 1));
  EXPECT_TRUE(set.empty());
  EXPECT_TRUE(set.add("gpu", token));
  EXPECT_EQ(refusal_of(set.add("gpu", token)), errc::submodule_name);
  EXPECT_EQ(refusal_of(set.add("no name", token)), errc::submodule_name);
  EXPECT_EQ(refusal_of(set.add("b", bytes_of("nonsense"))), errc::submodule_kind);
  EXPECT_FALSE(set.add("b", EatBytes(submodule_evidence_max + 1, '0')));
  for (const auto* const name : {"b", "c", "d"})
    EXPECT_TRUE(set.add(name, token));
  EXPECT_FALSE(set.add("e", token));
}

TEST(GovernorEat, KindsAreToldByTheContent) {
  const auto kind_of = [](ByteView content) {
    const auto kind = submodule_kind_of(content);
    return kind ? name_of(*kind) : entry_of(kind.error().code).name;
  };
  const std::string vectors = std::string(DAYMARK_SOURCE_DIR) + "/tests/vectors/evidence/";
  const auto file = [&](const char* name) { return read_file(vectors + name).value(); };
  EXPECT_EQ(kind_of(file("no-fwid/report.hex")), "nvidia");
  EXPECT_EQ(kind_of(file("h100-590.12-ppcie.json")), "nvidia");
  EXPECT_EQ(kind_of(file("tpm/chip.attested")), "tpm-attested");
  EXPECT_EQ(kind_of(file("tpm-foreign/trustee/tpm-quote-v1.json")), "tpm-quote");
  EXPECT_EQ(kind_of(token_for(eat_token_key(), EatBytes(32, 1))), "token");
  EXPECT_EQ(kind_of({}), "cbor_length");
  EXPECT_EQ(kind_of(bytes_of("nonsense")), "submodule_kind");
}

TEST(GovernorEat, NoncesOfSubmodulesDiffer) {
  const EatBytes nonce(32, 9);
  std::set<Digest> all;
  for (const auto* const name : {"a", "b", "ab"})
    all.insert(submodule_nonce(nonce, name));
  all.insert(submodule_nonce(EatBytes(32, 8), "a"));
  all.insert(crypto::sha256(nonce));
  EXPECT_EQ(all.size(), 5U);
  // By hand: SHA-256 of purpose, a zero, nonce and name.
  const ByteView purpose = bytes_of("daymark submodule nonce v1");
  EatBytes whole(purpose.begin(), purpose.end());
  whole.push_back(0);
  whole.insert(whole.end(), nonce.begin(), nonce.end());
  whole.push_back('a');
  EXPECT_EQ(submodule_nonce(nonce, "a"), crypto::sha256(whole));
}

RC_GTEST_PROP(GovernorEat, WhatIsGatheredIsRead, ()) {
  const auto count = *rc::gen::inRange<std::size_t>(1, 5);
  const auto letter = rc::gen::element('a', 'q', 'z', '0', '9', '-');
  const auto name = rc::gen::suchThat(rc::gen::container<std::string>(letter), is_submodule_name);
  const auto names = *rc::gen::unique<std::vector<std::string>>(count, name);
  SubmoduleSet set;
  std::map<std::string, EatBytes> evidence;
  for (const std::string& one : names) {
    // A token by its tag; what is behind it does not matter to the form.
    EatBytes content = *rc::gen::container<EatBytes>(rc::gen::arbitrary<Byte>());
    content.insert(content.begin(), 0xD2);
    RC_PRE(!is_governor_eat(content));
    RC_ASSERT(set.add(one, content).has_value());
    evidence[one] = content;
  }
  const TestGovernor governor;
  const EatBytes bundle = governor.bundle(set);
  const auto parsed = parse_governor_eat(bundle);
  RC_ASSERT(parsed.has_value());
  RC_ASSERT(parsed->members.size() == count);
  for (const DetachedSubmodule& member : parsed->members)
    RC_ASSERT(equal(member.evidence, evidence.at(std::string(member.name))));
  RC_ASSERT(verify_governor_eat(*parsed, governor.key()).has_value());
}

TEST(GovernorEat, EveryFieldIsExplained) {
  const auto words =
      explain_any(TestGovernor().bundle(tokens_named(eat_token_key(), {"tpm", "gpu"})));
  ASSERT_TRUE(words);
  EXPECT_EQ(words->kind, "governor's attestation (EAT)");
  const auto value_of = [&](std::string_view name) {
    const auto found = std::ranges::find(words->fields, name, &ExplainedField::name);
    return found == words->fields.end() ? "" : found->value;
  };
  EXPECT_EQ(value_of("nonce"), to_hex(EatBytes(32, 9)));
  EXPECT_EQ(value_of("clock"), "2026-02-28T23:59:00Z to 2026-03-01T00:00:00Z");
  EXPECT_TRUE(value_of("submodule gpu").starts_with("SHA-256 "));
  EXPECT_TRUE(value_of("member tpm").starts_with("token, "));
  EXPECT_FALSE(explain_governor(bytes_of("nonsense")));
}

}  // namespace
}  // namespace daymark::evidence
