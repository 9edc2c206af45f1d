#include "daymark/evidence/evidence_file.h"

#include <gtest/gtest.h>

#include "daymark/base/encode.h"
#include "daymark/base/errors.h"
#include "daymark/evidence/errors.h"
#include "daymark/evidence/evidence_testing.h"

namespace daymark::evidence {
namespace {

struct Bench {
  TestChain chain{good_plan()};
  std::vector<Byte> report = ReportPlan{}.report(chain);
  NvidiaVerifier verifier{*ChainVerifier::create(chain.root())};

  [[nodiscard]] std::vector<EvidenceVerdict> verify(ByteView content) const {
    return verify_file(verifier, {"file", content, chain.pem()}, {std::nullopt, test_time});
  }

  [[nodiscard]] std::string object() const {
    return R"({"arch":"HOPPER","nonce":")" + std::string(64, 'a') + R"(","evidence":")" +
           to_base64(report) + R"(","certificate":")" + to_base64(bytes_of(chain.pem())) + R"("})";
  }
};

Errc file_refusal(std::string_view text) {
  const auto items = parse_evidence_file(bytes_of(text));
  return items ? Errc{} : items.error().code;
}

TEST(EvidenceFile, RawHexAndJsonGiveTheSameVerdict) {
  const Bench bench;
  const std::string hex = to_hex(bench.report) + "\n";
  const std::string json = " [" + bench.object() + "]\n";
  for (const ByteView content : {ByteView(bench.report), bytes_of(hex), bytes_of(json)}) {
    const auto verdicts = bench.verify(content);
    ASSERT_EQ(verdicts.size(), 1U);
    EXPECT_EQ(verdicts[0].verdict, Verdict::genuine) << content.size();
    EXPECT_EQ(verdicts[0].file, "file");
  }
}

TEST(EvidenceFile, SeveralItemsAreJudgedEachByItself) {
  const Bench bench;
  const std::string bad = R"({"arch":"HOPPER","nonce":"00","evidence":"","certificate":""})";
  const std::string json = "[" + bench.object() + "," + bad + "," + bench.object() + "]";
  const auto verdicts = bench.verify(bytes_of(json));
  ASSERT_EQ(verdicts.size(), 3U);
  EXPECT_EQ(verdicts[0].verdict, Verdict::genuine);
  EXPECT_EQ(verdicts[0].file, "file#0");
  EXPECT_EQ(verdicts[1].verdict, Verdict::refused);
  EXPECT_EQ(verdicts[1].reason.code, errc::evidence_json);
  EXPECT_EQ(verdicts[1].reason.offset, 1U);
  EXPECT_EQ(verdicts[2].verdict, Verdict::genuine);
  EXPECT_EQ(verdicts[2].file, "file#2");
}

TEST(EvidenceFile, WhatIsNoEvidenceIsRefusedByName) {
  EXPECT_EQ(file_refusal(""), errc::evidence_form);
  EXPECT_EQ(file_refusal(" \n"), errc::evidence_form);
  EXPECT_EQ(file_refusal("hello"), errc::evidence_form);
  EXPECT_EQ(file_refusal("{}"), errc::evidence_form);
  EXPECT_EQ(file_refusal("11e00"), errc::hex_malformed);
  EXPECT_EQ(file_refusal("11 e0"), errc::hex_malformed);
  const Bench bench;
  const auto verdicts = bench.verify(bytes_of("hello"));
  ASSERT_EQ(verdicts.size(), 1U);
  EXPECT_EQ(verdicts[0].verdict, Verdict::refused);
  EXPECT_EQ(verdicts[0].kind, "unknown");
}

TEST(EvidenceJson, StructureIsStrict) {
  EXPECT_EQ(file_refusal("[]"), errc::evidence_items);
  EXPECT_EQ(file_refusal("["), errc::evidence_json);
  EXPECT_EQ(file_refusal("[1]"), errc::evidence_json);
  EXPECT_EQ(file_refusal("[[]]"), errc::evidence_json);
  EXPECT_EQ(file_refusal(R"([{"arch":{}}])"), errc::evidence_json);
  EXPECT_EQ(file_refusal(R"([{"arch":["x"]}])"), errc::evidence_json);
  EXPECT_EQ(file_refusal(R"([{"arch":1}])"), errc::evidence_json);
  EXPECT_EQ(file_refusal(R"([{"arch":null}])"), errc::evidence_json);
  EXPECT_EQ(file_refusal("[{}] x"), errc::evidence_json);
  EXPECT_EQ(file_refusal("[{\"arch\":\"\xff\"}]"), errc::evidence_json);
  EXPECT_EQ(file_refusal(std::string(100'000, '[')), errc::evidence_json);
}

TEST(EvidenceJson, RepeatedKeysAreRefused) {
  const Bench bench;
  std::string object = bench.object();
  object.insert(1, R"("arch":"HOPPER",)");
  EXPECT_EQ(file_refusal("[" + object + "]"), errc::evidence_json);
}

TEST(EvidenceJson, UnknownPlainKeysAreIgnored) {
  const Bench bench;
  std::string object = bench.object();
  object.insert(1, R"("version":2,"note":"x","flag":true,"none":null,"f":1.5,)");
  const auto items = parse_evidence_json("[" + object + "]");
  ASSERT_TRUE(items);
  EXPECT_TRUE(items->at(0));
}

TEST(EvidenceJson, MissingOrBadValuesSpoilTheItem) {
  const auto item_of = [](const std::string& object) {
    const auto items = parse_evidence_json("[" + object + "]");
    return items && items->size() == 1 && !items->front();
  };
  EXPECT_TRUE(item_of("{}"));
  EXPECT_TRUE(item_of(R"({"arch":"","nonce":"zz","evidence":"AQID","certificate":"AQID"})"));
  const std::string nonce(64, 'a');
  const std::string head = R"({"arch":"","nonce":")" + nonce + R"(",)";
  EXPECT_TRUE(item_of(head + R"("evidence":"A","certificate":"AQID"})"));
  EXPECT_TRUE(item_of(head + R"("evidence":"AQID","certificate":""})"));
  EXPECT_FALSE(item_of(head + R"("evidence":"AQID","certificate":"AQID"})"));
}

TEST(EvidenceJson, NumberOfItemsIsBounded) {
  const auto many = [](std::size_t count) {
    std::string out = "[{}";
    for (std::size_t i = 1; i < count; ++i)
      out += ",{}";
    return out + "]";
  };
  EXPECT_EQ(file_refusal(many(evidence_items_max)), Errc{});
  EXPECT_EQ(file_refusal(many(evidence_items_max + 1)), errc::evidence_items);
}

}  // namespace
}  // namespace daymark::evidence
