#include "daymark/order/appeal.h"

#include <gtest/gtest.h>

#include "daymark/order/describe.h"
#include "daymark/order/order_testing.h"

namespace daymark::order {
namespace {

using testing::Cosigning;
using testing::Logged;
using testing::LoggedAppeal;
using testing::verdict;
using testing::World;

class AppealTest : public ::testing::Test {
 protected:
  [[nodiscard]] Result<ProvenAppeal> prove(const LoggedAppeal& appeal) {
    return prove_appeal(appeal.message(), world.charter(), *scratch);
  }

  World world;
  std::unique_ptr<ProofScratch> scratch = std::make_unique<ProofScratch>();
  Digest stop{7};
};

TEST_F(AppealTest, TheOwnersLoggedStatementIsProven) {
  for (const char* signer : {"owner", "owner.spare"}) {
    const LoggedAppeal appeal = world.appeal(stop, signer);
    const auto proven = prove(appeal);
    ASSERT_EQ(verdict(proven), "ok") << signer;
    EXPECT_EQ(proven->appeal().order, stop);
    EXPECT_EQ(proven->appeal().text, "the finding is wrong");
    EXPECT_EQ(proven->appeal().hash, appeal.hash);
    EXPECT_EQ(proven->logged_at(), world.now);
  }
}

TEST_F(AppealTest, NobodyElseAppeals) {
  for (const char* signer : {"maker", "regulator-a", "authority"}) {
    EXPECT_EQ(verdict(prove(world.appeal(stop, signer))), "appeal_signer") << signer;
  }
}

TEST_F(AppealTest, UnloggedItIsNoAppeal) {
  LoggedAppeal appeal = world.appeal(stop);
  const LoggedAppeal other = world.appeal(Digest{8});
  appeal.proof = other.proof;
  EXPECT_NE(verdict(prove(appeal)), "ok");
  appeal.proof.clear();
  EXPECT_NE(verdict(prove(appeal)), "ok");
  LoggedAppeal alone = world.appeal(stop);
  alone.proof = world.log_and_prove(alone.envelope, Cosigning{.witnesses = 0b001});
  EXPECT_EQ(verdict(prove(alone)), "proof_quorum");
  alone.proof = world.log_and_prove(alone.envelope, Cosigning{.mirrors = 0});
  EXPECT_EQ(verdict(prove(alone)), "ok") << "a relief asks for no mirror";
}

TEST_F(AppealTest, AnotherFleetsAppealIsRefused) {
  const auto envelope =
      make_appeal({FleetId{}, stop, world.now, "elsewhere"}, world.party("owner").key.sign);
  EXPECT_EQ(verdict(verify_appeal(envelope, world.charter())), "order_charter");
}

TEST_F(AppealTest, EveryFlippedBitIsRefused) {
  const LoggedAppeal appeal = world.appeal(stop);
  for (std::size_t i = 0; i < appeal.envelope.size() * 8; ++i) {
    std::vector<Byte> changed = appeal.envelope;
    changed[i / 8] ^= static_cast<Byte>(1U << (i % 8));
    EXPECT_FALSE(verify_appeal(changed, world.charter())) << i;
  }
}

TEST_F(AppealTest, FormIsStrict) {
  const LoggedAppeal appeal = world.appeal(stop);
  ASSERT_TRUE(is_appeal_entry(appeal.envelope));
  for (std::size_t size = 0; size < appeal.envelope.size(); ++size) {
    EXPECT_FALSE(read_appeal_entry(ByteView(appeal.envelope).first(size))) << size;
  }
  const auto key = world.party("owner").key.sign;
  const auto write = [&](std::string_view text) {
    return make_appeal({world.charter().fleet, stop, world.now, text}, key);
  };
  EXPECT_FALSE(read_appeal_entry(write("")));
  EXPECT_FALSE(read_appeal_entry(write("two\nlines")));
  EXPECT_FALSE(read_appeal_entry(write(std::string(appeal_text_max + 1, 'x'))));
  EXPECT_TRUE(read_appeal_entry(write(std::string(appeal_text_max, 'x'))));
}

TEST_F(AppealTest, OrdersAreNoAppeals) {
  const Logged order = world.prove(world.suspend_fleet(days(1)), {"owner", "regulator-a"});
  EXPECT_FALSE(is_appeal_entry(order.envelope));
}

/// A confirmation is a suspend order that names an appeal and states no end.
class ConfirmationTest : public AppealTest {
 protected:
  [[nodiscard]] Result<ProvenOrder> prove_order(OrderFile file) {
    logged = world.prove(std::move(file), {"owner", "regulator-a"});
    return order::prove_order(logged.message(), world.charter(), *scratch);
  }

  [[nodiscard]] OrderFile with(const Digest* appeal, UnixMillis until) {
    ScopeContent scope;
    scope.reason = "test";
    if (appeal != nullptr) scope.appeal = *appeal;
    return world.draft(OrderKind::suspend, write_scope(scope), until);
  }

  Logged logged;
};

TEST_F(ConfirmationTest, BindsWhenItIsLogged) {
  const auto proven = prove_order(world.confirm({}, Digest{9}));
  ASSERT_EQ(verdict(proven), "ok");
  EXPECT_TRUE(proven->order().is_confirmation());
  EXPECT_EQ(proven->binds_at(), proven->logged_at());
  OrderView view;
  view.order = &proven->order();
  view.charter = &world.charter();
  view.content = proven->content();
  EXPECT_NE(describe_order(view, Language::english).find("Confirms the suspension"),
            std::string::npos);
  EXPECT_NE(order_to_json(view).find("\"confirms\": \"09"), std::string::npos);
}

TEST_F(ConfirmationTest, EndAndAppealExcludeEachOther) {
  const Digest appeal{9};
  const UnixMillis until = world.now + world.charter().bounds.notice + days(1);
  EXPECT_EQ(verdict(prove_order(with(&appeal, until))), "order_content");
  EXPECT_EQ(verdict(prove_order(with(nullptr, {0}))), "order_bounds");
  EXPECT_EQ(verdict(prove_order(with(nullptr, until))), "ok");
}

TEST_F(ConfirmationTest, NeedsTheQuorumOfASuspension) {
  OrderFile file = world.confirm({}, Digest{9});
  logged = world.prove(std::move(file), {"regulator-a"});
  EXPECT_EQ(verdict(order::prove_order(logged.message(), world.charter(), *scratch)),
            "order_quorum");
}

TEST_F(ConfirmationTest, NoOtherKindNamesAnAppeal) {
  ScopeContent scope;
  scope.reason = "test";
  const Digest appeal{9};
  scope.appeal = appeal;
  const auto file = world.draft(OrderKind::resume, write_scope(scope));
  EXPECT_EQ(verdict(prove_order(file)), "order_content");
}

}  // namespace
}  // namespace daymark::order
