#include "daymark/cbor/writer.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "daymark/base/errors.h"
#include "daymark/cbor/encode.h"
#include "daymark/cbor/naive_testing.h"
#include "daymark/cbor/reader.h"

namespace daymark::cbor {
namespace {

std::string written(const std::function<void(Writer&)>& write) {
  return to_hex(encode(write));
}

TEST(Writer, Rfc8949Examples) {
  const std::pair<std::uint64_t, std::string_view> numbers[] = {
      {0, "00"},
      {23, "17"},
      {24, "1818"},
      {255, "18ff"},
      {256, "190100"},
      {1000, "1903e8"},
      {65535, "19ffff"},
      {65536, "1a00010000"},
      {4294967295, "1affffffff"},
      {4294967296, "1b0000000100000000"},
      {18446744073709551615U, "1bffffffffffffffff"}};
  for (const auto& [number, text] : numbers) {
    EXPECT_EQ(written([n = number](Writer& out) { out.put_unsigned(n); }), text);
  }
  EXPECT_EQ(written([](Writer& out) { out.put_integer(-1000); }), "3903e7");
  EXPECT_EQ(written([](Writer& out) { out.put_integer(std::numeric_limits<std::int64_t>::min()); }),
            "3b7fffffffffffffff");
  EXPECT_EQ(written([](Writer& out) { out.put_text("水"); }), "63e6b0b4");
  EXPECT_EQ(written([](Writer& out) { out.put_bytes({}); }), "40");
  EXPECT_EQ(written([](Writer& out) {
              out.open_map(2);
              out.put_unsigned(1);
              out.put_bool(true);
              out.put_text("a");
              out.open_array(2);
              out.put_bool(false);
              out.put_null();
            }),
            "a201f5616182f4f6");
  EXPECT_EQ(written([](Writer& out) {
              out.put_tag(24);
              out.put_bytes(testing::hex("6449455446"));
            }),
            "d818456449455446");
}

TEST(Writer, RemembersOverflow) {
  ByteArray<4> space{};
  Writer out(space);
  out.put_unsigned(1);
  EXPECT_EQ(to_hex(out.finish().value()), "01");
  out.put_text("abc");
  ASSERT_FALSE(out.finish());
  EXPECT_EQ(out.finish().error().code, errc::buffer_too_small);
  // What would fit again must not hide what is missing before it.
  out.put_unsigned(1);
  EXPECT_FALSE(out.finish());
}

TEST(Writer, FillsItsSpaceExactly) {
  ByteArray<4> space{};
  Writer out(space);
  out.put_text("abc");
  EXPECT_EQ(to_hex(out.finish().value()), "63616263");
  Writer none({});
  EXPECT_TRUE(none.finish()->empty());
  none.put_null();
  EXPECT_FALSE(none.finish());
}

/// Keeps what it is given; fails from the piece on that it is told.
class Pieces final : public Sink {
 public:
  explicit Pieces(std::size_t most = 1000) : most_(most) {}

  [[nodiscard]] Result<void> take(ByteView piece) override {
    if (sizes.size() == most_) return fail(errc::buffer_too_small);
    sizes.push_back(piece.size());
    all.insert(all.end(), piece.begin(), piece.end());
    return ok();
  }

  std::vector<std::size_t> sizes;
  std::vector<Byte> all;

 private:
  std::size_t most_;
};

RC_GTEST_PROP(Writer, PassesOnTheSameBytesInPieces, (std::vector<std::vector<Byte>> items)) {
  const auto write = [&](Writer& out) {
    out.open_array(items.size());
    for (const std::vector<Byte>& item : items) {
      out.open_bytes(item.size());
      out.put_raw(item);
    }
  };
  std::vector<Byte> space(1 << 16);
  Writer whole(space);
  write(whole);
  ByteArray<7> piece{};
  Pieces pieces;
  Writer out(piece, pieces);
  write(out);
  RC_ASSERT(out.flush().has_value());
  RC_ASSERT(equal(pieces.all, whole.finish().value()));
  RC_ASSERT(out.size() == pieces.all.size());
  for (std::size_t i = 0; i + 1 < pieces.sizes.size(); ++i)
    RC_ASSERT(pieces.sizes[i] == piece.size());
}

TEST(Writer, RemembersThatAPieceWasRefused) {
  ByteArray<4> piece{};
  Pieces pieces(1);
  Writer out(piece, pieces);
  out.put_bytes(ByteArray<20>{});
  EXPECT_EQ(out.flush().error().code, errc::buffer_too_small);
  EXPECT_EQ(pieces.all.size(), 4U);
}

RC_GTEST_PROP(Writer, NumbersReturn, (std::int64_t value)) {
  const auto bytes = encode([value](Writer& out) { out.put_integer(value); });
  RC_ASSERT(check_item(bytes, Profile::deterministic).has_value());
  RC_ASSERT(Reader(bytes).read_integer().value() == value);
}

RC_GTEST_PROP(Writer, StringsReturn, (const std::vector<Byte>& content)) {
  const auto bytes = encode([&](Writer& out) { out.put_bytes(content); });
  RC_ASSERT(check_item(bytes, Profile::deterministic).has_value());
  RC_ASSERT(equal(Reader(bytes).read_bytes(0, content.size()).value(), content));
}

TEST(Encode, GrowsUntilTheItemsFit) {
  const std::vector<Byte> content(100'000, 7);
  const auto bytes = encode([&](Writer& out) { out.put_bytes(content); });
  EXPECT_EQ(bytes.size(), content.size() + 5);
}

}  // namespace
}  // namespace daymark::cbor
