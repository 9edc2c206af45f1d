#include "daymark/base/encode.h"

#include <algorithm>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "daymark/base/errors.h"

namespace daymark {
namespace {

constexpr std::string_view alphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// Base64 by way of a string of binary digits.
std::string naive_base64(const std::vector<Byte>& bytes) {
  std::string bits;
  for (const Byte byte : bytes) {
    for (int i = 7; i >= 0; --i)
      bits.push_back((byte >> i & 1) != 0 ? '1' : '0');
  }
  while (bits.size() % 6 != 0)
    bits.push_back('0');
  std::string out;
  for (std::size_t i = 0; i < bits.size(); i += 6) {
    out.push_back(alphabet[std::stoul(bits.substr(i, 6), nullptr, 2)]);
  }
  while (out.size() % 4 != 0)
    out.push_back('=');
  return out;
}

/// Canonical is what encoding gives back; only then the naive decoder has a say.
bool naive_is_base64(const std::string& text) {
  const std::size_t body = text.find('=');
  const std::string digits = text.substr(0, body);
  if (digits.find_first_not_of(alphabet) != std::string::npos || text.size() % 4 != 0) return false;
  std::vector<Byte> bytes;
  std::string bits;
  for (const char c : digits) {
    for (int i = 5; i >= 0; --i)
      bits.push_back((alphabet.find(c) >> i & 1) != 0 ? '1' : '0');
  }
  for (std::size_t i = 0; i + 8 <= bits.size(); i += 8) {
    bytes.push_back(static_cast<Byte>(std::stoul(bits.substr(i, 8), nullptr, 2)));
  }
  return naive_base64(bytes) == text;
}

TEST(Base64, Rfc4648Vectors) {
  const std::pair<std::string_view, std::string_view> vectors[] = {{"", ""},
                                                                   {"f", "Zg=="},
                                                                   {"fo", "Zm8="},
                                                                   {"foo", "Zm9v"},
                                                                   {"foob", "Zm9vYg=="},
                                                                   {"fooba", "Zm9vYmE="},
                                                                   {"foobar", "Zm9vYmFy"}};
  for (const auto& [plain, encoded] : vectors) {
    EXPECT_EQ(to_base64(bytes_of(plain)), encoded);
    const auto back = from_base64(encoded);
    ASSERT_TRUE(back) << encoded;
    EXPECT_EQ(text_of(*back), plain);
  }
}

TEST(Base64, RefusesWhatIsNotCanonical) {
  for (const char* text : {"Zg", "Zg=", "Zh==", "Zm9=", "Zg==\n", " Zg==", "====", "A===", "=AAA",
                           "Zg==Zg==", "Zm9-", "Zm9_", "Zm\x80v"}) {
    const auto back = from_base64(text);
    ASSERT_FALSE(back) << text;
    EXPECT_EQ(back.error().code, errc::base64_malformed) << text;
  }
}

TEST(Base64, NamesTheBadCharacter) {
  const auto back = from_base64("Zm9vZm!v");
  ASSERT_FALSE(back);
  EXPECT_EQ(back.error().offset, 6U);
}

TEST(Base64, StaysWithinTheBuffer) {
  std::array<Byte, 2> small{};
  const auto decoded = base64_decode("Zm9v", small);
  ASSERT_FALSE(decoded);
  EXPECT_EQ(decoded.error().code, errc::buffer_too_small);
  std::array<char, 3> text{};
  EXPECT_FALSE(base64_encode(bytes_of("f"), text));
}

RC_GTEST_PROP(Base64, EqualsNaiveAndReturns, (const std::vector<Byte>& bytes)) {
  const std::string text = to_base64(bytes);
  RC_ASSERT(text == naive_base64(bytes));
  const auto back = from_base64(text);
  RC_ASSERT(back.has_value());
  RC_ASSERT(*back == bytes);
}

RC_GTEST_PROP(Base64, AcceptsExactlyCanonicalTexts, ()) {
  const auto near_alphabet = rc::gen::elementOf(std::string("AQgw/+9=="));
  const std::string text =
      *rc::gen::container<std::string>(*rc::gen::inRange<std::size_t>(0, 13), near_alphabet);
  RC_ASSERT(from_base64(text).has_value() == naive_is_base64(text));
}

TEST(Hex, WritesLowerCaseAndReadsBoth) {
  const std::vector<Byte> bytes{0x00, 0x7F, 0xAB, 0xFF};
  EXPECT_EQ(to_hex(bytes), "007fabff");
  EXPECT_EQ(from_hex("007FaBff"), bytes);
  EXPECT_EQ(from_hex(""), std::vector<Byte>{});
}

TEST(Hex, RefusesOddLengthsAndForeignCharacters) {
  for (const char* text : {"0", "abc", "0g", "g0", "0x", " 00", "00 ", "0\n", ":0", "@0", "/0"}) {
    const auto back = from_hex(text);
    ASSERT_FALSE(back) << text;
    EXPECT_EQ(back.error().code, errc::hex_malformed) << text;
  }
  EXPECT_EQ(from_hex("00zz").error().offset, 2U);
}

TEST(Hex, FixedTakesExactlyItsLength) {
  EXPECT_TRUE(from_hex_fixed<2>("abcd"));
  EXPECT_FALSE(from_hex_fixed<2>("abcdef"));
  EXPECT_FALSE(from_hex_fixed<2>("ab"));
}

RC_GTEST_PROP(Hex, Returns, (const std::vector<Byte>& bytes)) {
  const std::string text = to_hex(bytes);
  std::string upper = text;
  std::ranges::transform(upper, upper.begin(),
                         [](char c) { return c >= 'a' ? static_cast<char>(c - 'a' + 'A') : c; });
  RC_ASSERT((from_hex(text) == bytes));
  RC_ASSERT((from_hex(upper) == bytes));
}

}  // namespace
}  // namespace daymark
