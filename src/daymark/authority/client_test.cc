// The client against a real authority over loopback, and against servers that answer nonsense.
#include "daymark/authority/client.h"

#include <thread>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "daymark/authority/authority.h"
#include "daymark/authority/chip_testing.h"
#include "daymark/authority/errors.h"
#include "daymark/authority/grants_testing.h"
#include "daymark/base/hex.h"
#include "daymark/cbor/encode.h"
#include "daymark/net/http_server.h"
#include "daymark/order/errors.h"
#include "daymark/ranging/receipt_batch.h"

namespace daymark::authority {
namespace {

using governor::testing::Device;
using order::testing::World;
using testing::verdict;
using Json = nlohmann::json;

/// Serves on a thread for as long as it lives.
class Served {
 public:
  explicit Served(net::HttpHandler handler)
      : server_(net::HttpServer::listen({}, std::move(handler)).value()),
        thread_([this] { server_.run(); }) {}

  Served(const Served&) = delete;
  Served& operator=(const Served&) = delete;

  ~Served() {
    server_.stop();
    thread_.join();
  }

  [[nodiscard]] std::string url() const { return server_.url(); }

 private:
  net::HttpServer server_;
  std::thread thread_;
};

class ClientTest : public ::testing::Test {
 protected:
  std::vector<Byte> signed_policy() {
    order::OrderFile file = fleet.office.world.policy({});
    fleet.office.world.sign(file, {"owner", "regulator-a"});
    return order::print_order_file(file);
  }

  [[nodiscard]] Json get(const std::string& path) const {
    const auto body = client.get(path);
    EXPECT_EQ(verdict(body), "ok") << path;
    return body ? Json::parse(*body) : Json();
  }

