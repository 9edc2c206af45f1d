// Who sees which leaves, page by page.
#include <gtest/gtest.h>

#include "daymark/authority/answers.h"
#include "daymark/authority/authority.h"
#include "daymark/authority/chip_testing.h"
#include "daymark/authority/grants_testing.h"
#include "daymark/base/hex.h"
#include "daymark/order/batch.h"

namespace daymark::authority {
namespace {

using testing::verdict;

class BatchLeavesTest : public ::testing::Test {
 protected:
  BatchLeavesTest() {
    for (std::uint64_t i = 1; i <= 5; ++i)
      chips.push_back(fleet.enrol(i).chip.id);
    const auto draft = parse_batch_answer(
        bytes_of(ask("POST", "/batches", Role::fleet_operator, R"({"validity_s": 3600})").body));
    file = order::parse_order_file(draft->order_file).value();
    content = draft->content;
  }

  net::HttpResponse ask(std::string method, const std::string& target, Role role,
                        std::string body = "") {
    return ask_as(std::move(method), target, ring.grant(role), std::move(body));
  }

  net::HttpResponse ask_as(std::string method, const std::string& target,
                           const std::string& credential, std::string body = "") {
    net::HttpRequest request;
    request.method = std::move(method);
    request.path = target.substr(0, target.find('?'));
    request.query = target.contains('?') ? target.substr(target.find('?') + 1) : "";
    request.body = std::move(body);
    request.headers.push_back({"Authorization", "Bearer " + credential});
    return authority.handle(request);
  }

  void publish() {
    fleet.office.world.sign(file, {"authority"});
    const std::vector<Byte> bytes = order::print_order_file(file);
    ASSERT_EQ(ask("POST", "/orders", Role::signer, std::string(text_of(bytes))).status, 200U);
  }

  [[nodiscard]] std::string route() const { return "/batches/" + to_hex(content.root) + "/leaves"; }

  testing::Fleet fleet;
  std::vector<ChipId> chips;
  testing::KeyRing ring{fleet.office.world.random()};
  Authority authority{{fleet.office.records.get(), &fleet.office.archive,
                       fleet.office.publisher.get(), fleet.office.renewals.get(),
                       &fleet.office.clock, &fleet.office.world.random(),
                       fleet.office.world.encoded_charter(), &ring}};
  order::OrderFile file;
  order::BatchContent content;
};

TEST_F(BatchLeavesTest, ASignerWalksThroughAllLeavesBeforeItSigns) {
  order::BatchChecker checker(content);
  std::uint64_t after = 0;
  for (std::optional<std::uint64_t> next = 0; next;) {
    const net::HttpResponse answer =
        ask("GET", route() + "?limit=2&after=" + std::to_string(after), Role::signer);
    ASSERT_EQ(answer.status, 200U) << answer.body;
    const auto page = parse_leaves_answer(bytes_of(answer.body));
    ASSERT_TRUE(page);
    EXPECT_LE(page->leaves.size(), 2U);
    for (const std::vector<Byte>& leaf : page->leaves)
      EXPECT_TRUE(checker.add(chips.at(checker.count()), leaf));
    next = page->next;
    after = next.value_or(0);
  }
  EXPECT_EQ(checker.count(), 5U);
  EXPECT_TRUE(checker.finish());
}

TEST_F(BatchLeavesTest, ADraftIsForThoseWhoSignAnIssuedBatchForTheAuditorToo) {
  EXPECT_EQ(ask("GET", route(), Role::fleet_operator).status, 200U);
  EXPECT_EQ(ask("GET", route(), Role::auditor).status, 404U);
  publish();
  const net::HttpResponse answer = ask("GET", route(), Role::auditor);
  ASSERT_EQ(answer.status, 200U);
  EXPECT_EQ(parse_leaves_answer(bytes_of(answer.body))->leaves.size(), 5U);
  for (const Role role : {Role::agent, Role::monitor})
    EXPECT_EQ(ask("GET", route(), role).status, 403U);
}

TEST_F(BatchLeavesTest, AnotherChipsLeafIsNotForAnAgent) {
  publish();
  const std::string mine = ring.grant(Role::agent, chips[0]);
  for (const ChipId& chip : chips) {
    const std::string target = "/leaves/" + to_hex(chip.view());
    const unsigned wanted = chip == chips[0] ? 200 : 403;
    EXPECT_EQ(ask_as("GET", target, mine).status, wanted);
    EXPECT_EQ(ask_as("GET", target + "/1", mine).status, wanted);
  }
  EXPECT_EQ(ask_as("GET", route(), mine).status, 403U);
}

TEST_F(BatchLeavesTest, ALeafComesWithThePathThatTheOrderCommitsTo) {
  publish();
  for (std::size_t slot = 0; slot < chips.size(); ++slot) {
    const net::HttpResponse answer =
        ask("GET", "/leaves/" + to_hex(chips[slot].view()), Role::auditor);
    const auto parts = parse_leaf_answer(bytes_of(answer.body));
    ASSERT_TRUE(parts);
    EXPECT_EQ(parts->index.value, slot);
    EXPECT_EQ(tlog::root_from_path(tlog::hash_leaf(parts->leaf, tlog::batch_tree), parts->index,
                                   {chips.size()}, parts->path, tlog::batch_tree),
              content.root);
  }
}

TEST_F(BatchLeavesTest, PagesBeyondTheEndAndNonsenseAreNamed) {
  const net::HttpResponse beyond = ask("GET", route() + "?after=5", Role::signer);
  EXPECT_EQ(beyond.status, 200U);
  EXPECT_TRUE(parse_leaves_answer(bytes_of(beyond.body))->leaves.empty());
  EXPECT_EQ(ask("GET", route() + "?after=-1", Role::signer).status, 400U);
  EXPECT_EQ(ask("GET", route() + "?limit=0", Role::signer).status, 400U);
  EXPECT_EQ(ask("GET", "/batches/xyz/leaves", Role::signer).status, 400U);
  EXPECT_EQ(ask("GET", "/batches/" + std::string(64, '0') + "/leaves", Role::signer).status, 404U);
}

}  // namespace
}  // namespace daymark::authority
