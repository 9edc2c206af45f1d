#include "daymark/authority/grant_folder.h"

#include <filesystem>
#include <thread>

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "daymark/authority/authority_testing.h"
#include "daymark/authority/errors.h"
#include "daymark/base/file.h"
#include "daymark/crypto/random.h"

namespace daymark::authority {
namespace {

using testing::verdict;

class GrantFolderTest : public ::testing::Test {
 protected:
  std::string grant(Role role) {
    const std::string credential = make_credential(random);
    EXPECT_EQ(verdict(granted.grant({{role, {}}, credential_hash(credential).value(), {1000}})),
              "ok");
    return credential;
  }

  [[nodiscard]] mode_t mode_of(const std::string& path) const {
    struct stat info{};

    EXPECT_EQ(::stat(path.c_str(), &info), 0);
    return info.st_mode & 0777U;
  }

  testing::QuickFolder folder;
  GrantFolder granted{folder.path() + "/auth"};
  crypto::SystemRandom random;
};

TEST_F(GrantFolderTest, AFolderWithoutGrantsHasNone) {
  EXPECT_TRUE(granted.read()->empty());
  EXPECT_EQ(verdict(granted.revoke("0000000000000000")), "authority_grant_unknown");
}

TEST_F(GrantFolderTest, GrantsStayUntilTheyAreRevoked) {
  const std::string one = grant(Role::auditor);
  const std::string two = grant(Role::signer);
  EXPECT_EQ(mode_of(granted.file()), 0600U);
  EXPECT_EQ(granted.read()->of(two)->scope.role, Role::signer);
  EXPECT_EQ(verdict(granted.revoke(granted.read()->of(one)->id())), "ok");
  EXPECT_FALSE(granted.read()->of(one));
  EXPECT_TRUE(granted.read()->of(two));
  EXPECT_EQ(mode_of(granted.file()), 0600U);
}

TEST_F(GrantFolderTest, AFileThatOthersMayReadIsRefused) {
  grant(Role::auditor);
  for (const mode_t mode : {0640U, 0604U, 0660U, 0606U}) {
    ASSERT_EQ(::chmod(granted.file().c_str(), mode), 0);
    EXPECT_EQ(verdict(granted.read()), "secret_exposed") << mode;
    EXPECT_EQ(verdict(granted.revoke("0000000000000000")), "secret_exposed");
  }
}

TEST_F(GrantFolderTest, SeveralWhoGrantAtOnceLoseNothing) {
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([this] {
      for (int n = 0; n < 5; ++n)
        grant(Role::auditor);
    });
  }
  for (std::thread& thread : threads)
    thread.join();
  EXPECT_EQ(granted.read()->list().size(), 20U);
}

TEST_F(GrantFolderTest, TheWatchSeesEveryChange) {
  WatchedGrants watch(granted);
  EXPECT_TRUE((*watch.current())->empty());
  const std::string one = grant(Role::auditor);
  const auto first = *watch.current();
  EXPECT_TRUE(first->of(one));
  // Nothing has changed: nothing is read again.
  EXPECT_EQ(*watch.current(), first);
  const std::string two = grant(Role::monitor);
  EXPECT_TRUE((*watch.current())->of(two));
  EXPECT_EQ(verdict(granted.revoke(first->of(one)->id())), "ok");
  EXPECT_FALSE((*watch.current())->of(one));
  EXPECT_TRUE((*watch.current())->of(two));
  ASSERT_EQ(::chmod(granted.file().c_str(), 0644), 0);
  EXPECT_EQ(verdict(watch.current()), "secret_exposed");
  EXPECT_EQ(verdict(watch.current()), "secret_exposed");
  ASSERT_EQ(::chmod(granted.file().c_str(), 0600), 0);
  EXPECT_TRUE((*watch.current())->of(two));
  std::filesystem::remove(granted.file());
  EXPECT_TRUE((*watch.current())->empty());
}

TEST_F(GrantFolderTest, ACredentialIsReadFromASecretFile) {
  const std::string path = folder.path() + "/credential";
  const std::string credential = make_credential(random);
  ASSERT_TRUE(write_text(path, credential + "\n", FileMode::secret));
  EXPECT_EQ(*read_credential(path), credential);
  ASSERT_EQ(::chmod(path.c_str(), 0644), 0);
  EXPECT_EQ(verdict(read_credential(path)), "secret_exposed");
  EXPECT_EQ(verdict(read_credential(folder.path() + "/none")), "file_not_opened");
  for (const std::string& bad :
       {std::string(), credential + "\n\n", credential + " x", std::string("secret")}) {
    ASSERT_TRUE(write_text(path, bad, FileMode::secret));
    const auto refused = read_credential(path);
    EXPECT_EQ(verdict(refused), "authority_credential_malformed");
    // What is refused may be a secret all the same.
    EXPECT_EQ(describe(refused.error()).find(credential), std::string::npos);
  }
}

}  // namespace
}  // namespace daymark::authority
