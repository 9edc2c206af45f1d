#include "daymark/net/udp.h"

#include <gtest/gtest.h>

#include "daymark/net/errors.h"

namespace daymark::net {
namespace {

const Millis long_time = seconds(20);

TEST(Endpoint, PrintsWhatItParses) {
  for (const auto* text : {"127.0.0.1:4460", "[::1]:1", "10.2.3.4:65535", "[2001:db8::7]:0"}) {
    const auto endpoint = parse_endpoint(text);
    ASSERT_TRUE(endpoint) << text;
    EXPECT_EQ(text, print_endpoint(*endpoint));
  }
}

TEST(Endpoint, RefusesAllElse) {
  for (const auto* text :
       {"", ":1", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536", "127.0.0.1:1x", "127.0.0.1:-1",
        "localhost:1", "::1:1", "[::1]", "[127.0.0.1]:1", "127.1:1", "[::1%lo]:1"}) {
    EXPECT_EQ(errc::net_address_malformed, parse_endpoint(text).error().code) << text;
  }
}

TEST(Endpoint, KnowsLoopback) {
  EXPECT_TRUE(is_loopback(*parse_endpoint("127.3.2.1:1")));
  EXPECT_TRUE(is_loopback(*parse_endpoint("[::1]:1")));
  EXPECT_FALSE(is_loopback(*parse_endpoint("128.0.0.1:1")));
  EXPECT_FALSE(is_loopback(*parse_endpoint("[::2]:1")));
  EXPECT_FALSE(is_loopback(*parse_endpoint("0.0.0.0:1")));
}

TEST(Udp, CarriesPacketsBothWays) {
  auto a = UdpSocket::bind();
  auto b = UdpSocket::bind();
  ASSERT_TRUE(a && b);
  ByteArray<64> buffer{};
  ASSERT_TRUE(a->send_to(b->local(), bytes_of("ping")));
  const auto ping = b->receive(buffer, long_time);
  ASSERT_TRUE(ping && *ping);
  EXPECT_EQ("ping", text_of((*ping)->content));
  EXPECT_EQ(a->local(), (*ping)->from);
  ASSERT_TRUE(b->send_to((*ping)->from, {}));
  const auto pong = a->receive(buffer, long_time);
  ASSERT_TRUE(pong && *pong);
  EXPECT_TRUE((*pong)->content.empty());
}

TEST(Udp, StampsAreOrderedOnOneClock) {
  for (const bool kernel : {true, false}) {
    UdpOptions options;
    options.kernel_stamps = kernel;
    auto a = UdpSocket::bind(options);
    auto b = UdpSocket::bind(options);
    ASSERT_TRUE(a && b);
    ByteArray<64> buffer{};
    for (int i = 0; i < 5; ++i) {
      const auto sent = a->send_to(b->local(), bytes_of("x"));
      const auto got = b->receive(buffer, long_time);
      ASSERT_TRUE(sent && got && *got);
      EXPECT_GT(sent->nanos, 1'600'000'000'000'000'000);
      EXPECT_LE(sent->nanos, (*got)->received.nanos);
      EXPECT_LT((*got)->received.nanos - sent->nanos, 20'000'000'000);
      EXPECT_TRUE(kernel || sent->source == StampSource::program);
      EXPECT_TRUE(kernel || (*got)->received.source == StampSource::program);
    }
  }
}

TEST(Udp, KernelStampsAreTakenOnLoopback) {
  auto a = UdpSocket::bind();
  auto b = UdpSocket::bind();
  ASSERT_TRUE(a && b);
  ByteArray<8> buffer{};
  // The kernel begins to stamp received packets a little after it was asked to.
  for (int i = 0; i < 200; ++i) {
    const auto sent = a->send_to(b->local(), bytes_of("x"));
    const auto got = b->receive(buffer, long_time);
    ASSERT_TRUE(sent && got && *got);
    if ((*got)->received.source == StampSource::kernel) {
      EXPECT_EQ(StampSource::kernel, sent->source);
      return;
    }
    (void)b->receive(buffer, Millis{10});
  }
  GTEST_SKIP() << "no stamps on this kernel";
}

TEST(Udp, NoPacketIsNoError) {
  auto a = UdpSocket::bind();
  ASSERT_TRUE(a);
  ByteArray<8> buffer{};
  const auto nothing = a->receive(buffer, Millis{10});
  ASSERT_TRUE(nothing);
  EXPECT_FALSE(*nothing);
}

TEST(Udp, PacketsLongerThanTheBufferAreDropped) {
  auto a = UdpSocket::bind();
  auto b = UdpSocket::bind();
  ASSERT_TRUE(a && b);
  ByteArray<4> buffer{};
  ASSERT_TRUE(a->send_to(b->local(), bytes_of("12345")));
  ASSERT_TRUE(a->send_to(b->local(), bytes_of("1234")));
  const auto got = b->receive(buffer, long_time);
  ASSERT_TRUE(got && *got);
  EXPECT_EQ("1234", text_of((*got)->content));
}

TEST(Udp, ClosedPeersDisturbNobody) {
  auto a = UdpSocket::bind();
  ASSERT_TRUE(a);
  const Endpoint gone = UdpSocket::bind()->local();
  for (int i = 0; i < 3; ++i)
    (void)a->send_to(gone, bytes_of("x"));
  auto b = UdpSocket::bind();
  ByteArray<4> buffer{};
  ASSERT_TRUE(b->send_to(a->local(), bytes_of("y")));
  const auto got = a->receive(buffer, long_time);
  ASSERT_TRUE(got && *got);
  EXPECT_EQ("y", text_of((*got)->content));
}

TEST(Udp, BindsLoopbackUnlessTold) {
  UdpOptions options;
  options.address = "0.0.0.0:0";
  EXPECT_EQ(errc::net_address_public, UdpSocket::bind(options).error().error.code);
  options.allow_public = true;
  EXPECT_TRUE(UdpSocket::bind(options));
  options.address = "nowhere";
  EXPECT_EQ(errc::net_address_malformed, UdpSocket::bind(options).error().error.code);
}

TEST(Udp, NamesTakenPorts) {
  const auto a = UdpSocket::bind();
  ASSERT_TRUE(a);
  UdpOptions options;
  options.address = print_endpoint(a->local());
  EXPECT_EQ(errc::net_address_in_use, UdpSocket::bind(options).error().error.code);
}

}  // namespace
}  // namespace daymark::net
