// A governor with a software TPM: what it keeps, what it shows, and what it refuses to start on.
#include <filesystem>

#include <gtest/gtest.h>

#include "daymark/agent/process_testing.h"
#include "daymark/base/file.h"
#include "daymark/crypto/random.h"
#include "daymark/crypto/signer.h"
#include "daymark/evidence/errors.h"
#include "daymark/evidence/tpm/tpm_verdict.h"
#include "daymark/governor/errors.h"
#include "daymark/governor/governor_testing.h"
#include "daymark/net/unix_socket.h"
#include "daymark/tpm/exchange.h"
#include "daymark/tpm/soft_tpm_testing.h"

namespace daymark::agent {
namespace {

namespace fs = std::filesystem;

using evidence::TpmVerdict;
using evidence::Verdict;
using governor::testing::verdict;
using governor::testing::World;
using tpm::testing::SoftTpm;

using Bytes = std::vector<Byte>;

template <class T>
std::string_view core_verdict(const Result<T>& result) {
  return result ? "ok" : entry_of(result.error().code).name;
}

constexpr UnixMillis today{1'800'000'000'000};

class TpmProcessTest : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!SoftTpm::missing().empty()) GTEST_SKIP() << SoftTpm::missing();
    folder = fs::temp_directory_path() / ("daymark-tpm-process-" + std::to_string(::getpid()));
    fs::remove_all(folder);
    soft = std::make_unique<SoftTpm>();
  }

  void TearDown() override { fs::remove_all(folder); }

  [[nodiscard]] GovernorOptions options() const {
    GovernorOptions out;
    out.folder = folder / "chip";
    out.socket = folder / "chip.sock";
    out.maker = maker();
    out.peak = {TeraOps{1000}};
    out.tcti = soft->tcti();
    return out;
  }

  [[nodiscard]] crypto::PublicKey maker() const {
    return crypto::ed25519_public(world.party("maker").key.sign);
  }

  [[nodiscard]] Outcome<GovernorProcess> open() { return open(options()); }

  [[nodiscard]] Outcome<GovernorProcess> open(const GovernorOptions& how) {
    return GovernorProcess::open(how, clock, random);
  }

  [[nodiscard]] governor::Transport transport() const {
    auto connection = std::make_shared<net::FrameClient>(options().socket);
    return [connection](ByteView request) { return connection->call(request); };
  }

  [[nodiscard]] Outcome<Bytes> enrol(const crypto::PublicKey& chip) {
    crypto::SecretSigner signer(world.party("maker").key.sign);
    return tpm::enrol_tpm(transport(), {chip, today}, signer, random);
  }

  World world;
  SystemClock clock;
  crypto::SystemRandom random;
  fs::path folder;
  std::unique_ptr<SoftTpm> soft;
};

/// Moves the state on, so that the counter rises.
void save_some(const governor::Transport& transport, int times) {
  governor::Client client(transport);
  for (int i = 0; i < times; ++i)
    ASSERT_EQ(verdict(client.begin_enrolment()), "ok");
}

/// An enrolled chip with one fresh attestation, and how to judge it.
class JudgeTpmTest : public TpmProcessTest {
 protected:
  void SetUp() override {
    TpmProcessTest::SetUp();
    if (IsSkipped()) return;
    auto process = open();
    ASSERT_EQ(verdict(process), "ok");
    running = std::make_unique<testing::RunningProcess>(std::move(*process));
    auto document = enrol(running->chip());
    ASSERT_EQ(verdict(document), "ok");
    how.enrolment = *std::move(document);
    how.maker = maker();
    how.chip = running->chip();
    how.nonce = Bytes(32, 7);
    how.authorities = SoftTpm::authorities();
    how.as_of = today;
    save_some(transport(), 3);
    const auto asked = tpm::ask_attested(transport(), *how.nonce);
    ASSERT_EQ(verdict(asked), "ok");
    attested = *asked;
  }

