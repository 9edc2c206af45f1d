#include "daymark/tlog/conformance.h"

#include <filesystem>

#include <gtest/gtest.h>

#include "daymark/base/errors.h"
#include "daymark/base/file.h"
#include "daymark/tlog/log_testing.h"
#include "daymark/tlog/tlog_testing.h"

namespace daymark::tlog {
namespace {

TEST(TlogConformance, AllShippedVectorsPass) {
  const auto count = run_tlog_conformance(testing::vector_path(""));
  ASSERT_TRUE(count);
  EXPECT_EQ(count->failed, 0U) << count->failures.front();
  // Two of the note; three of each of 16 checkpoints, four of each of 15 bundles, 120 leaves, 105
  // pairs of heads; two of each of three cosigned checkpoints; the split view.
  EXPECT_EQ(count->passed, 2U + 48 + 60 + 120 + 105 + 6 + 1);
}

/// A copy of the vectors in which one file differs.
std::size_t failures_with(const std::string& name, std::string_view from, std::string_view to) {
  const testing::TemporaryFolder copy;
  std::filesystem::copy(testing::vector_path(""), copy.path(),
                        std::filesystem::copy_options::recursive);
  std::string text = *read_text(copy.path() + "/" + name);
  const std::size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << name;
  EXPECT_TRUE(write_text(copy.path() + "/" + name, text.replace(at, from.size(), to)));
  const auto count = run_tlog_conformance(copy.path());
  EXPECT_TRUE(count) << name;
  return count ? count->failed : 0;
}

TEST(TlogConformance, AnyForgedVectorFails) {
  EXPECT_GT(failures_with("tessera-log/checkpoint.7", "\n7\n", "\n6\n"), 0U);
  EXPECT_GT(failures_with("tessera-log/checkpoint.7", "M9e0", "M9e1"), 0U);
  EXPECT_GT(failures_with("tessera-log/tile/entries/000.p/9", "one", "two"), 0U);
  EXPECT_GT(failures_with("c2sp-note-example.txt", "This", "That"), 0U);
  EXPECT_GT(failures_with("cosigned/checkpoint", "300", "301"), 0U);
  EXPECT_GT(failures_with("split-view/checkpoint-b", "300", "301"), 0U);
}

TEST(TlogConformance, AFolderWithoutVectorsIsNamed) {
  const testing::TemporaryFolder empty;
  EXPECT_EQ(run_tlog_conformance(empty.path()).error().error.code, errc::file_not_opened);
  std::filesystem::copy(testing::vector_path("cosigned"), empty.path() + "/cosigned");
  EXPECT_EQ(run_tlog_conformance(empty.path())->passed, 2U);
  EXPECT_TRUE(write_text(empty.path() + "/cosigned/witness.v0.json", "{}"));
  EXPECT_EQ(run_tlog_conformance(empty.path()).error().error.code, errc::json_malformed);
}

}  // namespace
}  // namespace daymark::tlog
