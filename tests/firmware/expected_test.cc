// The chip's std::expected<T, Error> against the library's own, kept for an error type that nothing
// specialises. A program of its own: the two forms of one type must not meet.
#include "expected_error.h"
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "daymark/base/bytes.h"
#include "daymark/base/ids.h"
#include "daymark/base/result.h"

namespace daymark {
namespace {

struct PlainError {
  Error error{};
};

template <class T>
using Plain = std::expected<T, PlainError>;

static_assert(sizeof(Result<void>) == sizeof(Error));
static_assert(sizeof(Result<std::uint64_t>) == 16);
static_assert(std::is_trivially_copyable_v<Result<Digest>>);
static_assert(std::is_same_v<decltype(*std::declval<Result<ByteView>&>()), ByteView&>);
// What does not convert by itself does not become a result by itself either.
static_assert(!std::is_convertible_v<std::span<const Byte>, Result<Digest>>);
static_assert(std::is_convertible_v<std::unexpected<Error>, Result<Digest>>);

/// A type that only its maker builds, as the proven ones are.
class Sealed {
 public:
  static Result<Sealed> make(std::uint32_t value) { return Sealed(value); }

  [[nodiscard]] std::uint32_t value() const { return value_; }

 private:
  explicit Sealed(std::uint32_t value) : value_(value) {}

  std::uint32_t value_;
};

static_assert(!std::is_default_constructible_v<Sealed>);

Error any_error() {
  const auto code = *rc::gen::inRange<std::uint16_t>(1, 0xFFFF);
  return {Errc{code}, FieldId{*rc::gen::arbitrary<std::uint16_t>()},
          *rc::gen::arbitrary<std::uint32_t>()};
}

Result<void> fails_if(bool fails, Error error) {
  if (fails) return fail(error);
  return ok();
}

Result<std::uint8_t> number(bool fails, Error error, std::uint8_t value) {
  DAYMARK_CHECK(fails_if(fails, error));
  return value;
}

/// Through three types of result.
Result<Digest> digest(bool fails, Error error, std::uint8_t value) {
  DAYMARK_TRY(const std::uint8_t first, number(fails, error, value));
  Digest out{};
  out.back() = first;
  return out;
}

template <class T>
void expect_same(const Result<T>& chip, const Plain<T>& plain, const T& other) {
  RC_ASSERT(chip.has_value() == plain.has_value());
  RC_ASSERT(static_cast<bool>(chip) == static_cast<bool>(plain));
  RC_ASSERT(chip.value_or(other) == plain.value_or(other));
  if (plain) {
    RC_ASSERT(*chip == *plain);
  } else {
    RC_ASSERT(chip.error() == plain.error().error);
  }
}

template <class T>
void compare(const T& value, const T& other) {
  const Error error = any_error();
  expect_same<T>(Result<T>(value), Plain<T>(value), other);
  expect_same<T>(fail(error), std::unexpected(PlainError{error}), other);
  Result<T> chip = fail(error);
  Plain<T> plain = std::unexpected(PlainError{error});
  for (const bool good : *rc::gen::arbitrary<std::vector<bool>>()) {
    const Error next = any_error();
    chip = good ? Result<T>(value) : Result<T>(fail(next));
    plain = good ? Plain<T>(value) : Plain<T>(std::unexpected(PlainError{next}));
    expect_same<T>(chip, plain, other);
  }
}

RC_GTEST_PROP(ChipExpected, HoldsWhatTheLibrarysHolds, ()) {
  compare<bool>(*rc::gen::arbitrary<bool>(), *rc::gen::arbitrary<bool>());
  compare<std::uint64_t>(*rc::gen::arbitrary<std::uint64_t>(),
                         *rc::gen::arbitrary<std::uint64_t>());
  Digest value{};
  value.fill(*rc::gen::arbitrary<Byte>());
  compare<Digest>(value, Digest{});
}

RC_GTEST_PROP(ChipExpected, PassesErrorsOnWhole, (bool fails, std::uint8_t value)) {
  const Error error = any_error();
  const Result<Digest> out = digest(fails, error, value);
  RC_ASSERT(out.has_value() == !fails);
  if (fails) {
    RC_ASSERT(out.error() == error);
  } else {
    RC_ASSERT(out->back() == value);
  }
}

TEST(ChipExpected, EveryMemberOfAnErrorAloneIsAnError) {
  const Result<void> code = fail(Errc{1});
  const Result<void> field = fail(Errc{}, FieldId{1});
  const Result<void> offset = fail(Errc{}, no_field, 1);
  EXPECT_FALSE(code || field || offset);
  EXPECT_TRUE(ok());
}

TEST(ChipExpected, HoldsWhatOnlyItsMakerBuilds) {
  const Result<Sealed> sealed = Sealed::make(7);
  ASSERT_TRUE(sealed);
  EXPECT_EQ(sealed->value(), 7U);
}

TEST(ChipExpected, AnErrorOfZeroBitsStopsTheProgram) {
  const volatile std::uint16_t zero = 0;
  EXPECT_DEATH(static_cast<void>(Result<void>(fail(Errc{zero}))), "");
  EXPECT_DEATH(static_cast<void>(Result<std::uint64_t>(fail(Errc{zero}))), "");
}

}  // namespace
}  // namespace daymark