  [[nodiscard]] TpmVerdict judge() const { return judge(attested); }

  [[nodiscard]] TpmVerdict judge(const evidence::TpmAttested& what) const {
    return evidence::judge_tpm_attested(evidence::print_tpm_attested(what), how);
  }

  [[nodiscard]] std::string_view reason() const { return reason(attested); }

  [[nodiscard]] std::string_view reason(const evidence::TpmAttested& what) const {
    return entry_of(judge(what).reason.code).name;
  }

  std::unique_ptr<testing::RunningProcess> running;
  evidence::TpmAttested attested;
  evidence::TpmJudgeOptions how;
};

TEST_F(JudgeTpmTest, LevelTwoAndASoftwareTpmIsCalledOne) {
  const TpmVerdict shown = judge();
  EXPECT_EQ(shown.verdict, Verdict::genuine);
  EXPECT_EQ(shown.level, Level::tpm_bound);
  EXPECT_TRUE(shown.software);
  EXPECT_FALSE(shown.boot_changed);
  EXPECT_EQ(shown.counter, 3U);
  const std::string text = evidence::to_text(shown, Language::english);
  EXPECT_NE(text.find("software TPM of id:00001014 swtpm"), std::string::npos) << text;
  EXPECT_NE(evidence::to_json(shown).find(R"("software": true)"), std::string::npos);
}

TEST_F(JudgeTpmTest, WithoutAnEnrolmentOnlyTheChipsWordIsLeft) {
  how.enrolment.reset();
  EXPECT_EQ(judge().verdict, Verdict::undecided);
  EXPECT_EQ(judge().level, Level::host_signed);
  EXPECT_EQ(reason(), "tpm_not_enrolled");
  how.chip.reset();
  EXPECT_EQ(judge().level, Level::declared);
}

TEST_F(JudgeTpmTest, OneAnswerServesOneChallenge) {
  how.nonce = Bytes(32, 8);
  EXPECT_EQ(judge().verdict, Verdict::refused);
  EXPECT_EQ(judge().level, Level::declared);
  EXPECT_EQ(reason(), "gov_nonce");
  const auto later = tpm::ask_attested(transport(), *how.nonce);
  ASSERT_EQ(verdict(later), "ok");
  EXPECT_EQ(reason(*later), "tpm_bound");
  evidence::TpmAttested mixed = *later;
  mixed.quote = attested.quote;
  EXPECT_EQ(reason(mixed), "tpm_nonce");
  mixed = *later;
  mixed.counter = attested.counter;
  EXPECT_EQ(reason(mixed), "tpm_nonce");
  mixed = *later;
  mixed.attestation = attested.attestation;
  EXPECT_EQ(reason(mixed), "tpm_nonce");
}

TEST_F(JudgeTpmTest, AnotherMakerOrChipOrAuthorityIsRefused) {
  how.maker = crypto::ed25519_public(world.party("owner").key.sign);
  EXPECT_EQ(reason(), "tpm_maker");
  how.maker = maker();
  how.chip = crypto::PublicKey{};
  EXPECT_EQ(reason(), "tpm_chip");
  how.chip.reset();
  how.as_of = UnixMillis{1};
  EXPECT_EQ(reason(), "ek_chain");
  how.authorities.clear();
  EXPECT_EQ(reason(), "tpm_bound");
}

TEST_F(JudgeTpmTest, EveryFlippedBitIsNoticed) {
  const Bytes encoded = evidence::print_tpm_attested(attested);
  for (std::size_t bit = 3; bit < encoded.size() * 8; bit += 61) {
    Bytes flipped = encoded;
    flipped[bit / 8] ^= static_cast<Byte>(1U << bit % 8);
    EXPECT_NE(evidence::judge_tpm_attested(flipped, how).verdict, Verdict::genuine) << bit;
  }
  const Bytes document = *how.enrolment;
  for (std::size_t bit = 5; bit < document.size() * 8; bit += 211) {
    how.enrolment = document;
    (*how.enrolment)[bit / 8] ^= static_cast<Byte>(1U << bit % 8);
    EXPECT_NE(judge().verdict, Verdict::genuine) << bit;
  }
}

