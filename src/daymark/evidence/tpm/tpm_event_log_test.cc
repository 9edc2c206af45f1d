// Event logs: what adds up, and what is refused by name.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "daymark/base/file.h"
#include "daymark/crypto/ports.h"
#include "daymark/evidence/errors.h"
#include "daymark/evidence/tpm/tpm_explain.h"
#include "daymark/evidence/tpm/tpm_quote_file.h"
#include "daymark/evidence/tpm/tpm_testing.h"

namespace daymark::evidence {
namespace {

const std::string foreign_logs =
    std::string(DAYMARK_SOURCE_DIR) + "/tests/vectors/evidence/tpm-foreign/eventlogs/";
constexpr std::array<EventAlgorithm, 2> two_banks{{{tpm_alg::sha1, 20}, {tpm_alg::sha256, 32}}};

std::string_view fate(ByteView log) {
  const auto parsed = parse_event_log(log);
  return parsed ? "ok" : entry_of(parsed.error().code).name;
}

/// Extends by another library call than the one under test.
Digest extended(const Digest& before, const Digest& by) {
  const std::array<ByteView, 2> parts{before, by};
  return crypto::sha256(parts);
}

Digest filled(Byte filler) {
  Digest out{};
  out.fill(filler);
  return out;
}

TestBytes locality_event(Byte locality) {
  TestBytes out;
  put_part(out, bytes_of(std::string_view("StartupLocality\0", 16)));
  out.push_back(locality);
  return out;
}

TEST(EventLog, ForeignLogsLeadToTheirValues) {
  for (const std::string name : {"arch-linux-workstation.bin", "eventlogwithsp800155.bin"}) {
    const auto content = read_file(foreign_logs + name);
    const auto log = parse_event_log(*content);
    ASSERT_TRUE(log) << name;
    const auto values = read_file(foreign_logs + name + ".pcrs.json");
    const auto banks = parse_pcr_values(*values, {});
    ASSERT_TRUE(banks) << name;
    for (const auto& [hash, bank] : *banks) {
      const auto replayed = replay_event_log(*log, hash);
      ASSERT_TRUE(replayed);
      for (const auto& [pcr, value] : bank)
        EXPECT_EQ(replayed->at(pcr), value) << name << " PCR " << pcr;
    }
    EXPECT_TRUE(explain_event_log(*content));
  }
}

TEST(EventLog, AddsUpEventByEvent) {
  TestBytes log = log_header(two_banks);
  put_event(log, {0, 8, {1, 2}, 0x11}, two_banks);
  put_event(log, {7, 4, {}, 0x22}, two_banks);
  put_event(log, {0, 3, {9}, 0x33}, two_banks);  // not extended
  put_event(log, {0, 4, {}, 0x44}, two_banks);
  const auto parsed = parse_event_log(log);
  ASSERT_TRUE(parsed);
  const auto values = replay_event_log(*parsed, tpm_alg::sha256);
  ASSERT_TRUE(values);
  EXPECT_EQ(values->size(), 2U);
  EXPECT_TRUE(equal(values->at(0), extended(extended({}, filled(0x11)), filled(0x44))));
  EXPECT_TRUE(equal(values->at(7), extended({}, filled(0x22))));
  EXPECT_EQ(replay_event_log(*parsed, tpm_alg::sha384).error().code, errc::tpmlog_bank_missing);
}

TEST(EventLog, StartLocalityIsWherePcr0Begins) {
  TestBytes log = log_header(two_banks);
  put_event(log, {0, 3, locality_event(3)}, two_banks);
  put_event(log, {0, 4, {}, 0x44}, two_banks);
  put_event(log, {1, 4, {}, 0x44}, two_banks);
  const auto parsed = parse_event_log(log);
  ASSERT_TRUE(parsed);
  EXPECT_EQ(parsed->start_locality, 3);
  const auto values = replay_event_log(*parsed, tpm_alg::sha256);
  Digest start{};
  start.back() = 3;
  EXPECT_TRUE(equal(values->at(0), extended(start, filled(0x44))));
  EXPECT_TRUE(equal(values->at(1), extended({}, filled(0x44))));
}

TEST(EventLog, StartLocalityStandsOnceAndFirst) {
  TestBytes twice = log_header(two_banks);
  put_event(twice, {0, 3, locality_event(0)}, two_banks);
  put_event(twice, {0, 3, locality_event(3)}, two_banks);
  EXPECT_EQ(fate(twice), "tpmlog_locality");
  TestBytes late = log_header(two_banks);
  put_event(late, {0, 8, {}}, two_banks);
  put_event(late, {0, 3, locality_event(3)}, two_banks);
  EXPECT_EQ(fate(late), "tpmlog_locality");
  for (const Byte locality : {Byte{1}, Byte{2}, Byte{5}, Byte{0xFF}}) {
    TestBytes none = log_header(two_banks);
    put_event(none, {0, 3, locality_event(locality)}, two_banks);
    EXPECT_EQ(fate(none), "tpmlog_locality");
  }
  TestBytes elsewhere = log_header(two_banks);
  put_event(elsewhere, {1, 3, locality_event(3)}, two_banks);
  EXPECT_EQ(fate(elsewhere), "tpmlog_locality");
}

TEST(EventLog, FormsOfSha1AloneAreRefusedByName) {
  constexpr std::array<EventAlgorithm, 1> only{{{tpm_alg::sha1, 20}}};
  EXPECT_EQ(fate(log_header(only)), "tpmlog_sha1");
  EXPECT_EQ(fate(log_header(two_banks, {"Spec ID Event02\0", 16})), "tpmlog_sha1");
  // The oldest form has no header at all: an event of type 8 comes first.
  TestBytes oldest = log_header(two_banks);
  oldest[4] = 8;
  EXPECT_EQ(fate(oldest), "tpmlog_sha1");
  EXPECT_EQ(fate(log_header(two_banks, {"Something else\0\0", 16})), "tpmlog_form");
}

TEST(EventLog, EventsHaveOneDigestOfEachAlgorithm) {
  TestBytes log = log_header(two_banks);
  const std::size_t start = log.size();
  put_event(log, {0, 8, {1}}, two_banks);
  EXPECT_EQ(fate(log), "ok");
  TestBytes other = log;
  other[start + 8] = 1;  // one digest announced
  EXPECT_EQ(fate(other), "tpmlog_digests");
  other = log;
  other[start + 12] = 0x0B;  // both are SHA-256
  EXPECT_NE(fate(other), "ok");
  other = log;
  other[start + 12] = 0x27;  // an algorithm that the header doesn't list
  EXPECT_EQ(fate(other), "tpmlog_digests");
  other = log;
  other[start] = 24;
  EXPECT_EQ(fate(other), "tpmlog_pcr");
  for (std::size_t i = 0; i < 4; ++i)
    other[start + i] = 0xFF;
  EXPECT_EQ(fate(other), "tpmlog_pcr");  // extended into no PCR
  other[start + 4] = 3;
  EXPECT_EQ(fate(other), "ok");  // an event without action may be nobody's
}

TEST(EventLog, AlgorithmsAreWhatTheyAre) {
  using Algorithms = std::vector<EventAlgorithm>;
  EXPECT_EQ(fate(log_header(Algorithms{})), "tpmlog_algorithms");
  EXPECT_EQ(fate(log_header(Algorithms{{0x0B, 20}})), "tpmlog_algorithms");
  EXPECT_EQ(fate(log_header(Algorithms{{0x0B, 32}, {0x0B, 32}})), "tpmlog_algorithms");
  EXPECT_EQ(fate(log_header(Algorithms{{0x12, 0}})), "tpmlog_algorithms");
  EXPECT_EQ(fate(log_header(Algorithms(6, {0x0B, 32}))), "tpmlog_algorithms");
  EXPECT_EQ(fate(log_header(Algorithms{{0x0B, 32}, {0x12, 32}})), "ok");  // SM3 is kept
}

TEST(EventLog, IsReadToTheLastByte) {
  TestBytes log = log_header(two_banks);
  const std::size_t start = log.size();
  put_event(log, {0, 8, {1, 2, 3}}, two_banks);
  for (std::size_t size = 0; size < log.size(); ++size)
    EXPECT_EQ(fate(ByteView(log).first(size)), size == start ? "ok" : "tpmlog_form") << size;
  log.push_back(0);
  EXPECT_EQ(fate(log), "tpmlog_form");
  EXPECT_EQ(fate(TestBytes(event_log_max + 1)), "tpmlog_too_large");
}

RC_GTEST_PROP(EventLog, ReplaysAsANaiveChain, (const std::vector<Byte>& fillers)) {
  TestBytes log = log_header(two_banks);
  std::array<Digest, 24> expected{};
  for (const Byte filler : fillers) {
    const std::uint32_t pcr = filler % 24U;
    put_event(log, {pcr, 4, {}, filler}, two_banks);
    expected.at(pcr) = extended(expected.at(pcr), filled(filler));
  }
  const auto parsed = parse_event_log(log);
  RC_ASSERT(parsed.has_value());
  const auto values = replay_event_log(*parsed, tpm_alg::sha256);
  RC_ASSERT(values.has_value());
  for (const auto& [pcr, value] : *values)
    RC_ASSERT(equal(value, expected.at(pcr)));
}

}  // namespace
}  // namespace daymark::evidence
