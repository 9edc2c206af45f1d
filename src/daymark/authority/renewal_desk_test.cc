#include "daymark/authority/renewal_desk.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "daymark/authority/authority_testing.h"
#include "daymark/authority/errors.h"
#include "daymark/authority/renewal_testing.h"
#include "daymark/cbor/errors.h"

namespace daymark::authority {
namespace {

using order::testing::World;
using testing::Asking;
using testing::signed_request;
using testing::verdict;

class RenewalDeskTest : public ::testing::Test {
 protected:
  /// Names of the verdicts on a group.
  std::vector<std::string> take(const std::vector<std::vector<Byte>>& messages) {
    const auto taken = office.desk->take(testing::views_of(messages));
    EXPECT_EQ(verdict(taken), "ok");
    std::vector<std::string> out;
    for (const RenewalVerdict& one : *taken)
      out.emplace_back(order::testing::verdict(one));
    return out;
  }

  std::string_view take_one(ByteView message) { return verdict(office.desk->take_one(message)); }

  testing::RenewalOffice office;
};

using Verdicts = std::vector<std::string>;

TEST_F(RenewalDeskTest, ARequestIsKeptUnderItsHash) {
  const std::vector<Byte> bytes = signed_request({1, 7});
  const auto hash = office.desk->take_one(bytes);
  ASSERT_EQ(verdict(hash), "ok");
  EXPECT_EQ(*hash, order::request_hash(bytes));
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(office.newest(1).hash, *hash);
    EXPECT_EQ(office.newest(1).counter, 7U);
    EXPECT_EQ(office.newest(1).size, bytes.size());
    EXPECT_FALSE(office.desk->chips().at(1)->has_asked());
    office.reopen();
  }
}

TEST_F(RenewalDeskTest, ARequestWithAnyBitFlippedIsRefused) {
  const std::vector<Byte> bytes = signed_request({1, 1});
  std::vector<std::vector<Byte>> group;
  for (std::size_t bit = 0; bit < bytes.size() * 8; ++bit) {
    std::vector<Byte> flipped = bytes;
    flipped[bit / 8] = static_cast<Byte>(flipped[bit / 8] ^ 1U << bit % 8);
    group.push_back(std::move(flipped));
  }
  const Verdicts found = take(group);
  EXPECT_EQ(std::ranges::find(found, "ok"), found.end());
  EXPECT_NE(std::ranges::find(found, "cose_signature"), found.end());
  EXPECT_NE(std::ranges::find(found, "authority_chip_unknown"), found.end());
  EXPECT_FALSE(office.desk->chips().at(0)->has_asked());
  EXPECT_EQ(office.desk->book().segments(), 0U);
}

TEST_F(RenewalDeskTest, ARequestOfAnotherLengthIsRefused) {
  const std::vector<Byte> bytes = signed_request({1, 1});
  for (std::size_t size = 0; size < bytes.size(); ++size)
    EXPECT_NE(take_one(ByteView(bytes).first(size)), "ok");
  std::vector<Byte> longer = bytes;
  longer.push_back(0);
  EXPECT_EQ(take_one(longer), "cbor_trailing");
  EXPECT_EQ(take_one(std::vector<Byte>(signed_request_max + 1)), "request_malformed");
  std::vector<Byte> large(order::request_size_max + 1);
  const auto oversize = cbor::sign1(large, order::renewal_purpose, World::chip(1).secret);
  EXPECT_EQ(take_one(oversize), "request_malformed");
  large.pop_back();
  const auto largest = cbor::sign1(large, order::renewal_purpose, World::chip(1).secret);
  EXPECT_LE(largest.size(), signed_request_max);
}

TEST_F(RenewalDeskTest, ARequestSpeaksForItsSignerOnly) {
  const auto forged = [](std::uint64_t named, std::uint64_t signer) {
    return cbor::sign1(testing::request_payload({named, 1}), order::renewal_purpose,
                       World::chip(signer).secret);
  };
  EXPECT_EQ(take({forged(9, 9), forged(1, 9), forged(2, 1), forged(2, 2)}),
            (Verdicts{"authority_chip_unknown", "authority_chip_unknown", "authority_chip_unknown",
                      "ok"}));
  const auto appeal =
      cbor::sign1(testing::request_payload({1, 1}), "daymark appeal v1", World::chip(1).secret);
  EXPECT_EQ(take_one(appeal), "cose_signature");
}

TEST_F(RenewalDeskTest, AnOlderRequestDoesNotReplaceANewerOne) {
  const std::vector<Byte> first = signed_request({1, 1});
  const std::vector<Byte> second = signed_request({1, 2});
  const std::vector<Byte> twin = signed_request({1, 2, 1});
  ASSERT_EQ(take_one(first), "ok");
  ASSERT_EQ(take_one(second), "ok");
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(take_one(first), "authority_document_old");
    EXPECT_EQ(take_one(twin), "authority_document_old") << "two of one count are a copy's work";
    EXPECT_EQ(take_one(second), "ok") << "the same again is no replay";
    EXPECT_EQ(office.newest(1).hash, order::request_hash(second));
    office.reopen();
  }
}

