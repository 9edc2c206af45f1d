#include "daymark/order/order_file.h"

#include <gtest/gtest.h>

#include "daymark/crypto/seal.h"
#include "daymark/crypto/signer.h"
#include "daymark/order/errors.h"
#include "daymark/order/open_content.h"
#include "daymark/order/order_testing.h"

namespace daymark::order {
namespace {

using testing::verdict;
using testing::World;

class OrderFileTest : public ::testing::Test {
 protected:
  World world;
  OrderFile file = world.suspend_fleet(days(4));
};

TEST_F(OrderFileTest, TravelsBetweenSigners) {
  EXPECT_EQ(verdict(envelope_of(file)), "cose_signers");
  auto received = parse_order_file(print_order_file(file));
  ASSERT_EQ(verdict(received), "ok");
  world.sign(*received, {"owner"});
  received = parse_order_file(print_order_file(*received));
  ASSERT_EQ(verdict(received), "ok");
  world.sign(*received, {"maker.spare"});
  const auto signers = verify_signatures(*received, world.charter());
  ASSERT_EQ(verdict(signers), "ok");
  EXPECT_EQ(*signers, 0b00011U);
  const auto envelope = envelope_of(*received);
  ASSERT_EQ(verdict(envelope), "ok");
  const auto parsed = parse_signed_order(*envelope);
  ASSERT_EQ(verdict(parsed), "ok");
  EXPECT_EQ(parsed->envelope.signer_count, 2U);
  EXPECT_TRUE(equal(parsed->order.payload, file.payload));
}

TEST_F(OrderFileTest, OnePartySignsOnce) {
  world.sign(file, {"owner"});
  const OrderFile before = file;
  EXPECT_EQ(verdict(sign_order(file, world.charter(), world.party("owner").key)),
            "order_signer_duplicate");
  EXPECT_EQ(verdict(sign_order(file, world.charter(), world.party("owner").spare)),
            "order_signer_duplicate");
  EXPECT_EQ(print_order_file(file), print_order_file(before));
}

TEST_F(OrderFileTest, StrangersDontSign) {
  const auto stranger = crypto::generate_keys("stranger", world.random());
  EXPECT_EQ(verdict(sign_order(file, world.charter(), stranger)), "order_signer_unknown");
  World other(5);
  EXPECT_EQ(verdict(sign_order(file, other.charter(), other.party("owner").key)), "order_charter");
}

/// A token that counts how often it is asked.
class CountingSigner final : public crypto::Signer {
 public:
  explicit CountingSigner(const crypto::SecretKey& key) : key_(key) {}

  [[nodiscard]] crypto::PublicKey public_key() const override {
    return crypto::ed25519_public(key_);
  }

  int asked = 0;

 private:
  [[nodiscard]] Outcome<crypto::Signature> make_signature(ByteView message) override {
    ++asked;
    return crypto::ed25519_sign(key_, message);
  }