  testing::Fleet fleet;
  Device& device = fleet.enrol(1);
  std::string id = to_hex(device.chip.id.view());
  testing::KeyRing ring{fleet.office.world.random()};
  Authority authority{{fleet.office.records.get(), &fleet.office.archive,
                       fleet.office.publisher.get(), fleet.office.renewals.get(),
                       &fleet.office.clock, &fleet.office.world.random(),
                       fleet.office.world.encoded_charter(), &ring}};
  Served served{[this](const net::HttpRequest& request) { return authority.handle(request); }};
  AuthorityClient client{served.url(), {ring.grant(Role::fleet_operator)}};
  AuthorityClient agent{served.url(), {ring.grant(Role::agent, device.chip.id)}};
  AuthorityClient auditor{served.url(), {ring.grant(Role::auditor)}};
};

TEST_F(ClientTest, CharterAndOrdersComeAsTheyAre) {
  EXPECT_EQ(*client.charter(), fleet.office.world.encoded_charter());
  const auto answer = client.submit(signed_policy());
  ASSERT_EQ(verdict(answer), "ok");
  const Json accepted = Json::parse(*answer);
  EXPECT_EQ(accepted["kind"], "policy");
  EXPECT_EQ(accepted["index"], 1);
  const auto feed = client.feed(device.chip.id, 0, 0);
  ASSERT_EQ(verdict(feed), "ok");
  ASSERT_EQ(feed->size(), 2U);
  const auto message = client.message(accepted["hash"].get<std::string>());
  ASSERT_EQ(verdict(message), "ok");
  EXPECT_EQ(message->envelope, feed->back().envelope);
  EXPECT_EQ(message->proof, feed->back().proof);
  EXPECT_EQ(verdict(device.client().apply(*message)), "ok");
}

TEST_F(ClientTest, ALicenceGoesAllTheWay) {
  EXPECT_FALSE(agent.leaf(device.chip.id)->has_value());
  ASSERT_EQ(verdict(agent.post_renewal(device.client().request_renewal().value())), "ok");
  const auto draft = client.draft_batch(R"({"validity_s": 604800})");
  ASSERT_EQ(verdict(draft), "ok");
  ASSERT_EQ(draft->content.leaves, 1U);
  std::vector<Byte> drafted;
  const auto seen = client.each_leaf(draft->content.root, [&](ByteView one) -> Outcome<void> {
    drafted.assign(one.begin(), one.end());
    return {};
  });
  ASSERT_EQ(verdict(seen), "ok");
  order::OrderFile file = order::parse_order_file(draft->order_file).value();
  fleet.office.world.sign(file, {"authority"});
  ASSERT_EQ(verdict(client.submit(order::print_order_file(file))), "ok");
  const auto leaf = agent.leaf(device.chip.id);
  ASSERT_TRUE(leaf && *leaf);
  EXPECT_EQ((*leaf)->leaf, drafted);
  EXPECT_EQ(verdict(device.client().accept_leaf(**leaf)), "ok");
  EXPECT_EQ(get("/chips/" + id)["leaf"]["kind"], "licence");
  const std::uint64_t number = get("/chips/" + id)["leaf"]["id"];
  const auto former = client.leaf(device.chip.id, number);
  ASSERT_EQ(verdict(former), "ok");
  EXPECT_EQ(former->leaf, (*leaf)->leaf);
  EXPECT_EQ(verdict(client.leaf(device.chip.id, number + 1)), "authority_not_found");
}

TEST_F(ClientTest, ARelayBringsTheRequestsOfManyChips) {
  Device& second = fleet.enrol(2);
  const std::vector<Byte> requests[] = {device.client().request_renewal().value(),
                                        second.client().request_renewal().value()};
  std::vector<Byte> broken = requests[1];
  broken.back() ^= 1;
  const auto post = [&](const std::vector<ByteView>& group) {
    auto verdicts = client.post_renewals(group);
    EXPECT_EQ(verdict(verdicts), "ok");
    return verdicts.value_or(std::vector<Result<Digest>>{});
  };
  const auto first = post({requests[0], broken});
  ASSERT_EQ(first.size(), 2U);
  EXPECT_EQ(first[0], order::request_hash(requests[0]));
  EXPECT_EQ(order::testing::verdict(first[1]), "cose_signature");
  EXPECT_EQ(post({requests[1]}).front(), order::request_hash(requests[1]));
  EXPECT_EQ(verdict(agent.post_renewals(std::vector<ByteView>{requests[0]})), "authority_refused");
  EXPECT_EQ(verdict(client.post_renewals({})), "authority_refused");
  const auto draft = client.draft_batch(R"({"validity_s": 604800})");
  ASSERT_EQ(verdict(draft), "ok");
  std::size_t licences = 0;
  const auto seen = client.each_leaf(draft->content.root, [&](ByteView one) -> Outcome<void> {
    licences += order::parse_leaf(one)->kind == order::LeafKind::licence ? 1U : 0U;
    return {};
  });
  EXPECT_EQ(verdict(seen), "ok");
  EXPECT_EQ(licences, 2U);
}

TEST_F(ClientTest, WhatAChipSaysIsStored) {
  EXPECT_EQ(verdict(client.post_receipt(fleet.receipts.front())), "ok");
  const auto attested = device.client().attest(Digest{1}).value();
  const auto answer = agent.post_attestation(attested.bytes);
  ASSERT_EQ(verdict(answer), "ok");
  EXPECT_TRUE(Json::parse(*answer)["consistent"].get<bool>());
  EXPECT_EQ(*client.get("/chips/" + id + "/attestation"), text_of(attested.bytes));
  const auto receipt = ranging::sign_receipt({}, fleet.office.world.beacon_key(0)).value();
  EXPECT_EQ(verdict(agent.post_ranging(device.chip.id, {receipt})), "ok");
  EXPECT_EQ(verdict(auditor.post_verdict(R"({"chip": ")" + id + R"(", "verdict": "fine"})")), "ok");
  EXPECT_EQ(get("/chips/" + id)["verdicts"][0]["verdict"], "fine");
  EXPECT_EQ(get("/chips")["items"].size(), 1U);
  EXPECT_EQ(get("/healthz")["log_size"], 1);
}

TEST_F(ClientTest, ARefusalCarriesTheAuthoritysSentence) {
  order::OrderFile file = fleet.office.world.policy({});
  fleet.office.world.sign(file, {"owner"});
  const auto refused = client.submit(order::print_order_file(file));
  ASSERT_EQ(verdict(refused), "authority_refused");
  EXPECT_NE(refused.error().detail.find(entry_of(errc::order_quorum).english), std::string::npos);
  EXPECT_EQ(verdict(client.message(std::string(64, '0'))), "authority_not_found");
  EXPECT_EQ(verdict(client.message("xyz")), "authority_refused");
  EXPECT_EQ(verdict(client.post_receipt(bytes_of("x"))), "authority_refused");
  EXPECT_EQ(verdict(client.get("/chips/" + std::string(32, '0'))), "authority_not_found");
  EXPECT_EQ(verdict(client.draft_batch("{}")), "authority_refused");
}

TEST_F(ClientTest, WhoIsNotLetInIsToldWhy) {
  const auto told = [](const auto& outcome, Errc why) {
    EXPECT_EQ(verdict(outcome), "authority_refused");
    return !outcome && outcome.error().detail.contains(sentence(why));
  };
  const AuthorityClient stranger(served.url());
  EXPECT_EQ(verdict(stranger.charter()), "ok");
  EXPECT_TRUE(told(stranger.get("/chips"), errc::authority_credential_missing));
  EXPECT_TRUE(told(stranger.submit(signed_policy()), errc::authority_credential_missing));
  EXPECT_TRUE(told(agent.submit(signed_policy()), errc::authority_role_denied));
  EXPECT_TRUE(told(agent.leaf(World::chip(2).id), errc::authority_chip_denied));
  const AuthorityClient gone(served.url(), {make_credential(fleet.office.world.random())});
  EXPECT_TRUE(told(gone.draft_batch("{}"), errc::authority_credential_unknown));
}

TEST_F(ClientTest, NobodyThereIsAnError) {
  std::string url;
  {
    const Served gone([](const net::HttpRequest&) { return net::text_response(200, ""); });
    url = gone.url();
  }
  EXPECT_EQ(verdict(AuthorityClient(url).charter()), "net_unreachable");
}

/// Every answer of a server that means ill is refused or empty, never half-read.
class HostileTest : public ::testing::Test {
 protected:
  void expect_refused() {
    const ChipId chip = World::chip(1).id;
    EXPECT_FALSE(client.feed(chip, 0, 0)) << answer.size();
    EXPECT_FALSE(client.leaf(chip)) << answer.size();
    EXPECT_FALSE(client.message("00")) << answer.size();
    EXPECT_FALSE(client.draft_batch("{}")) << answer.size();
  }

