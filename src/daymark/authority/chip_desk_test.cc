#include "daymark/authority/chip_desk.h"

#include <gtest/gtest.h>

#include "daymark/authority/chip_testing.h"
#include "daymark/authority/errors.h"
#include "daymark/cbor/encode.h"
#include "daymark/ranging/receipt_batch.h"

namespace daymark::authority {
namespace {

using governor::testing::Device;
using order::testing::World;
using testing::verdict;

class ChipDeskTest : public ::testing::Test {
 protected:
  std::vector<Byte> request() { return device.client().request_renewal().value(); }

  std::vector<Byte> attestation() { return device.client().attest(Digest{1}).value().bytes; }

  [[nodiscard]] std::size_t stored(DocumentKind kind) {
    return fleet.office.records->documents(kind, device.chip.id)->size();
  }

  testing::Fleet fleet;
  Device& device = fleet.enrol(1);
  ChipDesk desk{*fleet.office.records, fleet.office.clock};
};

TEST_F(ChipDeskTest, KnowsTheChipsThatAreEnrolled) {
  EXPECT_EQ(desk.chip(device.chip.id)->key, device.chip.key);
  EXPECT_EQ(verdict(desk.chip(World::chip(2).id)), "authority_chip_unknown");
}

TEST_F(ChipDeskTest, AReceiptIsKeptOnceForEachOrder) {
  const std::vector<Byte>& receipt = fleet.receipts.front();
  EXPECT_EQ(verdict(desk.take_receipt(receipt)), "ok");
  EXPECT_EQ(verdict(desk.take_receipt(receipt)), "ok");
  EXPECT_EQ(stored(DocumentKind::receipt), 1U);
  std::vector<Byte> forged = receipt;
  forged.back() ^= 1;
  EXPECT_EQ(verdict(desk.take_receipt(forged)), "cose_signature");
  EXPECT_EQ(stored(DocumentKind::receipt), 1U);
}

TEST_F(ChipDeskTest, OneDocumentIsNotTakenForAnother) {
  EXPECT_FALSE(desk.take_receipt(attestation()));
  EXPECT_FALSE(fleet.office.renewals->take_one(attestation()));
  EXPECT_FALSE(desk.take_attestation(fleet.receipts.front()));
  EXPECT_FALSE(desk.take_attestation(request()));
  EXPECT_EQ(stored(DocumentKind::receipt), 0U);
  EXPECT_EQ(stored(DocumentKind::attestation), 0U);
}

TEST_F(ChipDeskTest, AnAttestationOfTheRecordsHeadsIsConsistent) {
  const auto finding = desk.take_attestation(attestation());
  ASSERT_EQ(verdict(finding), "ok");
  EXPECT_TRUE(finding->consistent);
}

TEST_F(ChipDeskTest, AHeadThatTheRecordsDoNotHaveIsAFindingAndIsKept) {
  const testing::QuickFolder folder;
  const auto others = open_sqlite_records(folder.path() + "/records").value();
  ASSERT_TRUE(others->put_chip({device.chip.id, device.chip.key, 0, "", "", false}));
  ChipDesk elsewhere(*others, fleet.office.clock);
  const std::vector<Byte> bytes = attestation();
  const auto finding = elsewhere.take_attestation(bytes);
  ASSERT_EQ(verdict(finding), "ok");
  EXPECT_FALSE(finding->consistent);
  EXPECT_EQ(finding->reason, errc::authority_attestation_fork);
  EXPECT_EQ(*elsewhere.attestation(device.chip.id), bytes);
}

TEST_F(ChipDeskTest, AnOlderAttestationDoesNotReplaceANewerOne) {
  const std::vector<Byte> first = attestation();
  ASSERT_FALSE(request().empty());
  const std::vector<Byte> second = attestation();
  EXPECT_TRUE(desk.attestation(device.chip.id)->empty());
  ASSERT_EQ(verdict(desk.take_attestation(second)), "ok");
  EXPECT_EQ(verdict(desk.take_attestation(first)), "authority_document_old");
  EXPECT_EQ(*desk.attestation(device.chip.id), second);
  // Nothing happened between these two.
  const std::vector<Byte> third = attestation();
  EXPECT_EQ(verdict(desk.take_attestation(third)), "ok");
  EXPECT_EQ(*desk.attestation(device.chip.id), third);
}

TEST_F(ChipDeskTest, AnAttestationBySomebodyElseIsRefused) {
  Device stranger(fleet.office.world, 9);
  const auto foreign = stranger.client().attest(Digest{1}).value();
  EXPECT_EQ(verdict(desk.take_attestation(foreign.bytes)), "authority_chip_unknown");
  std::vector<Byte> forged = attestation();
  forged.back() ^= 1;
  EXPECT_EQ(verdict(desk.take_attestation(forged)), "cose_signature");
}

class RangingListTest : public ChipDeskTest {
 protected:
  /// Beacon `i` says something; who believes it is the verifiers' business.
  std::vector<Byte> receipt(std::size_t i, Byte content) {
    ranging::Receipt said;
    said.exchanges = content;
    return ranging::sign_receipt(said, fleet.office.world.beacon_key(i)).value();
  }

  static std::vector<Byte> list(const std::vector<std::vector<Byte>>& receipts) {
    return cbor::encode([&](cbor::Writer& writer) {
      writer.open_array(receipts.size());
      for (const auto& one : receipts)
        writer.put_bytes(one);
    });
  }
};

TEST_F(RangingListTest, TheNewestReceiptOfEachBeaconIsKept) {
  const std::vector<std::vector<Byte>> first{receipt(0, 1), receipt(1, 1)};
  const std::vector<std::vector<Byte>> second{receipt(0, 2)};
  ASSERT_EQ(verdict(desk.take_ranging(device.chip.id, list(first))), "ok");
  ASSERT_EQ(verdict(desk.take_ranging(device.chip.id, list(second))), "ok");
  EXPECT_EQ(*desk.documents(DocumentKind::ranging, device.chip.id), list({first[1], second[0]}));
}

TEST_F(RangingListTest, ABadListLeavesNoTrace) {
  const std::vector<Byte> good = receipt(0, 1);
  std::vector<Byte> trailing = list({good});
  trailing.push_back(0);
  const std::vector<std::vector<Byte>> bad{
      {}, {0xFF}, list({good, {1, 2, 3}}), list({good, {}}), list(std::vector(17, good)), trailing};
  for (const std::vector<Byte>& bytes : bad)
    EXPECT_FALSE(desk.take_ranging(device.chip.id, bytes)) << bytes.size();
  EXPECT_EQ(verdict(desk.take_ranging(World::chip(2).id, list({good}))), "authority_chip_unknown");
  EXPECT_EQ(stored(DocumentKind::ranging), 0U);
}

TEST_F(ChipDeskTest, VerdictsOfOneChipAreKeptOnceEach) {
  EXPECT_EQ(verdict(desk.take_verdict(device.chip.id, bytes_of("{\"a\":1}"))), "ok");
  EXPECT_EQ(verdict(desk.take_verdict(device.chip.id, bytes_of("{\"a\":1}"))), "ok");
  EXPECT_EQ(verdict(desk.take_verdict(device.chip.id, bytes_of("{\"a\":2}"))), "ok");
  EXPECT_EQ(stored(DocumentKind::verdict), 2U);
  EXPECT_EQ(verdict(desk.take_verdict(World::chip(2).id, bytes_of("{}"))),
            "authority_chip_unknown");
}

}  // namespace
}  // namespace daymark::authority
