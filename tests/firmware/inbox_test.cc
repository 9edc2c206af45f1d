// The inbox against a plain vector that never moves anything.
#include "inbox.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "daymark/governor/flash_simulated_testing.h"

namespace daymark::firmware {
namespace {

using governor::testing::SimulatedFlash;

constexpr std::size_t body_max = 500;
constexpr std::size_t memory_size = 96;

std::vector<Byte> frame_of(std::uint32_t number, ByteView body) {
  std::vector<Byte> out(frame_overhead + body.size());
  copy_bytes(frame_head({number, static_cast<std::uint32_t>(body.size())}), out);
  copy_bytes(body, std::span(out).subspan(frame_head_size));
  copy_bytes(frame_tail(body), std::span(out).last(frame_tail_size));
  return out;
}

/// In pieces as they fit, and nobody looks for a frame in between.
void put(Inbox& inbox, ByteView stream) {
  while (!stream.empty()) {
    const MutableBytes room = inbox.room();
    const ByteView piece = stream.first(std::min(stream.size(), room.size()));
    copy_bytes(piece, room);
    inbox.received(piece.size());
    stream = stream.subspan(piece.size());
  }
}

/// What bounded memory and flash must give as well.
class Plain {
 public:
  void received(ByteView bytes) { held_.insert(held_.end(), bytes.begin(), bytes.end()); }

  [[nodiscard]] bool find(std::vector<Byte>& body) {
    while (true) {
      const FrameSearch found = find_frame(held_, body_max);
      body.assign(found.body.begin(), found.body.end());
      const std::size_t done = found.end + (found.oversize ? 1 : 0);
      held_.erase(held_.begin(), held_.begin() + static_cast<long>(done));
      if (!found.oversize) return found.whole;
    }
  }

  void give_up() { held_.erase(held_.begin()); }

  [[nodiscard]] bool is_pending() const { return !held_.empty(); }

 private:
  std::vector<Byte> held_;
};

class InboxTest : public ::testing::Test {
 protected:
  /// All that finds its way through in pieces as they fit; both agree on every body.
  void feed(ByteView stream) {
    while (!stream.empty()) {
      const MutableBytes room = inbox.room();
      ASSERT_FALSE(room.empty());
      const ByteView piece = stream.first(std::min({stream.size(), room.size(), piece_most}));
      copy_bytes(piece, room);
      inbox.received(piece.size());
      plain.received(piece);
      stream = stream.subspan(piece.size());
      drain();
    }
  }

  void drain() {
    FrameSearch found;
    std::vector<Byte> body;
    while (inbox.find(found)) {
      ASSERT_TRUE(plain.find(body));
      EXPECT_TRUE(equal(found.body, body));
      ++bodies;
    }
    EXPECT_FALSE(plain.find(body));
    EXPECT_EQ(inbox.is_pending(), plain.is_pending());
  }

  SimulatedFlash flash;
  ByteArray<memory_size> memory{};
  Inbox inbox{memory, &flash, body_max};
  Plain plain;
  std::size_t piece_most = memory_size;
  unsigned bodies = 0;
};

TEST_F(InboxTest, SmallFramesDoNotTouchTheFlash) {
  for (std::uint32_t i = 0; i < 100; ++i)
    feed(frame_of(i, std::vector<Byte>(i % 70, 7)));
  EXPECT_EQ(bodies, 100U);
  EXPECT_EQ(flash.steps, 0U);
}

TEST_F(InboxTest, FramesOfEverySizeArrive) {
  for (piece_most = 1; piece_most < 12; ++piece_most)
    for (std::size_t size = 0; size <= body_max; size += 11)
      feed(frame_of(1, std::vector<Byte>(size, static_cast<Byte>(size))));
  EXPECT_GT(bodies, 400U);
  EXPECT_GT(flash.erases, 0U) << "the sector was used up once";
}

RC_GTEST_FIXTURE_PROP(InboxTest, GivesWhatAnEndlessMemoryWould, ()) {
  std::vector<Byte> stream;
  const int parts = *rc::gen::inRange(1, 20);
  for (int i = 0; i < parts; ++i) {
    const auto size = *rc::gen::inRange<std::size_t>(0, body_max + 20);
    std::vector<Byte> part = frame_of(1, std::vector<Byte>(size, *rc::gen::arbitrary<Byte>()));
    switch (*rc::gen::inRange(0, 4)) {
      case 0: part.resize(*rc::gen::inRange<std::size_t>(0, part.size())); break;
      case 1: part[*rc::gen::inRange<std::size_t>(0, part.size())] ^= 1; break;
      default: break;
    }
    stream.insert(stream.end(), part.begin(), part.end());
  }
  piece_most = *rc::gen::inRange<std::size_t>(1, memory_size + 1);
  feed(stream);
  while (plain.is_pending()) {
    inbox.give_up();
    plain.give_up();
    drain();
  }
}

TEST_F(InboxTest, AFlashThatFailsCostsTheFrameAndNoMore) {
  flash.cut_after(3);
  const std::vector<Byte> large = frame_of(1, std::vector<Byte>(300, 1));
  put(inbox, large);
  FrameSearch found;
  EXPECT_FALSE(inbox.find(found));
  flash.restore_power();
  put(inbox, frame_of(2, std::vector<Byte>(20, 2)));
  ASSERT_TRUE(inbox.find(found));
  EXPECT_EQ(found.number, 2U);
}

TEST_F(InboxTest, AFlashThatHoldsOtherBytesCostsTheFrameAndNoMore) {
  const std::vector<Byte> large = frame_of(1, std::vector<Byte>(300, 1));
  feed(large);
  ASSERT_EQ(bodies, 1U);
  std::vector<Byte>& sector = flash.sectors.at(governor::inbox_sector);
  sector.at(large.size() + 100) = 0;  // what can't be set again, where the next body comes
  FrameSearch found;
  put(inbox, large);
  EXPECT_FALSE(inbox.find(found));
  put(inbox, frame_of(2, std::vector<Byte>(300, 2)));
  ASSERT_TRUE(inbox.find(found));
  EXPECT_EQ(found.number, 2U);
}

TEST_F(InboxTest, WithoutFlashLongFramesArePassedOver) {
  Inbox small(memory, nullptr, body_max);
  FrameSearch found;
  put(small, frame_of(1, std::vector<Byte>(300, 1)));
  EXPECT_FALSE(small.find(found));
  put(small, frame_of(2, std::vector<Byte>(30, 2)));
  ASSERT_TRUE(small.find(found));
  EXPECT_EQ(found.number, 2U);
}

}  // namespace
}  // namespace daymark::firmware
