// The messages about a TPM, and enrolment against hosts that lie.
#include "daymark/tpm/exchange.h"

#include <filesystem>

#include <gtest/gtest.h>

#include "daymark/cbor/encode.h"
#include "daymark/crypto/random.h"
#include "daymark/evidence/errors.h"
#include "daymark/governor/errors.h"
#include "daymark/tpm/soft_tpm_testing.h"
#include "daymark/tpm/verdict_testing.h"

namespace daymark::tpm {
namespace {

using testing::SoftTpm;
using testing::verdict;

using Bytes = std::vector<Byte>;

const TpmRequest activation{TpmOp::activate, {Bytes(68, 1), Bytes(256, 2)}, {}};
const TpmRequest attestation{TpmOp::attest, {}, Bytes(32, 3)};

TEST(TpmRequestTest, RoundTrips) {
  for (const TpmRequest& request : {TpmRequest{}, activation, attestation}) {
    const Bytes encoded = print_tpm_request(request);
    const auto parsed = parse_tpm_request(encoded);
    ASSERT_TRUE(parsed);
    ASSERT_EQ(verdict(*parsed), "ok");
    EXPECT_EQ(print_tpm_request(**parsed), encoded);
    Bytes longer = encoded;
    longer.push_back(0);
    EXPECT_NE(verdict(*parse_tpm_request(longer)), "ok");
    // Whose request it is can be told from its number on.
    for (std::size_t size = 4; size < encoded.size(); ++size)
      EXPECT_NE(verdict(*parse_tpm_request(ByteView(encoded).first(size))), "ok") << size;
  }
}

TEST(TpmRequestTest, LeavesTheCoresRequestsToTheCore) {
  for (const Bytes& request :
       {Bytes{}, Bytes{0x82, 1, 1}, Bytes{0x83, 1, 4, 0x40}, Bytes{0x82, 2, 0x18, 64},
        Bytes{0x82, 1, 0x18, 63}, Bytes{0x82, 1, 0x18, 67}, Bytes{0x40}, Bytes{0x82, 1}}) {
    EXPECT_FALSE(parse_tpm_request(request)) << request.size();
  }
}

/// A host with a TPM whose core is a key that signs attestations of its own.
class ExchangeTest : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!SoftTpm::missing().empty()) GTEST_SKIP() << SoftTpm::missing();
    folder =
        std::filesystem::temp_directory_path() / ("daymark-exchange-" + std::to_string(::getpid()));
    std::filesystem::create_directories(folder);
    soft = std::make_unique<SoftTpm>();
    port.emplace(
        Port::open({soft->tcti(), folder.string(), default_counter_index}, random).value());
  }

  void TearDown() override { std::filesystem::remove_all(folder); }

  [[nodiscard]] crypto::PublicKey chip() const { return crypto::ed25519_public(port->chip()); }

  /// As a governor would, with this counter.
  [[nodiscard]] Bytes attest(ByteView nonce, std::uint64_t counter) const {
    governor::Attestation claims;
    claims.nonce = nonce;
    claims.chip = chip();
    claims.counter = counter;
    ByteArray<governor::document_size_max> space{};
    const ByteView payload = governor::write_attestation(claims, space).value();
    return cbor::sign1(payload, governor::attestation_purpose, port->chip());
  }

  [[nodiscard]] Outcome<Bytes> answer(ByteView request) {
    return *answer_tpm_request(request, *port, [this](ByteView nonce) -> Outcome<Bytes> {
      return attest(nonce, port->counter().value());
    });
  }

  [[nodiscard]] governor::Transport honest() {
    return [this](ByteView request) { return answer(request); };
  }

  [[nodiscard]] Outcome<Bytes> enrol(const governor::Transport& transport) {
    return enrol_tpm(transport, {chip(), UnixMillis{1}}, maker, random);
  }

  crypto::SystemRandom random;
  crypto::SecretSigner maker{crypto::SecretKey{{9}}};
  std::filesystem::path folder;
  std::unique_ptr<SoftTpm> soft;
  std::optional<Port> port;
};

