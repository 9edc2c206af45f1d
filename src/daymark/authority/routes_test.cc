#include "daymark/authority/routes.h"

#include <gtest/gtest.h>

#include "daymark/authority/authority_testing.h"
#include "daymark/authority/error_status.h"
#include "daymark/authority/errors.h"
#include "daymark/base/errors.h"
#include "daymark/order/errors.h"
#include "daymark/store/errors.h"
#include "daymark/tlog/errors.h"

namespace daymark::authority {
namespace {

TEST(Match, TakesThePartsThatStandForStars) {
  const auto one = match("/chips/*/attestation", "/chips/abc/attestation");
  ASSERT_TRUE(one);
  EXPECT_EQ(*one, std::vector<std::string_view>{"abc"});
  const auto two = match("/a/*/*", "/a/b/c");
  ASSERT_TRUE(two);
  EXPECT_EQ(*two, (std::vector<std::string_view>{"b", "c"}));
  EXPECT_TRUE(match("/orders", "/orders"));
}

TEST(Match, RefusesWhatDoesNotFit) {
  for (const char* path :
       {"", "/", "/chips", "/chips/", "/chips//attestation", "/chips/abc",
        "/chips/abc/attestation/", "/chips/abc/attestation/x", "/chips/a/b/attestation",
        "chips/abc/attestation", "/CHIPS/abc/attestation", "/chips/abc/attestations"}) {
    EXPECT_FALSE(match("/chips/*/attestation", path)) << path;
  }
}

TEST(Match, EveryRouteMatchesItsOwnPattern) {
  EXPECT_FALSE(routes().empty());
  for (const Route& route : routes()) {
    EXPECT_TRUE(match(route.pattern, route.pattern)) << route.pattern;
    EXPECT_FALSE(is_log_file(route.pattern)) << route.pattern;
  }
}

TEST(LogFiles, AreTheCheckpointAndTheTiles) {
  EXPECT_TRUE(is_log_file("/checkpoint"));
  EXPECT_TRUE(is_log_file("/tile/0/000"));
  EXPECT_FALSE(is_log_file("/checkpoints"));
  EXPECT_FALSE(is_log_file("/tiles"));
}

TEST(ErrorResponse, HasTheStatusThatFits) {
  const auto status = [](Errc code) { return error_response(Failure(code, "x")).status; };
  EXPECT_EQ(status(errc::authority_not_found), 404U);
  EXPECT_EQ(status(errc::authority_method), 405U);
  EXPECT_EQ(status(errc::authority_credential_unknown), 401U);
  EXPECT_EQ(status(errc::authority_role_denied), 403U);
  EXPECT_EQ(status(errc::authority_body_large), 413U);
  EXPECT_EQ(status(errc::authority_rate), 429U);
  EXPECT_EQ(status(errc::store_full), 503U);
  EXPECT_EQ(status(errc::secret_exposed), 503U);
  EXPECT_EQ(status(errc::order_stream), 409U);
  EXPECT_EQ(status(errc::proof_quorum), 503U);
  EXPECT_EQ(status(errc::json_malformed), 400U);
  EXPECT_EQ(status(errc::order_quorum), 403U);
  EXPECT_NE(error_response(Failure(errc::order_quorum, "x")).body.find("order_quorum"),
            std::string::npos);
}

TEST(ErrorResponse, TakesBytesThatAreNoText) {
  const net::HttpResponse answer = error_response(Failure(errc::authority_not_found, "/\xff\xfe"));
  EXPECT_EQ(answer.status, 404U);
  EXPECT_NE(answer.body.find("authority_not_found"), std::string::npos);
}

TEST(Authority, ServesTheLogAndRefusesByRoute) {
  testing::Office office;
  ASSERT_TRUE(office.submit(office.world.policy({}), {"owner", "regulator-a"}));
  Authority authority({office.records.get(), &office.archive, office.publisher.get(),
                       office.renewals.get(), &office.clock, &office.world.random(),
                       office.world.encoded_charter()});
  ASSERT_TRUE(authority.start());
  const auto ask = [&](const std::string& method, const std::string& path) {
    net::HttpRequest request;
    request.method = method;
    request.path = path;
    return authority.handle(request);
  };
  const net::HttpResponse checkpoint = ask("GET", "/checkpoint");
  EXPECT_EQ(checkpoint.status, 200U);
  EXPECT_TRUE(checkpoint.body.starts_with(std::string(order::testing::log_origin) + "\n1\n"));
  EXPECT_EQ(ask("GET", "/tile/../records").status, 404U);
  EXPECT_EQ(ask("GET", "/nowhere").status, 404U);
  EXPECT_EQ(ask("PATCH", std::string(routes().front().pattern)).status, 405U);
}

}  // namespace
}  // namespace daymark::authority
