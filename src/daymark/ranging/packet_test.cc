#include "daymark/ranging/packet.h"

#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "daymark/base/encode.h"
#include "daymark/base/errors.h"
#include "daymark/ranging/errors.h"
#include "daymark/ranging/ranging_testing.h"

namespace daymark::ranging {

namespace {

using testing::copy_of;

const std::vector<Byte> sample_message{0xD2, 0x84, 0x01};
const SessionId sample_session{{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16}};

std::vector<Packet> one_of_each() {
  return {OpeningPacket{},
          OpeningPacket{{9}, sample_message},
          CookiePacket{{8, 7}},
          WelcomePacket{sample_session, sample_message},
          ReadyPacket{sample_session},
          ChallengePacket{sample_session, 0x01020304, {5}},
          AnswerPacket{sample_session, 0xFFFFFFFF, {6}},
          ReceiptPacket{sample_session, sample_message},
          ErrorPacket{errc::ranging_opening}};
}

std::vector<Byte> written(const Packet& packet) {
  ByteArray<packet_size_max> space{};
  const auto out = write_packet(packet, space);
  return out ? copy_of(*out) : std::vector<Byte>{};
}

/// Expects a refusal at `offset`.
void expect_broken(ByteView datagram, std::size_t offset) {
  const auto parsed = parse_packet(datagram);
  ASSERT_FALSE(parsed) << "offset " << offset;
  EXPECT_EQ(parsed.error().code, errc::ranging_packet);
  EXPECT_EQ(parsed.error().offset, offset);
}

TEST(Packet, WhatIsWrittenIsReadAndWrittenAgain) {
  for (const Packet& packet : one_of_each()) {
    const auto bytes = written(packet);
    ASSERT_FALSE(bytes.empty());
    const auto parsed = parse_packet(bytes);
    ASSERT_TRUE(parsed) << packet.index();
    EXPECT_EQ(parsed->index(), packet.index());
    EXPECT_EQ(written(*parsed), bytes);
  }
}

/// The diagrams of docs/formats/ranging.md, by hand.
TEST(Packet, BytesAreThoseOfTheDocument) {
  const auto challenge = written(ChallengePacket{sample_session, 3, {0xAA}});
  EXPECT_EQ(to_hex(challenge),
            "444d7267"
            "01"
            "05"
            "0024"
            "0102030405060708090a0b0c0d0e0f10"
            "00000003"
            "aa000000000000000000000000000000");
  const auto answer = written(AnswerPacket{sample_session, 3, {0xBB, 0xCC}});
  EXPECT_EQ(to_hex(answer),
            "444d72670106001c0102030405060708090a0b0c0d0e0f1000000003bbcc000000000000");
  EXPECT_EQ(to_hex(written(ErrorPacket{errc::ranging_opening})), "444d726701080002032a");
  EXPECT_EQ(written(OpeningPacket{}).size(), opening_packet_size);
  EXPECT_EQ(written(OpeningPacket{{1}, sample_message}).size(), opening_packet_size);
}

TEST(Packet, EveryTruncationAndExtensionIsRefused) {
  for (const Packet& packet : one_of_each()) {
    auto bytes = written(packet);
    for (std::size_t size = 0; size < bytes.size(); ++size)
      EXPECT_FALSE(parse_packet(ByteView(bytes).first(size))) << packet.index() << " " << size;
    const std::size_t end = bytes.size();
    bytes.push_back(0);
    expect_broken(bytes, end);
  }
}

TEST(Packet, EachByteOfTheHeadIsChecked) {
  const auto good = written(ReadyPacket{sample_session});
  for (std::size_t at = 0; at < packet_head_size; ++at) {
    auto bad = good;
    bad[at] ^= 0x40;
    EXPECT_FALSE(parse_packet(bad)) << at;
  }
  auto version = good;
  version[4] = 2;
  expect_broken(version, 4);
  auto type = good;
  type[5] = 0;
  expect_broken(type, 5);
  type[5] = 9;
  expect_broken(type, 5);
}

TEST(Packet, PaddingIsZero) {
  auto bytes = written(OpeningPacket{{1}, sample_message});
  const std::size_t padding = packet_head_size + sizeof(Cookie) + sample_message.size();
  for (const std::size_t at : {padding, bytes.size() - 1}) {
    bytes[at] = 1;
    expect_broken(bytes, at);
    bytes[at] = 0;
  }
  EXPECT_TRUE(parse_packet(bytes));
}

TEST(Packet, MessagesInsideAreBounded) {
  const std::vector<Byte> long_opening(opening_size_max + 1);
  const std::vector<Byte> long_welcome(welcome_size_max + 1);
  ByteArray<2 * packet_size_max> space{};
  EXPECT_EQ(write_packet(OpeningPacket{{1}, long_opening}, space).error().code,
            errc::ranging_packet);
  EXPECT_EQ(write_packet(WelcomePacket{sample_session, long_welcome}, space).error().code,
            errc::ranging_packet);
  EXPECT_EQ(write_packet(ReceiptPacket{sample_session, {}}, space).error().code,
            errc::ranging_packet);
}

TEST(Packet, CookieAndOpeningComeTogether) {
  ByteArray<packet_size_max> space{};
  EXPECT_EQ(write_packet(OpeningPacket{{}, sample_message}, space).error().code,
            errc::ranging_packet);
  EXPECT_EQ(write_packet(OpeningPacket{{1}, {}}, space).error().code, errc::ranging_packet);
  auto no_cookie = written(OpeningPacket{{1}, sample_message});
  no_cookie[packet_head_size] = 0;
  expect_broken(no_cookie, packet_head_size);
  auto no_opening = written(OpeningPacket{});
  no_opening[packet_head_size] = 1;
  expect_broken(no_opening, packet_head_size);
}

TEST(Packet, SmallBuffersAreRefused) {
  ByteArray<packet_size_max> space{};
  for (const Packet& packet : one_of_each()) {
    const std::size_t size = written(packet).size();
    for (std::size_t room = 0; room < size; ++room) {
      const auto out = write_packet(packet, std::span(space).first(room));
      ASSERT_FALSE(out);
      EXPECT_EQ(out.error().code, errc::buffer_too_small);
    }
  }
}

RC_GTEST_PROP(Packet, NoiseIsRefusedOrRoundTrips, ()) {
  auto bytes = *rc::gen::container<std::vector<Byte>>(rc::gen::arbitrary<Byte>());
  const auto type = *rc::gen::inRange<Byte>(1, 9);
  const auto length = static_cast<Byte>(bytes.size());
  const std::vector<Byte> head{'D', 'M', 'r', 'g', 1, type, 0, length};
  bytes.insert(bytes.begin(), head.begin(), head.end());
  const auto parsed = parse_packet(bytes);
  if (parsed) RC_ASSERT(written(*parsed) == bytes);
}

}  // namespace

}  // namespace daymark::ranging
