// The bundle of a Sigstore identity by Sigstore's own trust root, and a log of our own making.
#include "daymark/evidence/models/model_proof.h"

#include <functional>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "daymark/base/encode.h"
#include "daymark/base/file.h"
#include "daymark/base/time.h"
#include "daymark/crypto/ports.h"
#include "daymark/evidence/errors.h"
#include "daymark/evidence/models/model_signing.h"
#include "daymark/evidence/models/timestamp_token.h"
#include "daymark/evidence/tokens/token_testing.h"
#include "daymark/tlog/errors.h"
#include "daymark/tlog/tree.h"

namespace daymark::evidence {
namespace {

using nlohmann::json;
using Edit = std::function<void(json&)>;

std::string vectors() {
  return std::string(DAYMARK_SOURCE_DIR) + "/tests/vectors/oms/";
}

constexpr const char* signer = "stefanb@us.ibm.com";
constexpr const char* provider = "https://sigstore.verify.ibm.com/oauth2";

/// The recorded bundle and trust root, each with something changed.
class Sigstore : public testing::Test {
 protected:
  Sigstore()
      : bundle_(json::parse(read_text(vectors() + "v1.1.0-sigstore/model.sig").value())),
        root_(json::parse(read_text(vectors() + "keys/sigstore-trusted-root.json").value())) {}

  [[nodiscard]] ModelTrust trust() const {
    ModelTrust out;
    out.root = parse_trusted_root(root_.dump()).value();
    out.identity = signer;
    out.issuer = provider;
    return out;
  }

  [[nodiscard]] Result<VerifiedStatement> verify() const {
    return verify_model_bundle(bundle_.dump(), trust());
  }

  [[nodiscard]] Errc after(const Edit& edit_bundle, const Edit& edit_root = [](json&) {}) {
    const json bundle = bundle_;
    const json root = root_;
    edit_bundle(bundle_);
    edit_root(root_);
    const Errc out = refusal_of(verify());
    bundle_ = bundle;
    root_ = root;
    return out;
  }

  static json& entry(json& bundle) { return bundle["verificationMaterial"]["tlogEntries"][0]; }

  static Edit entry_with(const char* pointer, json value) {
    return [pointer, value = std::move(value)](json& bundle) {
      entry(bundle)[json::json_pointer(pointer)] = value;
    };
  }

