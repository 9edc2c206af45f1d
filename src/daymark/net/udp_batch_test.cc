#include "daymark/net/udp_batch.h"

#include <chrono>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

namespace daymark::net {
namespace {

const Millis batch_patience = seconds(20);
constexpr std::size_t datagram_max = 32;

UdpBatch batch_of(bool kernel_stamps = true) {
  UdpOptions options;
  options.kernel_stamps = kernel_stamps;
  return {UdpSocket::bind(options).value(), datagram_max};
}

/// `count` numbered datagrams for one peer.
struct Letters {
  Letters(const Endpoint& to, std::size_t count) {
    for (std::size_t i = 0; i < count; ++i)
      texts.push_back("letter " + std::to_string(i));
    for (const std::string& text : texts)
      all.push_back({to, bytes_of(text)});
  }

  std::vector<std::string> texts;
  std::vector<Outgoing> all;
};

/// Whether this kernel stamps what goes over loopback. It begins to some time after the first
/// socket asked for it: packets before that have none.
bool kernel_stamps_come() {
  UdpBatch a = batch_of();
  UdpBatch b = batch_of();
  const Letters letters(b.local(), 1);
  constexpr int tries = 2000;
  for (int i = 0; i < tries; ++i) {
    const auto sent = a.send(letters.all);
    const auto got = b.receive(batch_patience);
    const bool there = got && !got->empty() && sent.front() &&
                       got->front().received.source == StampSource::kernel &&
                       sent.front()->source == StampSource::kernel;
    if (there) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  return false;
}

std::set<std::string> take_all(UdpBatch& from, std::size_t count) {
  std::set<std::string> out;
  while (out.size() < count) {
    const auto got = from.receive(batch_patience);
    if (!got || got->empty()) break;
    for (const Datagram& datagram : *got)
      out.emplace(text_of(datagram.content));
  }
  return out;
}

TEST(UdpBatch, CarriesManyAtOnce) {
  UdpBatch a = batch_of();
  UdpBatch b = batch_of();
  const Letters letters(b.local(), udp_batch_max);
  for (int round = 0; round < 3; ++round) {
    const auto sent = a.send(letters.all);
    ASSERT_EQ(sent.size(), udp_batch_max);
    for (const auto& stamp : sent)
      EXPECT_TRUE(stamp);
    EXPECT_EQ(take_all(b, udp_batch_max).size(), udp_batch_max);
  }
}

TEST(UdpBatch, SaysWhereEachCameFrom) {
  UdpBatch a = batch_of();
  auto one = UdpSocket::bind();
  auto other = UdpSocket::bind();
  ASSERT_TRUE(one->send_to(a.local(), bytes_of("one")));
  ASSERT_TRUE(other->send_to(a.local(), bytes_of("other")));
  const auto got = a.receive(batch_patience);
  ASSERT_TRUE(got && got->size() == 2);
  EXPECT_EQ((*got)[0].from, one->local());
  EXPECT_EQ((*got)[1].from, other->local());
  EXPECT_EQ(text_of((*got)[1].content), "other");
}

/// Never later than the passage, nor than the stamp of a later one.
TEST(UdpBatch, StampsAreNotLaterThanThePassage) {
  for (const bool kernel : {true, false}) {
    UdpBatch a = batch_of(kernel);
    UdpBatch b = batch_of(kernel);
    const Letters letters(b.local(), 8);
    for (int round = 0; round < 5; ++round) {
      const auto stamps = a.send(letters.all);
      const std::vector<std::optional<Stamp>> sent(stamps.begin(), stamps.end());
      const auto got = b.receive(batch_patience);
      ASSERT_TRUE(got && got->size() == 8);
      for (std::size_t i = 0; i < 8; ++i) {
        EXPECT_LE(sent[i]->nanos, (*got)[i].received.nanos);
        EXPECT_TRUE(i == 0 || sent[i - 1]->nanos <= sent[i]->nanos);
        EXPECT_TRUE(kernel || sent[i]->source == StampSource::program);
      }
    }
  }
}

/// A few have each their own stamp; of many, four in a row have that of their first.
TEST(UdpBatch, ManyShareStamps) {
  UdpBatch a = batch_of();
  UdpBatch b = batch_of();
  if (!kernel_stamps_come()) GTEST_SKIP() << "no stamps on this kernel";
  for (const std::size_t count : {4U, 10U}) {
    const Letters letters(b.local(), count);
    const auto sent = a.send(letters.all);
    EXPECT_EQ(take_all(b, count).size(), count);
    EXPECT_EQ(sent[0]->source, StampSource::kernel);
    const std::size_t stride = count > udp_stamp_stride ? udp_stamp_stride : 1;
    for (std::size_t i = 1; i < count; ++i) {
      EXPECT_EQ(sent[i]->source, StampSource::kernel);
      EXPECT_EQ(sent[i]->nanos == sent[i - 1]->nanos, i % stride != 0) << i;
    }
  }
}

TEST(UdpBatch, KernelStampsAreTakenOnLoopback) {
  UdpBatch a = batch_of();
  UdpBatch b = batch_of();
  if (!kernel_stamps_come()) GTEST_SKIP() << "no stamps on this kernel";
  const Letters letters(b.local(), 4);
  const auto sent = a.send(letters.all);
  for (const auto& stamp : sent)
    EXPECT_EQ(stamp->source, StampSource::kernel);
  const auto got = b.receive(batch_patience);
  ASSERT_TRUE(got && !got->empty());
  EXPECT_EQ(got->front().received.source, StampSource::kernel);
  EXPECT_LT(got->front().received.nanos - sent.front()->nanos, 1'000'000'000);
}

/// A datagram that can't leave costs its neighbours nothing, and the numbers stay in step.
TEST(UdpBatch, DatagramsThatCannotLeaveDisturbNobody) {
  UdpBatch a = batch_of();
  UdpBatch b = batch_of();
  const std::vector<Byte> too_long(70'000);
  const Letters letters(b.local(), 4);
  std::vector<Outgoing> mixed{letters.all[0],        {b.local(), too_long}, letters.all[1],
                              {b.local(), too_long}, {b.local(), too_long}, letters.all[2]};
  for (int round = 0; round < 3; ++round) {
    const auto sent = a.send(mixed);
    for (const std::size_t index : {0U, 2U, 5U})
      ASSERT_TRUE(sent[index]);
    for (const std::size_t index : {1U, 3U, 4U})
      EXPECT_FALSE(sent[index]);
    const bool kernel = sent[0]->source == StampSource::kernel;
    // None is given another's stamp: those of after the failure are the kernel's again.
    for (const std::size_t index : {2U, 5U})
      EXPECT_EQ(sent[index]->source == StampSource::kernel, kernel);
    EXPECT_LE(sent[0]->nanos, sent[2]->nanos);
    EXPECT_LE(sent[2]->nanos, sent[5]->nanos);
    EXPECT_EQ(take_all(b, 3).size(), 3U);
  }
}

TEST(UdpBatch, TakesOverASocketThatHasSent) {
  auto used = UdpSocket::bind();
  UdpBatch b = batch_of();
  for (int i = 0; i < 3; ++i)
    ASSERT_TRUE(used->send_to(b.local(), bytes_of("before")));
  UdpBatch a(*std::move(used), datagram_max);
  const Letters letters(b.local(), 2);
  const auto first = a.send(letters.all);
  if (first[0]->source != StampSource::kernel) GTEST_SKIP() << "no stamps on this kernel";
  EXPECT_EQ(first[1]->source, StampSource::kernel);
}

TEST(UdpBatch, LongDatagramsAreDropped) {
  UdpBatch a = batch_of();
  UdpBatch b = batch_of();
  const std::string longest(datagram_max, 'x');
  const std::string longer(datagram_max + 1, 'y');
  const std::vector<Outgoing> both{{b.local(), bytes_of(longer)}, {b.local(), bytes_of(longest)}};
  (void)a.send(both);
  const auto got = b.receive(batch_patience);
  ASSERT_TRUE(got && got->size() == 1);
  EXPECT_EQ(text_of(got->front().content), longest);
}

TEST(UdpBatch, NothingInTimeIsNoError) {
  UdpBatch a = batch_of();
  const auto got = a.receive(Millis{10});
  ASSERT_TRUE(got);
  EXPECT_TRUE(got->empty());
  EXPECT_TRUE(a.send({}).empty());
}

TEST(UdpBatch, OutlivesClosedPeers) {
  UdpBatch a = batch_of();
  const Endpoint gone = UdpSocket::bind()->local();
  const Letters letters(gone, 3);
  for (int i = 0; i < 3; ++i)
    (void)a.send(letters.all);
  UdpBatch b = batch_of();
  const Letters back(a.local(), 1);
  (void)b.send(back.all);
  EXPECT_EQ(take_all(a, 1).size(), 1U);
}

}  // namespace
}  // namespace daymark::net