TEST_F(RenewalDeskTest, ARequestTwiceIsWrittenOnce) {
  const std::vector<Byte> bytes = signed_request({1, 1});
  EXPECT_EQ(take({bytes, bytes}), (Verdicts{"ok", "ok"}));
  const std::uint64_t once = office.desk->book().bytes();
  EXPECT_EQ(take_one(bytes), "ok");
  EXPECT_EQ(office.desk->book().bytes(), once);
}

TEST_F(RenewalDeskTest, OneBadMessageLeavesTheOthersAccepted) {
  std::vector<Byte> bad = signed_request({2, 1});
  bad.back() ^= 1;
  std::vector<Byte> longer = signed_request({2, 1});
  longer.push_back(0);
  EXPECT_EQ(take({signed_request({1, 1}),
                  bad,
                  {},
                  longer,
                  signed_request({8, 1}),
                  signed_request({3, 1})}),
            (Verdicts{"ok", "cose_signature", "cbor_truncated", "cbor_trailing",
                      "authority_chip_unknown", "ok"}));
  EXPECT_EQ(office.newest(2).size, 0U);
  EXPECT_EQ(take_one(signed_request({2, 1})), "ok");
}

TEST_F(RenewalDeskTest, OneChipTwiceInAGroupIsJudgedInTheirOrder) {
  const auto one = signed_request({1, 1});
  const auto two = signed_request({1, 2});
  EXPECT_EQ(take({one, two}), (Verdicts{"ok", "ok"}));
  EXPECT_EQ(office.newest(1).hash, order::request_hash(two));
  EXPECT_EQ(take({signed_request({2, 5}), signed_request({2, 4}), signed_request({2, 5, 1}),
                  signed_request({2, 5})}),
            (Verdicts{"ok", "authority_document_old", "authority_document_old", "ok"}));
  office.reopen();
  EXPECT_EQ(office.newest(1).hash, order::request_hash(two));
  EXPECT_EQ(office.newest(2).counter, 5U);
}

TEST_F(RenewalDeskTest, TooManyAtOnceAreRefusedAltogether) {
  const std::vector<Byte> bytes = signed_request({1, 1});
  const std::vector<ByteView> many(renewal_group_max + 1, bytes);
  EXPECT_EQ(verdict(office.desk->take(many)), "cbor_length");
  EXPECT_FALSE(office.desk->chips().at(0)->has_asked());
  EXPECT_TRUE(office.desk->take({})->empty());
}

TEST_F(RenewalDeskTest, AChipThatIsEnrolledLaterIsKnownAtOnce) {
  const auto bytes = signed_request({4, 1});
  EXPECT_EQ(take_one(bytes), "authority_chip_unknown");
  testing::enrol_chips(office.records, 4);
  EXPECT_EQ(take_one(bytes), "ok");
}

TEST_F(RenewalDeskTest, WhatWasNotWrittenIsNotAcknowledged) {
  ASSERT_EQ(take_one(signed_request({1, 1})), "ok");
  for (const bool kept : {false, true}) {
    const std::uint64_t counter = kept ? 20 : 10;
    const std::vector<std::vector<Byte>> group{signed_request({1, counter}),
                                               signed_request({1, counter + 1}),
                                               signed_request({2, counter})};
    const NewestRequest before = office.newest(1);
    office.platter->repair();
    office.platter->cut_at = 1;
    office.platter->cut_keeps = kept;
    EXPECT_EQ(verdict(office.desk->take(testing::views_of(group))), "file_not_written");
    EXPECT_EQ(office.newest(1).hash, before.hash);
    EXPECT_EQ(office.newest(1).counter, before.counter);
    office.platter->repair();
    EXPECT_EQ(take(group), (Verdicts{"ok", "ok", "ok"}));
    office.reopen();
    EXPECT_EQ(office.newest(1).counter, counter + 1);
    EXPECT_EQ(office.newest(2).counter, counter);
  }
}

