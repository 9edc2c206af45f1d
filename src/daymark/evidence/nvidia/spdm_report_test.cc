#include "daymark/evidence/nvidia/spdm_report.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "daymark/evidence/errors.h"
#include "daymark/evidence/evidence_testing.h"

namespace daymark::evidence {
namespace {

Errc report_refusal(const ReportPlan& plan) {
  const std::vector<Byte> report = plan.unsigned_report();
  const auto parsed = parse_report(report);
  return parsed ? Errc{} : parsed.error().code;
}

TEST(SpdmReport, ReadsEveryPart) {
  const ReportPlan plan;
  const std::vector<Byte> bytes = plan.unsigned_report();
  const auto report = parse_report(bytes);
  ASSERT_TRUE(report);
  EXPECT_EQ(report->requester_nonce[31], 0xAA);
  EXPECT_EQ(report->responder_nonce[0], 0xBB);
  ASSERT_EQ(report->blocks.size(), 3U);
  EXPECT_EQ(report->blocks[2].index, 3);
  EXPECT_EQ(report->blocks[2].value.front(), 9);
  EXPECT_EQ(report->opaque.size(), 4U);
  EXPECT_EQ(report->signature.size(), 96U);
  EXPECT_EQ(report->signature.front(), 0xCC);
  EXPECT_EQ(report->signed_bytes.size(), bytes.size() - 96);
  EXPECT_EQ(to_hex(*report->firmware_identity()), certified_fwid_hex);
}

TEST(SpdmReport, UnknownOpaqueTypesAreKept) {
  const std::vector<Byte> bytes = ReportPlan{}.unsigned_report();
  const auto report = parse_report(bytes);
  ASSERT_TRUE(report);
  const auto data = report->find(static_cast<OpaqueType>(999));
  ASSERT_TRUE(data);
  EXPECT_EQ(to_hex(*data), "010203");
}

TEST(SpdmReport, AbsentFirmwareIdentityIsAbsent) {
  ReportPlan plan;
  plan.opaque.erase(plan.opaque.begin() + 2);
  const std::vector<Byte> bytes = plan.unsigned_report();
  const auto report = parse_report(bytes);
  ASSERT_TRUE(report);
  EXPECT_FALSE(report->firmware_identity());
}

TEST(SpdmReport, CutShortAnywhereIsRefused) {
  const std::vector<Byte> bytes = ReportPlan{}.unsigned_report();
  for (std::size_t n = 0; n < bytes.size(); ++n) {
    const auto report = parse_report(ByteView(bytes).first(n));
    ASSERT_FALSE(report) << n;
    EXPECT_EQ(report.error().code, errc::report_truncated) << n;
  }
}

TEST(SpdmReport, TrailingBytesAreRefusedByName) {
  std::vector<Byte> bytes = ReportPlan{}.unsigned_report();
  bytes.push_back(0);
  const auto report = parse_report(bytes);
  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().code, errc::report_trailing);
  EXPECT_EQ(report.error().offset, bytes.size() - 1);
}

TEST(SpdmReport, MoreThanTheDriverCanReturnIsRefused) {
  const std::vector<Byte> bytes(report_size_max + 1);
  EXPECT_EQ(parse_report(bytes).error().code, errc::report_too_large);
}

TEST(SpdmReport, OtherMessagesAreRefused) {
  for (const std::size_t at : {0U, 1U, 2U, 3U, 36U}) {
    ReportPlan plan;
    plan.request.at(at) ^= 0x02;
    EXPECT_EQ(report_refusal(plan), errc::report_request) << at;
  }
  for (const std::size_t at : {0U, 1U, 2U, 3U}) {
    ReportPlan plan;
    plan.response.at(at) ^= 0x02;
    EXPECT_EQ(report_refusal(plan), errc::report_response) << at;
  }
}

TEST(SpdmReport, RepeatedBlockIsRefused) {
  ReportPlan plan;
  plan.blocks[2] = ReportPlan::block(2);
  EXPECT_EQ(report_refusal(plan), errc::report_block_duplicate);
}

TEST(SpdmReport, BlocksOutOfOrderAreRefused) {
  ReportPlan plan;
  std::swap(plan.blocks[1], plan.blocks[2]);
  EXPECT_EQ(report_refusal(plan), errc::report_block_order);
  plan.blocks[0] = ReportPlan::block(0);
  EXPECT_EQ(report_refusal(plan), errc::report_block_order);
}

TEST(SpdmReport, SizesThatContradictEachOtherAreRefused) {
  ReportPlan plan;
  plan.blocks[1][2] = 50;
  EXPECT_EQ(report_refusal(plan), errc::report_block_size);
  plan = {};
  plan.blocks[1][5] = 47;
  EXPECT_EQ(report_refusal(plan), errc::report_block_size);
}

TEST(SpdmReport, OtherKindsOfMeasurementAreRefused) {
  ReportPlan plan;
  plan.blocks[0][1] = 2;
  EXPECT_EQ(report_refusal(plan), errc::report_block_form);
  plan = {};
  plan.blocks[0][4] = 0x81;  // raw bytes instead of a digest
  EXPECT_EQ(report_refusal(plan), errc::report_block_form);
  plan = {};
  plan.blocks[0][2] = 35;
  plan.blocks[0][5] = 32;
  plan.blocks[0].resize(39);
  EXPECT_EQ(report_refusal(plan), errc::report_block_form);
}

TEST(SpdmReport, NoBlocksOrAnotherRecordLengthIsRefused) {
  ReportPlan plan;
  plan.blocks.clear();
  EXPECT_EQ(report_refusal(plan), errc::report_blocks);
  plan = {};
  plan.length_off = 1;
  EXPECT_EQ(report_refusal(plan), errc::report_blocks);
}

TEST(SpdmReport, OpaqueDataMustFillItsLength) {
  ReportPlan plan;
  plan.opaque.clear();
  EXPECT_EQ(report_refusal(plan), errc::report_opaque_length);
  for (const std::size_t off : {std::size_t{1}, ~std::size_t{0}}) {
    plan = {};
    plan.opaque_length_off = off;
    EXPECT_NE(report_refusal(plan), Errc{}) << off;
  }
  plan = {};
  plan.opaque_length_off = ~std::size_t{0};
  EXPECT_EQ(report_refusal(plan), errc::report_opaque_length);
}

TEST(SpdmReport, RepeatedOpaqueTypeIsRefused) {
  ReportPlan plan;
  plan.opaque.emplace_back(999, std::vector<Byte>{1});
  EXPECT_EQ(report_refusal(plan), errc::report_opaque_duplicate);
}

TEST(SpdmReport, NewerOpaqueVersionIsRefused) {
  ReportPlan plan;
  plan.opaque.emplace_back(34, std::vector<Byte>{1, 0});
  EXPECT_EQ(report_refusal(plan), Errc{});
  plan.opaque.back().second = {2, 0};
  EXPECT_EQ(report_refusal(plan), errc::report_opaque_version);
  plan.opaque.back().second = {0, 1};
  EXPECT_EQ(report_refusal(plan), errc::report_opaque_version);
}

TEST(SpdmReport, KnownFieldsOfAnotherFormAreRefused) {
  const auto with = [](unsigned type, std::vector<Byte> data) {
    ReportPlan plan;
    plan.opaque = {{type, std::move(data)}};
    return report_refusal(plan);
  };
  EXPECT_EQ(with(3, {'5', '5', '0'}), errc::report_field);
  EXPECT_EQ(with(3, {'5', 0, '0', 0}), errc::report_field);
  EXPECT_EQ(with(3, {'5', 0x1B, 0}), errc::report_field);
  EXPECT_EQ(with(6, {1, 2, 3}), errc::report_field);
  EXPECT_EQ(with(20, std::vector<Byte>(47)), errc::report_field);
  EXPECT_EQ(with(12, {1, 2, 3}), errc::report_field);
  EXPECT_EQ(with(34, {}), errc::report_field);
}

RC_GTEST_PROP(SpdmReport, EveryFlippedBitChangesWhatIsRead, ()) {
  std::vector<Byte> bytes = ReportPlan{}.unsigned_report();
  const std::vector<Byte> original = bytes;
  const auto bit = *rc::gen::inRange<std::size_t>(0, bytes.size() * 8);
  bytes[bit / 8] = static_cast<Byte>(bytes[bit / 8] ^ (1U << (bit % 8)));
  const auto report = parse_report(bytes);
  if (!report) return;
  const auto before = parse_report(original);
  const bool same = equal(report->signed_bytes, before->signed_bytes) &&
                    equal(report->signature, before->signature);
  RC_ASSERT(!same);
}

}  // namespace
}  // namespace daymark::evidence
