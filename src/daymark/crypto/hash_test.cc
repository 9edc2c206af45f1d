#include <array>

#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <rapidcheck/gtest.h>
#include <sodium.h>

#include "daymark/crypto/vectors_testing.h"

namespace daymark::crypto {
namespace {

using testing::hex;

/// A second library: the port hashes by OpenSSL.
Digest sodium_sha256(ByteView bytes) {
  Digest out{};
  EXPECT_EQ(crypto_hash_sha256(out.data(), bytes.data(), bytes.size()), 0);
  return out;
}

Digest openssl_hmac(ByteView key, ByteView message) {
  Digest out{};
  unsigned size = 0;
  // A null key would mean the key of the call before.
  const Byte* start = key.empty() ? out.data() : key.data();
  HMAC(EVP_sha256(), start, static_cast<int>(key.size()), message.data(), message.size(),
       out.data(), &size);
  EXPECT_EQ(size, out.size());
  return out;
}

std::vector<Byte> joined(const std::vector<std::vector<Byte>>& parts) {
  std::vector<Byte> out;
  for (const auto& part : parts)
    out.insert(out.end(), part.begin(), part.end());
  return out;
}

std::vector<ByteView> views(const std::vector<std::vector<Byte>>& parts) {
  return {parts.begin(), parts.end()};
}

TEST(Sha256, Fips180Vectors) {
  const std::pair<std::string, std::string_view> vectors[] = {
      {"", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
      {"abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
      {"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
       "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
      {std::string(1'000'000, 'a'),
       "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"}};
  for (const auto& [message, digest] : vectors) {
    EXPECT_EQ(to_hex(sha256(bytes_of(message))), digest);
  }
}

RC_GTEST_PROP(Sha256, PartsAreOneString, (const std::vector<std::vector<Byte>>& parts)) {
  RC_ASSERT(sha256(views(parts)) == sodium_sha256(joined(parts)));
}

RC_GTEST_PROP(TaggedHash, PutsPurposeAndZeroBefore,
              (const std::vector<Byte>& a, const std::vector<Byte>& b)) {
  const std::string purpose = "daymark test v1";
  std::vector<Byte> all(purpose.begin(), purpose.end());
  all.push_back(0);
  all.insert(all.end(), a.begin(), a.end());
  all.insert(all.end(), b.begin(), b.end());
  const ByteView parts[] = {a, b};
  RC_ASSERT(tagged_hash(purpose, parts) == sodium_sha256(all));
}

TEST(TaggedHash, KeepsPurposesApart) {
  EXPECT_NE(tagged_hash("a", bytes_of("x")), tagged_hash("b", bytes_of("x")));
  EXPECT_NE(tagged_hash("a", bytes_of("bx")), tagged_hash("ab", bytes_of("x")));
  EXPECT_NE(tagged_hash("a", bytes_of("x")), sha256(bytes_of("ax")));
}

TEST(TaggedHash, TakesUpToEightParts) {
  const std::vector<ByteView> parts(8, bytes_of("x"));
  EXPECT_EQ(tagged_hash("a", parts), tagged_hash("a", bytes_of("xxxxxxxx")));
  const std::vector<ByteView> nine(9, bytes_of("x"));
  EXPECT_DEATH((void)tagged_hash("a", nine), "");
}

TEST(Hmac, Rfc4231Vectors) {
  const std::string long_key(131, '\xAA');

  struct Vector {
    std::string key;
    std::string message;
    std::string_view tag;
  };

  const Vector vectors[] = {
      {std::string(20, '\x0B'), "Hi There",
       "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"},
      {"Jefe", "what do ya want for nothing?",
       "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"},
      {std::string(20, '\xAA'), std::string(50, '\xDD'),
       "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"},
      {long_key, "Test Using Larger Than Block-Size Key - Hash Key First",
       "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"},
      {long_key,
       "This is a test using a larger than block-size key and a larger than block-size data. The "
       "key needs to be hashed before being used by the HMAC algorithm.",
       "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2"}};
  for (const Vector& vector : vectors) {
    const ByteView parts[] = {bytes_of(vector.message)};
    EXPECT_EQ(to_hex(hmac_sha256(bytes_of(vector.key), parts)), vector.tag);
  }
}

RC_GTEST_PROP(Hmac, EqualsOpenssl, (const std::vector<Byte>& message)) {
  const auto size = *rc::gen::inRange<std::size_t>(0, 200);
  const auto key = *rc::gen::container<std::vector<Byte>>(size, rc::gen::arbitrary<Byte>());
  const std::size_t cut = message.size() / 3;
  const ByteView parts[] = {ByteView(message).first(cut), ByteView(message).subspan(cut)};
  RC_ASSERT(hmac_sha256(key, parts) == openssl_hmac(key, message));
}

/// SipHash-2-4 as its paper states it.
std::uint64_t naive_siphash(std::uint64_t k0, std::uint64_t k1, ByteView message) {
  std::array<std::uint64_t, 4> v{k0 ^ 0x736f6d6570736575, k1 ^ 0x646f72616e646f6d,
                                 k0 ^ 0x6c7967656e657261, k1 ^ 0x7465646279746573};
  const auto rounds = [&v](int count) {
    for (; count > 0; --count) {
      v[0] += v[1];
      v[2] += v[3];
      v[1] = std::rotl(v[1], 13) ^ v[0];
      v[3] = std::rotl(v[3], 16) ^ v[2];
      v[0] = std::rotl(v[0], 32) + v[3];
      v[2] += v[1];
      v[1] = std::rotl(v[1], 17) ^ v[2];
      v[3] = std::rotl(v[3], 21) ^ v[0];
      v[2] = std::rotl(v[2], 32);
    }
  };
  std::vector<Byte> padded(message.begin(), message.end());
  while (padded.size() % 8 != 7)
    padded.push_back(0);
  padded.push_back(static_cast<Byte>(message.size() & 0xFF));
  for (std::size_t i = 0; i < padded.size(); i += 8) {
    std::uint64_t word = 0;
    for (std::size_t k = 8; k-- > 0;)
      word = word << 8 | padded[i + k];
    v[3] ^= word;
    rounds(2);
    v[0] ^= word;
  }
  v[2] ^= 0xFF;
  rounds(4);
  return v[0] ^ v[1] ^ v[2] ^ v[3];
}

std::uint64_t little_endian(ByteView bytes) {
  std::uint64_t value = 0;
  for (std::size_t i = bytes.size(); i-- > 0;)
    value = value << 8 | bytes[i];
  return value;
}

TEST(Siphash, ReferenceVectors) {
  ByteArray<16> key{};
  ByteArray<15> message{};
  for (std::size_t i = 0; i < key.size(); ++i)
    key[i] = static_cast<Byte>(i);
  for (std::size_t i = 0; i < message.size(); ++i)
    message[i] = static_cast<Byte>(i);
  EXPECT_EQ(to_hex(siphash(key, {})), "310e0edd47db6f72");
  EXPECT_EQ(to_hex(siphash(key, ByteView(message).first(1))), "fd67dc93c539f874");
  EXPECT_EQ(to_hex(siphash(key, message)), "e545be4961ca29a1");
}

RC_GTEST_PROP(Siphash, EqualsNaive, (const std::vector<Byte>& message)) {
  ByteArray<16> key{};
  for (Byte& byte : key)
    byte = *rc::gen::arbitrary<Byte>();
  const ByteView halves(key);
  const std::uint64_t expected =
      naive_siphash(little_endian(halves.first(8)), little_endian(halves.subspan(8)), message);
  RC_ASSERT(little_endian(siphash(key, message)) == expected);
}

TEST(EqualSecret, ComparesLengthAndEveryByte) {
  const Digest a = sha256(bytes_of("a"));
  EXPECT_TRUE(equal_secret(a, a));
  EXPECT_TRUE(equal_secret({}, {}));
  EXPECT_FALSE(equal_secret(a, ByteView(a).first(31)));
  for (std::size_t bit = 0; bit < 256; ++bit)
    EXPECT_FALSE(equal_secret(a, testing::with_bit_flipped(a, bit)));
}

TEST(Erase, OverwritesEveryByte) {
  Digest secret = sha256(bytes_of("a"));
  erase(secret);
  EXPECT_EQ(secret, Digest{});
}

TEST(Names, FollowFromThePublicKey) {
  const PublicKey key{hex<32>("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a")};
  const Digest plain = sodium_sha256(key.bytes);
  EXPECT_TRUE(equal(key_id(key).view(), ByteView(plain).first(8)));
  std::vector<Byte> tagged;
  for (const char c : std::string_view("daymark chip v1"))
    tagged.push_back(static_cast<Byte>(c));
  tagged.push_back(0);
  tagged.insert(tagged.end(), key.bytes.begin(), key.bytes.end());
  const Digest chip = sodium_sha256(tagged);
  EXPECT_TRUE(equal(chip_id(key).view(), ByteView(chip).first(16)));
}

}  // namespace
}  // namespace daymark::crypto
