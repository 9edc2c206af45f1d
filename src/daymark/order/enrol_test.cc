#include <gtest/gtest.h>

#include "daymark/order/errors.h"
#include "daymark/order/order_testing.h"
#include "daymark/order/proven.h"

namespace daymark::order {
namespace {

using testing::Chip;
using testing::Logged;
using testing::verdict;
using testing::World;

class EnrolTest : public ::testing::Test {
 protected:
  /// A content in which everything fits.
  EnrolContent good() {
    EnrolContent out;
    out.chip = chip.key;
    out.owner = owner;
    out.nonce = nonce;
    voucher = make_voucher({chip.key, owner, "model", "serial"}, maker);
    consent = make_consent({chip.key, world.charter().hash, nonce}, world.party("owner").key.sign);
    answer = make_answer(nonce, world.charter().hash, chip.secret);
    out.voucher = voucher;
    out.consent = consent;
    out.answer = answer;
    return out;
  }

  std::string_view verdict_of(const EnrolContent& content) {
    const Logged logged =
        world.prove(world.draft(OrderKind::enrol, write_enrol(content)), {"owner", "authority"});
    return verdict(prove_enrol(logged.message(), world.charter(), trust, *scratch));
  }

  World world;
  Chip chip = World::chip(1);
  Digest nonce = {1, 2, 3};
  crypto::SecretKey maker = world.party("maker").key.sign;
  crypto::PublicKey owner = crypto::ed25519_public(world.party("owner").key.sign);
  EnrolTrust trust{crypto::ed25519_public(maker), chip.key, nonce};
  std::vector<Byte> voucher;
  std::vector<Byte> consent;
  std::vector<Byte> answer;
  std::unique_ptr<ProofScratch> scratch = std::make_unique<ProofScratch>();
};

TEST_F(EnrolTest, Accepts) {
  EXPECT_EQ(verdict_of(good()), "ok");
  const Logged logged = world.prove(world.enrol(chip, nonce), {"owner", "authority"});
  const auto proven = prove_enrol(logged.message(), world.charter(), trust, *scratch);
  ASSERT_EQ(verdict(proven), "ok");
  EXPECT_EQ(proven->order().stream(), Stream::chip);
  EXPECT_EQ(proven->binds_at(), proven->logged_at());
}

TEST_F(EnrolTest, RefusesOtherKinds) {
  const Logged logged = world.prove(world.suspend_fleet(days(1)), {"owner", "maker"});
  EXPECT_EQ(verdict(prove_enrol(logged.message(), world.charter(), trust, *scratch)), "order_kind");
}

TEST_F(EnrolTest, RefusesTheUnlogged) {
  Logged logged = world.prove(world.enrol(chip, nonce), {"owner", "authority"});
  logged.proof.clear();
  EXPECT_EQ(verdict(prove_enrol(logged.message(), world.charter(), trust, *scratch)),
            "order_unlogged");
}

TEST_F(EnrolTest, VoucherNamesChipOwnerAndMaker) {
  EnrolContent content = good();
  const auto other_chip = make_voucher({World::chip(2).key, owner, "model", "serial"}, maker);
  const auto other_owner = make_voucher({chip.key, chip.key, "model", "serial"}, maker);
  const auto forged =
      make_voucher({chip.key, owner, "model", "serial"}, world.party("authority").key.sign);
  for (const auto& wrong : {other_chip, other_owner, forged, consent}) {
    content.voucher = wrong;
    EXPECT_EQ(verdict_of(content), "order_voucher");
  }
}

TEST_F(EnrolTest, RefusesTheEnrolmentOfAnotherChip) {
  trust.chip = World::chip(2).key;
  EXPECT_EQ(verdict_of(good()), "order_voucher");
}

TEST_F(EnrolTest, ConsentIsOfTheChartersOwner) {
  EnrolContent content = good();
  const Digest& hash = world.charter().hash;
  const crypto::SecretKey& key = world.party("owner").key.sign;
  const auto stranger = make_consent({chip.key, hash, nonce}, maker);
  const auto other_charter = make_consent({chip.key, {7}, nonce}, key);
  const auto other_nonce = make_consent({chip.key, hash, {7}}, key);
  const auto other_chip = make_consent({World::chip(2).key, hash, nonce}, key);
  for (const auto& wrong : {stranger, other_charter, other_nonce, other_chip}) {
    content.consent = wrong;
    EXPECT_EQ(verdict_of(content), "order_consent");
  }
  // The owner's spare serves as well.
  const auto spare = make_consent({chip.key, hash, nonce}, world.party("owner").spare.sign);
  content.consent = spare;
  EXPECT_EQ(verdict_of(content), "ok");
}

TEST_F(EnrolTest, VoucherForAnotherOwnerDoesNotServeThisCharter) {
  EnrolContent content = good();
  const crypto::PublicKey buyer = crypto::ed25519_public(world.party("regulator-a").key.sign);
  const auto sold = make_voucher({chip.key, buyer, "model", "serial"}, maker);
  content.owner = buyer;
  content.voucher = sold;
  EXPECT_EQ(verdict_of(content), "order_consent");
}

TEST_F(EnrolTest, AnswerIsOfThisChipAndNonce) {
  EnrolContent content = good();
  const Digest& hash = world.charter().hash;
  const auto other_key = make_answer(nonce, hash, World::chip(2).secret);
  const auto other_nonce = make_answer({7}, hash, chip.secret);
  const auto other_charter = make_answer(nonce, {7}, chip.secret);
  for (const auto& wrong : {other_key, other_nonce, other_charter}) {
    content.answer = wrong;
    EXPECT_EQ(verdict_of(content), "order_answer");
  }
}

TEST_F(EnrolTest, AnOldNonceIsRefused) {
  const EnrolContent content = good();
  trust.nonce = {9};
  EXPECT_EQ(verdict_of(content), "order_answer");
}

}  // namespace
}  // namespace daymark::order
