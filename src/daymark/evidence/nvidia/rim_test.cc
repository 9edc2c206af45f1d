// Reference values: NVIDIA's own files, and what an attacker would make of them.
#include "daymark/evidence/nvidia/rim.h"

#include <algorithm>
#include <set>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "daymark/base/file.h"
#include "daymark/base/time.h"
#include "daymark/evidence/errors.h"
#include "daymark/evidence/evidence_testing.h"
#include "daymark/evidence/nvidia/comparison.h"
#include "daymark/evidence/nvidia/reference.h"
#include "daymark/evidence/nvidia/rim_testing.h"

namespace daymark::evidence {
namespace {

const std::string rim_h100 =
    std::string(DAYMARK_SOURCE_DIR) + "/data/evidence/nvidia/h100-550.90.07/";
const std::string rim_foreign = std::string(DAYMARK_SOURCE_DIR) + "/tests/vectors/evidence/";

UnixMillis rim_time(const char* text) {
  return *from_rfc3339(text);
}

Errc rim_refusal(std::string_view text) {
  static const auto verifier = RimVerifier::create();
  const auto rim = verifier->verify(bytes_of(text));
  return rim ? Errc{} : rim.error().code;
}

Errc refusal_of_file(const std::string& path) {
  return rim_refusal(*read_text(path));
}

std::string replaced(std::string text, std::string_view from, std::string_view to) {
  const std::size_t found = text.find(from);
  EXPECT_NE(found, std::string::npos) << from;
  return text.replace(found, from.size(), to);
}

VerifiedRim verified(const std::string& path) {
  return *RimVerifier::create()->verify(*read_file(path));
}

Errc validity(const VerifiedRim& rim, const char* time) {
  const auto valid = rim.check_valid_at(rim_time(time));
  return valid ? Errc{} : valid.error().code;
}

TEST(RimVectors, PinnedRootIsTheShippedFile) {
  const std::string folder = std::string(DAYMARK_SOURCE_DIR) + "/data/evidence/nvidia/";
  EXPECT_EQ(*read_text(folder + "rim_root.pem"), nvidia_rim_root());
}

TEST(RimVectors, DriverAndVbios) {
  const VerifiedRim driver = verified(rim_h100 + "rim-driver.xml");
  EXPECT_EQ(driver.kind(), RimKind::driver);
  EXPECT_EQ(driver.content().version, "550.90.07");
  EXPECT_EQ(driver.content().product, "GH100");
  EXPECT_EQ(driver.golden().size(), 21U);
  EXPECT_EQ(to_rfc3339(driver.valid_until()), "2026-06-01T02:08:29.999Z");
  EXPECT_EQ(validity(driver, "2025-08-21T12:00:00Z"), Errc{});
  EXPECT_EQ(validity(driver, "2024-05-31T00:00:00Z"), errc::rim_not_yet_valid);
  EXPECT_EQ(validity(driver, "2026-06-01T02:08:30Z"), errc::rim_expired);
  const VerifiedRim vbios = verified(rim_h100 + "rim-vbios.xml");
  EXPECT_EQ(vbios.kind(), RimKind::vbios);
  EXPECT_EQ(vbios.content().version, "96.00.9F.00.01");
  EXPECT_EQ(vbios.content().measurements.size(), 64U);
  EXPECT_EQ(vbios.golden().size(), 12U);
  EXPECT_EQ(to_rfc3339(vbios.valid_until()), "2026-02-22T23:17:58.999Z");
}

TEST(RimVectors, Switch) {
  const VerifiedRim rim = verified(rim_foreign + "switch/rim-bios.xml");
  EXPECT_EQ(rim.kind(), RimKind::switch_bios);
  EXPECT_EQ(rim.content().product, "LS10");
  EXPECT_EQ(rim.golden().size(), 31U);
}

TEST(RimVectors, AlteredFilesAreRefused) {
  EXPECT_EQ(refusal_of_file(rim_foreign + "rim/driver-550.144.03-bad-signature.xml"),
            errc::rim_signature);
  EXPECT_EQ(refusal_of_file(rim_foreign + "rim/gb100-vbios-wrong-root.xml"), errc::rim_root);
  EXPECT_EQ(refusal_of_file(rim_foreign + "no-fwid/rim-driver-edited.xml"), errc::rim_digest);
}

TEST(RimVectors, AnotherRootAcceptsNothing) {
  const auto other = RimVerifier::create(*read_text(rim_foreign + "rim/incorrect_rim_root.crt"));
  ASSERT_TRUE(other);
  const auto rim = other->verify(*read_file(rim_h100 + "rim-driver.xml"));
  ASSERT_FALSE(rim);
  EXPECT_EQ(rim.error().code, errc::rim_root);
}

TEST(RimVectors, MeasurementsAlone) {
  const auto code = [](const char* name) {
    const auto read = read_rim_measurements(*read_file(rim_foreign + "rim-parse/" + name + ".xml"));
    return read ? Errc{} : read.error().code;
  };
  EXPECT_EQ(code("success_payload_single_measurement"), Errc{});
  EXPECT_EQ(code("success_payload_multiple_measurements"), Errc{});
  EXPECT_EQ(code("success_payload_multiple_alternatives"), Errc{});
  EXPECT_EQ(code("failure_duplicate_index"), errc::rim_index_duplicate);
  EXPECT_EQ(code("failure_empty_payload"), errc::rim_empty);
  EXPECT_EQ(code("failure_hash_empty_namespace"), errc::rim_measurement);
  EXPECT_EQ(code("failure_invalid_alternatives"), errc::rim_measurement);
  EXPECT_EQ(code("failure_missing_hash"), errc::rim_measurement);
  EXPECT_EQ(code("failure_missing_index"), errc::rim_measurement);
  EXPECT_EQ(code("failure_invalid_size"), errc::rim_measurement);
  EXPECT_EQ(code("failure_missing_colloquial_version"), errc::rim_form);
  EXPECT_EQ(code("failure_missing_x509_data"), errc::rim_form);
  const auto four = read_rim_measurements(
      *read_file(rim_foreign + "rim-parse/success_payload_multiple_alternatives.xml"));
  EXPECT_EQ(four->back().index, 12U);
  EXPECT_EQ(four->back().alternatives.size(), 4U);
}

/// Wrapping: the signed tag is kept, and something else is put where a careless reader looks.
class Wrapped : public ::testing::Test {
 protected:
  std::string text = *read_text(rim_h100 + "rim-driver.xml");
  std::string payload = between(text, "<ns0:Payload", "</ns0:Payload>");
  std::string signature = between(text, "<ds:Signature ", "</ds:Signature>");

