#include "daymark/agent/outbox.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <string>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "daymark/base/errors.h"
#include "daymark/governor/governor_testing.h"
#include "daymark/tlog/log_testing.h"

namespace daymark::agent {
namespace {

namespace fs = std::filesystem;
using governor::testing::verdict;
using tlog::testing::TemporaryFolder;

std::vector<Byte> receipt(std::string_view text) {
  return {text.begin(), text.end()};
}

/// Takes what `takes` says, and notes what it took.
struct Taker {
  std::function<bool(const std::string&)> takes = [](const std::string&) { return true; };
  std::vector<std::string> taken;

  Outcome<void> operator()(ByteView bytes) {
    const std::string text(bytes.begin(), bytes.end());
    if (!takes(text)) return refuse(errc::file_not_read, text);
    taken.push_back(text);
    return {};
  }
};

std::vector<std::string> left_in(Outbox& outbox) {
  Taker all;
  EXPECT_TRUE(outbox.send(std::ref(all)));
  return all.taken;
}

class OutboxTest : public ::testing::Test {
 protected:
  [[nodiscard]] std::string folder() const { return root.path() + "/outbox"; }

  Outbox opened() {
    Outcome<Outbox> out = Outbox::open(folder());
    EXPECT_TRUE(out);
    return *std::move(out);
  }

  [[nodiscard]] std::size_t files() const {
    return static_cast<std::size_t>(
        std::distance(fs::directory_iterator(folder()), fs::directory_iterator()));
  }

  TemporaryFolder root;
};

using Receipts = std::vector<std::string>;

TEST_F(OutboxTest, WhatWasNotTakenOutlivesTheAgent) {
  {
    Outbox before = opened();
    ASSERT_TRUE(before.add(receipt("one")));
    ASSERT_TRUE(before.add(receipt("two")));
  }
  Outbox after = opened();
  ASSERT_EQ(after.size(), 2U);
  ASSERT_TRUE(after.add(receipt("three")));
  EXPECT_EQ(left_in(after), (Receipts{"one", "two", "three"}));
  EXPECT_EQ(files(), 0U);
  EXPECT_EQ(opened().size(), 0U);
}

TEST_F(OutboxTest, OneThatIsRefusedHoldsUpNoOther) {
  Outbox outbox = opened();
  for (const char* text : {"one", "two", "three"})
    ASSERT_TRUE(outbox.add(receipt(text)));
  Taker picky;
  picky.takes = [](const std::string& text) { return text != "two"; };
  EXPECT_EQ(verdict(outbox.send(std::ref(picky))), "file_not_read");
  EXPECT_EQ(picky.taken, (Receipts{"one", "three"}));
  Outbox after = opened();
  EXPECT_EQ(left_in(after), (Receipts{"two"}));
}

TEST_F(OutboxTest, OtherFilesStayUntouched) {
  fs::create_directories(folder());
  for (const char* name : {"notes", "1.receipt", "000000000000.receipt", "000000000007.receipt~"})
    std::ofstream(fs::path(folder()) / name) << "mine";
  Outbox outbox = opened();
  EXPECT_EQ(outbox.size(), 0U);
  EXPECT_EQ(files(), 4U);
}

TEST_F(OutboxTest, AFileLargerThanAnyReceiptIsNamed) {
  fs::create_directories(folder());
  std::ofstream(fs::path(folder()) / "000000000001.receipt") << std::string(8193, 'x');
  EXPECT_EQ(verdict(Outbox::open(folder())), "file_too_large");
}

TEST_F(OutboxTest, AFolderThatIsAFileIsRefused) {
  std::ofstream{folder()} << "a file";
  EXPECT_EQ(verdict(Outbox::open(folder())), "file_not_written");
}

TEST_F(OutboxTest, WhereTheDiskFailsTheReceiptIsStillSentByThisAgent) {
  Outbox outbox = opened();
  fs::remove_all(folder());
  EXPECT_EQ(verdict(outbox.add(receipt("one"))), "file_not_written");
  EXPECT_EQ(left_in(outbox), (Receipts{"one"}));
}

TEST(Outbox, WithoutAFolderMemoryServes) {
  Outbox outbox;
  ASSERT_TRUE(outbox.add(receipt("one")));
  EXPECT_EQ(left_in(outbox), (Receipts{"one"}));
  EXPECT_EQ(outbox.size(), 0U);
}

/// Beside it a plain list: whatever is added, refused and started again, nothing is lost, nothing
/// comes twice and the sequence stays.
RC_GTEST_PROP(Outbox, AgreesWithAList, ()) {
  const TemporaryFolder root;
  Receipts list;
  for (int step = 0, count = *rc::gen::inRange(1, 7); step < count; ++step) {
    Outcome<Outbox> outbox = Outbox::open(root.path() + "/box");
    RC_ASSERT(outbox.has_value());
    const std::string text = "receipt " + std::to_string(step);
    RC_ASSERT(outbox->add(receipt(text)).has_value());
    list.push_back(text);
    const auto parity = *rc::gen::inRange(0, 3);
    Taker some;
    some.takes = [&](const std::string& one) { return (one.back() - '0') % 3 == parity; };
    const bool all = outbox->send(std::ref(some)).has_value();
    Receipts expected;
    std::ranges::copy_if(list, std::back_inserter(expected), some.takes);
    RC_ASSERT(some.taken == expected);
    std::erase_if(list, some.takes);
    RC_ASSERT(all == list.empty());
    RC_ASSERT(outbox->size() == list.size());
  }
}

}  // namespace
}  // namespace daymark::agent
