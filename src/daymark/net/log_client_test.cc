#include "daymark/net/log_client.h"

#include <atomic>
#include <map>

#include <gtest/gtest.h>

#include "daymark/base/errors.h"
#include "daymark/net/errors.h"
#include "daymark/net/http_testing.h"
#include "daymark/net/log_files.h"
#include "daymark/tlog/errors.h"
#include "daymark/tlog/tiles.h"

namespace daymark::net {
namespace {

/// A log's files in memory, behind HTTP.
class LogClient : public testing::Test {
 protected:
  Outcome<std::vector<Byte>> read(const std::string& name) {
    ++fetches_;
    if (name == "checkpoint") return std::vector<Byte>{'c', '\n'};
    const auto found = files_.find(name);
    if (found == files_.end()) return refuse(errc::file_not_opened, name);
    return found->second;
  }

  /// Bundles of `count` entries, entry i being i mod 251 repeated i mod 7 times.
  void fill(std::uint64_t count) {
    for (std::uint64_t at = 0; at < count; ++at) {
      const tlog::TileId tile{true, 0, at / 256, width_of(count, at / 256)};
      ASSERT_TRUE(tlog::add_to_bundle(files_[tlog::tile_path(tile)], entry(at)));
    }
  }

  static unsigned width_of(std::uint64_t count, std::uint64_t index) {
    return static_cast<unsigned>(std::min<std::uint64_t>(256, count - index * 256));
  }

  static std::vector<Byte> entry(std::uint64_t i) {
    return std::vector<Byte>(i % 7, static_cast<Byte>(i % 251));
  }

  void expect_entries(std::uint64_t from, std::uint64_t to) {
    const auto got = fetch_entries(server_.url("/log/"), {{from}, {to}});
    ASSERT_TRUE(got) << got.error().detail;
    ASSERT_EQ(to - from, got->size());
    for (std::uint64_t i = from; i < to; ++i)
      EXPECT_EQ(entry(i), (*got)[i - from]) << i;
  }

  Errc error_of(EntryRange range) {
    const auto got = fetch_entries(server_.url("/log"), range);
    return got ? Errc{} : got.error().error.code;
  }

  std::atomic<int> fetches_{0};
  std::map<std::string, std::vector<Byte>> files_;
  RunningServer server_{[this](const HttpRequest& request) {
    return log_response(std::string_view(request.path).substr(4),
                        [this](const std::string& name) { return read(name); });
  }};
};

TEST_F(LogClient, FetchesAnyRange) {
  fill(600);
  expect_entries(0, 600);
  expect_entries(255, 600);
  expect_entries(256, 600);
  fetches_ = 0;
  expect_entries(599, 600);
  EXPECT_EQ(1, fetches_);
  expect_entries(600, 600);
  EXPECT_EQ(1, fetches_) << "nothing to fetch";
}

TEST_F(LogClient, TakesTheFullBundleWhereThePartialIsGone) {
  fill(512);
  expect_entries(0, 300);
  expect_entries(290, 300);
}

TEST_F(LogClient, NamesWhatIsMissing) {
  fill(300);
  files_.erase("tile/entries/000");
  const auto got = fetch_entries(server_.url("/log"), {{0}, {300}});
  ASSERT_FALSE(got);
  EXPECT_EQ(errc::net_status, got.error().error.code);
  EXPECT_EQ(server_.url("/log/tile/entries/000"), got.error().subject);
  EXPECT_EQ("404 Not found.", got.error().detail);
}

TEST_F(LogClient, RefusesMalformedBundles) {
  fill(3);
  std::vector<Byte>& bundle = files_["tile/entries/000.p/3"];
  bundle.push_back(0);
  EXPECT_EQ(errc::tile_malformed, error_of({{0}, {3}}));
  bundle.resize(bundle.size() - 2);
  EXPECT_EQ(errc::tile_malformed, error_of({{0}, {3}}));
}

TEST_F(LogClient, BoundsWhatItTakes) {
  std::vector<Byte> full;
  for (int i = 0; i < 256; ++i) {
    ASSERT_TRUE(tlog::add_to_bundle(full, std::vector<Byte>(tlog::log_entry_max, 1)));
  }
  for (const auto* name : {"tile/entries/000", "tile/entries/001"})
    files_[name] = full;
  EXPECT_EQ(errc::net_answer_too_large, error_of({{0}, {512}}));
  EXPECT_EQ(Errc{}, error_of({{0}, {256}}));
  full.push_back(0);
  files_["tile/entries/000"] = full;
  EXPECT_EQ(errc::net_answer_too_large, error_of({{0}, {256}})) << "larger than any bundle";
}

TEST_F(LogClient, FetchesTheCheckpoint) {
  EXPECT_EQ("c\n", fetch_checkpoint(server_.url("/log")).value());
  EXPECT_EQ(errc::net_url_scheme, fetch_checkpoint("ftp://x").error().error.code);
}

TEST_F(LogClient, FilesHaveTypeAndAge) {
  fill(1);
  const auto checkpoint = http_get(server_.url("/log/checkpoint"));
  EXPECT_EQ("text/plain; charset=utf-8", checkpoint->content_type);
  EXPECT_EQ("no-cache", header_of(checkpoint->headers, "cache-control"));
  const auto bundle = http_get(server_.url("/log/tile/entries/000.p/1"));
  EXPECT_EQ("application/octet-stream", bundle->content_type);
  EXPECT_TRUE(header_of(bundle->headers, "cache-control").ends_with("immutable"));
  for (const auto* path : {"/log/", "/log/x", "/log/checkpoint/x", "/log/tile"}) {
    EXPECT_EQ(404U, http_get(server_.url(path))->status) << path;
  }
  const auto broken = log_response("/checkpoint", [](const std::string& name) {
    return Outcome<std::vector<Byte>>(refuse(errc::file_not_read, name));
  });
  EXPECT_EQ(500U, broken.status);
}

}  // namespace
}  // namespace daymark::net
