#include "daymark/base/frame.h"

#include <algorithm>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace daymark {
namespace {

using Bytes = std::vector<Byte>;

constexpr std::size_t bound = 1000;

Bytes frame_of(ByteView body, std::uint32_t number) {
  Bytes out;
  const auto head = frame_head({number, static_cast<std::uint32_t>(body.size())});
  const auto tail = frame_tail(body);
  out.insert(out.end(), head.begin(), head.end());
  out.insert(out.end(), body.begin(), body.end());
  out.insert(out.end(), tail.begin(), tail.end());
  return out;
}

TEST(Frame, ChecksumIsTheStandardOne) {
  EXPECT_EQ(crc32(bytes_of("123456789")), 0xCBF43926U);  // the check value of CRC-32/ISO-HDLC
  EXPECT_EQ(crc32({}), 0U);
}

TEST(Frame, HasMarkNumberSizeAndChecksums) {
  const Bytes frame = frame_of(bytes_of("abc"), 0x01020304);
  ASSERT_EQ(frame.size(), frame_overhead + 3);
  const Bytes head(frame.begin(), frame.begin() + 12);
  EXPECT_EQ(head, (Bytes{'D', 'M', 1, 0, 1, 2, 3, 4, 0, 0, 0, 3}));
  const FrameSearch found = find_frame(frame, bound);
  EXPECT_TRUE(found.whole);
  EXPECT_EQ(found.skipped, 0U);
  EXPECT_EQ(found.number, 0x01020304U);
  EXPECT_EQ(text_of(found.body), "abc");
  EXPECT_EQ(found.end, frame.size());
}

TEST(Frame, TruncatedIsAwaitedAtEveryLength) {
  const Bytes frame = frame_of(bytes_of("abc"), 7);
  for (std::size_t size = 0; size < frame.size(); ++size) {
    const FrameSearch found = find_frame(ByteView(frame).first(size), bound);
    EXPECT_FALSE(found.whole);
    EXPECT_EQ(found.end, 0U) << size;
  }
}

TEST(Frame, EveryFlippedBitIsNoticed) {
  const Bytes frame = frame_of(bytes_of("abc"), 7);
  for (std::size_t bit = 0; bit < frame.size() * 8; ++bit) {
    Bytes flipped = frame;
    flipped[bit / 8] = static_cast<Byte>(flipped[bit / 8] ^ 1U << bit % 8);
    EXPECT_FALSE(find_frame(flipped, bound).whole) << bit;
  }
}

TEST(Frame, OversizeIsToldByItsHeadAlone) {
  const auto head = frame_head({1, bound + 1});
  const FrameSearch found = find_frame(head, bound);
  EXPECT_TRUE(found.oversize);
  EXPECT_FALSE(found.whole);
  const auto largest = frame_head({1, bound});
  EXPECT_FALSE(find_frame(largest, bound).oversize);
}

RC_GTEST_PROP(Frame, IsFoundBehindAnything, (const Bytes& junk, const Bytes& body)) {
  RC_PRE(body.size() <= bound);
  Bytes stream = junk;
  const Bytes frame = frame_of(body, 9);
  stream.insert(stream.end(), frame.begin(), frame.end());
  const FrameSearch found = find_frame(stream, bound);
  RC_ASSERT(found.whole);
  RC_ASSERT(found.skipped == junk.size());
  RC_ASSERT(equal(found.body, body));
}

/// A peer that died inside a frame costs that frame alone.
RC_GTEST_PROP(Frame, IsFoundInsideACutOne, (Byte fill)) {
  const auto lost_size = *rc::gen::inRange<std::size_t>(1, 200);
  const auto missing = *rc::gen::inRange<std::size_t>(1, lost_size + frame_tail_size);
  Bytes stream = frame_of(Bytes(lost_size, fill), 1);
  stream.resize(stream.size() - missing);
  // Of at least the bytes that are missing: before that the cut frame may still come.
  const Bytes frame = frame_of(Bytes(missing, fill), 2);
  stream.insert(stream.end(), frame.begin(), frame.end());
  // By chance the new frame's first bytes are those that were missing: then nothing is lost.
  const Bytes lost = frame_of(Bytes(lost_size, fill), 1);
  RC_PRE(!std::equal(lost.begin(), lost.end(), stream.begin()));
  const FrameSearch found = find_frame(stream, bound);
  RC_ASSERT(found.whole);
  RC_ASSERT(found.number == 2U);
}

}  // namespace
}  // namespace daymark