  json bundle_;
  json root_;
};

const Edit unchanged = [](json&) {};

TEST_F(Sigstore, RecordedBundleHoldsWithItsProofs) {
  const auto verified = verify();
  ASSERT_TRUE(verified) << entry_of(verified.error().code).name;
  EXPECT_EQ(verified->identity(), signer);
  EXPECT_EQ(verified->issuer(), provider);
  const ModelProof& proof = verified->proof();
  ASSERT_EQ(proof.times.size(), 2U);
  EXPECT_EQ(to_rfc3339(proof.times[0]), "2025-10-10T02:12:20Z");
  EXPECT_EQ(proof.times[0], proof.times[1]);
  std::vector<std::pair<std::string_view, Finding>> found;
  for (const ProofGround& one : proof.grounds)
    found.emplace_back(one.question, one.finding);
  const std::vector<std::pair<std::string_view, Finding>> expected{
      {"log entry", Finding::held},           {"one history", Finding::not_judged},
      {"envelope hash", Finding::not_judged}, {"timestamp", Finding::held},
      {"certificate log", Finding::held},     {"identity", Finding::held}};
  EXPECT_EQ(found, expected);
}

TEST_F(Sigstore, ItsFilesAreJudgedAndAnybodyIsNobody) {
  const ModelPlace place{vectors() + "v1.1.0-sigstore", vectors() + "v1.1.0-sigstore/model.sig"};
  EXPECT_EQ(verify_model(place, trust(), {}).verdict, Verdict::genuine);
  ModelTrust anybody = trust();
  anybody.identity.clear();
  const ModelVerdict open = verify_model(place, anybody, {});
  EXPECT_EQ(open.verdict, Verdict::undecided);
  EXPECT_EQ(open.reason.code, errc::sigstore_identity_unasked);
  ModelTrust other = trust();
  other.identity = "somebody@us.ibm.com";
  EXPECT_EQ(verify_model(place, other, {}).reason.code, errc::sigstore_identity);
  other = trust();
  other.issuer = "https://accounts.google.com";
  EXPECT_EQ(verify_model(place, other, {}).reason.code, errc::sigstore_issuer);
}

TEST_F(Sigstore, EachPartOfTheLogsProofCounts) {
  EXPECT_EQ(after(entry_with("/logIndex", "598151087")), errc::sigstore_promise);
  EXPECT_EQ(after(entry_with("/integratedTime", "1760062341")), errc::sigstore_promise);
  EXPECT_EQ(after(entry_with("/inclusionProof/logIndex", "476246823")), errc::tlog_path_length);
  EXPECT_EQ(after(entry_with("/inclusionProof/treeSize", "476246826")), errc::tlog_path_length);
  EXPECT_EQ(after([](json& bundle) {
              auto& hashes = entry(bundle)["inclusionProof"]["hashes"];
              hashes.push_back(hashes[0]);
            }),
            errc::tlog_path_length);
  EXPECT_EQ(after([](json& bundle) {
              auto& hashes = entry(bundle)["inclusionProof"]["hashes"];
              std::swap(hashes[0], hashes[1]);
            }),
            errc::tlog_root);
  EXPECT_EQ(after([](json& bundle) {
              auto& text = entry(bundle)["inclusionProof"]["checkpoint"]["envelope"];
              std::string words = text;
              text = words.replace(words.find("wNI9ajBF") + 20, 1, "x");
            }),
            errc::sigstore_checkpoint);
  EXPECT_EQ(after(entry_with("/inclusionProof/checkpoint/envelope", "")),
            errc::sigstore_checkpoint);
  EXPECT_EQ(after([](json& bundle) { entry(bundle).erase("inclusionProof"); }),
            errc::sigstore_proof_missing);
  EXPECT_EQ(after(entry_with("/kindVersion/kind", "hashedrekord")), errc::sigstore_entry_kind);
  EXPECT_EQ(
      after([](json& bundle) { bundle["verificationMaterial"]["tlogEntries"] = json::array(); }),
      errc::sigstore_log_missing);
}

TEST_F(Sigstore, AnotherBodyIsAnotherLeaf) {
  // White space keeps its meaning and changes the leaf; another signature changes the meaning.
  EXPECT_EQ(after([](json& bundle) {
              auto body =
                  from_base64(entry(bundle)["canonicalizedBody"].get<std::string>()).value();
              body.push_back('\n');
              entry(bundle)["canonicalizedBody"] = to_base64(body);
            }),
            errc::tlog_root);
  EXPECT_EQ(after([](json& bundle) {
              auto body =
                  from_base64(entry(bundle)["canonicalizedBody"].get<std::string>()).value();
              auto parsed = json::parse(text_of(body));
              parsed["spec"]["signatures"][0]["signature"] = "MEUC";
              entry(bundle)["canonicalizedBody"] = to_base64(bytes_of(parsed.dump()));
            }),
            errc::sigstore_entry);
}

TEST_F(Sigstore, TheRootDecidesWhoIsBelieved) {
  const std::string stranger = to_base64(TestKey("P-256").verifying().spki());
  EXPECT_EQ(
      after(unchanged, [&](json& root) { root["tlogs"][0]["publicKey"]["rawBytes"] = stranger; }),
      errc::sigstore_checkpoint);
  EXPECT_EQ(after(unchanged,
                  [](json& root) {
                    root["tlogs"][0]["logId"]["keyId"] = root["ctlogs"][0]["logId"]["keyId"];
                  }),
            errc::sigstore_log_unknown);
  EXPECT_EQ(after(unchanged,
                  [](json& root) {
                    root["tlogs"][0]["publicKey"]["validFor"]["end"] = "2025-10-10T02:12:19Z";
                  }),
            errc::sigstore_log_time);
  EXPECT_EQ(
      after(unchanged, [&](json& root) { root["ctlogs"][1]["publicKey"]["rawBytes"] = stranger; }),
      errc::sigstore_certificate_log);
  EXPECT_EQ(after(unchanged, [](json& root) { root["ctlogs"].erase(1); }),
            errc::sigstore_certificate_log);
  EXPECT_EQ(after(unchanged, [](json& root) { root["certificateAuthorities"].erase(1); }),
            errc::model_certificate);
  EXPECT_EQ(after(unchanged,
                  [](json& root) {
                    root["certificateAuthorities"][1]["validFor"]["end"] = "2025-10-10T02:12:19Z";
                  }),
            errc::model_certificate);
  EXPECT_EQ(after(unchanged,
                  [](json& root) {
                    root["timestampAuthorities"][0]["certChain"] =
                        root["certificateAuthorities"][1]["certChain"];
                  }),
            errc::sigstore_timestamp);
  EXPECT_EQ(after(unchanged,
                  [](json& root) {
                    root["timestampAuthorities"][0]["validFor"]["end"] = "2025-10-10T02:12:19Z";
                  }),
            errc::sigstore_timestamp);
}

TEST_F(Sigstore, WithoutAnythingThatVouchesForATimeNothingIsBelieved) {
  root_["tlogs"] = json::array();
  EXPECT_EQ(refusal_of(verify()), Errc{});  // the timestamp vouches
  root_["timestampAuthorities"] = json::array();
  EXPECT_EQ(refusal_of(verify()), errc::sigstore_time_unproven);
  // A log's promise does as well.
  EXPECT_EQ(
      after([](json& bundle) { bundle["verificationMaterial"].erase("timestampVerificationData"); },
            unchanged),
      errc::sigstore_time_unproven);
}

TEST_F(Sigstore, TimestampsAreOverThisSignatureAlone) {
  const ModelBundle bundle = parse_model_bundle(bundle_.dump()).value();
  const TrustedRoot root = trust().root;
  const ByteView token = bundle.timestamps.at(0);
  const auto time = verify_timestamp(token, bundle.signature, root.timestamp_authorities);
  ASSERT_TRUE(time);
  EXPECT_EQ(to_rfc3339(*time), "2025-10-10T02:12:20Z");
  std::vector<Byte> other = bundle.signature;
  other.back() ^= 1U;
  EXPECT_EQ(refusal_of(verify_timestamp(token, other, root.timestamp_authorities)),
            errc::sigstore_timestamp_other);
  std::vector<Byte> bent(token.begin(), token.end());
  bent.back() ^= 1U;
  EXPECT_NE(refusal_of(verify_timestamp(bent, bundle.signature, root.timestamp_authorities)),
            Errc{});
  bent.back() ^= 1U;
  bent.push_back(0);
  EXPECT_EQ(refusal_of(verify_timestamp(bent, bundle.signature, root.timestamp_authorities)),
            errc::sigstore_timestamp_form);
}

TEST_F(Sigstore, RootsAreReadStrictly) {
  const auto refused = [this](const Edit& edit) {
    json root = root_;
    edit(root);
    return refusal_of(parse_trusted_root(root.dump()));
  };
  EXPECT_EQ(refused(unchanged), Errc{});
  EXPECT_EQ(refused([](json& root) { root["mediaType"] = "text/plain"; }), errc::sigstore_root);
  EXPECT_EQ(refused([](json& root) { root["tlogs"] = 7; }), errc::sigstore_root);
  EXPECT_EQ(refused([](json& root) { root["tlogs"][0]["logId"]["keyId"] = "AAAA"; }),
            errc::sigstore_root);
  EXPECT_EQ(
      refused([](json& root) { root["tlogs"][0]["publicKey"]["validFor"]["end"] = "tomorrow"; }),
      errc::sigstore_root);
  EXPECT_EQ(refused([](json& root) { root["tlogs"][0]["publicKey"]["validFor"]["end"] = 7; }),
            errc::sigstore_root);
  json root = root_;
  root["tlogs"][0]["publicKey"]["rawBytes"] = "AAAA";
  const auto read = parse_trusted_root(root.dump());
  ASSERT_TRUE(read);
  EXPECT_TRUE(read->logs.empty());
  EXPECT_EQ(read->unread, std::vector<std::string>{"https://rekor.sigstore.dev"});
}

/// A log in memory that takes anything in and signs as Rekor does.
class FakeLog {
 public:
  [[nodiscard]] LogEntry take(const std::string& body) {
    LogEntry out;
    out.log = key_.verifying().thumbprint();
    out.kind = "dsse";
    out.version = "0.0.1";
    out.index = 40 + tree_.size().value;
    out.time = UnixMillis{1'760'000'000'000};
    const ByteView bytes = bytes_of(body);
    out.body.assign(bytes.begin(), bytes.end());
    const LeafIndex index{tree_.size().value};
    tree_.append(bytes);
    for (int i = 0; i < 5; ++i)
      tree_.append(bytes_of("filler " + std::to_string(i)));
    const tlog::TreeHead head = tree_.head();
    out.proof = LogProof{index, head.size, head.root,
                         tree_.inclusion_path(index, head.size).value(), checkpoint(head)};
    const json promised{{"body", to_base64(out.body)},
                        {"integratedTime", out.time->value / 1000},
                        {"logID", to_hex(out.log)},
                        {"logIndex", out.index}};
    const std::string text = promised.dump();
    out.promise = key_.sign_der(bytes_of(text));
    return out;
  }

