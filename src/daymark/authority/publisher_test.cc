#include "daymark/authority/publisher.h"

#include <gtest/gtest.h>

#include "daymark/authority/authority_testing.h"

namespace daymark::authority {
namespace {

using testing::Office;
using testing::verdict;

/// A log and its witnesses; folders are put back as a backup would.
class PublisherTest : public ::testing::Test {
 protected:
  /// One entry more, with all cosignatures that can be had.
  Outcome<std::string> publish(std::string_view entry) {
    DAYMARK_CHECK(office.publisher->append_once(bytes_of(entry)));
    return office.publisher->cosigned_checkpoint(office.world.charter());
  }

  std::string kept_head() { return office.records->cosigned_head(office.log_origin()).value(); }

  Office office;
};

TEST_F(PublisherTest, AnEntryIsLoggedOnce) {
  EXPECT_EQ(office.publisher->append_once(bytes_of("a"))->value, 0U);
  EXPECT_EQ(office.publisher->append_once(bytes_of("b"))->value, 1U);
  EXPECT_EQ(office.publisher->append_once(bytes_of("a"))->value, 0U);
  office.reopen_log();
  EXPECT_EQ(office.publisher->append_once(bytes_of("b"))->value, 1U);
  EXPECT_EQ(office.publisher->log().head().size.value, 2U);
}

TEST_F(PublisherTest, ACosignedHeadIsKeptBesideTheLog) {
  EXPECT_EQ(kept_head(), "");
  office.down = office.everybody();
  ASSERT_TRUE(publish("a"));
  // Nobody has seen it but us.
  EXPECT_EQ(kept_head(), "");
  office.down = {"http://w0", "http://w1", "http://m"};
  const auto cosigned = publish("b");
  ASSERT_TRUE(cosigned);
  EXPECT_EQ(kept_head(), *cosigned);
  EXPECT_EQ(tlog::parse_checkpoint(kept_head())->head.size.value, 2U);
}

TEST_F(PublisherTest, ALogOfTheSameAgeOpens) {
  ASSERT_TRUE(publish("a"));
  office.reopen_log();
  EXPECT_EQ(verdict(office.publisher->check_cosigned_head()), "ok");
  EXPECT_EQ(verdict(publish("b")), "ok");
}

TEST_F(PublisherTest, AnOlderCopyOfTheLogSignsNothingMore) {
  ASSERT_TRUE(publish("a"));
  const auto backup = office.log_files();
  ASSERT_TRUE(publish("b"));
  office.restore_log(backup);
  EXPECT_EQ(verdict(office.publisher->check_cosigned_head()), "log_behind");
  EXPECT_EQ(verdict(office.publisher->append_once(bytes_of("c"))), "log_behind");
  EXPECT_EQ(verdict(office.publisher->cosigned_checkpoint(office.world.charter())), "log_behind");
  EXPECT_EQ(office.publisher->log().signed_size().value, 1U);
  // It remembers: without the records it does not open either.
  EXPECT_EQ(verdict(office.open_log()), "log_behind");
}

TEST_F(PublisherTest, AnOlderCopyThatWentAnotherWaySignsNothingMore) {
  ASSERT_TRUE(publish("a"));
  const auto backup = office.log_files();
  ASSERT_TRUE(publish("b"));
  const std::string kept = kept_head();
  office.restore_log(backup);
  auto other = office.open_log();
  ASSERT_TRUE(other);
  ASSERT_TRUE(other->append(bytes_of("c")));
  ASSERT_TRUE(other->sign_checkpoint());
  office.reopen_log();
  EXPECT_EQ(kept_head(), kept);
  EXPECT_EQ(verdict(publish("d")), "log_forked");
}

TEST_F(PublisherTest, AWitnessThatIsAheadIsNamed) {
  ASSERT_TRUE(publish("a"));
  EXPECT_FALSE(office.publisher->ahead());
  office.ahead = {"http://w1"};
  const auto checkpoint = publish("b");
  // Its word is no proof: the others' cosignatures count.
  ASSERT_TRUE(checkpoint);
  ASSERT_TRUE(office.publisher->ahead());
  EXPECT_EQ(office.publisher->ahead()->error.code, errc::net_witness_ahead);
  EXPECT_EQ(office.publisher->ahead()->subject, "http://w1");
  office.ahead.clear();
  ASSERT_TRUE(publish("c"));
  EXPECT_FALSE(office.publisher->ahead());
}

/// Log and records were restored together: nothing here knows of the newer head.
TEST_F(PublisherTest, AHeadThatAMirrorServesIsProof) {
  ASSERT_TRUE(publish("a"));
  const auto backup = office.log_files();
  office.served = publish("b").value();
  office.forget_head();
  office.restore_log(backup);
  office.ahead = {"http://m"};
  EXPECT_EQ(verdict(office.publisher->cosigned_checkpoint(office.world.charter())), "log_behind");
  EXPECT_EQ(verdict(office.open_log()), "log_behind");
}

TEST_F(PublisherTest, AHeadThatAMirrorServesShowsAnotherHistory) {
  ASSERT_TRUE(publish("a"));
  const auto backup = office.log_files();
  office.served = publish("b").value();
  office.forget_head();
  office.restore_log(backup);
  office.ahead = {"http://m"};
  EXPECT_EQ(verdict(publish("c")), "log_forked");
  EXPECT_EQ(verdict(office.open_log()), "log_forked");
}

TEST_F(PublisherTest, AForgedHeadOfAMirrorProvesNothing) {
  ASSERT_TRUE(publish("a"));
  office.ahead = {"http://m"};
  for (const std::string& served : {std::string("nonsense"), office.forged_head()}) {
    office.served = served;
    EXPECT_EQ(verdict(office.publisher->cosigned_checkpoint(office.world.charter())), "ok");
  }
  EXPECT_EQ(verdict(office.open_log()), "ok");
}

}  // namespace
}  // namespace daymark::authority