TEST_F(JudgeTpmTest, ACounterWithAnotherBaseIsRefused) {
  const auto enrolled = evidence::open_tpm_enrolment(*how.enrolment, how.maker);
  ASSERT_EQ(core_verdict(enrolled), "ok");
  evidence::TpmIdentity identity = enrolled->content().identity;
  EXPECT_EQ(core_verdict(evidence::verify_tpm_attested(attested, identity)), "ok");
  ++identity.base;
  EXPECT_EQ(core_verdict(evidence::verify_tpm_attested(attested, identity)), "tpm_counter");
  identity.base = UINT64_MAX;
  EXPECT_EQ(core_verdict(evidence::verify_tpm_attested(attested, identity)), "tpm_counter");
  identity = enrolled->content().identity;
  ++identity.index;
  EXPECT_EQ(core_verdict(evidence::verify_tpm_attested(attested, identity)), "tpm_counter_index");
}

TEST_F(JudgeTpmTest, AnotherBootStateIsSaid) {
  running.reset();
  soft->extend(0);
  auto process = open();
  ASSERT_EQ(verdict(process), "ok");
  running = std::make_unique<testing::RunningProcess>(std::move(*process));
  const auto asked = tpm::ask_attested(transport(), *how.nonce);
  ASSERT_EQ(verdict(asked), "ok");
  const TpmVerdict shown = judge(*asked);
  EXPECT_EQ(shown.verdict, Verdict::genuine);
  EXPECT_TRUE(shown.boot_changed);
}

TEST_F(TpmProcessTest, KeepsKeyAndCounterOverRestarts) {
  crypto::PublicKey key;
  {
    auto process = open();
    ASSERT_EQ(verdict(process), "ok");
    EXPECT_EQ(process->tpm_name(), "software TPM of id:00001014 swtpm");
    const testing::RunningProcess running(std::move(*process));
    key = running.chip();
    governor::Client client = connect_governor(options().socket);
    EXPECT_EQ(client.identify().value().level, Level::tpm_bound);
    save_some(transport(), 4);
  }
  EXPECT_FALSE(fs::exists(folder / "chip/chip.key"));
  EXPECT_FALSE(fs::exists(folder / "chip/counter"));
  soft->restart();
  auto process = open();
  ASSERT_EQ(verdict(process), "ok");
  EXPECT_EQ(process->chip_key(), key);
  const testing::RunningProcess running(std::move(*process));
  governor::Client client = connect_governor(options().socket);
  EXPECT_EQ(client.attest(Bytes(32, 1)).value().content.counter, 4U);
}

TEST_F(TpmProcessTest, RefusesAFolderPutBackFromAnEarlierDay) {
  for (const bool with_tpm : {true, false}) {
    GovernorOptions how = options();
    if (!with_tpm) {
      how.folder += "-files";
      how.tcti.clear();
    }
    for (int round = 0; round < 2; ++round) {
      auto process = open(how);
      ASSERT_EQ(verdict(process), "ok");
      const testing::RunningProcess running(std::move(*process));
      save_some(transport(), 3);
      if (round == 0) fs::copy(how.folder, how.folder + "-copy");
    }
    fs::remove_all(how.folder);
    fs::rename(how.folder + "-copy", how.folder);
    // Files alone can't tell: that is what level L1 means.
    EXPECT_EQ(verdict(open(how)), with_tpm ? "gov_rolled_back" : "ok");
  }
}

