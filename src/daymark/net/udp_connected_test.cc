#include "daymark/net/udp_connected.h"

#include <gtest/gtest.h>

#include "daymark/net/errors.h"
#include "daymark/net/udp.h"

namespace daymark::net {
namespace {

const Millis plenty = seconds(20);

struct Pair {
  explicit Pair(const char* address = "127.0.0.1:0")
      : server(UdpSocket::bind({address}).value()),
        client(ConnectedUdp::open(print_endpoint(server.local())).value()) {}

  /// Where the client speaks from.
  Endpoint hello() {
    EXPECT_TRUE(client.send(bytes_of("hello")));
    ByteArray<64> buffer{};
    const auto got = server.receive(buffer, plenty);
    EXPECT_TRUE(got && *got);
    EXPECT_EQ(text_of((*got)->content), "hello");
    return (*got)->from;
  }

  UdpSocket server;
  ConnectedUdp client;
};

TEST(ConnectedUdp, CarriesPacketsBothWays) {
  for (const char* address : {"127.0.0.1:0", "[::1]:0"}) {
    Pair pair(address);
    EXPECT_EQ(pair.client.peer(), pair.server.local());
    const Endpoint from = pair.hello();
    ASSERT_TRUE(pair.server.send_to(from, bytes_of("there")));
    ByteArray<64> buffer{};
    const auto got = pair.client.receive(buffer, plenty);
    ASSERT_TRUE(got && *got);
    EXPECT_EQ(text_of(**got), "there");
  }
}

TEST(ConnectedUdp, HearsNobodyElse) {
  Pair pair;
  const Endpoint from = pair.hello();
  auto stranger = UdpSocket::bind();
  ASSERT_TRUE(stranger && stranger->send_to(from, bytes_of("me")));
  ByteArray<64> buffer{};
  const auto none = pair.client.receive(buffer, Millis{50});
  EXPECT_TRUE(none && !*none);
  ASSERT_TRUE(pair.server.send_to(from, bytes_of("peer")));
  const auto got = pair.client.receive(buffer, plenty);
  ASSERT_TRUE(got && *got);
  EXPECT_EQ(text_of(**got), "peer");
}

TEST(ConnectedUdp, DropsWhatIsLongerThanTheBuffer) {
  Pair pair;
  const Endpoint from = pair.hello();
  ASSERT_TRUE(pair.server.send_to(from, bytes_of("12345")));
  ASSERT_TRUE(pair.server.send_to(from, bytes_of("1234")));
  ByteArray<4> buffer{};
  const auto got = pair.client.receive(buffer, plenty);
  ASSERT_TRUE(got && *got);
  EXPECT_EQ(text_of(**got), "1234");
}

TEST(ConnectedUdp, TakesWithoutWaiting) {
  Pair pair;
  ByteArray<64> buffer{};
  for (int i = 0; i < 3; ++i) {
    const auto none = pair.client.take(buffer);
    EXPECT_TRUE(none && !*none);
  }
}

TEST(ConnectedUdp, OutlivesAPeerThatIsGone) {
  std::optional<UdpSocket> server = UdpSocket::bind().value();
  const std::string address = print_endpoint(server->local());
  auto client = ConnectedUdp::open(address);
  ASSERT_TRUE(client);
  server.reset();
  ByteArray<64> buffer{};
  for (int i = 0; i < 3; ++i) {
    EXPECT_TRUE(client->send(bytes_of("x")));
    const auto none = client->receive(buffer, Millis{5});
    EXPECT_TRUE(none && !*none);
  }
  server = UdpSocket::bind({address}).value();
  ASSERT_TRUE(client->send(bytes_of("back")));
  const auto got = server->receive(buffer, plenty);
  ASSERT_TRUE(got && *got);
  EXPECT_EQ(text_of((*got)->content), "back");
}

TEST(ConnectedUdp, RefusesWhatIsNoAddress) {
  EXPECT_EQ(ConnectedUdp::open("beacon.example:1").error().error.code, errc::net_address_malformed);
  EXPECT_EQ(ConnectedUdp::open("127.0.0.1").error().error.code, errc::net_address_malformed);
  EXPECT_EQ(ConnectedUdp::open("255.255.255.255:9").error().error.code, errc::net_unreachable);
}

}  // namespace
}  // namespace daymark::net