  static std::string between(const std::string& text, std::string_view from, std::string_view to) {
    const std::size_t first = text.find(from);
    const std::size_t last = text.find(to, first) + to.size();
    return text.substr(first, last - first);
  }
};

TEST_F(Wrapped, SecondPayload) {
  EXPECT_EQ(rim_refusal(replaced(text, "<ns0:Payload", payload + "<ns0:Payload")),
            errc::rim_wrapped);
  EXPECT_EQ(rim_refusal(replaced(text, "</ns0:Payload>", "</ns0:Payload>" + payload)),
            errc::rim_wrapped);
}

TEST_F(Wrapped, PayloadInsideTheSignature) {
  const std::string object = "<ds:Object>" + payload + "</ds:Object></ds:Signature>";
  EXPECT_EQ(rim_refusal(replaced(text, "</ds:Signature>", object)), errc::rim_wrapped);
  EXPECT_EQ(rim_refusal(replaced(text, "</ds:Signature>", "<ds:Object/></ds:Signature>")),
            errc::rim_wrapped);
}

TEST_F(Wrapped, SignedTagInsideAnother) {
  const std::string forged = replaced(payload, "active=\"True\"", "active=\"False\"");
  std::string outer = replaced(text, payload, forged);
  outer = replaced(outer, signature, "<ds:Object xmlns:ds=\"x\">" + text + "</ds:Object>");
  EXPECT_EQ(rim_refusal(outer), errc::rim_wrapped);
}

TEST_F(Wrapped, SecondSignature) {
  EXPECT_EQ(rim_refusal(replaced(text, "<ds:Signature ", signature + "<ds:Signature ")),
            errc::rim_wrapped);
  EXPECT_EQ(rim_refusal(replaced(text, "<ds:KeyInfo>", "<ds:KeyInfo>" + signature)),
            errc::rim_wrapped);
}

TEST_F(Wrapped, SignatureElsewhere) {
  const std::string bare = replaced(text, signature, "");
  EXPECT_EQ(rim_refusal(bare), errc::rim_form);
  EXPECT_EQ(rim_refusal(replaced(bare, "</ns0:Payload>", signature + "</ns0:Payload>")),
            errc::rim_form);
  EXPECT_EQ(rim_refusal(replaced(bare, "<ns0:Entity", signature + "<ns0:Entity")), errc::rim_form);
}

TEST_F(Wrapped, AnotherReference) {
  EXPECT_EQ(rim_refusal(replaced(text, "URI=\"\"", "URI=\"#signed\"")), errc::rim_profile);
  EXPECT_EQ(rim_refusal(replaced(text, "URI=\"\"", "URI=\"http://example.com/\"")),
            errc::rim_profile);
  EXPECT_EQ(rim_refusal(replaced(text, " URI=\"\"", "")), errc::rim_profile);
  const std::string reference = between(text, "<ds:Reference", "</ds:Reference>");
  EXPECT_EQ(rim_refusal(replaced(text, "</ds:SignedInfo>", reference + "</ds:SignedInfo>")),
            errc::rim_profile);
}

TEST_F(Wrapped, OtherAlgorithms) {
  const auto with = [&](std::string_view from, std::string_view to) {
    return rim_refusal(replaced(text, from, to));
  };
  EXPECT_EQ(with("xmldsig-more#ecdsa-sha384", "xmldsig-more#hmac-sha384"), errc::rim_profile);
  EXPECT_EQ(with("xmldsig-more#sha384\"", "xmlenc#sha256\""), errc::rim_profile);
  EXPECT_EQ(with("<ds:Transform Algorithm=\"http://www.w3.org/2006/12/xml-c14n11\"/>",
                 "<ds:Transform Algorithm=\"http://www.w3.org/TR/1999/REC-xslt-19991116\"/>"),
            errc::rim_profile);
  EXPECT_EQ(with("<ds:Transform Algorithm=\"http://www.w3.org/2006/12/xml-c14n11\"/>", ""),
            errc::rim_profile);
  EXPECT_EQ(with("<ds:X509Data>", "<ds:KeyValue/><ds:X509Data>"), errc::rim_profile);
}

TEST_F(Wrapped, DocumentTypesAndEntities) {
  EXPECT_EQ(rim_refusal("<!DOCTYPE x [<!ENTITY a \"b\">]>" + text), errc::rim_doctype);
  EXPECT_EQ(rim_refusal(replaced(text, "<ns0:Payload", "&a;<ns0:Payload")), errc::rim_xml);
  EXPECT_EQ(rim_refusal("\xFF\xFE<\0?"), errc::rim_xml);
  EXPECT_EQ(rim_refusal(std::string(rim_size_max + 1, ' ')), errc::rim_too_large);
  EXPECT_EQ(rim_refusal(text + "x"), errc::rim_xml);
  EXPECT_EQ(rim_refusal(""), errc::rim_xml);
}

TEST_F(Wrapped, ChainIsExactlyFour) {
  const std::string first = between(text, "<ds:X509Certificate>", "</ds:X509Certificate>");
  EXPECT_EQ(rim_refusal(replaced(text, first, "")), errc::rim_chain);
  EXPECT_EQ(rim_refusal(replaced(text, first, first + first)), errc::rim_chain);
  const std::size_t last = text.rfind("<ds:X509Certificate>");
  std::string cut = text;
  cut.erase(last,
            between(text.substr(last), "<ds:X509Certificate>", "</ds:X509Certificate>").size());
  EXPECT_EQ(rim_refusal(cut), errc::rim_root);
}

TEST_F(Wrapped, WhatIsNotSignedIsNotRead) {
  // A comment is not covered by the signature, and changes nothing that is read.
  const std::string commented =
      replaced(text, "<ns0:Payload", "<!-- <ns0:Payload/> --><ns0:Payload");
  EXPECT_EQ(rim_refusal(commented), Errc{});
  const auto rim = RimVerifier::create()->verify(bytes_of(commented));
  EXPECT_TRUE(std::ranges::equal(rim->golden(), verified(rim_h100 + "rim-driver.xml").golden()));
  EXPECT_EQ(rim_refusal(replaced(text, "active=\"True\"", "active=\"False\"")), errc::rim_digest);
  EXPECT_EQ(rim_refusal(replaced(text, "550.90.07", "550.90.08")), errc::rim_digest);
}

TEST_F(Wrapped, NoChangedCharacterOfTheTagPasses) {
  // Every 53rd character: attributes, names, values, signature, certificates.
  for (std::size_t i = 0; i < text.size(); i += 53) {
    std::string bent = text;
    bent[i] = bent[i] == 'x' ? 'y' : 'x';
    EXPECT_NE(rim_refusal(bent), Errc{}) << i;
  }
}

TEST(Rim, OwnSignature) {
  const TestRim rim;
  EXPECT_EQ(rim.refusal(rim.text()), Errc{});
  // The key is the signer's: the same document signed by somebody else's key is refused.
  const TestRim other;
  EXPECT_EQ(rim.refusal(other.text()), errc::rim_root);
}

TEST(Rim, GoldenValuesMustBeDigests) {
  TestRim rim;
  rim.resources = TestRim::resource(1, "size=\"48\"", std::string(94, '0') + "zz");
  EXPECT_EQ(rim.refusal(rim.text()), errc::rim_value);
  rim.resources = TestRim::resource(1, "size=\"32\"", std::string(64, '0'));
  EXPECT_EQ(rim.refusal(rim.text()), errc::rim_value);
  rim.resources = TestRim::resource(1, "size=\"48\"", std::string(96, '0'), "False");
  EXPECT_EQ(rim.refusal(rim.text()), errc::rim_empty);
  rim.resources = TestRim::resource(255, "size=\"48\"", std::string(96, '0'));
  EXPECT_EQ(rim.refusal(rim.text()), errc::rim_measurement);
}

std::vector<GoldenValue> golden_of(const std::vector<std::pair<std::uint32_t, Byte>>& values) {
  std::vector<GoldenValue> out;
  for (const auto& [index, fill] : values) {
    GoldenValue value{index, "", {ReferenceDigest{}, ReferenceDigest{}}};
    value.alternatives[1].fill(fill);
    out.push_back(value);
  }
  return out;
}

/// Blocks 1, 2 and 3 hold 3, 6 and 9 in every byte.
struct Compared {
  ReportPlan plan;
  std::vector<GoldenValue> driver;
  std::vector<GoldenValue> vbios;

