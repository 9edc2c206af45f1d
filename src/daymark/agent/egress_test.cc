// What leaves a host is what docs/data-flows.md lists: real messages of an agent are taken apart
// and compared with the shapes there, item by item.
#include <gtest/gtest.h>

#include "daymark/agent/agent.h"
#include "daymark/agent/agent_testing.h"
#include "daymark/base/file.h"
#include "daymark/cbor/cose.h"

namespace daymark::agent {
namespace {

using cbor::Reader;
using governor::testing::Device;
using order::testing::World;

std::string shape_of_next(Reader& in);

std::string shape_of_list(Reader& in) {
  const std::size_t count = in.enter_array(64).value();
  std::string out = "[";
  for (std::size_t i = 0; i < count; ++i)
    out += (i == 0 ? "" : ", ") + shape_of_next(in);
  return out + "]";
}

/// Keys as they are: they name the claims.
std::string shape_of_map(Reader& in) {
  const std::size_t count = in.enter_map(64).value();
  std::string out = "{";
  for (std::size_t i = 0; i < count; ++i) {
    out += (i == 0 ? "" : ", ") + std::to_string(in.read_integer().value());
    out += ": " + shape_of_next(in);
  }
  return out + "}";
}

std::string shape_of_next(Reader& in) {
  switch (in.peek().value()) {
    case cbor::Type::array: return shape_of_list(in);
    case cbor::Type::map: return shape_of_map(in);
    case cbor::Type::bytes: return "b" + std::to_string(in.read_bytes(0, 4096).value().size());
    case cbor::Type::text: return in.read_text(4096) ? "t" : "?";
    case cbor::Type::unsigned_integer:
    case cbor::Type::negative_integer: return in.read_integer() ? "n" : "?";
    default: return in.read_item() ? "!" : "?";
  }
}

/// Of the payload that a chip signed.
std::string shape_of(ByteView message) {
  const auto signed_message = cbor::parse_sign1(message);
  if (!signed_message) return "unsigned";
  Reader in(signed_message->payload);
  std::string out = shape_of_next(in);
  return in.at_end() ? out : out + " and more";
}

class EgressTest : public ::testing::Test {
 protected:
  void SetUp() override {
    device.enrol();
    device.range();
    authority.publish(world.prove(world.policy({}), {"owner", "regulator-a"}));
    ASSERT_TRUE(agent.cycle());
    table = read_text(DAYMARK_SOURCE_DIR "/docs/data-flows.md").value();
  }

  void expect_listed(const std::string& name, const std::vector<std::vector<Byte>>& messages) {
    ASSERT_FALSE(messages.empty()) << name;
    for (const std::vector<Byte>& message : messages) {
      const std::string row = "| " + name + " | `" + shape_of(message) + "` |";
      EXPECT_NE(table.find(row), std::string::npos)
          << "docs/data-flows.md does not list what leaves the host:\n"
          << row;
    }
  }

  World world;
  Device device{world};
  testing::FakeAuthority authority;
  testing::WorldClock clock{world};
  crypto::SeededRandom random{7};
  Agent agent{{}, {&device.client(), &authority, &clock, &random, {}}};
  std::string table;
};

TEST_F(EgressTest, RenewalRequestsAreListed) {
  expect_listed("renewal request", authority.requests);
}

TEST_F(EgressTest, ReceiptsAreListed) {
  expect_listed("receipt for an order", authority.receipts);
}

TEST_F(EgressTest, AttestationsAreListed) {
  expect_listed("attestation", authority.attestations);
}

TEST_F(EgressTest, AnAttestationAfterAnEmergencyIsListedToo) {
  device.license({.length = days(1)});
  const auto grant = order::make_emergency(
      {world.charter().fleet, device.chip.id, world.now, hours(1), "no licence comes"},
      world.party("owner").key.sign);
  ASSERT_TRUE(device.client().emergency(grant));
  authority.attestations.clear();
  ASSERT_TRUE(agent.cycle());
  expect_listed("attestation after an emergency grant", authority.attestations);
}

}  // namespace
}  // namespace daymark::agent