TEST_F(TpmProcessTest, RefusesALostStateAndALostCounter) {
  {
    auto process = open();
    ASSERT_EQ(verdict(process), "ok");
    const testing::RunningProcess running(std::move(*process));
    save_some(transport(), 3);
  }
  fs::remove(folder / "chip/slot-0");
  fs::remove(folder / "chip/slot-1");
  EXPECT_EQ(verdict(open()), "gov_state_lost");
  fs::remove_all(folder / "chip");
  // A new chip would need a counter of its own.
  EXPECT_EQ(verdict(open()), "tpm_counter_taken");
  GovernorOptions elsewhere = options();
  ++elsewhere.counter_index;
  EXPECT_EQ(verdict(open(elsewhere)), "ok");
}

TEST_F(TpmProcessTest, AFolderBelongsToItsTpm) {
  {
    ASSERT_EQ(verdict(open()), "ok");
  }
  const SoftTpm second(SoftTpm::Make::second);
  GovernorOptions moved = options();
  moved.tcti = second.tcti();
  EXPECT_EQ(verdict(open(moved)), "tpm_unsealed_not");
  GovernorOptions files = options();
  files.tcti.clear();
  EXPECT_EQ(verdict(open(files)), "agent_key_kept");
  files.folder += "-files";
  {
    ASSERT_EQ(verdict(open(files)), "ok");
  }
  files.tcti = soft->tcti();
  EXPECT_EQ(verdict(open(files)), "agent_key_kept");
}

TEST_F(TpmProcessTest, AnotherSecureBootStateDoesNotOpenTheKey) {
  {
    ASSERT_EQ(verdict(open()), "ok");
  }
  soft->extend(7);
  EXPECT_EQ(verdict(open()), "tpm_unsealed_not");
  soft->restart();
  EXPECT_EQ(verdict(open()), "ok");
}

TEST_F(TpmProcessTest, WithoutATpmNobodyIsAnswered) {
  GovernorOptions files = options();
  files.tcti.clear();
  auto process = open(files);
  ASSERT_EQ(verdict(process), "ok");
  const testing::RunningProcess running(std::move(*process));
  EXPECT_EQ(verdict(tpm::ask_identity(transport())), "gov_operation");
  EXPECT_EQ(verdict(tpm::ask_attested(transport(), Bytes(32, 1))), "gov_operation");
  EXPECT_EQ(verdict(enrol(running.chip())), "gov_operation");
}

TEST_F(TpmProcessTest, ATpmWithoutACertificateIsNotEnrolled) {
  soft = std::make_unique<SoftTpm>(SoftTpm::Make::plain);
  auto process = open();
  ASSERT_EQ(verdict(process), "ok");
  EXPECT_EQ(process->tpm_name(), "TPM without a usable endorsement certificate");
  EXPECT_EQ(process->level(), Level::host_signed);
  const testing::RunningProcess running(std::move(*process));
  EXPECT_EQ(verdict(enrol(running.chip())), "ek_missing");
  EXPECT_EQ(verdict(enrol(crypto::PublicKey{})), "tpm_chip");
}

TEST_F(TpmProcessTest, NonsenseIsRefusedAndTheCoreStillAnswers) {
  auto process = open();
  ASSERT_EQ(verdict(process), "ok");
  const testing::RunningProcess running(std::move(*process));
  const governor::Transport channel = transport();
  EXPECT_EQ(verdict(tpm::ask_attested(channel, Bytes(7, 1))), "cbor_length");
  for (const Bytes& request : {Bytes{0x83, 1, 0x18, 64, 0}, Bytes{0x82, 1, 0x18, 66},
                               Bytes{0x83, 1, 0x18, 65, 0x80}, Bytes{0x82, 1, 0x18, 67}}) {
    const auto response = channel(request);
    ASSERT_EQ(verdict(response), "ok");
    cbor::Reader reader(*response);
    EXPECT_NE(core_verdict(governor::read_response(reader)), "ok");
  }
  governor::Client client(channel);
  EXPECT_EQ(verdict(client.identify()), "ok");
}

}  // namespace
}  // namespace daymark::agent
