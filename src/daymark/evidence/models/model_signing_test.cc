#include "daymark/evidence/models/model_signing.h"

#include <filesystem>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "daymark/base/encode.h"
#include "daymark/base/file.h"
#include "daymark/crypto/errors.h"
#include "daymark/crypto/ports.h"
#include "daymark/evidence/errors.h"
#include "daymark/evidence/tokens/token_conformance.h"
#include "daymark/evidence/tokens/token_testing.h"

namespace daymark::evidence {
namespace {

namespace fs = std::filesystem;

/// A folder of its own for each test, removed at the end.
class Models : public testing::Test {
 protected:
  Models() {
    const auto* const info = testing::UnitTest::GetInstance()->current_test_info();
    root_ = fs::path(testing::TempDir()) /
            ("models-" + std::string(info->name()) + std::to_string(::getpid()));
    fs::remove_all(root_);
    fs::create_directories(root_ / "model/deep/er");
    put("model/a", "alpha");
    put("model/deep/b", "");
    put("model/deep/er/c", std::string(3'000'000, 'c'));
    put("model/deep.txt", "sorts between deep and deep/");
  }

  ~Models() override { fs::remove_all(root_); }

  void put(const std::string& name, const std::string& text) const {
    ASSERT_TRUE(write_text((root_ / name).string(), text));
  }

  [[nodiscard]] ModelPlace place() const {
    return {(root_ / "model").string(), (root_ / "model/model.sig").string()};
  }

  void sign(std::vector<std::string> ignored = {}) const {
    const auto bundle = sign_model(place(), {key_.private_pem(), std::move(ignored)}, {});
    ASSERT_TRUE(bundle);
    ASSERT_TRUE(write_text(place().bundle, *bundle));
  }

  [[nodiscard]] ModelVerdict verify(const HashOptions& options = {}) const {
    return verify_model(place(), {key_.verifying(), "", {}}, options);
  }

  void expect(Errc reason, const std::string& file = "") const {
    const ModelVerdict verdict = verify();
    EXPECT_EQ(verdict.reason.code, reason) << entry_of(verdict.reason.code).name;
    EXPECT_EQ(verdict.file, file);
    EXPECT_EQ(verdict.verdict == Verdict::genuine, reason == errc::model_good);
  }

