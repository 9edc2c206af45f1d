#include "daymark/net/frame.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "daymark/net/errors.h"

namespace daymark::net {
namespace {

using Message = std::vector<Byte>;

TEST(Frame, IsBoundedWhenWritten) {
  EXPECT_TRUE(encode_frame(Message(frame_max)));
  EXPECT_EQ(errc::net_frame_too_large, encode_frame(Message(frame_max + 1)).error().code);
}

TEST(Frame, OversizeIsRefusedByItsLengthAlone) {
  FrameDecoder decoder;
  decoder.feed(frame_head({1, frame_max + 1}));
  EXPECT_EQ(errc::net_frame_too_large, decoder.next().error().code);
}

TEST(Frame, WhatIsNoneIsPassedOverAndCounted) {
  Message stream{9, 9, 'D'};
  const Message frame = *encode_frame(Message{1, 2}, 77);
  stream.insert(stream.end(), frame.begin(), frame.end());
  FrameDecoder decoder;
  decoder.feed(stream);
  EXPECT_EQ(decoder.next(), (FramedMessage{77, {1, 2}}));
  EXPECT_EQ(decoder.skipped(), 3U);
  EXPECT_FALSE(decoder.is_inside_frame());
}

TEST(Frame, TruncatedIsNotGiven) {
  const Message whole = *encode_frame(Message{1, 2, 3});
  for (std::size_t size = 0; size < whole.size(); ++size) {
    FrameDecoder decoder;
    decoder.feed(ByteView(whole).first(size));
    const auto message = decoder.next();
    ASSERT_TRUE(message);
    EXPECT_FALSE(*message);
    EXPECT_EQ(size > 0, decoder.is_inside_frame());
  }
}

RC_GTEST_PROP(Frame, ComesOutAsItWentInWhateverThePieces, (const std::vector<Message>& messages)) {
  Message stream;
  for (const Message& message : messages) {
    const Message frame = *encode_frame(message);
    stream.insert(stream.end(), frame.begin(), frame.end());
  }
  FrameDecoder decoder;
  std::vector<Message> out;
  ByteView left(stream);
  while (!left.empty()) {
    const auto piece = *rc::gen::inRange<std::size_t>(1, left.size() + 1);
    decoder.feed(left.first(piece));
    left = left.subspan(piece);
    while (auto message = *decoder.next())
      out.push_back(message->body);
  }
  RC_ASSERT(out == messages);
  RC_ASSERT(!decoder.is_inside_frame());
}

}  // namespace
}  // namespace daymark::net
