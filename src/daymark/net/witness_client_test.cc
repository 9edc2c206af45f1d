#include "daymark/net/witness_client.h"

#include <map>
#include <optional>

#include <gtest/gtest.h>

#include "daymark/net/errors.h"
#include "daymark/net/http_testing.h"
#include "daymark/tlog/errors.h"
#include "daymark/tlog/note_writer.h"
#include "daymark/tlog/tree.h"
#include "daymark/tlog/witness.h"

namespace daymark::net {
namespace {

class FixedClock final : public Clock {
 public:
  UnixMillis now() override { return {1'700'000'000'000}; }

  TickMillis tick() override { return {0}; }
};

class MemoryStore final : public tlog::WitnessStore {
 public:
  Outcome<std::optional<tlog::CosignedHead>> latest(const std::string& origin) override {
    const auto found = heads_.find(origin);
    if (found == heads_.end()) return std::nullopt;
    return found->second;
  }

  Outcome<void> record(const std::string& origin, const tlog::CosignedHead& head) override {
    heads_[origin] = head;
    return {};
  }

 private:
  std::map<std::string, tlog::CosignedHead> heads_;
};

tlog::NoteSigner signer(const std::string& name, Byte number) {
  tlog::NoteSigner out{name, {}};
  out.key.seed.fill(number);
  return out;
}

/// A log of numbered leaves and the witness that judges it, behind HTTP.
class WitnessClient : public testing::Test {
 protected:
  WitnessClient() : server_([this](const HttpRequest& request) { return answer(request); }) {
    EXPECT_TRUE(witness_.add_log(tlog::format_vkey(log_, tlog::type_ed25519)));
    for (Byte i = 0; i < 20; ++i)
      tree_.append(ByteView(&i, 1));
  }

  HttpResponse answer(const HttpRequest& request) {
    ++requests_;
    EXPECT_EQ("/w/add-checkpoint", request.path);
    const tlog::WitnessAnswer judged = witness_.add_checkpoint(request.body);
    HttpResponse response;
    response.status = static_cast<unsigned>(judged.status);
    response.content_type = judged.content_type;
    response.body = judged.body;
    return response;
  }

  [[nodiscard]] std::string checkpoint(std::uint64_t size) const {
    const std::string body = tlog::checkpoint_body("log.example", *tree_.head_at({size}));
    return tlog::make_note(body, tlog::sign_body(log_, body));
  }

  Outcome<std::string> request(std::uint64_t size, std::uint64_t known) {
    const std::string text = checkpoint(size);
    return request_cosignature(peer_, {text, {known}, [this](TreeSize older, TreeSize newer) {
                                         return tree_.consistency_path(older, newer);
                                       }});
  }

  FixedClock clock_;
  MemoryStore store_;
  tlog::NoteSigner log_ = signer("log.example", 1);
  tlog::Witness witness_{signer("witness.example", 2), store_, clock_};
  tlog::Tree tree_;
  int requests_ = 0;
  RunningServer server_;
  WitnessPeer peer_{server_.url("/w/"), witness_.vkey()};
};

TEST_F(WitnessClient, AppendsTheCosignature) {
  const auto cosigned = request(5, 0);
  ASSERT_TRUE(cosigned) << cosigned.error().detail;
  const auto parsed = tlog::parse_checkpoint(*cosigned);
  ASSERT_TRUE(parsed);
  EXPECT_EQ(UnixMillis{1'700'000'000'000},
            *tlog::verify_cosignature(*parsed, *tlog::parse_vkey(peer_.vkey)));
  const std::string before = checkpoint(5);
  EXPECT_EQ(before + std::string(added_signatures(before, *cosigned)), *cosigned);
  EXPECT_TRUE(added_signatures(before, *cosigned).starts_with("— witness.example "));
  EXPECT_EQ(1, requests_);
}

TEST_F(WitnessClient, LearnsTheSizeFromAConflict) {
  ASSERT_TRUE(request(5, 0));
  EXPECT_TRUE(request(9, 5));
  EXPECT_EQ(2, requests_);
  EXPECT_TRUE(request(12, 3));
  EXPECT_EQ(4, requests_);
  EXPECT_TRUE(request(20, 0));
  EXPECT_EQ(6, requests_);
  EXPECT_TRUE(request(20, 20)) << "the same again";
  EXPECT_TRUE(request(20, 21)) << "and with a hint beyond the tree";
}

TEST_F(WitnessClient, NamesAWitnessThatIsAhead) {
  ASSERT_TRUE(request(9, 0));
  const auto refused = request(5, 5);
  ASSERT_FALSE(refused);
  EXPECT_EQ(errc::net_witness_ahead, refused.error().error.code);
  EXPECT_EQ("it cosigned 9", refused.error().detail);
}

TEST_F(WitnessClient, NamesARefusal) {
  ASSERT_TRUE(request(9, 0));
  tlog::Tree other;
  for (Byte i = 0; i < 20; ++i)
    other.append(ByteView(&i, 0));
  tree_ = other;
  const auto refused = request(12, 9);
  ASSERT_FALSE(refused);
  EXPECT_EQ(errc::net_witness_refused, refused.error().error.code);
  EXPECT_EQ("status 422", refused.error().detail);
  EXPECT_EQ(server_.url("/w/add-checkpoint"), refused.error().subject);
}

TEST_F(WitnessClient, AcceptsNoOtherKey) {
  peer_.vkey = tlog::format_vkey(signer("witness.example", 3), tlog::type_cosignature);
  EXPECT_EQ(errc::checkpoint_uncosigned, request(5, 0).error().error.code);
  peer_.vkey = "nonsense";
  EXPECT_EQ(errc::note_vkey, request(5, 0).error().error.code);
}

TEST_F(WitnessClient, NamesAnAbsentWitness) {
  server_.stop();
  EXPECT_EQ(errc::net_unreachable, request(5, 0).error().error.code);
}

TEST(WitnessClientAnswers, HostileAnswersAreRefused) {
  const std::vector<HttpResponse> answers{
      {200, "text/plain", "", {}},
      {200, "text/plain", "— witness.example AAAA\n", {}},
      {200, "text/plain", "no line end", {}},
      {409, "text/x.tlog.size", "", {}},
      {409, "text/x.tlog.size", "007\n", {}},
      {409, "text/x.tlog.size", "3\n", {}},  // for ever
      {409, "text/plain", "3\n", {}},
      {500, "text/plain", "", {}},
  };
  const tlog::NoteSigner log = signer("log.example", 1);
  tlog::Tree tree;
  for (Byte i = 0; i < 5; ++i)
    tree.append(ByteView(&i, 1));
  const std::string body = tlog::checkpoint_body("log.example", tree.head());
  const std::string text = tlog::make_note(body, tlog::sign_body(log, body));
  const std::string vkey = tlog::format_vkey(signer("witness.example", 2), tlog::type_cosignature);
  for (const HttpResponse& answer : answers) {
    const RunningServer server([&answer](const HttpRequest&) { return answer; });
    const auto consistency = [&tree](TreeSize older, TreeSize newer) {
      return tree.consistency_path(older, newer);
    };
    EXPECT_FALSE(request_cosignature({server.url(), vkey}, {text, {0}, consistency}))
        << answer.status << answer.body;
  }
}

}  // namespace
}  // namespace daymark::net
