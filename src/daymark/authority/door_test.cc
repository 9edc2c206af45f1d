// The rights of every role at every route, against a table of its own.
#include "daymark/authority/door.h"

#include <map>

#include <gtest/gtest.h>

#include "daymark/authority/authority.h"
#include "daymark/authority/chip_testing.h"
#include "daymark/authority/grants_testing.h"
#include "daymark/authority/routes.h"
#include "daymark/base/hex.h"

namespace daymark::authority {
namespace {

/// o operator, s signer, a agent, u auditor, m monitor; * everybody.
const std::map<std::string, std::string> rights{
    {"GET /healthz", "*"},
    {"GET /readyz", "om"},
    {"GET /metrics", "om"},
    {"GET /charter", "*"},
    {"POST /orders", "os"},
    {"GET /orders", "osu"},
    {"GET /orders/*", "osu"},
    {"GET /orders/*/message", "osu"},
    {"GET /orders/*/appeals", "osau"},
    {"POST /appeals", "os"},
    {"POST /findings", "os"},
    {"GET /findings/*", "osu"},
    {"GET /feed", "oau"},
    {"POST /renewals", "a"},
    {"POST /renewals/group", "o"},
    {"POST /batches", "o"},
    {"GET /batches/*/leaves", "osu"},
    {"GET /leaves/*", "oau"},
    {"GET /leaves/*/*", "oau"},
    {"POST /receipts", "oa"},
    {"POST /attestations", "a"},
    {"POST /ranging/*", "a"},
    {"POST /verdicts", "u"},
    {"GET /chips", "osu"},
    {"GET /chips/*", "osu"},
    {"GET /chips/*/attestation", "ou"},
    {"GET /chips/*/receipts", "ou"},
    {"GET /chips/*/ranging", "ou"},
};

constexpr std::string_view letters = "osaum";

class DoorTest : public ::testing::Test {
 protected:
  net::HttpResponse ask(std::string_view method, std::string_view path,
                        const std::string& authorization, std::string body = "") {
    net::HttpRequest request;
    request.method = method;
    request.path = path.substr(0, path.find('?'));
    request.query = path.contains('?') ? path.substr(path.find('?') + 1) : "";
    request.body = std::move(body);
    if (!authorization.empty()) request.headers.push_back({"authorization", authorization});
    return authority.handle(request);
  }

  static std::string bearer(const std::string& credential) { return "Bearer " + credential; }

  static std::string path_of(const Route& route) {
    std::string out(route.pattern);
    for (std::size_t star = out.find('*'); star != std::string::npos; star = out.find('*'))
      out.replace(star, 1, std::string(64, '0'));
    return out;
  }

  /// The status, and whether the refusal has this name.
  static bool is(const net::HttpResponse& answer, unsigned status, std::string_view name) {
    return answer.status == status &&
           answer.body.contains("\"name\":\"" + std::string(name) + "\"");
  }

