#include "daymark/authority/grants.h"

#include <gtest/gtest.h>

#include "daymark/authority/errors.h"
#include "daymark/authority/grants_testing.h"
#include "daymark/base/errors.h"
#include "daymark/base/hex.h"
#include "daymark/crypto/random.h"

namespace daymark::authority {
namespace {

ChipId chip_of(Byte number) {
  ChipId out;
  out.bytes.fill(number);
  return out;
}

class GrantsTest : public ::testing::Test {
 protected:
  /// Adds a grant and gives its credential.
  std::string add(Grants& grants, GrantScope scope) {
    const std::string credential = make_credential(random);
    EXPECT_TRUE(grants.add({scope, credential_hash(credential).value(), {1000}}));
    return credential;
  }

  crypto::SeededRandom random{7};
};

TEST_F(GrantsTest, RolesHaveNamesOfTheirOwn) {
  for (const Role role : all_roles)
    EXPECT_EQ(role_named(name_of(role)), role);
  EXPECT_EQ(role_named("owner"), std::nullopt);
  EXPECT_EQ(role_named(""), std::nullopt);
}

TEST_F(GrantsTest, ASetOfRolesHasItsMembersAlone) {
  const Roles two = Role::agent | Role::auditor;
  for (const Role role : all_roles) {
    EXPECT_EQ(two.has(role), role == Role::agent || role == Role::auditor);
    EXPECT_TRUE(Roles::everybody().has(role));
  }
  EXPECT_FALSE(two.is_public());
  EXPECT_FALSE((two | Role::signer | Role::monitor | Role::fleet_operator).is_public());
  EXPECT_TRUE(Roles::everybody().is_public());
}

TEST_F(GrantsTest, ACredentialOpensItsOwnGrant) {
  Grants grants;
  const std::string agent = add(grants, {Role::agent, chip_of(1)});
  const std::string auditor = add(grants, {Role::auditor, {}});
  ASSERT_TRUE(grants.of(agent));
  EXPECT_EQ(grants.of(agent)->scope.chip, chip_of(1));
  EXPECT_EQ(grants.of(auditor)->scope.role, Role::auditor);
  EXPECT_FALSE(grants.of(make_credential(random)));
}

TEST_F(GrantsTest, NothingLikeACredentialOpensAnything) {
  Grants grants;
  const std::string good = add(grants, {Role::monitor, {}});
  for (std::size_t i = 0; i < good.size(); ++i) {
    std::string bad = good;
    bad[i] = bad[i] == '0' ? '1' : '0';
    EXPECT_FALSE(grants.of(bad)) << i;
    EXPECT_FALSE(grants.of(good.substr(0, i))) << i;
  }
  EXPECT_FALSE(grants.of(good + "0"));
  EXPECT_FALSE(grants.of(" " + good));
  EXPECT_FALSE(grants.of(good + "\n"));
  // Whoever reads the authority's file can't enter with what stands in it.
  const Grant grant = grants.list().front();
  EXPECT_FALSE(grants.of(to_hex(grant.hash)));
  EXPECT_FALSE(grants.of("daymark-credential-" + to_hex(grant.hash)));
}

TEST_F(GrantsTest, TheFileHoldsNoCredential) {
  Grants grants;
  const std::string credential = add(grants, {Role::signer, {}});
  const std::string secret = credential.substr(credential.size() - 64);
  EXPECT_EQ(grants.print().find(secret), std::string::npos);
  EXPECT_EQ(grants.print().find(secret.substr(0, 16)), std::string::npos);
}

TEST_F(GrantsTest, WhatIsPrintedIsParsed) {
  Grants grants;
  add(grants, {Role::agent, chip_of(1)});
  add(grants, {Role::agent, {}});
  for (const Role role : {Role::fleet_operator, Role::signer, Role::auditor, Role::monitor})
    add(grants, {role, {}});
  const auto parsed = Grants::parse(grants.print());
  ASSERT_TRUE(parsed);
  EXPECT_EQ(parsed->print(), grants.print());
  EXPECT_EQ(parsed->list().size(), 6U);
  EXPECT_TRUE(Grants::parse(R"({"grants":[]})")->empty());
}

TEST_F(GrantsTest, ADamagedFileIsRefused) {
  const auto refused = [](const std::string& text) {
    const auto parsed = Grants::parse(text);
    return parsed ? Errc{} : parsed.error().code;
  };
  const std::string hash(64, 'a');
  const auto item = [&](const std::string& role, const std::string& chip) {
    return R"({"role":")" + role + R"(","chip":)" + chip +
           R"(,"granted":"2026-01-01T00:00:00Z","sha256":")" + hash + R"("})";
  };
  const auto list = [](const std::string& items) { return R"({"grants":[)" + items + "]}"; };
  EXPECT_EQ(refused(list(item("agent", "\"any\""))), Errc{});
  EXPECT_EQ(refused(list(item("auditor", "null"))), Errc{});
  EXPECT_EQ(refused(list(item("auditor", "\"any\""))), errc::authority_grants_malformed);
  EXPECT_EQ(refused(list(item("agent", "null"))), errc::authority_grants_malformed);
  EXPECT_EQ(refused(list(item("agent", "1"))), errc::authority_grants_malformed);
  EXPECT_EQ(refused(list(item("king", "null"))), errc::authority_grants_malformed);
  EXPECT_EQ(refused(list(item("agent", "\"00\""))), errc::hex_malformed);
  EXPECT_EQ(refused(list(item("auditor", "null") + "," + item("signer", "null"))),
            errc::authority_grants_malformed);
  EXPECT_EQ(refused(list("1")), errc::json_malformed);
  EXPECT_EQ(refused("[]"), errc::json_malformed);
  EXPECT_EQ(refused(R"({"grants":{}})"), errc::json_malformed);
  EXPECT_EQ(refused(""), errc::json_malformed);
}

TEST_F(GrantsTest, ARevokedCredentialOpensNothing) {
  testing::KeyRing ring(random);
  const std::string one = ring.grant(Role::auditor);
  const std::string two = ring.grant(Role::auditor);
  ring.revoke(one);
  EXPECT_FALSE((*ring.current())->of(one));
  EXPECT_TRUE((*ring.current())->of(two));
  Grants none;
  EXPECT_EQ(none.remove("0000000000000000").error().code, errc::authority_grant_unknown);
}

}  // namespace
}  // namespace daymark::authority
