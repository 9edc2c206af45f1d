#include "daymark/cbor/layout.h"

#include <algorithm>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "daymark/base/errors.h"
#include "daymark/cbor/encode.h"
#include "daymark/cbor/errors.h"

namespace daymark::cbor {
namespace {

using Bytes = std::vector<Byte>;

enum class Colour : std::uint8_t { red = 0, green = 1, blue = 2 };

constexpr FieldId name{7};

/// One member of every form.
struct Sample {
  Colour colour = Colour::red;
  std::uint16_t small = 0;
  std::uint64_t wide = 0;
  UnixMillis when;
  UnixMillis day;
  Millis span;
  bool flag = false;
  Digest digest{};
  ByteView view;
  std::string_view text;
  std::string_view raw;
  bool held = false;
  std::uint32_t first = 0;
  ByteArray<4> second{};
};

constexpr auto sample_layout = layout<Sample>(
    items(14, name), DAYMARK_MEMBER(Sample, colour, name, 2), DAYMARK_MEMBER(Sample, small),
    DAYMARK_MEMBER(Sample, wide), DAYMARK_MEMBER(Sample, when, name),
    as(Form::unix_seconds, DAYMARK_MEMBER(Sample, day)),
    as(Form::span_seconds, DAYMARK_MEMBER(Sample, span)), DAYMARK_MEMBER(Sample, flag),
    DAYMARK_MEMBER(Sample, digest, name), at_least(2, DAYMARK_MEMBER(Sample, view, name, 5)),
    DAYMARK_MEMBER(Sample, text, name, 6), as(Form::raw, DAYMARK_MEMBER(Sample, raw, name, 7)),
    option(2, DAYMARK_MEMBER(Sample, held, name)), DAYMARK_MEMBER(Sample, first),
    DAYMARK_MEMBER(Sample, second));

/// The same structure as statements: what a layout must not differ from.
void put_by_hand(Writer& out, const Sample& s) {
  out.open_array(14);
  out.put_unsigned(static_cast<std::uint64_t>(s.colour));
  out.put_unsigned(s.small);
  out.put_unsigned(s.wide);
  out.put_unsigned(static_cast<std::uint64_t>(s.when.value));
  out.put_unsigned(static_cast<std::uint64_t>(s.day.value / 1000));
  out.put_unsigned(static_cast<std::uint64_t>(s.span.value / 1000));
  out.put_bool(s.flag);
  out.put_bytes(s.digest);
  out.put_bytes(s.view);
  out.put_text(s.text);
  out.put_bytes(bytes_of(s.raw));
  if (!s.held) return out.put_null();
  out.put_unsigned(s.first);
  out.put_bytes(s.second);
}

Bytes encoded(const Sample& sample) {
  return encode([&](Writer& out) { put_layout(out, sample_layout, sample); });
}

Result<Sample> decoded(ByteView bytes) {
  Reader in(bytes);
  Sample out;
  DAYMARK_CHECK(read_layout(in, sample_layout, out));
  DAYMARK_CHECK(in.expect_end());
  return out;
}

Errc refusal(const Sample& sample) {
  const Bytes bytes = encoded(sample);
  const auto read = decoded(bytes);
  return read ? Errc{} : read.error().code;
}

/// Within every bound.
Sample plain() {
  static constexpr ByteArray<5> five{1, 2, 3, 4, 5};
  Sample out;
  out.view = ByteView(five).first(2);
  return out;
}

RC_GTEST_PROP(Layout, WritesWhatStatementsWriteAndReadsItBack, ()) {
  const auto view =
      *rc::gen::container<Bytes>(*rc::gen::inRange<std::size_t>(2, 6), rc::gen::arbitrary<Byte>());
  const auto text = *rc::gen::container<std::string>(*rc::gen::inRange<std::size_t>(0, 7),
                                                     rc::gen::inRange(' ', '~'));
  Sample sample;
  sample.colour = *rc::gen::element(Colour::red, Colour::green, Colour::blue);
  sample.small = *rc::gen::arbitrary<std::uint16_t>();
  sample.wide = *rc::gen::arbitrary<std::uint64_t>();
  sample.when.value = *rc::gen::inRange<std::int64_t>(0, std::int64_t{1} << 62);
  sample.day.value = *rc::gen::inRange<std::int64_t>(0, 253'402'300'800) * 1000;
  sample.span.value = *rc::gen::inRange<std::int64_t>(0, 3'155'760'001) * 1000;
  sample.flag = *rc::gen::arbitrary<bool>();
  sample.digest.fill(*rc::gen::arbitrary<Byte>());
  sample.view = view;
  sample.text = text;
  sample.raw = text;
  sample.held = *rc::gen::arbitrary<bool>();
  sample.first = *rc::gen::arbitrary<std::uint32_t>();
  sample.second.fill(*rc::gen::arbitrary<Byte>());
  const Bytes by_hand = encode([&](Writer& out) { put_by_hand(out, sample); });
  const Bytes bytes = encoded(sample);
  RC_ASSERT(bytes == by_hand);
  const auto read = decoded(bytes);
  RC_ASSERT(read.has_value());
  RC_ASSERT(encoded(*read) == bytes);
  RC_ASSERT(std::ranges::equal(read->view, sample.view));
  RC_ASSERT(read->held == sample.held && read->when == sample.when && read->day == sample.day);
  RC_ASSERT(read->first == (sample.held ? sample.first : 0));
}

TEST(Layout, RefusesWhatIsBeyondABound) {
  EXPECT_EQ(refusal(plain()), Errc{});
  Sample sample = plain();
  sample.colour = Colour{3};
  EXPECT_EQ(refusal(sample), errc::cbor_range);
  sample = plain();
  sample.day = UnixMillis{253'402'300'800'000};
  EXPECT_EQ(refusal(sample), errc::cbor_range);
  sample = plain();
  sample.span = Millis{3'155'760'001'000};
  EXPECT_EQ(refusal(sample), errc::cbor_range);
  sample = plain();
  sample.when = UnixMillis{std::int64_t{1} << 62};
  EXPECT_EQ(refusal(sample), errc::cbor_range);
  sample = plain();
  sample.view = sample.view.first(1);
  EXPECT_EQ(refusal(sample), errc::cbor_length);
  sample.view = sample.digest;
  EXPECT_EQ(refusal(sample), errc::cbor_length);
  sample = plain();
  sample.text = "1234567";
  EXPECT_EQ(refusal(sample), errc::cbor_length);
  sample = plain();
  sample.raw = "12345678";
  EXPECT_EQ(refusal(sample), errc::cbor_length);
}

TEST(Layout, NamesFieldAndPlace) {
  Sample sample = plain();
  sample.colour = Colour{3};
  const Bytes bytes = encoded(sample);
  EXPECT_EQ(decoded(bytes).error(), (Error{errc::cbor_range, name, 1}));
}

TEST(Layout, WritesTimesBefore1970AsZero) {
  Sample sample = plain();
  sample.when = UnixMillis{-5};
  sample.day = UnixMillis{-5000};
  const Bytes bytes = encoded(sample);
  const auto read = decoded(bytes);
  ASSERT_TRUE(read.has_value());
  EXPECT_EQ(read->when, UnixMillis{});
  EXPECT_EQ(read->day, UnixMillis{});
}

/// No byte may be missing, and none be of another type.
TEST(Layout, RefusesCutAndChangedBytes) {
  Sample sample = plain();
  sample.held = true;
  const Bytes bytes = encoded(sample);
  for (std::size_t size = 0; size < bytes.size(); ++size)
    EXPECT_FALSE(decoded(ByteView(bytes).first(size))) << size;
  Bytes more = bytes;
  more.push_back(0);
  EXPECT_EQ(decoded(more).error().code, errc::cbor_trailing);
  Bytes fewer = bytes;
  --fewer[0];
  EXPECT_EQ(decoded(fewer).error(), (Error{errc::cbor_length, name, 0}));
  Bytes text = bytes;
  text[1] = 0x60;
  EXPECT_EQ(decoded(text).error(), (Error{errc::cbor_type, name, 1}));
}

}  // namespace
}  // namespace daymark::cbor
