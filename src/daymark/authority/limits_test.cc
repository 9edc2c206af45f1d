// How often, how much, how long a list, and the same thing twice.
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "daymark/authority/answers.h"
#include "daymark/authority/authority.h"
#include "daymark/authority/chip_testing.h"
#include "daymark/authority/grants_testing.h"
#include "daymark/authority/records_testing.h"
#include "daymark/authority/renewal_group.h"
#include "daymark/authority/routes.h"
#include "daymark/base/hex.h"
#include "daymark/cbor/encode.h"
#include "daymark/order/appeal.h"
#include "daymark/order/finding_testing.h"
#include "daymark/ranging/receipt_batch.h"
#include "daymark/store/errors.h"

namespace daymark::authority {
namespace {

using testing::verdict;
using Json = nlohmann::json;

class LimitsTest : public ::testing::Test {
 protected:
  net::HttpResponse ask(const std::string& method, const std::string& target,
                        const std::string& credential, std::string body = "") {
    net::HttpRequest request;
    request.method = method;
    request.path = target.substr(0, target.find('?'));
    request.query = target.contains('?') ? target.substr(target.find('?') + 1) : "";
    request.body = std::move(body);
    request.headers.push_back({"Authorization", "Bearer " + credential});
    return authority.handle(request);
  }

  Json get(const std::string& target) {
    const net::HttpResponse answer = ask("GET", target, operators);
    EXPECT_EQ(answer.status, 200U) << answer.body;
    return Json::parse(answer.body, nullptr, false);
  }

  static bool is(const net::HttpResponse& answer, unsigned status, std::string_view name) {
    return answer.status == status && answer.body.contains(name);
  }

  void add_policies(int count) {
    for (int i = 0; i < count; ++i)
      ASSERT_EQ(
          verdict(fleet.office.submit(fleet.office.world.policy({}), {"owner", "regulator-a"})),
          "ok");
  }

  static std::string text(ByteView bytes) { return std::string(text_of(bytes)); }