TEST_F(RenewalDeskTest, OfTwoOnDiskWithOneCounterTheAcknowledgedOneCounts) {
  const std::vector<Byte> copy = signed_request({1, 5, 1});
  const std::vector<Byte> genuine = signed_request({1, 5});
  office.platter->cut_at = 1;
  office.platter->cut_keeps = true;
  EXPECT_EQ(take_one(copy), "file_not_written");
  office.platter->repair();
  EXPECT_EQ(take_one(genuine), "ok");
  office.reopen();
  EXPECT_EQ(office.newest(1).hash, order::request_hash(genuine));
}

TEST_F(RenewalDeskTest, ADamagedBookIsNotPassedOver) {
  ASSERT_EQ(take_one(signed_request({1, 1})), "ok");
  ASSERT_EQ(take_one(signed_request({1, 2})), "ok");
  ASSERT_EQ(office.platter->files.size(), 1U);
  office.platter->files.begin()->second[60] ^= 1;
  const auto opened = RenewalDesk::open(
      {&office.records, std::make_unique<tlog::testing::MemoryDisk>(office.platter),
       lanes::library_verifier(), request_segment_bytes});
  EXPECT_EQ(verdict(opened), "authority_requests_damaged");
}

TEST_F(RenewalDeskTest, WhatWasReplacedIsCleanedAway) {
  office.segment_bytes = 2000;
  office.reopen();
  // One chip asks once and then is silent: its request must outlive every cleaning.
  const std::vector<Byte> lasting = signed_request({3, 1});
  ASSERT_EQ(take_one(lasting), "ok");
  for (std::uint64_t counter = 1; counter <= 100; ++counter) {
    ASSERT_EQ(take({signed_request({1, counter}), signed_request({2, counter})}),
              (Verdicts{"ok", "ok"}));
    ASSERT_LT(office.desk->book().bytes(), 9000U);
    if (counter % 30 == 0) office.reopen();
    ASSERT_EQ(office.newest(3).hash, order::request_hash(lasting)) << counter;
    ASSERT_EQ(office.newest(1).counter, counter);
  }
  EXPECT_LT(office.platter->files.size(), 6U);
}

/// Requests one by one against a map: the plainest desk there is.
class PlainDesk {
 public:
  std::string take(const Asking& asking, bool broken) {
    if (asking.chip > 3) return "authority_chip_unknown";
    if (broken) return "cose_signature";
    const auto [at, fresh] = newest_.emplace(asking.chip, asking);
    const bool same = at->second.counter == asking.counter && at->second.variant == asking.variant;
    if (fresh || same) return "ok";
    if (asking.counter <= at->second.counter) return "authority_document_old";
    at->second = asking;
    return "ok";
  }

  [[nodiscard]] Digest newest(std::uint64_t chip) const {
    const auto found = newest_.find(chip);
    if (found == newest_.end()) return {};
    return order::request_hash(signed_request(found->second));
  }

 private:
  std::map<std::uint64_t, Asking> newest_;
};

struct Message {
  Asking asking;
  bool broken = false;
};

std::vector<Message> any_group() {
  const auto number = [](int most) { return rc::gen::inRange(0, most); };
  const auto parts = *rc::gen::container<std::vector<std::tuple<int, int, int, int>>>(
      rc::gen::tuple(number(5), number(6), number(2), number(6)));
  std::vector<Message> out;
  for (const auto& [chip, counter, variant, broken] : parts) {
    out.push_back({{static_cast<std::uint64_t>(chip) + 1, static_cast<std::uint64_t>(counter),
                    static_cast<std::uint64_t>(variant)},
                   broken == 0});
  }
  return out;
}

RC_GTEST_PROP(RenewalDesk, JudgesGroupsAsAMapWouldOneByOne, ()) {
  testing::RenewalOffice office;
  office.segment_bytes = 600;
  PlainDesk plain;
  for (int group = 0; group < 4; ++group) {
    std::vector<std::vector<Byte>> messages;
    std::vector<std::string> wanted;
    for (const Message& message : any_group()) {
      messages.push_back(signed_request(message.asking));
      if (message.broken) messages.back().back() ^= 4;
      wanted.push_back(plain.take(message.asking, message.broken));
    }
    if (*rc::gen::inRange(0, 3) == 0) office.reopen();
    const auto taken = office.desk->take(testing::views_of(messages));
    RC_ASSERT(taken.has_value());
    for (std::size_t i = 0; i < wanted.size(); ++i)
      RC_ASSERT(order::testing::verdict((*taken)[i]) == wanted[i]);
    for (std::uint64_t chip = 1; chip <= 3; ++chip)
      RC_ASSERT(office.newest(chip).hash == plain.newest(chip));
  }
}

}  // namespace
}  // namespace daymark::authority