  testing::Fleet fleet;
  governor::testing::Device& one = fleet.enrol(1);
  governor::testing::Device& two = fleet.enrol(2);
  testing::KeyRing ring{fleet.office.world.random()};
  Authority authority{{fleet.office.records.get(), &fleet.office.archive,
                       fleet.office.publisher.get(), fleet.office.renewals.get(),
                       &fleet.office.clock, &fleet.office.world.random(),
                       fleet.office.world.encoded_charter(), &ring}};
};

TEST_F(DoorTest, TheTableOfRoutesGivesTheseRights) {
  EXPECT_EQ(routes().size(), rights.size());
  for (const Route& route : routes()) {
    const std::string name = std::string(route.method) + " " + std::string(route.pattern);
    ASSERT_TRUE(rights.contains(name)) << name;
    const std::string& wanted = rights.at(name);
    EXPECT_EQ(route.roles.is_public(), wanted == "*") << name;
    // No anonymous writes.
    EXPECT_FALSE(route.roles.is_public() && route.method != "GET") << name;
    for (const Role role : all_roles) {
      const bool may = wanted == "*" || wanted.contains(letters[static_cast<std::size_t>(role)]);
      EXPECT_EQ(route.roles.has(role), may) << name << " " << name_of(role);
    }
  }
}

TEST_F(DoorTest, EveryRouteLetsInThoseRolesAlone) {
  for (const Role role : all_roles) {
    const std::string credential = bearer(ring.grant(role));
    for (const Route& route : routes()) {
      const net::HttpResponse answer = ask(route.method, path_of(route), credential);
      EXPECT_EQ(is(answer, 403, "authority_role_denied"), !route.roles.has(role))
          << route.method << " " << route.pattern << " " << name_of(role);
      EXPECT_NE(answer.status, 401U);
    }
  }
}

TEST_F(DoorTest, WithoutACredentialOnlyThePublicRoutesAnswer) {
  const std::string known = ring.grant(Role::auditor);
  const std::string foreign = make_credential(fleet.office.world.random());
  for (const Route& route : routes()) {
    const std::string path = path_of(route);
    const bool open = route.roles.is_public();
    for (const std::string& none : {std::string(), "Basic " + known, known, std::string("Bearer")})
      EXPECT_EQ(is(ask(route.method, path, none), 401, "authority_credential_missing"), !open);
    for (const std::string& unknown : {foreign, known + "0", std::string("x"), std::string()})
      EXPECT_EQ(is(ask(route.method, path, bearer(unknown)), 401, "authority_credential_unknown"),
                !open);
  }
  EXPECT_EQ(ask("GET", "/checkpoint", "").status, 200U);
  EXPECT_EQ(ask("GET", "/chips", "bEARER " + known).status, 200U);
}

TEST_F(DoorTest, A401NamesItsSchemeAndRepeatsNoSecret) {
  const std::string foreign = make_credential(fleet.office.world.random());
  ring.grant(Role::auditor);
  const net::HttpResponse answer = ask("POST", "/orders", bearer(foreign));
  EXPECT_EQ(net::header_of(answer.headers, "WWW-Authenticate"), "Bearer realm=\"daymark\"");
  EXPECT_FALSE(answer.body.contains(foreign.substr(foreign.size() - 64)));
  const std::string monitor = ring.grant(Role::monitor);
  EXPECT_FALSE(ask("GET", "/chips", bearer(monitor)).body.contains(monitor));
}

TEST_F(DoorTest, AnUnprovisionedAuthorityAcceptsNoWrites) {
  const std::string foreign = make_credential(fleet.office.world.random());
  for (const Route& route : routes()) {
    const bool open = route.roles.is_public();
    for (const std::string& shown : {std::string(), bearer(foreign)})
      EXPECT_EQ(is(ask(route.method, path_of(route), shown), 401, "authority_unprovisioned"),
                !open);
  }
  EXPECT_EQ(ask("GET", "/healthz", "").status, 200U);
}

TEST_F(DoorTest, RevokedMeansOutside) {
  const std::string credential = ring.grant(Role::auditor);
  ring.grant(Role::auditor);
  EXPECT_EQ(ask("GET", "/chips", bearer(credential)).status, 200U);
  ring.revoke(credential);
  EXPECT_TRUE(is(ask("GET", "/chips", bearer(credential)), 401, "authority_credential_unknown"));
}

TEST_F(DoorTest, AnAgentSpeaksForItsOwnChip) {
  const std::string mine = bearer(ring.grant(Role::agent, one.chip.id));
  const std::string any = bearer(ring.grant(Role::agent));
  for (governor::testing::Device* device : {&one, &two}) {
    const std::string id = to_hex(device->chip.id.view());
    const bool own = device == &one;
    const auto expect_own = [&](std::string_view method, const std::string& path,
                                ByteView body = {}) {
      const std::string content(text_of(body));
      EXPECT_EQ(is(ask(method, path, mine, content), 403, "authority_chip_denied"), !own) << path;
      EXPECT_FALSE(ask(method, path, any, content).body.contains("authority_chip_denied"));
    };
    expect_own("GET", "/feed?chip=" + id + "&fleet=0&own=0");
    expect_own("GET", "/leaves/" + id);
    expect_own("GET", "/leaves/" + id + "/1");
    expect_own("POST", "/ranging/" + id);
    expect_own("POST", "/renewals", device->client().request_renewal().value());
    expect_own("POST", "/receipts", fleet.receipts[own ? 0 : 1]);
    expect_own("POST", "/attestations", device->client().attest(Digest{1}).value().bytes);
  }
}

TEST_F(DoorTest, AnAgentWithAForgedStatementIsRefusedByItsSignature) {
  const std::string mine = bearer(ring.grant(Role::agent, one.chip.id));
  auto request = one.client().request_renewal().value();
  request.back() ^= 1U;
  EXPECT_GE(ask("POST", "/renewals", mine, std::string(text_of(request))).status, 400U);
  EXPECT_FALSE(fleet.office.renewals->chips().at(0)->has_asked());
}

}  // namespace
}  // namespace daymark::authority