  testing::Fleet fleet;
  governor::testing::Device& device = fleet.enrol(1);
  std::string id = to_hex(device.chip.id.view());
  testing::KeyRing ring{fleet.office.world.random()};
  std::string operators = ring.grant(Role::fleet_operator);
  std::string agent = ring.grant(Role::agent);
  std::string auditor = ring.grant(Role::auditor);
  PeerWatch watch;
  Authority authority{{fleet.office.records.get(), &fleet.office.archive,
                       fleet.office.publisher.get(), fleet.office.renewals.get(),
                       &fleet.office.clock, &fleet.office.world.random(),
                       fleet.office.world.encoded_charter(), &ring, &watch,
                       RateLimit{.per_second = 2, .burst = 40}}};
};

TEST_F(LimitsTest, WhoAsksTooOftenIsToldHowLongToWait) {
  for (int i = 0; i < 40; ++i)
    ASSERT_EQ(ask("GET", "/chips", auditor).status, 200U);
  const net::HttpResponse refused = ask("GET", "/chips", auditor);
  EXPECT_TRUE(is(refused, 429, "authority_rate"));
  EXPECT_EQ(net::header_of(refused.headers, "Retry-After"), "1");
  // Others, and public routes, are as before.
  EXPECT_EQ(ask("GET", "/chips", operators).status, 200U);
  EXPECT_EQ(ask("GET", "/healthz", auditor).status, 200U);
  fleet.office.world.now = fleet.office.world.now + seconds(1);
  EXPECT_EQ(ask("GET", "/chips", auditor).status, 200U);
  EXPECT_EQ(ask("GET", "/chips", auditor).status, 200U);
  EXPECT_EQ(ask("GET", "/chips", auditor).status, 429U);
}

TEST_F(LimitsTest, GuessingCostsTheKnownNothing) {
  for (int i = 0; i < 100; ++i)
    EXPECT_EQ(ask("GET", "/chips", make_credential(fleet.office.world.random())).status, 401U);
  EXPECT_EQ(ask("GET", "/chips", auditor).status, 200U);
}

TEST_F(LimitsTest, EveryRouteHasALargestBody) {
  for (const Route& route : routes()) {
    if (route.method != "POST") continue;
    EXPECT_GT(route.body_max, 0U);
    std::string path(route.pattern);
    if (path.contains('*')) path.replace(path.find('*'), 1, id);
    for (const std::string& credential : {operators, agent, auditor}) {
      const net::HttpResponse just =
          ask("POST", path, credential, std::string(route.body_max, 'x'));
      EXPECT_NE(just.status, 413U) << path;
      const net::HttpResponse over =
          ask("POST", path, credential, std::string(route.body_max + 1, 'x'));
      EXPECT_EQ(is(over, 413, "authority_body_large"),
                just.status != 403 || !just.body.contains("role_denied"))
          << path;
    }
  }
  EXPECT_EQ(ask("GET", "/chips", operators, "x").status, 413U);
}

TEST_F(LimitsTest, AnOrderTwiceIsOneOrder) {
  order::OrderFile file = fleet.office.world.policy({});
  fleet.office.world.sign(file, {"owner", "regulator-a"});
  const std::string body = text(order::print_order_file(file));
  const Json first = Json::parse(ask("POST", "/orders", operators, body).body);
  const Json second = Json::parse(ask("POST", "/orders", operators, body).body);
  for (const char* member : {"hash", "kind", "index", "logged_at", "binds_at"})
    EXPECT_EQ(first[member], second[member]) << member;
  EXPECT_EQ(get("/orders")["items"].size(), 2U);
  EXPECT_EQ(get("/healthz")["log_size"], 2);
}

TEST_F(LimitsTest, AnAppealTwiceIsOneAppeal) {
  const auto stop =
      fleet.office.submit(fleet.office.world.suspend_fleet(days(10)), {"maker", "regulator-a"});
  ASSERT_EQ(verdict(stop), "ok");
  const std::string body = text(order::make_appeal(
      {fleet.office.world.charter().fleet, stop->hash, fleet.office.world.now, "unfounded"},
      fleet.office.world.party("owner").key.sign));
  const net::HttpResponse first = ask("POST", "/appeals", operators, body);
  EXPECT_EQ(first.status, 200U);
  EXPECT_EQ(ask("POST", "/appeals", operators, body).body, first.body);
  EXPECT_EQ(fleet.office.records->appeals(stop->hash)->size(), 1U);
}

TEST_F(LimitsTest, AFindingTwiceIsOneFinding) {
  const std::string body = text(order::print_finding_file(
      order::testing::answered_finding(fleet.office.world, device.chip.id)));
  const net::HttpResponse first = ask("POST", "/findings", operators, body);
  EXPECT_EQ(first.status, 200U) << first.body;
  const Json log = get("/healthz");
  EXPECT_EQ(ask("POST", "/findings", operators, body).body, first.body);
  EXPECT_EQ(get("/healthz"), log);
}

/// A draft grants nothing. Two have the number of the same next batch: one of them can be logged.
TEST_F(LimitsTest, TwoDraftsBecomeOneBatch) {
  ASSERT_TRUE(fleet.office.renewals->take_one(device.client().request_renewal().value()));
  std::vector<std::string> files;
  for (int i = 0; i < 2; ++i) {
    const std::string drafted =
        ask("POST", "/batches", operators, R"({"validity_s": 604800})").body;
    const auto batch = parse_batch_answer(bytes_of(drafted));
    ASSERT_TRUE(batch);
    order::OrderFile file = order::parse_order_file(batch->order_file).value();
    fleet.office.world.sign(file, {"authority"});
    files.push_back(text(order::print_order_file(file)));
  }
  EXPECT_EQ(get("/chips/" + id)["leaf"], nullptr);
  EXPECT_EQ(ask("POST", "/orders", operators, files[1]).status, 200U);
  EXPECT_EQ(ask("POST", "/orders", operators, files[1]).status, 200U);
  EXPECT_TRUE(is(ask("POST", "/orders", operators, files[0]), 409, "authority_stream_taken"));
  EXPECT_EQ(fleet.office.records->batches({.limit = 9})->size(), 1U);
}

TEST_F(LimitsTest, EveryStatementTwiceIsOneStatement) {
  const auto receipt = ranging::sign_receipt({}, fleet.office.world.beacon_key(0)).value();
  const std::string rangings = text(cbor::encode([&](cbor::Writer& writer) {
    writer.open_array(1);
    writer.put_bytes(receipt);
  }));
  const std::string request = text(device.client().request_renewal().value());
  const ByteView one = bytes_of(request);
  const std::string group_of_one = text(print_renewal_group({&one, 1}));
  const std::string attested = text(device.client().attest(Digest{1}).value().bytes);
  const std::string verdict_json = R"({"chip": ")" + id + R"(", "verdict": "fine"})";
  for (int i = 0; i < 2; ++i) {
    const net::HttpResponse renewal = ask("POST", "/renewals", agent, request);
    EXPECT_EQ(Json::parse(renewal.body)["request"], to_hex(order::request_hash(bytes_of(request))));
    const net::HttpResponse group = ask("POST", "/renewals/group", operators, group_of_one);
    EXPECT_EQ(parse_renewal_answer(bytes_of(group.body))->front(),
              order::request_hash(bytes_of(request)));
    EXPECT_EQ(ask("POST", "/receipts", agent, text(fleet.receipts.front())).status, 200U);
    EXPECT_EQ(ask("POST", "/attestations", agent, attested).status, 200U);
    EXPECT_EQ(ask("POST", "/ranging/" + id, agent, rangings).status, 200U);
    EXPECT_EQ(ask("POST", "/verdicts", auditor, verdict_json).status, 200U);
  }
  Records& records = *fleet.office.records;
  EXPECT_EQ(fleet.office.renewals->book().segments(), 1U);
  EXPECT_EQ(fleet.office.renewals->chips().at(0)->newest.hash,
            order::request_hash(bytes_of(request)));
  for (const DocumentKind kind : {DocumentKind::receipt, DocumentKind::attestation,
                                  DocumentKind::ranging, DocumentKind::verdict})
    EXPECT_EQ(records.documents(kind, device.chip.id)->size(), 1U) << static_cast<int>(kind);
}

TEST_F(LimitsTest, EveryPostIsTestedTwiceHere) {
  const std::set<std::string_view> tested{
      "/orders",         "/appeals",  "/findings",     "/batches",   "/renewals",
      "/renewals/group", "/receipts", "/attestations", "/ranging/*", "/verdicts"};
  for (const Route& route : routes())
    EXPECT_EQ(route.method == "POST", tested.contains(route.pattern) && route.method != "GET")
        << route.pattern;
}

TEST_F(LimitsTest, PagesOfOrdersAreTheWholeList) {
  add_policies(6);
  const Json all = get("/orders")["items"];
  ASSERT_EQ(all.size(), 7U);
  EXPECT_EQ(get("/orders")["next"], nullptr);
  for (const int limit : {1, 2, 3, 6, 7, 8}) {
    Json joined = Json::array();
    std::string target = "/orders?limit=" + std::to_string(limit);
    for (std::string next = "?"; !next.empty();) {
      const Json page = get(next == "?" ? target : target + "&after=" + next);
      EXPECT_LE(page["items"].size(), static_cast<std::size_t>(limit));
      joined.insert(joined.end(), page["items"].begin(), page["items"].end());
      next = page["next"].is_null() ? "" : page["next"].get<std::string>();
      fleet.office.world.now = fleet.office.world.now + seconds(1);
    }
    EXPECT_EQ(joined, all) << limit;
  }
  EXPECT_TRUE(get("/orders?after=7")["items"].empty());
  EXPECT_TRUE(get("/orders?after=18446744073709551615")["items"].empty());
}

TEST_F(LimitsTest, PagesOfChipsAreTheWholeList) {
  fleet.enrol(2);
  fleet.enrol(3);
  const Json all = get("/chips")["items"];
  ASSERT_EQ(all.size(), 3U);
  const Json first = get("/chips?limit=2");
  EXPECT_EQ(first["next"], "2");
  EXPECT_EQ(first["items"], Json({all[0], all[1]}));
  const Json second = get("/chips?after=2&limit=2");
  EXPECT_EQ(second["next"], nullptr);
  EXPECT_EQ(second["items"], Json::array({all[2]}));
}

TEST_F(LimitsTest, PagesOfTheFeedAreTheWholeFeed) {
  add_policies(4);
  const auto feed = [&](const FeedPosition& at, const std::string& limit) {
    const net::HttpResponse answer =
        ask("GET",
            "/feed?chip=" + id + "&fleet=" + std::to_string(at.fleet_seq) +
                "&own=" + std::to_string(at.own_seq) + limit,
            agent);
    EXPECT_EQ(answer.status, 200U);
    return parse_feed_answer(bytes_of(answer.body)).value();
  };
  const auto envelopes = [](const FeedAnswer& answer) {
    std::vector<std::vector<Byte>> out;
    for (const governor::OrderParts& order : answer.orders)
      out.push_back(order.envelope);
    return out;
  };
  const auto all = envelopes(feed({}, ""));
  ASSERT_EQ(all.size(), 5U);
  std::vector<std::vector<Byte>> joined;
  std::optional<FeedPosition> at = FeedPosition{};
  while (at) {
    const FeedAnswer page = feed(*at, "&limit=2");
    EXPECT_LE(page.orders.size(), 2U);
    std::ranges::move(envelopes(page), std::back_inserter(joined));
    EXPECT_TRUE(!page.next || is_onward(*at, *page.next));
    at = page.next;
  }
  EXPECT_EQ(joined, all);
}

TEST_F(LimitsTest, AWrongPageIsRefused) {
  for (const char* target : {"/orders?limit=0", "/orders?limit=x", "/orders?after=-1",
                             "/chips?after=x", "/chips?limit=1x", "/orders?after="})
    EXPECT_TRUE(is(ask("GET", target, operators), 400, "number_malformed")) << target;
  EXPECT_EQ(ask("GET", "/feed?chip=" + id + "&limit=0", agent).status, 400U);
}

TEST_F(LimitsTest, ReadyMeansThatTheNextOrderCanBeTaken) {
  const Json ready = get("/readyz");
  EXPECT_EQ(ready, Json::parse(R"({"ready":true,"log":"ok","store":"ok",
      "witnesses":{"reachable":0,"of":3},"mirrors":{"reachable":0,"of":1}})"));
  watch.note("http://w0", true);
  watch.note("http://w1", true);
  watch.note("http://w1", false);
  watch.note("http://m", true);
  EXPECT_EQ(get("/readyz")["witnesses"]["reachable"], 1);
  EXPECT_EQ(get("/readyz")["mirrors"]["reachable"], 1);
}

TEST_F(LimitsTest, MetricsCountWhatWasAnswered) {
  ASSERT_EQ(ask("GET", "/chips", operators).status, 200U);
  ASSERT_EQ(ask("GET", "/nowhere", operators).status, 404U);
  const net::HttpResponse answer = ask("GET", "/metrics", operators);
  EXPECT_EQ(answer.content_type, openmetrics_type);
  EXPECT_TRUE(answer.body.contains("\ndaymark_chips 1\n"));
  EXPECT_TRUE(answer.body.contains("\ndaymark_orders_total{kind=\"enrol\"} 1\n"));
  EXPECT_TRUE(answer.body.contains("\ndaymark_answers_total{status=\"404\"} 1\n"));
  EXPECT_TRUE(answer.body.ends_with("\n# EOF\n"));
  // Counts alone.
  EXPECT_FALSE(answer.body.contains(id));
}

/// Records that can no longer write.
TEST_F(LimitsTest, AStoreThatCannotWriteIsNotReady) {
  class Full final : public testing::MemoryRecords {
   public:
    Outcome<void> probe(UnixMillis) override { return refuse(errc::store_full, "probe"); }
  };

  Full full;
  Authority broken({&full, &fleet.office.archive, fleet.office.publisher.get(),
                    fleet.office.renewals.get(), &fleet.office.clock, &fleet.office.world.random(),
                    fleet.office.world.encoded_charter(), &ring});
  net::HttpRequest request;
  request.method = "GET";
  request.path = "/readyz";
  request.headers.push_back({"Authorization", "Bearer " + operators});
  const net::HttpResponse answer = broken.handle(request);
  EXPECT_EQ(answer.status, 503U);
  const Json document = Json::parse(answer.body);
  EXPECT_FALSE(document["ready"].get<bool>());
  EXPECT_EQ(document["store"], "store_full");
  EXPECT_EQ(document["log"], "ok");
}

}  // namespace
}  // namespace daymark::authority
