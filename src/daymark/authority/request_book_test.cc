#include "daymark/authority/request_book.h"

#include <gtest/gtest.h>

#include "daymark/authority/authority_testing.h"
#include "daymark/authority/errors.h"
#include "daymark/tlog/log_testing.h"

namespace daymark::authority {
namespace {

using testing::verdict;
using tlog::testing::MemoryDisk;
using tlog::testing::Platter;

class RequestBookTest : public ::testing::Test {
 protected:
  RequestBook open(std::uint64_t segment_bytes = request_segment_bytes) {
    RequestBook out(std::make_unique<MemoryDisk>(platter), segment_bytes);
    read.clear();
    const auto opened = out.open([&](ByteView request) { read.emplace_back(text_of(request)); });
    opened_as = verdict(opened);
    return out;
  }

  static std::string_view add(RequestBook& book, const std::vector<std::string>& requests) {
    std::vector<ByteView> views;
    for (const std::string& request : requests)
      views.push_back(bytes_of(request));
    return verdict(book.add(views));
  }

  /// A book of the groups "a bc", "e" and "def".
  std::vector<Byte>& three_groups() {
    RequestBook book = open();
    EXPECT_EQ(add(book, {"a", "bc"}), "ok");
    EXPECT_EQ(add(book, {"e"}), "ok");
    EXPECT_EQ(add(book, {"def"}), "ok");
    EXPECT_EQ(platter->files.size(), 1U);
    return platter->files.begin()->second;
  }

