// Every byte of every part is bound, against someone who edits a part and recomputes whatever is
// not signed: the list's hashes, the names, the turn.
#include <gtest/gtest.h>

#include "daymark/bundle/arrangement.h"
#include "daymark/bundle/bundle_testing.h"
#include "daymark/bundle/errors.h"
#include "daymark/bundle/verify.h"
#include "daymark/crypto/random.h"

namespace daymark::bundle {
namespace {

using testing::Life;

const Life& bound_life() {
  static const Life shared;
  return shared;
}

BundleVerdict judge_bound(const std::vector<Part>& parts) {
  return verify_bundle(print_bundle(parts), bound_life().fingerprint());
}

/// The forger's best: sorted and named as the builder would.
BundleVerdict judge_arranged(std::vector<Part> parts) {
  EXPECT_TRUE(arrange(parts));
  return judge_bound(parts);
}

std::string_view reason_of(const BundleVerdict& verdict) {
  return entry_of(verdict.reason).name;
}

/// Whether the flipped bit was refused with this very part, or one that depends on it.
void expect_flip_refused(std::size_t part, std::size_t at, unsigned bit) {
  std::vector<Part> parts = bound_life().parts;
  parts[part].content[at] ^= static_cast<Byte>(1U << bit);
  const BundleVerdict verdict = judge_bound(parts);
  EXPECT_EQ(name_of(verdict.result), "refused")
      << parts[part].name << ", byte " << at << ", bit " << bit;
  EXPECT_FALSE(verdict.part.empty()) << parts[part].name;
}

class EveryPart : public ::testing::TestWithParam<std::size_t> {};

TEST_P(EveryPart, AFlippedBitIsRefused) {
  const Part& part = bound_life().parts.at(GetParam());
  crypto::SeededRandom random(100 + GetParam());
  for (int i = 0; i < 30; ++i) {
    const auto draw = random.draw<3>();
    const std::size_t at = (std::size_t{draw[0]} << 8U | draw[1]) % part.content.size();
    expect_flip_refused(GetParam(), at, draw[2] % 8U);
  }
}

TEST_P(EveryPart, ACharacterOfAnotherCaseIsRefused) {
  const std::vector<Byte>& content = bound_life().parts.at(GetParam()).content;
  const std::size_t stride = content.size() / 10 + 1;
  for (std::size_t at = 0; at < content.size(); at += stride)
    expect_flip_refused(GetParam(), at, 5);
}

/// The last bytes are lengths, nodes and signatures: each of them.
TEST_P(EveryPart, AFlippedBitNearTheEndIsRefused) {
  const std::size_t size = bound_life().parts.at(GetParam()).content.size();
  for (std::size_t back = 1; back <= 12; ++back)
    expect_flip_refused(GetParam(), size - back, static_cast<unsigned>(back % 8));
}

TEST_P(EveryPart, AByteAtEitherEndIsRefused) {
  for (const Byte added : {Byte{0}, Byte{'\n'}, Byte{' '}, Byte{'a'}}) {
    std::vector<Part> parts = bound_life().parts;
    std::vector<Byte>& content = parts[GetParam()].content;
    content.push_back(added);
    const BundleVerdict verdict = judge_bound(parts);
    EXPECT_EQ(name_of(verdict.result), "refused") << parts[GetParam()].name;
    // An order that can't be read is named by its number alone.
    EXPECT_TRUE(parts[GetParam()].name.starts_with(verdict.part)) << verdict.part;
    EXPECT_FALSE(verdict.part.empty());
    content.pop_back();
    content.insert(content.begin(), added);
    EXPECT_EQ(name_of(judge_bound(parts).result), "refused") << parts[GetParam()].name;
  }
}

TEST_P(EveryPart, TwiceIsRefused) {
  std::vector<Part> parts = bound_life().parts;
  const Part again = parts[GetParam()];
  parts.insert(parts.begin() + static_cast<std::ptrdiff_t>(GetParam()), again);
  const BundleVerdict verdict = judge_arranged(parts);
  EXPECT_EQ(name_of(verdict.result), "refused") << again.name;
  EXPECT_FALSE(verdict.part.empty()) << again.name;
}

/// What is only added proof may be left out: it takes a statement away and changes none.
bool may_be_left_out(const Part& part) {
  return part.kind == PartKind::receipt || part.kind == PartKind::ranging;
}

TEST_P(EveryPart, WhatOthersRestOnCannotBeLeftOut) {
  std::vector<Part> parts = bound_life().parts;
  const Part left = parts[GetParam()];
  parts.erase(parts.begin() + static_cast<std::ptrdiff_t>(GetParam()));
  const BundleVerdict verdict = judge_arranged(parts);
  EXPECT_EQ(name_of(verdict.result), may_be_left_out(left) ? "verified" : "refused") << left.name;
  EXPECT_EQ(verdict.part.empty(), may_be_left_out(left)) << left.name;
}

TEST_P(EveryPart, SwappedWithAnyOtherIsRefused) {
  for (std::size_t other = 0; other < bound_life().parts.size(); ++other) {
    if (other == GetParam()) continue;
    std::vector<Part> parts = bound_life().parts;
    std::swap(parts[GetParam()], parts[other]);
    EXPECT_EQ(name_of(judge_bound(parts).result), "refused") << GetParam() << " " << other;
    // Under the names of their places; of two kinds the contents change places alone.
    std::swap(parts[GetParam()].name, parts[other].name);
    std::swap(parts[GetParam()].kind, parts[other].kind);
    const BundleVerdict verdict = judge_bound(parts);
    EXPECT_EQ(name_of(verdict.result), "refused") << GetParam() << " " << other;
    EXPECT_FALSE(verdict.part.empty());
  }
}

TEST_P(EveryPart, AnotherNameIsRefused) {
  std::vector<Part> parts = bound_life().parts;
  const std::string name = parts[GetParam()].name;
  parts[GetParam()].name = "licence 7";
  const BundleVerdict verdict = judge_bound(parts);
  EXPECT_EQ(reason_of(verdict), "bundle_name");
  EXPECT_EQ(verdict.part, name) << "not the forger's text";
}

INSTANTIATE_TEST_SUITE_P(Bound, EveryPart,
                         ::testing::Range<std::size_t>(0, bound_life().parts.size()));

TEST(BoundBytes, PartsOfADeviceComeTogether) {
  std::vector<Part> parts = bound_life().parts;
  parts.resize(parts.size() - 2);
  EXPECT_EQ(name_of(judge_bound(parts).result), "verified");
  EXPECT_EQ(judge_bound(parts).statements.size(),
            judge_bound(bound_life().parts).statements.size() - 1);
}

TEST(BoundBytes, ALeafThatTheChipTookCannotBeLeftOutWithItsBatch) {
  std::vector<Part> parts = bound_life().parts;
  std::erase_if(parts, [](const Part& part) {
    return part.kind == PartKind::leaf || part.kind == PartKind::batch;
  });
  const BundleVerdict verdict = judge_bound(parts);
  EXPECT_EQ(reason_of(verdict), "bundle_part_missing");
  EXPECT_EQ(verdict.part, "batch");
}

/// The batch's proof with `line` among its signatures.
std::vector<Part> with_line(const std::string& line, bool in_front) {
  std::vector<Part> parts = bound_life().parts;
  Part& batch = parts[bound_life().place_of("batch")];
  auto order = parse_order_part(batch.content);
  EXPECT_TRUE(order);
  const std::size_t signatures = order->proof.find("\u2014 ");
  EXPECT_NE(signatures, std::string::npos);
  order->proof.insert(in_front ? signatures : order->proof.size(), line);
  batch.content = print_order_part(*order);
  return parts;
}

std::string last_line_of_batch() {
  const auto order = parse_order_part(bound_life().part("batch").content);
  const std::size_t begin = order->proof.rfind("\u2014 ");
  return order->proof.substr(begin);
}

TEST(BoundBytes, SignaturesOfStrangersAreRefused) {
  const std::string stranger = "\u2014 stranger.example " + std::string(92, 'A') + "\n";
  for (const bool in_front : {true, false}) {
    const BundleVerdict verdict = judge_bound(with_line(stranger, in_front));
    EXPECT_EQ(reason_of(verdict), "bundle_unbound");
    EXPECT_EQ(verdict.part, "batch");
  }
}

TEST(BoundBytes, ASignatureTwiceIsRefused) {
  EXPECT_EQ(reason_of(judge_bound(with_line(last_line_of_batch(), false))), "bundle_unbound");
  EXPECT_EQ(reason_of(judge_bound(with_line(last_line_of_batch(), true))), "bundle_unbound");
}

TEST(BoundBytes, AnExtraLineIsRefused) {
  std::vector<Part> parts = bound_life().parts;
  for (const char* name : {"batch", "order 1: enrol", "order 4: suspend"}) {
    Part& part = parts[bound_life().place_of(name)];
    const std::vector<Byte> before = part.content;
    auto order = parse_order_part(part.content);
    ASSERT_TRUE(order);
    order->proof.insert(order->proof.find('\n') + 1, "extra YW55dGhpbmc=\n");
    part.content = print_order_part(*order);
    const BundleVerdict verdict = judge_bound(parts);
    EXPECT_EQ(reason_of(verdict), "bundle_unbound") << name;
    EXPECT_EQ(verdict.part, name);
    part.content = before;
  }
}

TEST(BoundBytes, AMirrorOfALicenceSignsOrIsNotThere) {
  // The line is a mirror's, which a licence does not need: still judged.
  const std::string line = last_line_of_batch();
  ASSERT_TRUE(line.starts_with("\u2014 mirror-")) << line;
  std::vector<Part> parts = bound_life().parts;
  Part& batch = parts[bound_life().place_of("batch")];
  auto order = parse_order_part(batch.content);
  ASSERT_TRUE(order);
  order->proof.resize(order->proof.size() - line.size());
  batch.content = print_order_part(*order);
  EXPECT_EQ(name_of(judge_bound(parts).result), "verified");
  order->proof += line;
  char& near_end = order->proof[order->proof.size() - 10];
  near_end = near_end == 'A' ? 'B' : 'A';
  batch.content = print_order_part(*order);
  const BundleVerdict verdict = judge_bound(parts);
  EXPECT_EQ(reason_of(verdict), "note_signature");
  EXPECT_EQ(verdict.part, "batch");
}

}  // namespace
}  // namespace daymark::bundle
