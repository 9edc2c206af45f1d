#include "daymark/base/file.h"

#include <filesystem>
#include <thread>

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "daymark/base/errors.h"

namespace daymark {
namespace {

namespace fs = std::filesystem;

class File : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = testing::TempDir() + "daymark_file_XXXXXX";
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
  }

  void TearDown() override { fs::remove_all(folder_); }

  [[nodiscard]] std::string in_folder(const std::string& name) const {
    return folder_ + "/" + name;
  }

  [[nodiscard]] std::size_t files_in_folder() const {
    return static_cast<std::size_t>(
        std::distance(fs::directory_iterator(folder_), fs::directory_iterator()));
  }

  static unsigned mode_of(const std::string& path) {
    struct stat info{};

    EXPECT_EQ(::stat(path.c_str(), &info), 0);
    return info.st_mode & 0777U;
  }

  std::string folder_;
};

TEST_F(File, ReturnsWhatWasWritten) {
  const std::string path = in_folder("a");
  const std::string long_text(200'000, 'x');
  ASSERT_TRUE(write_text(path, long_text));
  EXPECT_EQ(read_text(path).value(), long_text);
  ASSERT_TRUE(write_text(path, ""));
  EXPECT_EQ(read_text(path).value(), "");
  EXPECT_EQ(files_in_folder(), 1U);
}

TEST_F(File, ModesAreExact) {
  const mode_t before = ::umask(0);
  ASSERT_TRUE(write_text(in_folder("secret"), "s", FileMode::secret));
  ::umask(077);
  ASSERT_TRUE(write_text(in_folder("shared"), "s"));
  ::umask(before);
  EXPECT_EQ(mode_of(in_folder("secret")), 0600U);
  EXPECT_EQ(mode_of(in_folder("shared")), 0644U);
}

TEST_F(File, ReplacingASharedFileByASecretNarrowsItsMode) {
  ASSERT_TRUE(write_text(in_folder("a"), "old"));
  ASSERT_TRUE(write_text(in_folder("a"), "new", FileMode::secret));
  EXPECT_EQ(mode_of(in_folder("a")), 0600U);
}

TEST_F(File, ReadStopsAtTheLimit) {
  ASSERT_TRUE(write_text(in_folder("a"), "12345"));
  EXPECT_TRUE(read_file(in_folder("a"), 5));
  const auto refused = read_file(in_folder("a"), 4);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().error.code, errc::file_too_large);
  EXPECT_EQ(read_file("/dev/zero", 1000).error().error.code, errc::file_too_large);
}

TEST_F(File, NamesWhatCannotBeRead) {
  const auto missing = read_file(in_folder("none"));
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().error.code, errc::file_not_opened);
  EXPECT_EQ(missing.error().subject, in_folder("none"));
  EXPECT_FALSE(missing.error().detail.empty());
  EXPECT_EQ(read_file(folder_).error().error.code, errc::file_not_read);
}

TEST_F(File, SecretMustBePrivate) {
  const std::string path = in_folder("key");
  ASSERT_TRUE(write_text(path, "secret", FileMode::secret));
  EXPECT_TRUE(read_secret(path));
  for (const mode_t mode : {0644U, 0640U, 0604U, 0660U, 0620U, 0610U}) {
    ASSERT_EQ(::chmod(path.c_str(), mode), 0);
    const auto refused = read_secret(path);
    ASSERT_FALSE(refused) << mode;
    EXPECT_EQ(refused.error().error.code, errc::secret_exposed) << mode;
  }
  ASSERT_EQ(::chmod(path.c_str(), 0400), 0);
  EXPECT_TRUE(read_secret(path));
  EXPECT_EQ(read_secret(path, 3).error().error.code, errc::file_too_large);
  EXPECT_EQ(read_secret(in_folder("none")).error().error.code, errc::file_not_opened);
}

TEST_F(File, NewFileNeverReplaces) {
  const std::string path = in_folder("a");
  ASSERT_TRUE(write_new_file(path, bytes_of("first"), FileMode::secret));
  EXPECT_EQ(mode_of(path), 0600U);
  const auto refused = write_new_file(path, bytes_of("second"));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().error.code, errc::file_exists);
  EXPECT_EQ(read_text(path).value(), "first");
  EXPECT_EQ(files_in_folder(), 1U);
}

TEST_F(File, UnwritableFolderIsNamedAndLeftClean) {
  // A folder that is a file can't be written into, not even by root.
  ASSERT_TRUE(write_text(in_folder("plain"), "x"));
  const std::string path = in_folder("plain/a");
  for (const auto& outcome : {write_text(path, "y"), write_new_file(path, {}), make_folder(path)}) {
    ASSERT_FALSE(outcome);
    EXPECT_EQ(outcome.error().error.code, errc::file_not_written);
    EXPECT_EQ(outcome.error().subject, path);
  }
  EXPECT_EQ(write_text(in_folder("none/a"), "y").error().error.code, errc::file_not_written);
  EXPECT_EQ(read_text(in_folder("plain")).value(), "x");
}

TEST_F(File, ReadOnlyFolderRefusesUsersButRoot) {
  if (::geteuid() == 0) GTEST_SKIP() << "root may write everywhere";
  ASSERT_EQ(::chmod(folder_.c_str(), 0500), 0);
  const auto refused = write_text(in_folder("a"), "y");
  ASSERT_EQ(::chmod(folder_.c_str(), 0700), 0);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().error.code, errc::file_not_written);
}

TEST_F(File, FailedReplaceKeepsTheTargetAndNoPart) {
  // A folder in the target's place can't be replaced by a file.
  ASSERT_TRUE(make_folder(in_folder("a/b")));
  EXPECT_EQ(write_text(in_folder("a"), "y").error().error.code, errc::file_not_written);
  EXPECT_TRUE(fs::is_directory(in_folder("a/b")));
  EXPECT_EQ(files_in_folder(), 1U);
}

TEST_F(File, LeftOverPartsBlockNobody) {
  for (int i = 0; i < 50; ++i) {
    ASSERT_TRUE(
        write_text(in_folder("a." + std::to_string(::getpid()) + "." + std::to_string(i) + ".part"),
                   "left over"));
  }
  EXPECT_TRUE(write_text(in_folder("a"), "new"));
}

TEST_F(File, ReadersSeeTheOldOrTheNewContent) {
  const std::string path = in_folder("a");
  const std::string contents[] = {std::string(100'000, 'a'), std::string(150'000, 'b')};
  ASSERT_TRUE(write_text(path, contents[0]));
  std::thread writer([&] {
    for (int i = 0; i < 40; ++i)
      EXPECT_TRUE(write_text(path, contents[i % 2]));
  });
  for (int i = 0; i < 200; ++i) {
    const auto seen = read_text(path);
    ASSERT_TRUE(seen);
    ASSERT_TRUE(*seen == contents[0] || *seen == contents[1]);
  }
  writer.join();
}

TEST_F(File, MakeFolderMakesParents) {
  ASSERT_TRUE(make_folder(in_folder("x/y/z")));
  EXPECT_TRUE(fs::is_directory(in_folder("x/y/z")));
  EXPECT_TRUE(make_folder(in_folder("x/y/z")));
}

}  // namespace
}  // namespace daymark