  [[nodiscard]] TrustedRoot root() const {
    TrustedRoot out;
    add_log_key(out, key_.verifying());
    return out;
  }

 private:
  [[nodiscard]] std::string checkpoint(const tlog::TreeHead& head) const {
    const std::string body =
        "fake.example - 7\n" + std::to_string(head.size.value) + "\n" + to_base64(head.root) + "\n";
    const auto signature = key_.sign_der(bytes_of(body));
    const Digest id = key_.verifying().thumbprint();
    std::vector<Byte> line(id.begin(), id.begin() + 4);
    line.insert(line.end(), signature.begin(), signature.end());
    return body + "\n\xE2\x80\x94 fake.example " + to_base64(line) + "\n";
  }

  TestKey key_{"P-256"};
  tlog::Tree tree_;
};

/// What a signer with a key logs.
class Logged : public testing::Test {
 protected:
  [[nodiscard]] std::string body(ByteView signature, const std::string& payload) const {
    const std::string pem = signer_.verifying().pem();
    const json out{
        {"apiVersion", "0.0.1"},
        {"kind", "dsse"},
        {"spec",
         {{"payloadHash",
           {{"algorithm", "sha256"}, {"value", to_hex(crypto::sha256(bytes_of(payload)))}}},
          {"signatures", json::array({{{"signature", to_base64(signature)},
                                       {"verifier", to_base64(bytes_of(pem))}}})}}}};
    return out.dump();
  }