  std::string answer;
  Served served{[this](const net::HttpRequest&) {
    return net::HttpResponse{
        .status = 200, .content_type = "application/cbor", .body = answer, .headers = {}};
  }};
  AuthorityClient client{served.url()};
};

TEST_F(HostileTest, NonsenseIsRefused) {
  for (const char* text : {"", "\xff", "{}", "\x9b\xff\xff\xff\xff\xff\xff\xff\xff", "\x84"}) {
    answer = text;
    expect_refused();
  }
}

TEST_F(HostileTest, TruncatedAndTrailingBytesAreRefused) {
  const std::vector<Byte> feed = cbor::encode([](cbor::Writer& writer) {
    writer.open_array(2);
    writer.open_array(1);
    writer.open_array(4);
    writer.put_bytes(bytes_of("envelope"));
    writer.put_text("proof");
    writer.put_bytes(Digest{});
    writer.put_bytes(bytes_of("content"));
    writer.put_null();
  });
  const ChipId chip = World::chip(1).id;
  answer = text_of(feed);
  ASSERT_EQ(verdict(client.feed(chip, 0, 0)), "ok");
  EXPECT_EQ(client.feed(chip, 0, 0)->front().proof, "proof");
  const std::string whole = answer;
  for (std::size_t size = 0; size < whole.size(); ++size) {
    answer = whole.substr(0, size);
    EXPECT_FALSE(client.feed(chip, 0, 0)) << size;
  }
  answer = whole + '\0';
  EXPECT_FALSE(client.feed(chip, 0, 0));
}

TEST(Lists, AreFollowedToTheirEnd) {
  std::vector<std::string> asked;
  const Served pages([&](const net::HttpRequest& request) {
    asked.push_back(request.query);
    if (request.query.empty()) return net::json_response(200, R"({"items":[1,2],"next":"2"})");
    if (request.query == "after=2") return net::json_response(200, R"({"items":[3],"next":"3"})");
    return net::json_response(200, R"({"items":[],"next":null})");
  });
  EXPECT_EQ(*AuthorityClient(pages.url()).list("/chips"), R"({"items":[1,2,3]})");
  EXPECT_EQ(asked, (std::vector<std::string>{"", "after=2", "after=3"}));
}

TEST(Lists, AFeedIsFollowedToItsEnd) {
  const auto page = [](std::string_view envelope, std::optional<std::uint64_t> next) {
    return std::string(text_of(cbor::encode([&](cbor::Writer& writer) {
      writer.open_array(2);
      writer.open_array(1);
      writer.open_array(4);
      writer.put_bytes(bytes_of(envelope));
      writer.put_text("proof");
      writer.put_bytes(Digest{});
      writer.put_bytes(bytes_of("content"));
      if (!next) return writer.put_null();
      writer.open_array(2);
      writer.put_unsigned(*next);
      writer.put_unsigned(7);
    })));
  };
  const Served pages([&](const net::HttpRequest& request) {
    net::HttpResponse out;
    const bool first = net::query_value(request.query, "fleet") == "0";
    out.body = first ? page("a", 4) : page("b", {});
    return out;
  });
  const auto feed = AuthorityClient(pages.url()).feed(World::chip(1).id, 0, 7);
  ASSERT_EQ(verdict(feed), "ok");
  ASSERT_EQ(feed->size(), 2U);
  EXPECT_EQ(text_of(feed->back().envelope), "b");
}

TEST_F(HostileTest, AListWithoutAnEndIsLeft) {
  const ChipId chip = World::chip(1).id;
  // The next page begins where this one did, or before.
  answer = std::string("\x82\x80\x82\x05\x05", 5);
  EXPECT_EQ(verdict(client.feed(chip, 5, 5)), "authority_list_endless");
  EXPECT_EQ(verdict(client.feed(chip, 6, 5)), "authority_list_endless");
  EXPECT_EQ(verdict(client.feed(chip, 0, 0)), "authority_list_endless");
  answer = R"({"items":[1],"next":"7"})";
  EXPECT_EQ(verdict(client.list("/chips")), "authority_list_endless");
  answer = R"({"items":[],"next":"7"})";
  EXPECT_EQ(verdict(client.list("/chips")), "authority_list_endless");
  answer = R"({"items":[{"a":1},2],"next":null})";
  EXPECT_EQ(*client.list("/chips"), R"({"items":[{"a":1},2]})");
}

}  // namespace
}  // namespace daymark::authority