  fs::path root_;
  TestKey key_{"P-384"};
};

TEST_F(Models, SignedAndVerifiedWhole) {
  sign();
  const ModelVerdict verdict = verify();
  EXPECT_EQ(verdict.verdict, Verdict::genuine);
  EXPECT_EQ(verdict.files, 4U);
  EXPECT_EQ(verdict.bytes, 3'000'033U);
  EXPECT_EQ(verdict.name, "model");
  EXPECT_EQ(verdict.ignored, std::vector<std::string>{"model.sig"});
}

TEST_F(Models, EveryKindOfKeySigns) {
  for (const char* const curve : {"P-256", "P-521", "Ed25519"}) {
    key_ = TestKey(curve);
    sign();
    expect(errc::model_good);
  }
  EXPECT_EQ(sign_model(place(), {"no key", {}}, {}).error().error.code, errc::key_invalid);
}

TEST_F(Models, ChangesAreNamedWithTheirFile) {
  sign();
  put("model/deep/b", "x");
  expect(errc::model_changed, "deep/b");
  put("model/deep/b", "");
  put("model/a", "alphA");
  expect(errc::model_changed, "a");
  put("model/a", "alpha");
  expect(errc::model_good);
  fs::remove(root_ / "model/a");
  expect(errc::model_missing, "a");
  put("model/a", "alpha");
  put("model/deep/er/z", "more");
  expect(errc::model_unlisted, "deep/er/z");
}

TEST_F(Models, LinksAreNotFollowed) {
  sign();
  fs::create_symlink("a", root_ / "model/link");
  expect(errc::model_symlink, "link");
  fs::remove(root_ / "model/link");
  // The same content behind a link is another model.
  fs::rename(root_ / "model/a", root_ / "elsewhere");
  fs::create_symlink(root_ / "elsewhere", root_ / "model/a");
  expect(errc::model_symlink, "a");
  fs::remove(root_ / "model/a");
  fs::rename(root_ / "elsewhere", root_ / "model/a");
  fs::rename(root_ / "model/deep", root_ / "aside");
  fs::create_directory_symlink(root_ / "aside", root_ / "model/deep");
  expect(errc::model_symlink, "deep");
}

TEST_F(Models, HashingFollowsNoLinkThatCameLater) {
  auto files = list_model(place().folder, {});
  ASSERT_TRUE(files);
  fs::rename(root_ / "model/deep", root_ / "aside");
  fs::create_directory_symlink(root_ / "aside", root_ / "model/deep");
  const auto digests = hash_model(place().folder, *files, {});
  ASSERT_FALSE(digests);
  EXPECT_EQ(digests.error().error.code, errc::model_symlink);
}

TEST_F(Models, IgnoredPathsAreTheSignersAndShown) {
  put("model/deep/er/c", "unfinished");
  sign({"deep/er"});
  put("model/deep/er/c", "changed");
  const ModelVerdict verdict = verify();
  EXPECT_EQ(verdict.verdict, Verdict::genuine);
  EXPECT_EQ(verdict.files, 3U);
  EXPECT_EQ(verdict.ignored, (std::vector<std::string>{"deep/er", "model.sig"}));
}

TEST_F(Models, AnotherKeyIsNamed) {
  sign();
  const ModelTrust other{TestKey("P-384").verifying(), "", {}};
  EXPECT_EQ(verify_model(place(), other, {}).reason.code, errc::model_key);
  EXPECT_EQ(verify_model(place(), {{}, "no certificates", {}}, {}).reason.code, errc::model_key);
}

TEST_F(Models, CacheSparesWorkAndIsNotTrustedForOtherFiles) {
  sign();
  HashOptions options;
  options.cache = (root_ / "cache").string();
  options.threads = 3;
  EXPECT_EQ(verify(options).verdict, Verdict::genuine);
  const auto text = read_text(options.cache);
  ASSERT_TRUE(text);
  EXPECT_EQ(std::ranges::count(*text, '\n'), 5);
  EXPECT_EQ(verify(options).verdict, Verdict::genuine);
  put("model/a", "alphA");
  EXPECT_EQ(verify(options).reason.code, errc::model_changed);
  // A damaged cache is none.
  ASSERT_TRUE(write_text(options.cache, "rubbish\n" + *text));
  put("model/a", "alpha");
  EXPECT_EQ(verify(options).verdict, Verdict::genuine);
}

TEST_F(Models, HashesAreThoseOfThePlainFunction) {
  const auto files = list_model(place().folder, {});
  ASSERT_TRUE(files);
  EXPECT_TRUE(std::ranges::is_sorted(*files, {}, &ModelFile::name));
  for (const unsigned threads : {1U, 4U}) {
    HashOptions options;
    options.threads = threads;
    const auto digests = hash_model(place().folder, *files, options);
    ASSERT_TRUE(digests);
    for (std::size_t i = 0; i < files->size(); ++i) {
      const auto content = read_file(place().folder + "/" + (*files)[i].name);
      EXPECT_EQ((*digests)[i], crypto::sha256(*content)) << (*files)[i].name;
    }
  }
}

TEST_F(Models, OneFileIsAModel) {
  const ModelPlace one{(root_ / "model/a").string(), (root_ / "a.sig").string()};
  const auto bundle = sign_model(one, {key_.private_pem(), {}}, {});
  ASSERT_TRUE(bundle);
  ASSERT_TRUE(write_text(one.bundle, *bundle));
  EXPECT_EQ(verify_model(one, {key_.verifying(), "", {}}, {}).verdict, Verdict::genuine);
}

ModelStatement two_files() {
  ModelStatement out;
  out.name = "m";
  out.resources = {{"a", Digest{1}}, {"b/c", Digest{2}}};
  return out;
}

Errc statement_refusal(const std::string& from, const std::string& to) {
  std::string text = write_model_statement(two_files());
  const std::size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return refusal_of(parse_model_statement(text.replace(at, from.size(), to)));
}

TEST(ModelStatements, OneFormOnly) {
  EXPECT_EQ(statement_refusal("\"m\"", "\"n\""), Errc{});
  EXPECT_EQ(statement_refusal("signature/v1.0", "Digests/v0.1"), errc::model_version);
  EXPECT_EQ(statement_refusal("signature/v1.0", "signature/v2.0"), errc::model_statement);
  EXPECT_EQ(statement_refusal("Statement/v1", "Statement/v0"), errc::model_statement);
  EXPECT_EQ(statement_refusal("false", "true"), errc::model_statement);
  EXPECT_EQ(statement_refusal("\"files\"", "\"shards\""), errc::model_statement);
  EXPECT_EQ(statement_refusal("sha256\",\n        \"digest", "md5\",\n        \"digest"),
            errc::model_statement);
  EXPECT_EQ(statement_refusal("\"b/c\"", "\"a\""), errc::model_statement);
  EXPECT_EQ(statement_refusal("\"b/c\"", "\".\""), errc::model_statement);
  EXPECT_EQ(statement_refusal("\"0200", "\"0300"), errc::model_digest);
  EXPECT_EQ(statement_refusal("\"ignore_paths\": []", "\"ignore_paths\": [\"..\"]"),
            errc::model_path);
  EXPECT_EQ(statement_refusal("\"ignore_paths\": []", "\"ignore_paths\": [\".\"]"),
            errc::model_path);
}

TEST(ModelStatements, PathsStayInside) {
  for (const std::string path : {"../a", "/a", "a/../b", "a//b", "./a", "a/.", "", "a/", "a\\nb"}) {
    EXPECT_EQ(statement_refusal("\"b/c\"", "\"" + path + "\""), errc::model_path) << path;
  }
  EXPECT_TRUE(is_plain_path("a..b/...c"));
  EXPECT_FALSE(is_plain_path(std::string_view("a\0b", 3)));
}

TEST(ModelBundles, OneFormOnly) {
  ModelBundle bundle;
  bundle.key_hint = "k";
  bundle.payload = "{}";
  bundle.signature = {1};
  const std::string good = write_model_bundle(bundle);
  ASSERT_TRUE(parse_model_bundle(good));
  EXPECT_EQ(parse_model_bundle(good)->payload, "{}");
  const auto refused = [&good](const std::string& from, const std::string& to) {
    std::string text = good;
    return refusal_of(parse_model_bundle(text.replace(text.find(from), from.size(), to)));
  };
  EXPECT_EQ(refused("v0.3", "v0.2"), errc::model_bundle);
  EXPECT_EQ(refused("in-toto", "other"), errc::model_bundle);
  EXPECT_EQ(refused("\"hint\"", "\"hand\""), errc::model_bundle);
  EXPECT_EQ(refused("\"e30=\"", "\"e30\""), errc::model_bundle);
  EXPECT_EQ(refused("\"signatures\":[", "\"signatures\":[{\"sig\":\"AQ==\"},"), errc::model_bundle);
  EXPECT_EQ(refused("\"publicKey\"", "\"certificate\":{\"rawBytes\":\"AQ==\"},\"publicKey\""),
            errc::model_bundle);
  EXPECT_EQ(refused("{", "{\"mediaType\":\"\","), errc::model_bundle);
}

TEST(ModelBundles, ForeignVectors) {
  const auto count =
      run_token_conformance("oms", std::string(DAYMARK_SOURCE_DIR) + "/tests/vectors/oms");
  ASSERT_TRUE(count);
  EXPECT_EQ(count->failed, 0U) << (count->failures.empty() ? "" : count->failures.front());
  EXPECT_EQ(count->passed, 9U);
}

RC_GTEST_PROP(ModelStatements, RoundTrip, (std::vector<std::uint32_t> numbers)) {
  ModelStatement statement = two_files();
  for (const std::uint32_t number : numbers) {
    const std::string name = "f" + std::to_string(statement.resources.size());
    statement.resources.push_back({name, crypto::sha256(bytes_of(std::to_string(number)))});
  }
  const auto back = parse_model_statement(write_model_statement(statement));
  RC_ASSERT(back.has_value());
  RC_ASSERT(back->resources.size() == statement.resources.size());
  RC_ASSERT(back->resources.back().digest == statement.resources.back().digest);
}

}  // namespace
}  // namespace daymark::evidence