  crypto::SecretKey key_;
};

TEST_F(OrderFileTest, ASignerSignsAsItsKeyDoes) {
  OrderFile by_key = file;
  world.sign(by_key, {"owner"});
  CountingSigner owner(world.party("owner").key.sign);
  ASSERT_TRUE(sign_order(file, world.charter(), owner));
  EXPECT_EQ(print_order_file(file), print_order_file(by_key));
  EXPECT_EQ(owner.asked, 1);
}

TEST_F(OrderFileTest, ASignerIsAskedOnlyForWhatMayBeAdded) {
  world.sign(file, {"owner"});
  CountingSigner spare(world.party("owner").spare.sign);
  const auto again = sign_order(file, world.charter(), spare);
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().error.code, errc::order_signer_duplicate);
  CountingSigner stranger(crypto::SecretKey{{77}});
  const auto unknown = sign_order(file, world.charter(), stranger);
  ASSERT_FALSE(unknown);
  EXPECT_EQ(unknown.error().error.code, errc::order_signer_unknown);
  EXPECT_EQ(spare.asked + stranger.asked, 0);
}

TEST_F(OrderFileTest, NobodySignsWhatTheyCantRead) {
  file.content.back() ^= 1;
  EXPECT_EQ(verdict(parse_order_file(print_order_file(file))), "order_commitment");
}

TEST_F(OrderFileTest, ForgedSignaturesShow) {
  world.sign(file, {"owner", "maker"});
  file.signatures[1].signature.bytes[5] ^= 1;
  EXPECT_EQ(verdict(verify_signatures(file, world.charter())), "cose_signature");
  file.signatures[1].key = {};
  EXPECT_EQ(verdict(verify_signatures(file, world.charter())), "order_signer_unknown");
  file.signatures[1] = file.signatures[0];
  EXPECT_EQ(verdict(verify_signatures(file, world.charter())), "order_signer_duplicate");
  EXPECT_EQ(verdict(parse_order_file(print_order_file(file))), "order_signer_duplicate");
}

TEST_F(OrderFileTest, RefusesPrefixesAndTrailingBytes) {
  world.sign(file, {"owner"});
  auto bytes = print_order_file(file);
  for (std::size_t size = 0; size < bytes.size(); ++size)
    ASSERT_FALSE(parse_order_file(ByteView(bytes).first(size)));
  bytes.push_back(0);
  EXPECT_EQ(verdict(parse_order_file(bytes)), "cbor_trailing");
}

TEST_F(OrderFileTest, EveryPartyOpensTheLoggedEntry) {
  const auto order = parse_order(file.payload);
  ASSERT_TRUE(order);
  for (const char* name : {"owner", "maker", "regulator-a", "regulator-b", "authority"}) {
    const auto opened = open_content(*order, world.party(name).key.open);
    ASSERT_EQ(verdict(opened), "ok") << name;
    EXPECT_EQ(opened->content, file.content);
    EXPECT_EQ(opened->salt, file.salt);
  }
  EXPECT_EQ(verdict(open_content(*order, {world.random().draw<32>()})), "seal_not_opened");
}

TEST_F(OrderFileTest, OnlyWhomTheCharterNamesOpensIt) {
  Charter discreet = world.source();
  discreet.parties[4].reads = 1U << static_cast<unsigned>(OrderKind::license);
  world.set_charter(discreet);
  file = world.suspend_fleet(days(4));
  const auto order = parse_order(file.payload);
  ASSERT_TRUE(order);
  EXPECT_EQ(order->sealed_key_count, 4U);
  EXPECT_EQ(verdict(open_content(*order, world.party("authority").key.open)), "seal_not_opened");
  EXPECT_EQ(verdict(open_content(*order, world.party("owner").key.open)), "ok");
}

TEST_F(OrderFileTest, ASealThatDoesNotFitTheCommitmentIsAFinding) {
  // A signer that sealed something other than what the chips were given.
  auto order = parse_order(file.payload);
  ASSERT_TRUE(order);
  std::vector<Byte> lie(file.salt.begin(), file.salt.end());
  lie.insert(lie.end(), {1, 2, 3});
  const crypto::ExchangePublicKey reader = world.charter().parties[0].seal;
  const auto sealed = crypto::seal(lie, std::span(&reader, 1), world.random());
  order->box = sealed.box;
  order->sealed_keys[0] = sealed.keys[0];
  EXPECT_EQ(verdict(open_content(*order, world.party("owner").key.open)), "order_commitment");
}

TEST_F(OrderFileTest, PublicPayloadDoesNotHoldTheReason) {
  const std::string_view text = text_of(file.payload);
  EXPECT_EQ(text.find("fleet-wide stop"), std::string_view::npos);
  EXPECT_NE(text_of(file.content).find("fleet-wide stop"), std::string_view::npos);
}

TEST_F(OrderFileTest, DraftRefusesContentsThatDontParse) {
  DraftRequest request;
  for (std::size_t number = 1; number <= order_kind_count; ++number) {
    request.kind = static_cast<OrderKind>(number);
    const Byte junk[] = {0xFF};
    request.content = junk;
    EXPECT_FALSE(draft_order(request, world.charter(), world.random())) << number;
  }
}

TEST_F(OrderFileTest, DraftsOfOneRequestDiffer) {
  // Salt and keys are drawn: equal orders must not show that they are equal.
  const OrderFile again = world.suspend_fleet(days(4));
  EXPECT_EQ(again.content, file.content);
  EXPECT_NE(again.salt, file.salt);
  EXPECT_NE(parse_order(again.payload)->commitment, parse_order(file.payload)->commitment);
}

TEST(Order, RefusesPrefixes) {
  World world;
  const OrderFile file = world.policy({});
  for (std::size_t size = 0; size < file.payload.size(); ++size)
    ASSERT_FALSE(parse_order(ByteView(file.payload).first(size)));
}

TEST(Order, KindIsOnTheList) {
  World world;
  OrderFile file = world.policy({});
  ASSERT_EQ(file.payload[2], static_cast<Byte>(OrderKind::policy));
  for (const Byte kind : {Byte{0}, Byte{10}, Byte{23}}) {
    file.payload[2] = kind;
    EXPECT_EQ(verdict(parse_order(file.payload)), "order_kind");
  }
}

}  // namespace
}  // namespace daymark::order
