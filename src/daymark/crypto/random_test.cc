#include "daymark/crypto/random.h"

#include <set>
#include <thread>

#include <gtest/gtest.h>

namespace daymark::crypto {
namespace {

TEST(SeededRandom, RepeatsItsSeedAndOnlyIt) {
  SeededRandom a(7);
  SeededRandom b(7);
  SeededRandom other(8);
  const auto first = a.draw<32>();
  EXPECT_EQ(first, b.draw<32>());
  EXPECT_EQ(a.draw<16>(), b.draw<16>());
  EXPECT_NE(first, a.draw<32>());
  EXPECT_NE(first, other.draw<32>());
}

TEST(SystemRandom, NeverRepeatsAcrossThreads) {
  constexpr std::size_t threads = 4;
  constexpr std::size_t draws = 200;
  std::array<std::vector<ByteArray<16>>, threads> drawn;
  std::vector<std::thread> workers;
  for (auto& own : drawn) {
    workers.emplace_back([&own] {
      SystemRandom random;
      for (std::size_t i = 0; i < draws; ++i)
        own.push_back(random.draw<16>());
    });
  }
  for (std::thread& worker : workers)
    worker.join();
  std::set<ByteArray<16>> distinct;
  for (const auto& own : drawn)
    distinct.insert(own.begin(), own.end());
  EXPECT_EQ(distinct.size(), threads * draws);
}

TEST(SystemRandom, FillsAnySize) {
  SystemRandom random;
  random.fill({});
  std::vector<Byte> large(100'000);
  random.fill(large);
  EXPECT_GT(std::set<Byte>(large.begin(), large.end()).size(), 250U);
}

/// Counts up, so that a byte handed out twice or left out shows.
class CountingRandom final : public Random {
 public:
  void fill(MutableBytes out) override {
    ++calls;
    for (Byte& byte : out)
      byte = next_++;
  }

  std::size_t calls = 0;

 private:
  Byte next_ = 0;
};

TEST(BufferedRandom, HandsOutEachByteOnce) {
  CountingRandom source;
  BufferedRandom random(source);
  Byte expected = 0;
  for (const std::size_t size : {16U, 0U, 1U, 4000U, 200U, 9000U, 16U}) {
    std::vector<Byte> out(size);
    random.fill(out);
    for (const Byte byte : out)
      ASSERT_EQ(byte, expected++);
  }
  EXPECT_EQ(source.calls, 4U);
}

}  // namespace
}  // namespace daymark::crypto
