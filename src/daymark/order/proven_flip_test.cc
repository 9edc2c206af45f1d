// No single bit of what a chip is handed can change without refusal.
#include <gtest/gtest.h>

#include "daymark/order/order_testing.h"
#include "daymark/order/proven.h"

namespace daymark::order {
namespace {

using testing::Logged;
using testing::World;

class FlipTest : public ::testing::Test {
 protected:
  void SetUp() override {
    // Exactly the quorum, so that nothing in the proof is superfluous.
    logged_ = world_.prove(world_.suspend_fleet(days(4)), {"owner", "regulator-a"},
                           {.witnesses = 0b011, .mirrors = 0b01});
    ASSERT_TRUE(accepted());
  }

  bool accepted() {
    return prove_order(logged_.message(), world_.charter(), *scratch_).has_value();
  }

  /// Flips each bit in turn; returns the first byte whose change passed.
  std::optional<std::size_t> first_unnoticed(MutableBytes bytes) {
    for (std::size_t i = 0; i < bytes.size(); ++i) {
      for (unsigned bit = 0; bit < 8; ++bit) {
        bytes[i] = static_cast<Byte>(bytes[i] ^ (1U << bit));
        const bool passed = accepted();
        bytes[i] = static_cast<Byte>(bytes[i] ^ (1U << bit));
        if (passed) return i;
      }
    }
    return std::nullopt;
  }

  World world_;
  Logged logged_;
  std::unique_ptr<ProofScratch> scratch_ = std::make_unique<ProofScratch>();
};

TEST_F(FlipTest, Envelope) {
  EXPECT_EQ(first_unnoticed(logged_.envelope), std::nullopt);
}

TEST_F(FlipTest, Proof) {
  const MutableBytes text(reinterpret_cast<Byte*>(logged_.proof.data()), logged_.proof.size());
  EXPECT_EQ(first_unnoticed(text), std::nullopt);
}

TEST_F(FlipTest, Salt) {
  EXPECT_EQ(first_unnoticed(logged_.salt), std::nullopt);
}

TEST_F(FlipTest, Content) {
  EXPECT_EQ(first_unnoticed(logged_.content), std::nullopt);
}

TEST_F(FlipTest, EnvelopeOfAReliefWithoutProof) {
  logged_ = world_.prove(world_.scope_order(OrderKind::resume, {}), {"owner"});
  logged_.proof.clear();
  ASSERT_TRUE(accepted());
  EXPECT_EQ(first_unnoticed(logged_.envelope), std::nullopt);
}

TEST_F(FlipTest, EveryPrefixIsRefused) {
  const Logged whole = logged_;
  for (std::size_t size = 0; size < whole.envelope.size(); ++size) {
    logged_.envelope.assign(whole.envelope.begin(),
                            whole.envelope.begin() + static_cast<std::ptrdiff_t>(size));
    ASSERT_FALSE(accepted()) << size;
  }
  logged_.envelope = whole.envelope;
  for (std::size_t size = 0; size < whole.proof.size(); ++size) {
    logged_.proof = whole.proof.substr(0, size);
    ASSERT_FALSE(accepted()) << size;
  }
}

}  // namespace
}  // namespace daymark::order