  std::shared_ptr<Platter> platter = std::make_shared<Platter>();
  std::vector<std::string> read;
  std::string opened_as;
};

using Texts = std::vector<std::string>;

TEST_F(RequestBookTest, ShowsWhatWasAddedInItsOrder) {
  three_groups();
  RequestBook book = open();
  EXPECT_EQ(opened_as, "ok");
  EXPECT_EQ(read, (Texts{"a", "bc", "e", "def"}));
  EXPECT_EQ(add(book, {"later"}), "ok");
  open();
  EXPECT_EQ(read, (Texts{"a", "bc", "e", "def", "later"}));
}

TEST_F(RequestBookTest, ATornTailLosesTheTornGroupAlone) {
  const std::vector<Byte> whole = three_groups();
  constexpr std::size_t head = 37;
  const std::size_t first = head + 3 + 4;
  const std::size_t second = first + head + 3;
  ASSERT_EQ(whole.size(), second + head + 5);
  for (std::size_t size = 0; size < whole.size(); ++size) {
    for (const bool zeros : {false, true}) {
      std::vector<Byte>& file = platter->files.begin()->second;
      file = {whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size)};
      // A file may have grown before its content came.
      const std::size_t end = size < first ? first : size < second ? second : whole.size();
      if (zeros) file.resize(end);
      open();
      ASSERT_EQ(opened_as, "ok") << size;
      Texts wanted;
      if (size >= first) wanted = {"a", "bc"};
      if (size >= second) wanted = {"a", "bc", "e"};
      ASSERT_EQ(read, wanted) << size << zeros;
    }
  }
}

TEST_F(RequestBookTest, DamageBeforeTheLastGroupIsNamed) {
  std::vector<Byte>& file = three_groups();
  const std::vector<Byte> whole = file;
  std::size_t named = 0;
  for (std::size_t i = 0; i < whole.size(); ++i) {
    file = whole;
    file[i] ^= 1;
    open();
    // Whatever is shown is a beginning of what was added.
    const Texts all{"a", "bc", "e", "def"};
    ASSERT_LT(read.size(), all.size()) << i;
    ASSERT_TRUE(std::ranges::equal(read, std::span(all).first(read.size()))) << i;
    if (opened_as != "ok") ++named;
  }
  // Digest and content of the first two groups; a head that lost its length or mark looks torn.
  EXPECT_GE(named, 32U + 7 + 32 + 3);
}

TEST_F(RequestBookTest, ASegmentTakesNoGroupAfterOneThatFailed) {
  RequestBook book = open();
  ASSERT_EQ(add(book, {"one"}), "ok");
  platter->repair();
  platter->cut_at = 1;
  EXPECT_EQ(add(book, {"lost"}), "file_not_written");
  platter->repair();
  ASSERT_EQ(add(book, {"two"}), "ok");
  EXPECT_EQ(book.segments(), 2U);
  open();
  EXPECT_EQ(read, (Texts{"one", "two"}));
}

TEST_F(RequestBookTest, SegmentsEndAndStartsBeginNewOnes) {
  {
    RequestBook book = open(60);
    for (const char* text : {"1", "2", "3"})
      ASSERT_EQ(add(book, {text}), "ok");
    EXPECT_EQ(book.segments(), 2U);
  }
  RequestBook book = open(60);
  EXPECT_EQ(book.segments(), 2U);
  const std::uint64_t before = book.bytes();
  ASSERT_EQ(add(book, {"4"}), "ok");
  EXPECT_EQ(book.segments(), 3U);
  EXPECT_EQ(book.bytes(), before + 40);
  open();
  EXPECT_EQ(read, (Texts{"1", "2", "3", "4"}));
}

TEST_F(RequestBookTest, CleaningKeepsWhatItIsTold) {
  RequestBook book = open(60);
  for (const char* text : {"1", "2", "3", "4", "5"})
    ASSERT_EQ(add(book, {text}), "ok");
  const auto odd = [](ByteView request) { return (request.front() & 1U) != 0; };
  ASSERT_EQ(verdict(book.clean(odd)), "ok");
  ASSERT_EQ(verdict(book.clean(odd)), "ok");
  open();
  EXPECT_EQ(read, (Texts{"5", "1", "3"}));
}

TEST_F(RequestBookTest, TheOnlySegmentCanBeCleaned) {
  RequestBook book = open();
  ASSERT_EQ(add(book, {"1", "2"}), "ok");
  const auto one = [](ByteView request) { return request.front() == '1'; };
  ASSERT_EQ(verdict(book.clean(one)), "ok");
  ASSERT_EQ(add(book, {"3"}), "ok");
  EXPECT_EQ(book.segments(), 1U);
  open();
  EXPECT_EQ(read, (Texts{"1", "3"}));
}

TEST_F(RequestBookTest, IsWorthCleaningWhenHalfIsDeadOrStartsLeftManyPieces) {
  RequestBook book = open(100);
  EXPECT_FALSE(book.worth_cleaning(0));
  std::uint64_t live = 0;
  for (int i = 0; i < 10; ++i) {
    ASSERT_EQ(add(book, {std::string(50, 'x')}), "ok");
    live += 50;
  }
  EXPECT_FALSE(book.worth_cleaning(live));
  EXPECT_TRUE(book.worth_cleaning(50));
  for (int i = 0; i < 80; ++i) {
    RequestBook next = open();
    ASSERT_EQ(add(next, {"x"}), "ok");
  }
  EXPECT_TRUE(open().worth_cleaning(1U << 20U));
}

TEST_F(RequestBookTest, ARequestThatIsTooLongIsRefused) {
  RequestBook book = open();
  EXPECT_EQ(add(book, {"x", std::string(booked_request_max + 1, 'x')}), "file_too_large");
  EXPECT_EQ(add(book, {std::string(booked_request_max, 'x')}), "ok");
  open();
  EXPECT_EQ(read.size(), 1U);
}

TEST_F(RequestBookTest, OtherFilesAreLetBe) {
  platter->files["requests/notes"] = {1, 2, 3};
  platter->files["requests/0000000000000000000x"] = {1};
  RequestBook book = open();
  EXPECT_EQ(opened_as, "ok");
  ASSERT_EQ(add(book, {"x"}), "ok");
  EXPECT_TRUE(platter->files.contains("requests/notes"));
  EXPECT_TRUE(platter->files.contains("requests/00000000000000000001"));
}

}  // namespace
}  // namespace daymark::authority
