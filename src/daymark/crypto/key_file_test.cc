#include "daymark/crypto/key_file.h"

#include <filesystem>

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>
#include <sys/stat.h>

#include "daymark/base/errors.h"
#include "daymark/base/file.h"
#include "daymark/crypto/errors.h"
#include "daymark/crypto/random.h"
#include "daymark/crypto/vectors_testing.h"

namespace daymark::crypto {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view sample =
    "daymark-public-key v1\nname owner\n"
    "sign d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a\n"
    "seal 8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a\n";

class KeyFile : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = ::testing::TempDir() + "daymark_keys_XXXXXX";
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
  }

  void TearDown() override { fs::remove_all(folder_); }

  std::string folder_;
};

TEST_F(KeyFile, ReturnsBothHalves) {
  SeededRandom random(3);
  const KeyPair keys = generate_keys("owner", random);
  ASSERT_TRUE(write_keys(keys, folder_ + "/new/folder"));
  const auto secret = read_key_pair(folder_ + "/new/folder/owner.key");
  ASSERT_TRUE(secret);
  EXPECT_EQ(secret->name, "owner");
  EXPECT_EQ(secret->sign.seed, keys.sign.seed);
  EXPECT_EQ(secret->open.bytes, keys.open.bytes);
  const auto known = read_public_keys(folder_ + "/new/folder/owner.pub");
  ASSERT_TRUE(known);
  EXPECT_EQ(known->name, "owner");
  EXPECT_EQ(known->sign, ed25519_public(keys.sign));
  EXPECT_EQ(known->seal, x25519_public(keys.open));
}

TEST_F(KeyFile, SecretIsPrivateAndNeverReplaced) {
  SeededRandom random(3);
  ASSERT_TRUE(write_keys(generate_keys("owner", random), folder_));
  const std::string path = folder_ + "/owner.key";
  const std::string before = read_text(path).value();
  const std::string public_before = read_text(folder_ + "/owner.pub").value();
  const auto again = write_keys(generate_keys("owner", random), folder_);
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().error.code, errc::file_exists);
  EXPECT_EQ(read_text(path).value(), before);
  EXPECT_EQ(read_text(folder_ + "/owner.pub").value(), public_before);
  ASSERT_EQ(::chmod(path.c_str(), 0644), 0);
  EXPECT_EQ(read_key_pair(path).error().error.code, errc::secret_exposed);
}

TEST_F(KeyFile, PublicFileIsNoSecretFile) {
  SeededRandom random(3);
  ASSERT_TRUE(write_keys(generate_keys("owner", random), folder_));
  EXPECT_EQ(read_public_keys(folder_ + "/owner.key").error().error.code, errc::key_invalid);
  ASSERT_EQ(::chmod((folder_ + "/owner.pub").c_str(), 0600), 0);
  EXPECT_EQ(read_key_pair(folder_ + "/owner.pub").error().error.code, errc::key_invalid);
  EXPECT_EQ(read_key_pair(folder_ + "/none.key").error().error.code, errc::file_not_opened);
}

TEST_F(KeyFile, BadNamesWriteNothing) {
  SeededRandom random(3);
  for (const char* name : {"", "../up", "a/b", "A", "a b", "ü"}) {
    EXPECT_FALSE(write_keys(generate_keys(name, random), folder_)) << name;
  }
  EXPECT_TRUE(fs::is_empty(folder_));
}

TEST(KeyText, ReadsTheExampleOfTheHeader) {
  const auto keys = parse_public_keys(sample);
  ASSERT_TRUE(keys);
  EXPECT_EQ(keys->name, "owner");
  EXPECT_EQ(print_public_keys(*keys), sample);
}

TEST(KeyText, RefusesEveryOtherForm) {
  const std::string text(sample);
  const auto replaced = [&](std::string_view from, std::string_view to) {
    std::string out = text;
    return out.replace(out.find(from), from.size(), to);
  };
  for (const std::string& bad :
       {std::string(), text.substr(1), text + "\n", text + "x", text.substr(0, text.size() - 1),
        replaced("v1", "v2"), replaced("v1", "v1 x"), replaced("v1\n", "v1\r\n"),
        replaced("name owner", "name"), replaced("name owner", "name Owner"),
        replaced("name owner", "name  owner"), replaced("name owner", "nameowner"),
        replaced("sign", "seal"), replaced("d75a", "d75"), replaced("d75a", "d75a0"),
        replaced("d75a", "xyza"), replaced("name owner\n", "")}) {
    const auto keys = parse_public_keys(bad);
    ASSERT_FALSE(keys) << bad;
    EXPECT_EQ(keys.error().code, errc::key_invalid) << bad;
    EXPECT_FALSE(parse_key_pair(bad)) << bad;
  }
}

TEST_F(KeyFile, OpeningKeyAloneForASignerWithAToken) {
  SeededRandom random(3);
  const KeyPair pair = generate_keys("owner", random);
  ASSERT_TRUE(write_opening_key(public_keys(pair), pair.open, folder_));
  EXPECT_FALSE(write_opening_key(public_keys(pair), pair.open, folder_));
  const std::string path = folder_ + "/owner.open";
  struct stat info{};
  ASSERT_EQ(::stat(path.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777U, 0600U);
  EXPECT_EQ(read_opening_key(path)->bytes, pair.open.bytes);
  EXPECT_EQ(read_public_keys(folder_ + "/owner.pub")->sign, ed25519_public(pair.sign));
  // It signs nothing, and a key file opens as well.
  EXPECT_EQ(read_key_pair(path).error().error.code, errc::key_invalid);
  ASSERT_TRUE(write_keys(pair, folder_ + "/both"));
  EXPECT_EQ(read_opening_key(folder_ + "/both/owner.key")->bytes, pair.open.bytes);
  EXPECT_FALSE(read_opening_key(folder_ + "/both/owner.pub"));
  const std::string text = read_text(path).value();
  for (std::size_t size = 0; size < text.size(); ++size)
    EXPECT_FALSE(parse_opening_key(text.substr(0, size))) << size;
  EXPECT_FALSE(parse_opening_key(text + "\n"));
}

TEST(KeyText, EveryCutIsRefused) {
  for (std::size_t size = 0; size < sample.size(); ++size) {
    EXPECT_FALSE(parse_public_keys(sample.substr(0, size))) << size;
  }
}

TEST(KeyText, NamesAreShortAndPlain) {
  EXPECT_TRUE(is_name("a"));
  EXPECT_TRUE(is_name("witness-3.example"));
  EXPECT_TRUE(is_name(std::string(32, 'a')));
  for (const std::string& name :
       {std::string(), std::string(33, 'a'), std::string("A"), std::string("a_b"),
        std::string("a/b"), std::string("a\n"), std::string("\0", 1), std::string("é")}) {
    EXPECT_FALSE(is_name(name)) << name;
  }
}

RC_GTEST_PROP(KeyText, PrintedKeysReturn, (std::uint64_t seed)) {
  SeededRandom random(seed);
  const PublicKeys keys = public_keys(generate_keys("some.name", random));
  const auto back = parse_public_keys(print_public_keys(keys));
  RC_ASSERT(back.has_value());
  RC_ASSERT(back->name == keys.name);
  RC_ASSERT((back->sign == keys.sign));
  RC_ASSERT((back->seal == keys.seal));
}

}  // namespace
}  // namespace daymark::crypto
