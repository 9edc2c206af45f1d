#include "daymark/order/emergency.h"

#include <gtest/gtest.h>

#include "daymark/order/order_testing.h"

namespace daymark::order {
namespace {

using testing::verdict;
using testing::World;

class EmergencyGrantTest : public ::testing::Test {
 protected:
  [[nodiscard]] std::vector<Byte> grant(const std::string& signer, Millis span,
                                        std::string_view text = "no licence comes") {
    return make_emergency({world.charter().fleet, chip, world.now, span, text},
                          world.party(signer).key.sign);
  }

  [[nodiscard]] Result<EmergencyGrant> verify(ByteView message) {
    return verify_emergency(message, world.charter());
  }

  World world;
  ChipId chip = World::chip(1).id;
};

TEST_F(EmergencyGrantTest, TheOwnersIsRead) {
  const auto message = grant("owner", minutes(90) + seconds(59));
  const auto read = verify(message);
  ASSERT_EQ(verdict(read), "ok");
  EXPECT_EQ(read->chip, chip);
  EXPECT_EQ(read->span, minutes(90)) << "whole minutes count";
  EXPECT_EQ(read->issued, world.now);
  EXPECT_EQ(read->text, "no licence comes");
}

TEST_F(EmergencyGrantTest, NobodyElseGrants) {
  for (const char* signer : {"maker", "regulator-a", "authority"}) {
    EXPECT_EQ(verdict(verify(grant(signer, hours(1)))), "emergency_signer") << signer;
  }
  const auto elsewhere =
      make_emergency({FleetId{}, chip, world.now, hours(1), "x"}, world.party("owner").key.sign);
  EXPECT_EQ(verdict(verify(elsewhere)), "order_charter");
}

TEST_F(EmergencyGrantTest, FormIsStrict) {
  EXPECT_EQ(verdict(verify(grant("owner", seconds(59)))), "emergency_malformed");
  EXPECT_EQ(verdict(verify(grant("owner", hours(1), ""))), "emergency_malformed");
  EXPECT_EQ(verdict(verify(grant("owner", hours(1), "a\nb"))), "emergency_malformed");
  EXPECT_NE(verdict(verify(grant("owner", days(366)))), "ok");
  const auto message = grant("owner", hours(1));
  for (std::size_t i = 0; i < message.size() * 8; ++i) {
    std::vector<Byte> changed = message;
    changed[i / 8] ^= static_cast<Byte>(1U << (i % 8));
    EXPECT_FALSE(verify(changed)) << i;
  }
  EXPECT_FALSE(verify(std::vector<Byte>(emergency_size_max + 1)));
}

}  // namespace
}  // namespace daymark::order
