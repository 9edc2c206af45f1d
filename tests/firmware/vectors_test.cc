// Ed25519 as the chip computes it, against the vectors and against the host's libsodium.
#include "chip_testing.h"
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "daymark/base/error_table.h"
#include "daymark/base/file.h"
#include "daymark/base/hex.h"
#include "daymark/crypto/random.h"

namespace daymark::firmware {
namespace {

using governor::testing::verdict;
using nlohmann::json;

class ChipCrypto : public ::testing::TestWithParam<std::string> {
 protected:
  void SetUp() override {
    if (!testing::can_run(GetParam())) GTEST_SKIP() << "no image or no QEMU for " << GetParam();
    agent::MachineOptions options;
    options.folder = folder_.path();
    options.image = testing::built(GetParam(), "vectors.bin");
    options.program = "qemu-system-risc" + GetParam().substr(1);
    auto machine = agent::Machine::start(options);
    ASSERT_EQ(verdict(machine), "ok");
    machine_ = std::make_unique<agent::Machine>(*std::move(machine));
    channel_ = std::make_unique<net::FrameClient>(machine_->channel());
    for (int tries = 0; tries < 500 && ask(Byte{1}, {std::vector<Byte>(32)}).empty(); ++tries)
      ::usleep(10'000);
  }

  [[nodiscard]] std::vector<Byte> ask(Byte what, const std::vector<ByteView>& parts) {
    std::vector<Byte> request{what};
    for (const ByteView part : parts)
      request.insert(request.end(), part.begin(), part.end());
    return channel_->call(request).value_or(std::vector<Byte>{});
  }

  testing::Folder folder_;
  std::unique_ptr<agent::Machine> machine_;
  std::unique_ptr<net::FrameClient> channel_;
};

std::vector<Byte> hex_of(const json& object, const char* name) {
  return from_hex(object.at(name).get<std::string>()).value();
}

TEST_P(ChipCrypto, JudgesTheVectorsAsTheHostDoes) {
  const auto text =
      read_text(std::string(DAYMARK_SOURCE_DIR) + "/tests/vectors/crypto/ed25519_test.json");
  ASSERT_EQ(verdict(text), "ok");
  int judged = 0;
  const json file = json::parse(*text);
  for (const json& group : file.at("testGroups")) {
    const std::vector<Byte> key = hex_of(group.at("publicKey"), "pk");
    for (const json& test : group.at("tests")) {
      const std::vector<Byte> message = hex_of(test, "msg");
      const std::vector<Byte> signature = hex_of(test, "sig");
      if (signature.size() != sizeof(crypto::Signature)) continue;  // refused before any arithmetic
      const auto answer = ask(0, {key, signature, message});
      ASSERT_EQ(answer.size(), 1U);
      const bool host =
          crypto::ed25519_verify({array_of<32>(key)}, message, {array_of<64>(signature)})
              .has_value();
      EXPECT_EQ(answer[0] == 1, test.at("result") == "valid") << test.at("tcId");
      EXPECT_EQ(answer[0] == 1, host) << test.at("tcId");
      ++judged;
    }
  }
  EXPECT_GE(judged, 40);
  std::printf("firmware: %d vectors judged on %s\n", judged, GetParam().c_str());
}

/// Without the table of the base point: the same bytes all the same.
TEST_P(ChipCrypto, SignsTheSameBytesAsTheHost) {
  crypto::SeededRandom random(5);
  for (std::size_t size = 0; size < 300; size += 13) {
    const crypto::SecretKey key{random.draw<32>()};
    std::vector<Byte> message(size);
    random.fill(message);
    const auto answer = ask(1, {key.seed, message});
    ASSERT_EQ(answer.size(), 96U);
    const crypto::PublicKey named = crypto::ed25519_public(key);
    EXPECT_TRUE(equal(ByteView(answer).first(32), named.bytes)) << size;
    const crypto::Signature signature = crypto::ed25519_sign(key, message);
    EXPECT_TRUE(equal(ByteView(answer).subspan(32), signature.bytes)) << size;
    std::vector<Byte> flipped = message;
    flipped.push_back(1);
    EXPECT_EQ(ask(0, {named.bytes, signature.bytes, message}), std::vector<Byte>{1});
    EXPECT_EQ(ask(0, {named.bytes, signature.bytes, flipped}), std::vector<Byte>{0});
  }
}

/// Points of low order and encodings that aren't canonical, as key and as R.
TEST_P(ChipCrypto, RefusesWhatTheRuleRefuses) {
  crypto::SeededRandom random(6);
  const crypto::SecretKey key{random.draw<32>()};
  const crypto::PublicKey named = crypto::ed25519_public(key);
  const std::vector<Byte> message{1, 2, 3};
  const crypto::Signature sound = crypto::ed25519_sign(key, message);
  for (const std::string_view low :
       {"0000000000000000000000000000000000000000000000000000000000000000",
        "0100000000000000000000000000000000000000000000000000000000000000",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"}) {
    const auto point = from_hex_fixed<32>(low).value();
    crypto::Signature other = sound;
    copy_bytes(point, other.bytes);
    EXPECT_EQ(ask(0, {point, sound.bytes, message}), std::vector<Byte>{0}) << low;
    EXPECT_EQ(ask(0, {named.bytes, other.bytes, message}), std::vector<Byte>{0}) << low;
  }
  // S + L: the same equation, another encoding (RFC 8032 §5.1.7 wants S < L).
  constexpr std::string_view order =
      "edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010";
  const auto group_order = from_hex_fixed<32>(order).value();
  crypto::Signature larger = sound;
  unsigned carry = 0;
  for (std::size_t i = 0; i < 32; ++i) {
    carry += unsigned{sound.bytes[32 + i]} + group_order[i];
    larger.bytes[32 + i] = static_cast<Byte>(carry & 0xFFU);
    carry >>= 8U;
  }
  EXPECT_EQ(ask(0, {named.bytes, larger.bytes, message}), std::vector<Byte>{0});
}

INSTANTIATE_TEST_SUITE_P(Machines, ChipCrypto, ::testing::Values("rv64", "rv32"),
                         [](const auto& machine) { return machine.param; });

}  // namespace
}  // namespace daymark::firmware