  [[nodiscard]] Errc judged(const LogEntry& entry, const TrustedRoot& root) const {
    const VerifyingKey key = signer_.verifying();
    return refusal_of(verify_log_entry(entry, root, {payload_, signature_, {}, key.spki()}));
  }

  TestKey signer_{"P-384"};
  FakeLog log_;
  std::string payload_ = "{}";
  std::vector<Byte> signature_ = signer_.sign_der(bytes_of("any"));
};

TEST_F(Logged, TheEntryIsAboutThisSignatureOfThisKey) {
  EXPECT_EQ(judged(log_.take(body(signature_, payload_)), log_.root()), Errc{});
  EXPECT_EQ(judged(log_.take(body(signature_, "{ }")), log_.root()), errc::sigstore_entry);
  const auto other = signer_.sign_der(bytes_of("other"));
  EXPECT_EQ(judged(log_.take(body(other, payload_)), log_.root()), errc::sigstore_entry);
  LogEntry strangers = log_.take(body(signature_, payload_));
  signer_ = TestKey("P-384");
  EXPECT_EQ(judged(strangers, log_.root()), errc::sigstore_entry);
}

TEST_F(Logged, WithoutAPromiseNoTimeIsVouchedFor) {
  LogEntry entry = log_.take(body(signature_, payload_));
  const VerifyingKey key = signer_.verifying();
  const LoggedSignature about{payload_, signature_, {}, key.spki()};
  EXPECT_EQ(verify_log_entry(entry, log_.root(), about).value().time(), entry.time);
  entry.promise.clear();
  EXPECT_EQ(verify_log_entry(entry, log_.root(), about).value().time(), std::nullopt);
  EXPECT_EQ(judged(entry, FakeLog().root()), errc::sigstore_log_unknown);
}

TEST_F(Logged, EveryPathOfABiggerTreeHoldsAndNoOther) {
  for (int i = 0; i < 20; ++i) {
    LogEntry entry = log_.take(body(signature_, payload_));
    EXPECT_EQ(judged(entry, log_.root()), Errc{});
    LogEntry longer = entry;
    longer.proof->path.push_back(Digest{});
    EXPECT_EQ(judged(longer, log_.root()), errc::tlog_path_length);
    LogEntry shorter = entry;
    shorter.proof->path.pop_back();
    EXPECT_EQ(judged(shorter, log_.root()), errc::tlog_path_length);
    LogEntry elsewhere = entry;
    elsewhere.proof->path.front()[0] ^= 1U;
    EXPECT_EQ(judged(elsewhere, log_.root()), errc::tlog_root);
  }
}

}  // namespace
}  // namespace daymark::evidence