/// Answers one kind of request otherwise than the honest host.
governor::Transport lying(governor::Transport honest, TpmOp about, Bytes answer) {
  return [honest = std::move(honest), about,
          answer = std::move(answer)](ByteView request) -> Outcome<Bytes> {
    const auto parsed = parse_tpm_request(request);
    if (!parsed || !*parsed || (*parsed)->op != about) return honest(request);
    return cbor::encode([&](cbor::Writer& out) {
      out.open_array(3);
      out.put_unsigned(1);
      out.put_unsigned(0);
      out.put_bytes(answer);
    });
  };
}

TEST_F(ExchangeTest, AnHonestHostIsEnrolled) {
  const auto document = enrol(honest());
  ASSERT_EQ(verdict(document), "ok");
  const auto opened = evidence::open_tpm_enrolment(*document, maker.public_key());
  ASSERT_EQ(verdict(opened), "ok");
  EXPECT_EQ(opened->content().identity.chip, chip());
  // The transcript can be repeated on the TPM that it is about, and on no other.
  EXPECT_EQ(port->activate(opened->content().credential).value(), opened->content().secret);
}

TEST_F(ExchangeTest, ASecretThatWasNotOpenedIsNoticed) {
  EXPECT_EQ(verdict(enrol(lying(honest(), TpmOp::activate, Bytes(32, 0)))), "tpm_secret_wrong");
  EXPECT_EQ(verdict(enrol(lying(honest(), TpmOp::activate, Bytes(1, 0)))), "tpm_secret_wrong");
}

TEST_F(ExchangeTest, TheEndorsementKeyOfAnotherTpmServesNobody) {
  const SoftTpm second(SoftTpm::Make::second);
  Tpm other = Tpm::open(second.tcti()).value();
  evidence::TpmIdentity mixed = port->identity().value();
  mixed.certificate = other.endorsement_certificate().value();
  EXPECT_EQ(verdict(enrol(lying(honest(), TpmOp::identify, print_tpm_identity(mixed)))),
            "ek_mismatch");
  mixed.endorsement = other.endorsement_public().value();
  EXPECT_EQ(verdict(enrol(lying(honest(), TpmOp::identify, print_tpm_identity(mixed)))),
            "tpm_credential_refused");
  // Both keys of the other TPM: this host can't open what is made for them.
  mixed.attestation = other.attestation_public().value();
  EXPECT_EQ(verdict(enrol(lying(honest(), TpmOp::identify, print_tpm_identity(mixed)))),
            "tpm_credential_refused");
}

TEST_F(ExchangeTest, AnOldAttestationOrAWrongCounterIsNoticed) {
  const Bytes nonce(32, 5);
  const Bytes old = print_tpm_attested(port->bind(attest(nonce, 0)).value());
  EXPECT_EQ(verdict(enrol(lying(honest(), TpmOp::attest, old))), "gov_nonce");
  const Bytes ahead = print_tpm_attested(port->bind(attest(nonce, 1)).value());
  EXPECT_EQ(verdict(enrol(lying(honest(), TpmOp::attest, ahead))), "tpm_counter");
  ASSERT_EQ(verdict(port->advance_counter()), "ok");
  EXPECT_EQ(port->counter().value(), 1U);
  EXPECT_EQ(verdict(enrol(honest())), "ok");
}

TEST_F(ExchangeTest, ARefusalOfTheCoreIsHandedOn) {
  const Bytes request = print_tpm_request(attestation);
  const auto response = answer_tpm_request(
      request, *port,
      [](ByteView /*nonce*/) -> Outcome<Bytes> { return refuse(errc::gov_storage, "core"); });
  ASSERT_TRUE(response);
  cbor::Reader reader(*response);
  EXPECT_EQ(verdict(governor::read_response(reader)), "gov_storage");
}

}  // namespace
}  // namespace daymark::tpm