  [[nodiscard]] Comparison run() const {
    const std::vector<Byte> bytes = plan.unsigned_report();
    const auto report = parse_report(bytes);
    EXPECT_TRUE(report);
    const std::array<std::span<const GoldenValue>, 2> files{driver, vbios};
    return compare(*report, files);
  }
};

TEST(Comparison, EveryIndexIsNamed) {
  const Comparison good = Compared{{}, golden_of({{0, 3}}), golden_of({{2, 9}})}.run();
  EXPECT_EQ(good.golden, 2U);
  EXPECT_EQ(good.matched, 2U);
  EXPECT_EQ(good.uncovered, std::vector<std::uint32_t>{2});
  EXPECT_TRUE(check_matches(good));
  const Comparison bad = Compared{{}, golden_of({{0, 4}, {9, 1}}), golden_of({{2, 9}})}.run();
  EXPECT_EQ(bad.matched, 1U);
  EXPECT_EQ(bad.mismatched, std::vector<std::uint32_t>{0});
  EXPECT_EQ(bad.missing, std::vector<std::uint32_t>{9});
  EXPECT_EQ(check_matches(bad).error().code, errc::rim_block_missing);
  const Comparison differs = Compared{{}, golden_of({{0, 3}, {1, 7}}), {}}.run();
  EXPECT_EQ(check_matches(differs).error(), (Error{errc::rim_mismatch, field::rim_index, 1}));
}

TEST(Comparison, IndexInBothFilesIsAConflict) {
  const Comparison both = Compared{{}, golden_of({{0, 3}, {1, 6}}), golden_of({{1, 6}})}.run();
  EXPECT_EQ(both.conflicting, std::vector<std::uint32_t>{1});
  EXPECT_EQ(check_matches(both).error().code, errc::rim_conflict);
}

TEST(Comparison, VideoDecoderCountsWhereItRuns) {
  Compared off;
  off.plan.blocks.clear();
  for (unsigned i = 1; i <= 40; ++i)
    off.plan.blocks.push_back(ReportPlan::block(i));
  off.driver = golden_of({{35, 1}});
  EXPECT_EQ(off.run().mismatched, std::vector<std::uint32_t>{35});
  off.plan.opaque.push_back({11, {0x55}});
  EXPECT_EQ(off.run().skipped, std::vector<std::uint32_t>{35});
  EXPECT_TRUE(off.run().mismatched.empty());
  off.plan.opaque.back().second = {0xAA};
  EXPECT_EQ(off.run().mismatched, std::vector<std::uint32_t>{35});
  // No other index is ever passed over, and an equal value counts as such.
  off.plan.opaque.back().second = {0x55};
  off.driver = golden_of({{34, 1}, {35, 108}});
  EXPECT_EQ(off.run().mismatched, std::vector<std::uint32_t>{34});
  EXPECT_EQ(off.run().matched, 1U);
}

RC_GTEST_PROP(Comparison, EveryGoldenValueIsCountedOnce, ()) {
  const auto indexes =
      *rc::gen::container<std::set<std::uint32_t>>(rc::gen::inRange<std::uint32_t>(0, 8));
  Compared case_;
  for (const std::uint32_t index : indexes) {
    const auto fill = *rc::gen::element<Byte>(3, 6, 9, 12);
    auto& file = *rc::gen::arbitrary<bool>() ? case_.driver : case_.vbios;
    std::ranges::move(golden_of({{index, fill}}), std::back_inserter(file));
  }
  const Comparison found = case_.run();
  RC_ASSERT(found.golden == indexes.size());
  RC_ASSERT(found.golden == found.matched + found.mismatched.size() + found.missing.size());
  RC_ASSERT(found.conflicting.empty());
  std::size_t covered = 0;
  for (const std::uint32_t index : indexes)
    covered += index < 3 ? 1 : 0;
  RC_ASSERT(found.uncovered.size() == 3 - covered);
}

TEST(Reference, OnlyAFileThatFitsIsChosen) {
  const UnixMillis then = rim_time("2025-08-21T12:00:00Z");
  const auto rim = RimVerifier::create();
  const std::vector<ReferenceFile> files{
      {"switch", rim->verify(*read_file(rim_foreign + "switch/rim-bios.xml"))},
      {"driver", rim->verify(*read_file(rim_h100 + "rim-driver.xml"))},
      {"vbios", rim->verify(*read_file(rim_h100 + "rim-vbios.xml"))},
      {"again", rim->verify(*read_file(rim_h100 + "rim-driver.xml"))}};
  const auto code = [&](RimKind kind, const char* product, const char* version, UnixMillis time) {
    const auto chosen = choose_reference(files, {kind, product, version}, time);
    return chosen ? Errc{} : chosen.error().code;
  };
  EXPECT_EQ((*choose_reference(files, {RimKind::driver, "GH100", "550.90.07"}, then))->name,
            "driver");
  EXPECT_EQ(code(RimKind::vbios, "GH100", "96.00.9f.00.01", then), Errc{});
  EXPECT_EQ(code(RimKind::driver, "GH100", "550.90.08", then), errc::rim_version);
  EXPECT_EQ(code(RimKind::driver, "GB100", "550.90.07", then), errc::rim_product);
  EXPECT_EQ(code(RimKind::driver, "GH100", "550.90.07", rim_time("2026-11-22T00:00:00Z")),
            errc::rim_expired);
  const auto none =
      choose_reference(std::span(files).first(1), {RimKind::driver, "GH100", "550.90.07"}, then);
  EXPECT_EQ(none.error().code, errc::rim_missing);
}

}  // namespace
}  // namespace daymark::evidence
